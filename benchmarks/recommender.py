"""How well listeners are served whose taste nobody knows: `python -m benchmarks.recommender [--songs FILE.csv]`.

Regret is what the best song that a listener might have heard would have been enjoyed more, in probability, added up
over plays. Nothing was tuned on the listeners of `SEEDS`.
"""

import argparse
import multiprocessing
import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from benchmarks.catalogue import made_up
from benchmarks.figures import Figure
from benchmarks.listeners import Catalogue, Simulated, catalogue
from benchmarks.policies import OURS, POLICIES, Policy
from benchmarks.world import World
from moodstream.recommend.library import Library
from moodstream.sources import Report
from moodstream.sources.catalogue import songs as read

SEEDS = range(40)
SONGS, CATALOGUES = 4000, 5
OWN, BEFORE, AFTER = 5, 200, 200
"""Plays of the listener's own choice, and then recommended ones before and after the taste changes."""
MARKS = (25, 50, 100, 150, 200)
WINDOW, REGAINED = 20, 0.7
"""A changed taste is learnt once the mean enjoyment of so many plays is such a share of the best there is."""
RESAMPLED = 10_000

Floats = NDArray[np.float64]


class Run(NamedTuple):
    """A listener with a policy, by play: regret, whether it was enjoyed, its probability as a share of the best; and
    of the playlists at every tenth play, the share of artists that differ and the mean distance of sounds.
    """

    regret: Floats
    enjoyed: Floats
    share: Floats
    artists: float
    sounds: float


@cache
def world(number: int, songs: Path | None) -> tuple[Catalogue, Library]:
    """The songs of a world, made up or read; each world finds others of them appealing."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    listed = list(read(songs, Report())) if songs else made_up(World(0, SONGS, 1, 1, now, seed=number))
    found = catalogue(listed, number)
    return found, found.library()


def run(policy: str, seed: int, songs: Path | None = None, before: int = BEFORE, after: int = AFTER) -> Run:
    """Let a policy serve the listener of a seed; the listener's own first plays are the same for every policy."""
    found, library = world(seed % CATALOGUES, songs)
    listener, chosen_by = Simulated(found, seed), POLICIES[policy](library, seed)
    random = np.random.default_rng([seed, 3])
    for _ in range(OWN):
        wanted = listener.enjoyment() ** 2
        _play(listener, chosen_by, int(random.choice(len(wanted), p=wanted / wanted.sum())))
    plays, lists = [], []
    for number in range(before + after):
        if number == before:
            listener.change()
        chosen, chances = chosen_by.choose(), listener.enjoyment()
        chances[list(chosen_by.refused)] = 0.0  # they may not come, so they are no loss
        best, chance = chances.max(), chances[chosen[0]]
        plays.append((best - chance, _play(listener, chosen_by, int(chosen[0])), chance / best))
        if number % 10 == 9:
            lists.append(_diversity(chosen, found, library))
    artists, sounds = np.nanmean(lists, axis=0).tolist()
    return Run(*np.array(plays, np.float64).T, artists, sounds)


def _play(listener: Simulated, policy: Policy, song: int) -> bool:
    at = listener.now
    enjoyed, reaction = listener.hear(song)
    policy.learn(song, reaction, at)
    return enjoyed


def _diversity(chosen: NDArray[np.int64], found: Catalogue, library: Library) -> tuple[float, float]:
    sounds = library.sounds[chosen]
    sounds = sounds[~np.isnan(sounds[:, 0])]
    pairs = np.sqrt(((sounds[:, None] - sounds) ** 2).sum(axis=2))[np.triu_indices(len(sounds), 1)]
    artists = len(np.unique(found.artists[chosen])) / len(chosen)
    return artists, float(pairs.mean()) if len(pairs) else np.nan


def runs(
    seeds: Sequence[int], songs: Path | None = None, policies: Sequence[str] = tuple(POLICIES)
) -> dict[str, list[Run]]:
    """All policies with all listeners, on all processors."""
    jobs = [(policy, seed, songs) for policy in policies for seed in seeds]
    with multiprocessing.get_context("spawn").Pool(os.cpu_count()) as pool:
        found = pool.starmap(run, jobs, chunksize=2)
    return {policy: found[place * len(seeds) : (place + 1) * len(seeds)] for place, policy in enumerate(policies)}


