"""The batch processor on a real database."""

import json
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from moodstream import rules
from moodstream.messages import Classification, Playlist, Song, Track, play_id
from moodstream.moods import Mood
from moodstream.settings import Settings
from moodstream.store import review
from moodstream.store.mysql import Database
from moodstream.store.sink import Sink
from tests.factories import NOON, make_classification, make_features, make_feedback, make_play, make_record, make_song
from tests.integration.system import System
from tests.training.songs import make_songs, write

SCRIPT = "batch_processor.py"
RULES = ("--model", "rules")


@pytest.fixture
def batch(database_settings: Settings, tmp_path: Any) -> System:
    """A system of a database alone."""
    return System(database_settings.model_copy(update={"model_dir": tmp_path / "models"}), tmp_path)


@pytest.fixture
def connector(database_settings: Settings) -> Database:
    return Database(database_settings, "connector")


SONGS = [
    make_song("happy"),
    make_song("sad", features=make_features(valence=0.1, energy=0.3, tempo=80.0)),
    make_song("nameless", features=make_features(tempo=None)),
    make_song("silent", features=None),
]


def heard(song: Song, mood: Mood | None, at: datetime = NOON) -> list[Any]:
    play = make_play(song, played_at=at)
    return [make_record(play), make_record(make_classification(play, mood=mood), "mood_classified")]


def fill(connector: Database) -> None:
    """Four songs, of which real time has heard one as batch will, and one otherwise."""
    records = [*heard(SONGS[0], Mood.SAD), *heard(SONGS[0], Mood.HAPPY, NOON + timedelta(hours=1))]
    for song, mood in zip(SONGS[1:], (Mood.DARK, None, None), strict=True):
        records += heard(song, mood)
    assert Sink(connector).write(records) == []


def report(batch: System, *arguments: str) -> dict[str, Any]:
    done = batch.run(SCRIPT, *arguments, "--json")
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def test_all_songs_are_classified_beside_what_real_time_said(batch: System, connector: Database) -> None:
    fill(connector)
    before = connector.query("SELECT * FROM mood_classified ORDER BY event_id")
    done = report(batch, "--classify", *RULES)["classify"]
    assert (done["songs"], done["unclassified"], done["model"]) == (4, 2, rules.MODEL)
    assert {mood: songs for mood, songs in done["moods"].items() if songs} == {"Happy": 1, "Sad": 1, "Unclassified": 2}
    said = connector.query("SELECT song_id, mood, reason FROM batch_classified ORDER BY song_id")
    assert said == [
        {"song_id": "happy", "mood": "Happy", "reason": None},
        {"song_id": "nameless", "mood": None, "reason": "not known: tempo"},
        {"song_id": "sad", "mood": "Sad", "reason": None},
        {"song_id": "silent", "mood": None, "reason": "not known: " + ", ".join(rules.NEEDED)},
    ]
    assert connector.query("SELECT * FROM mood_classified ORDER BY event_id") == before


def test_a_second_run_tells_a_song_anew(batch: System, connector: Database) -> None:
    fill(connector)
    report(batch, "--classify", *RULES)
    connector.query("UPDATE songs SET valence = 0.1, energy = 0.3, tempo = 80 WHERE song_id IN ('happy', 'nameless')")
    report(batch, "--classify", *RULES)
    said = connector.query(
        "SELECT mood, reason, COUNT(DISTINCT run_id) AS runs FROM batch_classified GROUP BY 1, 2 ORDER BY 1 DESC"
    )
    assert [(row["mood"], row["runs"]) for row in said] == [("Sad", 1), (None, 1)]
    assert len(connector.query("SELECT * FROM batch_runs WHERE job = 'classify'")) == 2


def test_every_song_is_met_once_whatever_its_id_and_however_many_there_are(batch: System, connector: Database) -> None:
    odd = ["\x01 before the space", "!", "aB", "AB", "ab", "áb", "ab b", "😀", "zz"]
    ids = odd + [f"song-{number:05d}" for number in range(review.SONGS_A_PAGE + 10)]
    Sink(connector).write([make_record(make_play(make_song(song_id))) for song_id in ids])
    assert report(batch, "--classify")["classify"]["songs"] == len(ids)
    assert connector.query("SELECT COUNT(*) AS n FROM batch_classified") == [{"n": len(ids)}]


