"""Folds: no group, and no track, on both sides, and every kind of song in each."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from moodstream.training import folds
from moodstream.training.songs import Songs, labelled
from moodstream.training.tables import read
from tests.training.songs import make_songs, write


def songs_of(frame: pd.DataFrame, tmp_path: Path) -> Songs:
    return labelled(read(write(frame, tmp_path / "songs.csv")))


def test_every_song_is_judged_once_and_no_group_is_on_both_sides(tmp_path: Path) -> None:
    songs = songs_of(make_songs(20), tmp_path)
    splits = list(folds.by_group(songs, 4))
    assert sorted(np.concatenate([split.judge for split in splits])) == list(range(len(songs)))
    for split in splits:
        assert not set(songs.group[split.learn]) & set(songs.group[split.judge])


def test_each_fold_has_its_share_of_every_mood_of_every_source(tmp_path: Path) -> None:
    songs = songs_of(make_songs(40), tmp_path)
    for split in folds.by_group(songs, 4):
        kinds = pd.Series(songs.source[split.judge]) + songs.mood[split.judge].astype(str)
        assert kinds.value_counts().tolist() == [10] * 7


@pytest.mark.parametrize("by", ["group", "source"])
def test_a_track_of_two_sources_is_not_on_both_sides(tmp_path: Path, by: str) -> None:
    frame = make_songs(20)
    angry, gentle = (frame.index[frame["source"] == source] for source in ("angry", "gentle"))
    frame.loc[gentle[:30], "track_id"] = frame.loc[angry[:30], "track_id"].to_numpy()
    songs = songs_of(frame, tmp_path)
    splits = folds.by_group(songs, 4) if by == "group" else (split for _, split in folds.left_out(songs))
    for split in splits:
        assert len(split.learn)
        assert not set(songs.track[split.learn]) & set(songs.track[split.judge])


def test_each_source_is_left_out_whole(tmp_path: Path) -> None:
    songs = songs_of(make_songs(10), tmp_path)
    left = dict(folds.left_out(songs))
    assert left.keys() == {"angry", "gentle"}
    assert set(songs.source[left["angry"].judge]) == {"angry"}
    assert set(songs.source[left["angry"].learn]) == {"gentle"}


def test_the_only_source_is_not_left_out(tmp_path: Path) -> None:
    assert list(folds.left_out(songs_of(make_songs(10).assign(source="one"), tmp_path))) == []


def test_a_group_larger_than_a_fold_stays_whole() -> None:
    groups = np.array(["large"] * 50 + [f"small {place}" for place in range(50)], dtype=object)
    fold = folds.spread(groups, np.zeros(100, dtype=np.int64), 4, seed=1)
    assert len(set(fold[:50])) == 1
    assert set(fold) == {0, 1, 2, 3}


def test_neighbouring_ids_stay_together_in_whatever_order_they_come() -> None:
    ids = np.array([103, 7, 101, 5, 102, 9])
    assert folds.blocks(ids, 2, size=3).tolist() == [1, 0, 1, 0, 1, 0]
