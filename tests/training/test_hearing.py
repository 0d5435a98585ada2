"""Tables made as uncertain as what is heard, and what is learned from them."""

import numpy as np
import pytest

from moodstream.audio.regressors import shipped
from moodstream.parts import Part
from moodstream.rules import NEEDED
from moodstream.training.hearing import COPIES, OTHER_OCTAVE, as_heard, fit_heard
from moodstream.training.songs import MOODS5, Songs, labelled
from moodstream.training.tables import Table
from tests.training.songs import make_songs

SONGS: Songs = labelled(Table("moods", "songs.csv", "", make_songs(200)))


def test_features_are_known_as_well_as_the_sound_tells_them() -> None:
    told = as_heard(SONGS)
    for name in ("valence", "energy"):
        true = np.tile(SONGS.features[name], COPIES)
        share = np.corrcoef(true, told.features[name])[0, 1] ** 2
        assert share == pytest.approx(shipped().figures[name][-1].r2, abs=0.06)
        assert told.features[name].std() == pytest.approx(true.std(), rel=0.1)


def test_some_tempi_are_heard_in_another_octave_and_the_others_as_they_are() -> None:
    ratio = as_heard(SONGS).features["tempo"] / np.tile(SONGS.features["tempo"], COPIES)
    assert set(np.unique(ratio.round(6))) == {0.5, 1.0, 2.0}
    assert np.mean(ratio != 1) == pytest.approx(OTHER_OCTAVE, abs=0.02)


def test_it_reads_what_the_rules_read_and_stays_with_its_songs() -> None:
    told = as_heard(SONGS)
    assert set(told.features) == set(NEEDED)
    assert told.mood.tolist() == SONGS.mood.tolist() * COPIES
    assert told.group.tolist() == SONGS.group.tolist() * COPIES
    assert all(np.all((told.features[name] >= 0) & (told.features[name] <= 1)) for name in NEEDED if name != "tempo")


def test_a_part_for_what_was_heard_tells_moods_apart_and_is_less_sure() -> None:
    card, figures = fit_heard(SONGS, 5, neutral_below=0.4)
    part = Part(card)
    said = part.probabilities(SONGS.features)
    assert (said.argmax(axis=1) == SONGS.mood).mean() > 0.6
    assert said.max(axis=1).mean() < 0.9
    assert part.neutral_below == 0.4
    assert {source: one.n for source, one in figures.items()} == {
        source: int((SONGS.source == source).sum()) for source in np.unique(SONGS.source.astype(str))
    }
    assert all(one.macro_f1 > one.rules_macro_f1 for one in figures.values())


def test_the_same_songs_give_the_same_part() -> None:
    assert fit_heard(SONGS, 5, 0.4) == fit_heard(SONGS, 5, 0.4)


def test_a_mood_that_no_song_has_is_never_said() -> None:
    songs = SONGS.take(np.flatnonzero(SONGS.mood != MOODS5.index("Dark")))
    card, _ = fit_heard(songs, 5, 0.4)
    assert np.all(Part(card).logits(SONGS.features).argmax(axis=1) != MOODS5.index("Dark"))
