"""Training: what is taken into use, what is not, and what can be restored."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from moodstream import keeping, model
from moodstream.errors import ConfigurationError
from moodstream.training import moods
from moodstream.training.adapting import adapted
from moodstream.training.adapting import corrections as corrected
from moodstream.training.songs import labelled
from moodstream.training.tables import Table, read
from tests.training.songs import make_songs, write

Trained = Callable[[Path], Path]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Table, moods.Training, Path]:
    """A table, what training on it reported, and the folder of the model."""
    folder = tmp_path_factory.mktemp("models")
    table = read(write(make_songs(40), folder / "songs.csv"))
    return table, moods.train(table, "tags", folder), folder


def copy(folder: Path, to: Path) -> Path:
    (to / model.FILE).write_bytes((folder / model.FILE).read_bytes())
    return to


def test_a_model_that_is_better_on_songs_it_has_not_seen_is_taken(
    first: tuple[Table, moods.Training, Path],
) -> None:
    _, report, folder = first
    assert report.taken, report.why
    assert report.in_use == model.load().name
    assert report.in_use_macro_f1 is not None
    assert report.macro_f1 >= report.in_use_macro_f1
    assert model.load(folder / model.FILE).name == report.model
    assert model.load(folder / keeping.PREVIOUS).name == model.load().name
    assert report.moods.keys() == {"angry", "gentle"}
    assert report.never_said == []


def test_what_is_shipped_says_what_it_was_trained_on(first: tuple[Table, moods.Training, Path]) -> None:
    table, report, folder = first
    card = model.load(folder / model.FILE).card
    assert card["trained_on"]["sha256"] == table.sha256
    assert card["trained_on"]["songs"] == {"angry": 120, "gentle": 160}
    assert card["generation"] == model.load().card["generation"] + 1
    assert report.songs == 280


def test_no_row_of_the_table_is_in_the_model(first: tuple[Table, moods.Training, Path]) -> None:
    text = (first[2] / model.FILE).read_text(encoding="utf-8")
    assert "track-" not in text
    assert "Sad 0" not in text


def test_a_model_that_is_worse_is_written_beside(first: tuple[Table, moods.Training, Path], tmp_path: Path) -> None:
    copy(first[2], tmp_path)
    before = (tmp_path / model.FILE).read_bytes()
    # Too few songs to learn afresh what the model in use has learned from many.
    few = read(write(make_songs(10, noise=0.2, seed=3), tmp_path / "few.csv"))
    report = moods.train(few, "tags", tmp_path)
    assert not report.taken, report.why
    assert "worse" in report.why
    assert (tmp_path / model.FILE).read_bytes() == before
    assert model.load(tmp_path / keeping.CANDIDATE).name == report.model
    assert report.file.endswith(keeping.CANDIDATE)


def test_on_the_table_of_the_model_in_use_both_are_judged_in_folds(
    first: tuple[Table, moods.Training, Path], tmp_path: Path
) -> None:
    table, report, folder = first
    again = moods.train(table, "tags", copy(folder, tmp_path))
    assert again.taken
    assert again.in_use_macro_f1 == again.macro_f1 == report.macro_f1
    assert "when it was trained" in again.why


def test_the_model_before_can_be_restored_and_that_undone(
    first: tuple[Table, moods.Training, Path], tmp_path: Path
) -> None:
    copy(first[2], tmp_path)
    model.save(model.load(), tmp_path / keeping.PREVIOUS)
    assert keeping.restore(tmp_path) == model.load().name
    assert model.load(tmp_path / model.FILE).name == model.load().name
    assert keeping.restore(tmp_path) == first[1].model
    assert model.load(tmp_path / model.FILE).name == first[1].model


def test_where_nothing_was_replaced_there_is_nothing_to_restore(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no model was replaced"):
        keeping.restore(tmp_path)


def test_a_damaged_model_can_be_restored_from(first: tuple[Table, moods.Training, Path], tmp_path: Path) -> None:
    (tmp_path / model.FILE).write_text("{", encoding="utf-8")
    model.save(model.load(first[2] / model.FILE), tmp_path / keeping.PREVIOUS)
    assert keeping.restore(tmp_path) == first[1].model
    assert model.load(tmp_path / model.FILE).name == first[1].model


@pytest.mark.parametrize(
    ("songs", "says"),
    [
        (make_songs(3), "There are 21 songs with a mood, but 50 are needed"),
        (make_songs(20).assign(mood="Sad"), "have the same one"),
        (make_songs(20).assign(group="one"), "too few for 5 folds"),
        (make_songs(20).assign(tempo=0), "No song has all features that a mood needs: fill in tempo"),
    ],
)
def test_songs_that_nothing_can_be_learned_from_are_refused(tmp_path: Path, songs: pd.DataFrame, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        moods.train(read(write(songs, tmp_path / "songs.csv")), "tags", tmp_path)
    assert not (tmp_path / model.FILE).exists()


def test_a_mood_that_the_table_lacks_is_reported_as_never_said(tmp_path: Path) -> None:
    songs = make_songs(20)
    table = read(write(songs[songs["source"] == "gentle"], tmp_path / "songs.csv"))
    assert moods.train(table, "tags", tmp_path).never_said == ["Dark"]


def test_clusters_are_named_by_the_plane_and_their_accuracy_is_called_circular(tmp_path: Path) -> None:
    table = read(write(make_songs(30, noise=0.05).drop(columns="mood"), tmp_path / "songs.csv"))
    report = moods.train(table, "kmeans", tmp_path)
    assert report.circular
    assert not report.taken
    assert "judge it by a table with moods" in report.why
    assert report.macro_f1 > 0.9
    assert report.songs == 210
    candidate = model.load(tmp_path / keeping.CANDIDATE)
    dark = {"valence": [0.2], "energy": [0.8], "tempo": [120.0], "acousticness": [0.2], "danceability": [0.5]}
    told = candidate.classify(dark).probabilities
    assert told is not None
    assert told.argmax() == 4


def test_songs_that_are_all_alike_are_no_clusters(tmp_path: Path) -> None:
    alike = make_songs(20).assign(valence=0.5, energy=0.5, acousticness=0.5, danceability=0.5)
    with pytest.raises(ConfigurationError, match="all alike"):
        moods.train(read(write(alike, tmp_path / "songs.csv")), "kmeans", tmp_path)


def corrections(listeners: int = 1) -> pd.DataFrame:
    """Listeners say Energetic of what the made-up songs call Dark."""
    songs = make_songs(80).query("mood == 'Dark'").drop(columns=["source", "group"])
    songs = songs.rename(columns={"track_id": "song_id"}).assign(mood="Energetic")
    others = make_songs(20).query("mood == 'Sad'").drop(columns=["source", "group"])
    others = others.rename(columns={"track_id": "song_id"}).assign(song_id=lambda table: "other " + table["song_id"])
    both = pd.concat([songs, others])
    return pd.concat([both.assign(listener=f"listener-{number}") for number in range(listeners)], ignore_index=True)


def test_corrections_move_the_model_in_use_and_leave_the_rest_as_it_was(
    first: tuple[Table, moods.Training, Path], tmp_path: Path
) -> None:
    copy(first[2], tmp_path)
    before = model.load(tmp_path / model.FILE)
    report = moods.train(corrected(corrections()), "feedback", tmp_path)
    after = model.load(tmp_path / model.FILE)
    assert report.taken, report.why
    assert report.in_use == before.name
    loud = make_songs(20, seed=9).query("mood == 'Dark'")
    calm = make_songs(20, seed=9).query("mood == 'Calm'")
    dark, energetic = 4, 3
    assert _share(after, loud)[energetic] > _share(before, loud)[energetic]
    assert _share(after, loud)[dark] < _share(before, loud)[dark]
    assert _share(after, calm).argmax() == _share(before, calm).argmax() == 1
    assert all(after.card[part] == before.card[part] for part in ("trees", "temperature", "doubt", "neutral_below"))


def test_a_song_that_was_heard_to_have_no_pulse_counts_when_it_is_judged(tmp_path: Path) -> None:
    pulseless = corrections().assign(arousal=0.5, tempo=np.nan)
    report = moods.train(corrected(pulseless), "feedback", tmp_path)
    assert report.moods["feedback"].unclassified == 0


def _share(of: model.Model, songs: pd.DataFrame) -> np.ndarray:
    told = of.classify(songs).probabilities
    assert told is not None
    return told.mean(axis=0)


def test_the_same_corrections_are_learned_once_however_often(
    first: tuple[Table, moods.Training, Path], tmp_path: Path
) -> None:
    copy(first[2], tmp_path)
    reports = [moods.train(corrected(corrections()), "feedback", tmp_path) for _ in range(3)]
    linear = [model.load(Path(report.file)).card["linear"] for report in reports]
    assert linear[0] == linear[1] == linear[2]
    assert len({report.macro_f1 for report in reports}) == 1
    assert len({report.in_use_macro_f1 for report in reports}) == 1


def test_a_table_that_lacks_a_mood_does_not_make_the_model_forget_it(
    first: tuple[Table, moods.Training, Path], tmp_path: Path
) -> None:
    copy(first[2], tmp_path)
    two = make_songs(60, seed=5).query("mood in ('Sad', 'Happy')")
    report = moods.train(read(write(two, tmp_path / "two.csv")), "tags", tmp_path)
    assert not report.taken
    assert "would never say Calm or Energetic or Dark" in report.why


def test_clusters_are_not_taken_even_where_the_model_in_use_is_damaged(tmp_path: Path) -> None:
    (tmp_path / model.FILE).write_text("{}", encoding="utf-8")
    songs = make_songs(40).drop(columns="mood")
    report = moods.train(read(write(songs, tmp_path / "songs.csv")), "kmeans", tmp_path)
    assert (report.taken, report.circular) == (False, True)


def test_a_few_corrections_move_less_than_many(first: tuple[Table, moods.Training, Path]) -> None:
    loud, dark = make_songs(20, seed=9).query("mood == 'Dark'"), 4
    before = model.load(first[2] / model.FILE)
    shares = [_share(before, loud)[dark]]
    for number in (10, 80):
        songs = labelled(corrected(corrections().iloc[:number]))
        shares.append(_share(model.Model(before.card | adapted(before, songs)), loud)[dark])
    assert shares[0] > shares[1] > shares[2]
    assert shares[1] > 0.5 > shares[2]


def test_a_song_counts_once_with_the_mood_that_most_listeners_gave_it() -> None:
    said = corrections(3)
    said.loc[(said["song_id"] == said["song_id"][0]) & (said["listener"] == "listener-0"), "mood"] = "Calm"
    tied = said["song_id"] == said["song_id"][1]
    said = said[~(tied & (said["listener"] == "listener-2"))]
    said.loc[tied & (said["listener"] == "listener-0"), "mood"] = "Calm"
    table = corrected(said)
    assert len(table.frame) == said["song_id"].nunique()
    by_song = table.frame.set_index("song_id")["mood"]
    assert by_song[said["song_id"].iloc[0]] == "Energetic"
    assert pd.isna(by_song[said["song_id"].iloc[1]])


def test_a_listeners_last_word_counts() -> None:
    said = corrections()
    changed = said.iloc[[0]].assign(mood="Calm")
    table = corrected(pd.concat([said, changed], ignore_index=True))
    assert table.frame.set_index("song_id")["mood"][said["song_id"][0]] == "Calm"


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    table = read(write(make_songs(20), tmp_path / "songs.csv"))
    with pytest.raises(ConfigurationError, match="cannot be made a folder"):
        moods.train(table, "tags", tmp_path / "file")


def test_a_home_that_nobody_has_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"~nobody of this name/models cannot be made a folder"):
        keeping.restore(Path("~nobody of this name/models"))


def test_no_corrections_are_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="has no song with one of the moods"):
        moods.train(corrected(corrections().iloc[:0]), "feedback", tmp_path)


@pytest.mark.parametrize("labels", ["tags", "kmeans"])
def test_a_table_of_ratings_is_none_to_learn_moods_from(tmp_path: Path, labels: moods.Labels) -> None:
    columns = ["valence_mean", "arousal_mean", "loudness_mean", "flux_mean", "hnr_std"]
    table = read(write(pd.DataFrame([[5.0] * 5], columns=columns), tmp_path / "ratings.csv"))
    with pytest.raises(ConfigurationError, match=r"ratings.csv is a table of ratings"):
        moods.train(table, labels, tmp_path)
