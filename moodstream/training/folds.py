"""Which songs are learned from and which are judged, so that no artist, playlist or album is on both sides."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from moodstream.training.songs import Names, Places, Songs


class Split(NamedTuple):
    """Places of the songs to learn from, and of those to judge by."""

    learn: Places
    judge: Places


def by_group(songs: Songs, folds: int, seed: int = 0) -> Iterator[Split]:
    """Split by group, with about the same share of every source and mood in each fold.

    A track that is judged is not learned from either, where another source has it too.
    """
    kinds = [f"{source}\0{mood}" for source, mood in zip(songs.source, songs.mood, strict=True)]
    fold = spread(songs.group, np.unique(kinds, return_inverse=True)[1], folds, seed)
    for number in range(folds):
        judge = np.flatnonzero(fold == number)
        if len(judge):
            yield Split(_without(songs, np.flatnonzero(fold != number), judge), judge)


def left_out(songs: Songs) -> Iterator[tuple[str, Split]]:
    """Leave out each source whole, where there is another one to learn from."""
    sources = np.unique(songs.source.astype(str))
    for source in sources if len(sources) > 1 else []:
        judge = np.flatnonzero(songs.source == source)
        yield source, Split(_without(songs, np.flatnonzero(songs.source != source), judge), judge)


def spread(groups: Names, strata: Places, folds: int, seed: int) -> Places:
    """Give every song the number of a fold: whole groups, the largest first, each to where its kinds are rarest.

    Args:
        groups: for each of n songs the name of its group.
        strata: for each song a number from 0 on, the kind of which every fold shall have its share.
    """
    names, group = np.unique(groups.astype(str), return_inverse=True)
    counts = np.zeros((len(names), strata.max() + 1))
    np.add.at(counts, (group, strata), 1)
    counts /= counts.sum(axis=0)
    order = np.random.default_rng(seed).permutation(len(names))
    order = order[np.argsort(-counts[order].max(axis=1), kind="stable")]
    held, fold = np.zeros((folds, counts.shape[1])), np.empty(len(names), dtype=np.int64)
    for place in order:
        fold[place] = ((held + counts[place]) ** 2 - held**2).sum(axis=1).argmin()
        held[fold[place]] += counts[place]
    return fold[group]


def blocks(ids: Places, folds: int, size: int) -> Places:
    """Give every song the number of a fold by its id: runs of `size` neighbouring ids, as albums are, stay together."""
    ranks = np.argsort(np.argsort(ids, kind="stable"), kind="stable")
    return ranks // size % folds


def _without(songs: Songs, learn: Places, judge: Places) -> Places:
    return learn[~np.isin(songs.track[learn].astype(str), songs.track[judge].astype(str))]
