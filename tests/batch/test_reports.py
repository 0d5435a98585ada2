"""Songs -> moods -> reports -> tables."""

from collections import Counter
from typing import Any

import msgspec
import pytest

from moodstream.batch.classify import classified
from moodstream.batch.reports import Classify, Compare, Disagreement, Report, Versus, analysis, comparison
from moodstream.batch.statistics import ROWS, Confusion
from moodstream.batch.tables import show
from moodstream.classifiers import RULES
from moodstream.moods import UNCLASSIFIED, Mood
from moodstream.rules import columns
from tests.factories import make_features


def row(song_id: str, **features: float | None) -> dict[str, Any]:
    made = make_features(**features)
    return {"song_id": song_id} | {name: getattr(made, name) for name in RULES.inputs}


def test_batch_says_what_real_time_would_say() -> None:
    songs = [row("a"), row("b", valence=0.1, energy=0.3, tempo=80.0), row("c", tempo=None), row("d", valence=0.2)]
    said = RULES.classify(columns(make_features(**{k: v for k, v in song.items() if k != "song_id"}) for song in songs))
    verdicts = classified(songs, RULES)
    assert [verdict.song_id for verdict in verdicts] == ["a", "b", "c", "d"]
    assert [verdict.mood for verdict in verdicts] == [Mood.HAPPY, Mood.SAD, None, Mood.ENERGETIC]
    assert [verdict.confidence for verdict in verdicts if verdict.mood] == [c for c in said.confidence if c == c]


def test_a_song_that_is_not_classified_has_a_reason_and_no_confidence() -> None:
    (verdict,) = classified([row("a", tempo=None, valence=None)], RULES)
    assert verdict[1:] == (None, None, "not known: valence, tempo")


def test_a_page_on_which_nothing_is_known_is_no_failure() -> None:
    page = [{"song_id": "a"} | dict.fromkeys(RULES.inputs), {"song_id": "b"} | dict.fromkeys(RULES.inputs)]
    assert [verdict.mood for verdict in classified(page, RULES)] == [None, None]


def test_feedback_is_counted_by_mood_with_its_interval() -> None:
    reactions = Counter(
        {
            ("Happy", "like"): 30,
            ("Happy", "dislike"): 10,
            ("Happy", "skip"): 5,
            ("Happy", "never"): 1,
            ("Sad", "correction"): 2,
        }
    )
    report = analysis(reactions, playlists=2, tracks=Counter({"Happy": 30, UNCLASSIFIED: 10}))
    happy, *_, sad = (said for said in report.feedback if said.mood in ("Happy", "Sad"))
    assert (happy.like, happy.dislike, happy.skip, happy.replay, happy.never, happy.corrections) == (30, 10, 5, 0, 1, 0)
    assert happy.like_share == 0.75
    assert happy.like_share_low is not None
    assert happy.like_share_high is not None
    assert 0.5 < happy.like_share_low < 0.75 < happy.like_share_high < 0.9
    assert (sad.like_share, sad.like_share_low, sad.corrections) == (None, None, 2)
    assert (report.playlists, report.tracks) == (2, 40)
    assert {found.mood: found.share for found in report.recommended if found.tracks} == {
        "Happy": 0.75,
        UNCLASSIFIED: 0.25,
    }


def test_playlists_without_tracks_are_no_failure() -> None:
    assert all(found.share == 0 for found in analysis(Counter(), 1, Counter()).recommended)


def compared(**more: Any) -> Compare:
    confusion = Confusion()
    confusion.add("Happy", "Happy", 3)
    confusion.add("Happy", "Sad")
    confusion.add(None, "Sad")
    song = Disagreement(song_id="s", title="[red]\x1b[31mT\n", artist=None, real_time="Happy", batch="Sad")
    defaults: dict[str, Any] = {
        "model": "rules-1",
        "window_seconds": 60.0,
        "confusion": confusion,
        "only_real_time": 2,
        "in_batch": 9,
        "real_time_models": {"rules-1": 5},
        "per_second": (12.5, None),
        "disagreements": [song],
        "others": [
            Versus(model="moods-1", songs=5, agreement=0.8, kappa=None, confusion=confusion.table()),
        ],
    }
    return comparison(**{**defaults, **more})


def test_a_comparison_counts_what_only_one_side_knows() -> None:
    report = compared()
    assert (report.songs, report.compared, report.agreed) == (5, 4, 3)
    assert (report.only_real_time, report.only_batch) == (2, 4)
    assert (report.real_time.unclassified, report.batch.unclassified) == (1, 0)
    assert (report.real_time.per_second, report.batch.per_second) == (12.5, None)
    assert report.confusion["Happy"]["Sad"] == 1


NOTHING = Classify(
    model="rules-1", songs=1, unclassified=1, seconds=0.1, songs_per_second=10.0, moods=dict.fromkeys(ROWS, 0)
)


@pytest.mark.parametrize(
    "report",
    [NOTHING, analysis(Counter(), 0, Counter()), compared(), compared(confusion=Confusion(), disagreements=[])],
)
def test_every_report_can_be_shown_and_written(report: Report, capsys: pytest.CaptureFixture[str]) -> None:
    show(report)
    shown = capsys.readouterr().out
    assert all(mood in shown for mood in ROWS)
    assert msgspec.json.decode(msgspec.json.encode(report), type=type(report)) == report


def test_other_models_are_set_beside_the_one_that_is_compared(capsys: pytest.CaptureFixture[str]) -> None:
    show(compared())
    assert "rules-1 (a row) beside moods-1 (a column), both in batch: 80.0% of 5 songs alike" in capsys.readouterr().out


def test_titles_are_shown_as_text_and_cannot_command_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    show(compared())
    shown = capsys.readouterr().out
    assert "[red]\N{REPLACEMENT CHARACTER}[31mT\N{REPLACEMENT CHARACTER}" in shown
    assert "\x1b" not in shown


def test_an_undefined_kappa_is_said_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    confusion = Confusion()
    confusion.add("Happy", "Happy", 3)
    show(compared(confusion=confusion))
    assert "not defined" in capsys.readouterr().out
