"""A short version of `benchmarks.recommender`: the recommender must go on beating what is simpler than it."""

import numpy as np
import pytest

from benchmarks.listeners import START
from benchmarks.policies import OURS, POLICIES
from benchmarks.recommender import Run, best_baseline, interval, recovery, run, saved, world
from moodstream.messages import Reaction

LISTENERS, PLAYS = range(100, 104), 150


@pytest.fixture(scope="module")
def found() -> dict[str, list[Run]]:
    return {policy: [run(policy, seed, before=PLAYS, after=0) for seed in LISTENERS] for policy in POLICIES}


def test_ours_beats_the_best_baseline(found: dict[str, list[Run]]) -> None:
    best = best_baseline(found, PLAYS)
    assert saved(found[OURS], found[best], PLAYS).mean > 0.25
    hits = {policy: np.mean([each.enjoyed.mean() for each in of]) for policy, of in found.items()}
    assert max(hits, key=hits.__getitem__) == OURS


def test_ours_learns(found: dict[str, list[Run]]) -> None:
    regret = np.mean([each.regret for each in found[OURS]], axis=0)
    assert regret[20:60].mean() < 0.75 * regret[:10].mean()


def test_ours_is_as_varied_as_chance(found: dict[str, list[Run]]) -> None:
    artists = {policy: np.mean([each.artists for each in of]) for policy, of in found.items()}
    assert artists[OURS] > 0.8 * artists["random"]


def test_a_run_can_be_made_again(found: dict[str, list[Run]]) -> None:
    again = run("nearest to last played", LISTENERS[0], before=PLAYS, after=0)
    assert again.regret.tolist() == found["nearest to last played"][0].regret.tolist()


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("said", ["dislike", "never"])
def test_no_policy_offers_what_was_refused_or_has_just_been_played(policy: str, said: Reaction) -> None:
    _, library = world(0, None)
    chosen_by = POLICIES[policy](library, 1)
    first = chosen_by.choose().tolist()
    for slot in first:
        chosen_by.learn(slot, said, START)
    assert not set(first) & set(chosen_by.choose().tolist())


def test_an_interval_holds_its_mean() -> None:
    values = np.random.default_rng(1).normal(5, 1, 100)
    found = interval(values)
    assert found.low < found.mean < found.high
    assert found.mean == pytest.approx(values.mean())
    assert found.high - found.low == pytest.approx(2 * 1.96 * values.std() / 10, rel=0.1)


def test_a_taste_is_learnt_when_enjoyment_is_back() -> None:
    share = np.concatenate([np.ones(200), np.zeros(60), np.ones(140)])
    assert recovery(Run(share, share, share, 0, 0)) == 60 + 14
    assert recovery(Run(share, share, share * 0.5, 0, 0)) == np.inf