def test_real_time_and_batch_are_compared_song_by_song(batch: System, connector: Database) -> None:
    fill(connector)
    found = report(batch, "--classify", "--compare", *RULES)["compare"]
    assert (found["songs"], found["compared"], found["agreed"]) == (4, 2, 1)
    assert (found["agreement"], found["kappa"]) == (0.5, pytest.approx(1 / 3))
    assert found["confusion"]["Dark"]["Sad"] == 1
    assert found["confusion"]["Unclassified"]["Unclassified"] == 2
    assert (found["real_time"]["unclassified"], found["batch"]["unclassified"]) == (2, 2)
    assert found["real_time"]["per_second"] == 2.5  # five plays in two seconds
    assert found["batch"]["per_second"] > 0
    differing = {"song_id": "sad", "title": "Title", "artist": "Artist", "real_time": "Dark", "batch": "Sad"}
    assert found["disagreements"] == [differing]
    assert (found["real_time_models"], found["others"]) == ({"rules-1": 4}, [])


def test_models_are_compared_where_batch_has_used_several(batch: System, connector: Database) -> None:
    fill(connector)
    by_rules = report(batch, "--classify", *RULES)["classify"]
    by_model = report(batch, "--classify")["classify"]
    assert by_rules["model"] != by_model["model"]
    found = report(batch, "--compare")["compare"]
    assert found["model"] == by_model["model"]
    (other,) = found["others"]
    assert (other["model"], other["songs"]) == (by_rules["model"], 4)
    assert other["confusion"]["Unclassified"]["Unclassified"] == 2


def test_a_window_holds_the_plays_of_the_last_seconds(batch: System, connector: Database) -> None:
    fill(connector)
    Sink(connector).write(heard(SONGS[0], Mood.CALM, datetime.now(UTC) - timedelta(seconds=30)))
    report(batch, "--classify", *RULES)
    found = report(batch, "--compare", "--window", "3600", *RULES)["compare"]
    assert (found["window_seconds"], found["songs"], found["agreed"], found["only_batch"]) == (3600, 1, 0, 3)
    none = batch.run(SCRIPT, "--compare", "--window", "0.001", *RULES)
    assert (none.returncode, "No play of the last 0.001 s is classified" in none.stderr) == (1, True)


def test_a_song_that_batch_has_not_met_is_counted_apart(batch: System, connector: Database) -> None:
    fill(connector)
    report(batch, "--classify")
    Sink(connector).write(heard(make_song("newcomer"), Mood.HAPPY))
    found = report(batch, "--compare")["compare"]
    assert (found["songs"], found["only_real_time"], found["only_batch"]) == (4, 1, 0)


def test_feedback_and_recommendations_are_counted_by_mood(batch: System, connector: Database) -> None:
    fill(connector)
    first: Classification = heard(SONGS[0], Mood.SAD)[1].message
    tracks = tuple(
        Track(song_id="s", title="", artist="", score=1, reason="", mood=mood) for mood in (Mood.CALM, Mood.CALM, None)
    )
    playlist = Playlist(event_id=play_id("p", "anna", "", NOON), listener="anna", made_at=NOON, tracks=tracks)
    said = [
        make_feedback(song_id="happy"),
        make_feedback(song_id="happy", reaction="dislike", mood=Mood.SAD),
        make_feedback(song_id="happy", reaction="skip", play_id=first.play_id),
        make_feedback(song_id="unheard", reaction=None, mood=Mood.SAD),
    ]
    records = [make_record(feedback, "user_feedback") for feedback in said]
    Sink(connector).write([*records, make_record(playlist, "playlist_recommendations")])
    found = report(batch, "--analyze")["analyze"]
    by_mood = {row.pop("mood"): row for row in found["feedback"]}
    assert [by_mood["Happy"][kind] for kind in ("like", "dislike", "skip", "replay", "corrections")] == [1, 1, 0, 0, 1]
    assert by_mood["Happy"]["like_share"] == 0.5
    assert (by_mood["Sad"]["skip"], by_mood["Unclassified"]["corrections"]) == (1, 1)
    assert (found["playlists"], found["tracks"]) == (1, 3)
    assert {row["mood"]: row["tracks"] for row in found["recommended"] if row["tracks"]} == {
        "Calm": 2,
        "Unclassified": 1,
    }


def test_runs_are_kept_with_their_reports(batch: System, connector: Database) -> None:
    fill(connector)
    printed = report(batch, "--classify", "--compare")
    kept = connector.query(
        "SELECT job, report, started_at <= finished_at AS in_order FROM batch_runs ORDER BY finished_at"
    )
    assert {row["job"]: json.loads(row["report"]) for row in kept} == printed
    assert all(row["in_order"] for row in kept)