class Interval(NamedTuple):
    """A mean with its 95% interval by the bootstrap over listeners."""

    mean: float
    low: float
    high: float

    def told(self, form: str = ".2f", most: float = np.inf) -> str:
        """In words; what is beyond `most` was not waited for."""
        mean, low, high = (f"> {most:{form}}" if value > most else f"{value:{form}}" for value in self)
        return f"{mean} ({low} to {high})"


def interval(values: Sequence[float] | Floats, statistic: Callable[..., Floats] | None = None) -> Interval:
    """The mean of values, or a statistic of resampled rows, with percentiles of the bootstrap."""
    values = np.asarray(values, np.float64)
    of = statistic or (lambda rows: rows.mean(axis=-1))
    drawn = np.random.default_rng(0).integers(len(values), size=(RESAMPLED, len(values)))
    low, high = np.percentile(of(values[drawn]), [2.5, 97.5], method="closest_observation")
    return Interval(float(of(values[None])[0]), float(low), float(high))


def saved(ours: Sequence[Run], other: Sequence[Run], plays: int) -> Interval:
    """By which share the regret of `plays` plays lies below another's, listeners paired."""
    sums = np.array([[run.regret[:plays].sum() for run in side] for side in (ours, other)]).T
    return interval(sums, lambda rows: 1 - rows[..., 0].mean(axis=-1) / rows[..., 1].mean(axis=-1))


def best_baseline(found: dict[str, list[Run]], plays: int = BEFORE) -> str:
    """Which of the others has the least regret."""
    return min((name for name in found if name != OURS), key=lambda name: _regret(found[name], plays).mean)


def _regret(of: Sequence[Run], plays: int) -> Interval:
    return interval([run.regret[:plays].sum() for run in of])


def recovery(run: Run) -> float:
    """How many plays after the change the new taste is learnt, as `REGAINED` says; infinite where it never is."""
    means = np.convolve(run.share[BEFORE:], np.ones(WINDOW) / WINDOW, "valid")
    regained = np.flatnonzero(means >= REGAINED)
    return float(regained[0] + WINDOW) if len(regained) else np.inf


def figures() -> list[Figure]:
    """A short version, of the first listeners: regret beside that of the best baseline."""
    found = runs(SEEDS[:8])
    best = best_baseline(found)
    ours, other = (_regret(found[name], BEFORE).mean for name in (OURS, best))
    return [
        Figure(f"recommender, regret of {BEFORE} plays", ours, "songs enjoyed", other, f"the best baseline, {best}")
    ]


def tables(found: dict[str, list[Run]]) -> list[Table]:
    """What was measured, by policy, with 95% intervals."""
    return [_regrets(found), _saved(found), _playlists(found), _changes(found)]


def _regrets(found: dict[str, list[Run]]) -> Table:
    table = Table("regret after", *(f"{plays} plays" for plays in MARKS))
    for name, of in found.items():
        table.add_row(name, *(_regret(of, plays).told(".1f") for plays in MARKS))
    return table


def _saved(found: dict[str, list[Run]]) -> Table:
    table = Table("regret saved against", *(f"{plays} plays" for plays in MARKS))
    for name in [name for name in found if name != OURS]:
        table.add_row(name, *(saved(found[OURS], found[name], plays).told(".0%") for plays in MARKS))
    return table


def _playlists(found: dict[str, list[Run]]) -> Table:
    table = Table("policy", "enjoyed", "artists that differ", "distance of sounds")
    for name, of in found.items():
        hits = interval([run.enjoyed[:BEFORE].mean() for run in of]).told(".0%")
        artists, sounds = (interval([getattr(run, part) for run in of]).told() for part in ("artists", "sounds"))
        table.add_row(name, hits, artists, sounds)
    return table


def _changes(found: dict[str, list[Run]]) -> Table:
    table = Table("after the change", f"regret of {AFTER} plays", "plays to learn it, median", "learnt at all")
    for name, of in found.items():
        plays = np.array([recovery(run) for run in of])
        regret = interval([run.regret[BEFORE:].sum() for run in of]).told(".1f")
        median = interval(plays, lambda rows: np.median(rows, axis=-1)).told(".0f", AFTER)
        table.add_row(name, regret, median, interval(np.isfinite(plays)).told(".0%"))
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--songs", type=Path, metavar="FILE.csv", help="a catalogue to use instead of made-up songs")
    parser.add_argument("--seeds", type=int, default=len(SEEDS), help="how many listeners (default: %(default)s)")
    arguments = parser.parse_args()
    console = Console(width=200)
    for table in tables(runs(range(arguments.seeds), arguments.songs)):
        console.print(table)


if __name__ == "__main__":
    main()
