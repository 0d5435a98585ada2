"""Judging by a table: its kind decides what is judged, and the report is JSON and a table for people."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from moodstream import model
from moodstream.errors import ConfigurationError
from moodstream.settings import ROOT
from moodstream.training import candidates, views
from moodstream.training.evaluation import Evaluation, evaluate
from moodstream.training.songs import labelled
from moodstream.training.tables import read
from tests.training.songs import make_songs, write


@pytest.fixture(scope="module")
def crossed(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    songs = make_songs(20)
    songs.loc[0, "mood"] = None
    return evaluate(write(songs, tmp_path_factory.mktemp("table") / "songs.csv"), folds=2)


def printed(report: Evaluation) -> str:
    console = Console(width=200, record=True)
    with console.capture() as capture:
        for piece in views.evaluation(report):
            console.print(piece, markup=False)
    return capture.get()


def test_the_model_in_use_is_judged_as_it_is(tmp_path: Path) -> None:
    report = evaluate(write(make_songs(20), tmp_path / "songs.csv"))
    said = msgspec.to_builtins(report)
    assert said["model"] == model.load().name
    assert said.keys() == {"model", "table", "moods", "ece"}
    assert said["moods"].keys() == {"angry", "gentle"}
    assert {"n", "accuracy", "macro_f1", "majority", "rules_macro_f1"} <= said["moods"]["angry"].keys()
    assert said["moods"]["angry"]["macro_f1"] > said["moods"]["angry"]["rules_macro_f1"]
    assert said["moods"]["gentle"]["majority"] == 0.25


def test_the_very_table_that_a_model_was_trained_on_is_recognised(tmp_path: Path) -> None:
    path = write(make_songs(20), tmp_path / "songs.csv")
    shipped = model.load()
    trained_on = {"trained_on": {"sha256": read(path).sha256}}
    assert evaluate(path, model=model.Model(shipped.card | trained_on)).seen
    assert not evaluate(path, model=shipped).seen


def test_folds_judge_each_source_in_folds_and_left_out(crossed: Evaluation) -> None:
    assert crossed.folds == 2
    assert crossed.unlabelled == 1
    assert crossed.moods is not None
    assert crossed.left_out is not None
    assert crossed.moods.keys() == crossed.left_out.keys() == {"angry", "gentle"}
    assert crossed.moods["angry"].macro_f1 > 0.7
    assert crossed.left_out["angry"].f1["Dark"] == 0


def test_a_report_is_a_table_for_people(crossed: Evaluation) -> None:
    said = printed(crossed)
    assert "in 2 folds by group" in said
    assert "1 rows have none of the five moods" in said
    assert "a model that learned from the others alone" in said


def test_a_reader_that_has_enough_is_no_failure(tmp_path: Path) -> None:
    table = write(make_songs(5), tmp_path / "songs.csv")
    command = [sys.executable, "batch_processor.py", "--evaluate", str(table)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as judging:
        assert judging.stdout is not None
        assert judging.stderr is not None
        judging.stdout.close()
        assert (judging.stderr.read(), judging.wait(60)) == (b"", 0)


def test_control_characters_of_a_table_do_not_reach_the_terminal(tmp_path: Path) -> None:
    songs = make_songs(5).assign(source="\x1b[31mred")
    assert "\x1b" not in printed(evaluate(write(songs, tmp_path / "songs.csv")))


def test_a_table_of_one_mood_and_one_song_can_be_judged(tmp_path: Path) -> None:
    report = evaluate(write(make_songs(1).iloc[:1], tmp_path / "songs.csv"))
    assert report.moods is not None
    assert report.moods["angry"].majority == 1


@pytest.mark.parametrize("folds", [1, 0, -3])
def test_fewer_than_two_folds_are_none(tmp_path: Path, folds: int) -> None:
    with pytest.raises(ConfigurationError, match="must be 2 or more"):
        evaluate(tmp_path / "songs.csv", folds=folds)


def test_more_folds_than_groups_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="too few for 50 folds"):
        evaluate(write(make_songs(20), tmp_path / "songs.csv"), folds=50)


def test_features_alone_are_nothing_to_judge_by(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="neither moods nor descriptors"):
        evaluate(write(make_songs(20).drop(columns="mood"), tmp_path / "songs.csv"))


@pytest.mark.parametrize(
    "name", ["plane, nearest middle of a mood", "logistic regression", "own words: logistic regression"]
)
def test_a_candidate_is_judged_by_group_by_source_and_by_song(tmp_path: Path, name: str) -> None:
    songs = labelled(read(write(make_songs(20), tmp_path / "songs.csv")))
    row = candidates.judge(name, candidates.CANDIDATES[name], songs)
    assert row.by_group.keys() == row.left_out.keys() == row.by_song.keys() == {"angry", "gentle"}
    assert row.by_group["angry"] > 0.5


def test_the_parts_of_the_shipped_candidate_together_are_the_shipped_one(tmp_path: Path) -> None:
    songs = labelled(read(write(make_songs(20), tmp_path / "songs.csv")))
    parts = candidates.with_words(linear=True, trees=True, copies=3)(songs)(songs)
    assert parts == pytest.approx(candidates.fresh(songs)(songs), abs=0.01)