def test_tables_are_printed_where_json_is_not_asked_for(batch: System, connector: Database) -> None:
    fill(connector)
    done = batch.run(SCRIPT, "--classify", "--compare", *RULES)
    assert done.returncode == 0
    assert "4 songs by rules-1" in done.stdout
    assert "Cohen's kappa" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("--classify", "error: The history has no songs yet: start `python stream_music.py`"),
        ("--analyze", "error: The history has no songs yet: start `python stream_music.py`"),
        ("--compare", "error: The history has no songs yet: start `python stream_music.py`"),
    ],
)
def test_an_empty_database_is_said_to_be_empty(batch: System, arguments: str, sentence: str) -> None:
    ended = batch.run(SCRIPT, arguments, "--json")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.splitlines()[-1].startswith(sentence)


def test_what_has_to_come_first_is_named(batch: System, connector: Database) -> None:
    fill(connector)
    compare = batch.run(SCRIPT, "--compare")
    assert (compare.returncode, "run `python batch_processor.py --classify` first" in compare.stderr) == (1, True)
    analyze = batch.run(SCRIPT, "--classify", "--analyze", "--json")
    assert (analyze.returncode, "start `python user_feedback.py simulator`" in analyze.stderr) == (1, True)
    assert json.loads(analyze.stdout).keys() == {"classify"}


def corrected(number: int) -> list[Any]:
    """Plays of songs between Calm and Sad, and what a listener says their moods are."""
    records = []
    for place in range(number):
        soft = make_features(valence=0.2 + place / 400, energy=0.2, acousticness=0.8, danceability=0.4, tempo=90.0)
        song = make_song(f"song-{place:02d}", features=soft)
        mood = Mood.CALM if place % 4 else Mood.SAD
        said = make_feedback(song_id=song.song_id, reaction=None, mood=mood)
        records += [make_record(make_play(song)), make_record(said, "user_feedback")]
    return records


def test_a_model_learns_from_what_listeners_corrected_and_the_one_before_comes_back(
    batch: System, connector: Database
) -> None:
    Sink(connector).write(corrected(80))
    learned = report(batch, "--train", "--labels", "feedback")
    assert (learned["labels"], learned["songs"], learned["moods"]["feedback"]["n"]) == ("feedback", 80, 80)
    assert learned["taken"], learned["why"]
    assert report(batch, "--classify")["classify"]["model"] == learned["model"] != learned["in_use"]
    restored = batch.run(SCRIPT, "--restore")
    assert (restored.returncode, restored.stdout) == (0, f"{learned['in_use']} is in use again.\n")
    assert report(batch, "--classify")["classify"]["model"] == learned["in_use"]


def test_without_corrections_there_is_nothing_to_learn_from(batch: System, connector: Database) -> None:
    fill(connector)
    ended = batch.run(SCRIPT, "--train", "--labels", "feedback")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "No listener has corrected a mood yet" in ended.stderr.splitlines()[-1]


def test_a_table_is_judged_and_learned_from_without_any_server(batch: System, tmp_path: Path) -> None:
    table = str(write(make_songs(30), tmp_path / "songs.csv"))
    judged = json.loads(batch.run(SCRIPT, "--evaluate", table, "--json", mysql_port=1).stdout)
    assert judged.keys() >= {"model", "moods", "ece"}
    assert judged["moods"]["gentle"].keys() >= {"n", "accuracy", "macro_f1", "majority", "rules_macro_f1"}
    learned = batch.run(SCRIPT, "--train", table, "--json", mysql_port=1)
    assert (learned.returncode, json.loads(learned.stdout)["labels"]) == (0, "tags")
    assert (batch.settings.model_dir / "mood.json").exists() == json.loads(learned.stdout)["taken"]


def test_wrong_usage_and_a_wrong_password_are_refused(batch: System) -> None:
    for wrong in (
        (),
        ("--classify", "--window", "5"),
        ("--compare", "--window", "nan"),
        ("--compare", "--window", "-1"),
        ("--train",),
        ("--train", "songs.csv", "--labels", "feedback"),
        ("--classify", "--evaluate", "songs.csv"),
        ("--classify", "--folds", "5"),
        ("--evaluate", "songs.csv", "--model", "rules"),
        ("--restore", "--json"),
    ):
        assert batch.run(SCRIPT, *wrong).returncode == 2
    refused = batch.run(SCRIPT, "--classify", mysql_batch_password="wrong")
    assert refused.returncode == 2
    assert "check MYSQL_BATCH_USER and MYSQL_BATCH_PASSWORD" in refused.stderr.splitlines()[-1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_job_waits_for_its_server_and_ends_when_asked(batch: System, number: int) -> None:
    waiting = batch.start(SCRIPT, "--classify", settings=batch.settings.model_copy(update={"mysql_port": 1}))
    waiting.says("waiting: MySQL at 127.0.0.1:1")
    assert waiting.health()[0] == 503
    assert waiting.output.count("MySQL at 127.0.0.1:1") == 1
    assert waiting.stop(number) == 1
    assert "Traceback" not in waiting.output
