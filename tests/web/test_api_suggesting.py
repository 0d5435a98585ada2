"""POST /playlists: fresh playlists for a listener, for a mood, for everybody."""

import io
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from starlette.testclient import TestClient

from moodstream.errors import MoodstreamError, SlowError, TransientError
from moodstream.moods import Mood
from moodstream.playlists import jspf, m3u, xspf
from moodstream.recommend.library import Library
from moodstream.store import history
from moodstream.web.routes import suggesting
from moodstream.web.workers import Workers
from tests.factories import NOON, make_song
from tests.web import shelves
from tests.web.doors import asking
from tests.web.shelves import History, Shelf
from tests.web.test_api import failed

SONGS = shelves.songs(400)


def library_of_moods() -> Library:
    library = Library()
    for number, song in enumerate(SONGS):
        mood = Mood.CALM if number < 100 else Mood.HAPPY
        library.hear(song, mood, NOON, plays=400 - number if number % 2 else 1)
    library.hear(make_song("silent", title="Silent", features=None), None, NOON, 0)
    return library


LIBRARY = library_of_moods()


def said(number: int, kind: str, song_id: str, mood: str | None = None) -> history.Said:
    return (number.to_bytes(16, "big"), (NOON + timedelta(minutes=number)).replace(tzinfo=None), song_id, kind, mood)


def client_of(past: Sequence[history.Said] | MoodstreamError = (), held: Any = LIBRARY) -> TestClient:
    known = History(past if isinstance(past, MoodstreamError) else {history.said: list(past)})
    return asking(suggesting, shelf=Shelf(held), history=known, workers=Workers("test", 1))


def told(client: TestClient, **asked: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/playlists", json=asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    found: dict[str, Any] = answer.json()
    return found


def ids(found: dict[str, Any]) -> list[str]:
    return [track["song_id"] for track in found["tracks"]]


LIKES = [said(n, "like", SONGS[n].song_id) for n in range(1, 20)] + [said(30, "never", SONGS[25].song_id)]


def test_a_listener_gets_songs_with_reasons_and_links() -> None:
    found = told(client_of(LIKES), listener="anna", length=30)
    assert (found["listener"], found["personal"], found["notes"]) == ("anna", True, [])
    assert len({*ids(found)}) == 30
    assert SONGS[25].song_id not in ids(found)
    assert all(track["reason"] for track in found["tracks"])
    assert all(one["artist"] != other["artist"] for one, other in pairwise(found["tracks"]))
    scores = [track["score"] for track in found["tracks"]]
    assert scores == sorted(scores, reverse=True)
    place = int(ids(found)[0].split("/")[1].split()[0])
    assert found["tracks"][0]["link"] == f"urn:moodstream:song:song%2F{place}%20%C3%BC"


def test_what_was_said_counts() -> None:
    assert ids(told(client_of(LIKES), listener="anna")) != ids(told(client_of(), listener="anna"))


def test_a_listener_without_a_history_gets_what_is_played_most_and_is_told_so() -> None:
    found = told(client_of(), listener="nobody", length=10)
    assert found["personal"] is False
    assert found["notes"] == ["Nothing is known of 'nobody' yet: these are the songs that are played most."]
    most_played = {
        song.song_id for song in sorted(SONGS, key=lambda s: -LIBRARY.plays[LIBRARY.slots([s.song_id])[0]])[:40]
    }
    assert {*ids(found)} <= most_played


def test_nobody_is_asked_about_where_no_listener_is_given() -> None:
    past = History({})
    client = asking(suggesting, shelf=Shelf(LIBRARY), history=past, workers=Workers("test", 1))
    found = told(client)
    assert (found["listener"], found["personal"], found["notes"], past.asked) == (None, False, [], [])
    assert len(found["tracks"]) == 20


def test_songs_of_the_mood_alone_are_given_where_one_is_asked_for() -> None:
    found = told(client_of(LIKES), listener="anna", mood="Calm", length=40)
    assert found["mood"] == "Calm"
    assert {track["mood"] for track in found["tracks"]} == {"Calm"}


def test_the_present_mood_is_told() -> None:
    plays = [said(n, "play", SONGS[n].song_id, "Calm") for n in range(5)]
    assert told(client_of(plays), listener="anna")["mood"] == "Calm"
    assert told(client_of(), listener="anna")["mood"] is None


def test_songs_outside_of_the_lengths_and_genres_asked_for_are_left_out() -> None:
    found = told(client_of(), shortest=150, longest=200.5, without_genres=["jAZZ"], length=50)
    assert found["tracks"]
    genres = {song.song_id: song.genre for song in SONGS}
    assert all(150_000 <= track["duration_ms"] <= 200_500 for track in found["tracks"])
    assert {genres[song_id] for song_id in ids(found)} == {"Rock"}


def test_too_few_songs_are_said() -> None:
    found = told(client_of(), mood="Dark", length=5)
    assert (found["tracks"], found["notes"]) == ([], ["Of 5 songs asked for, there are 0 that fit."])


def test_the_same_question_gets_the_same_answer() -> None:
    assert told(client_of(LIKES), listener="anna") == told(client_of(LIKES), listener="anna")


@pytest.mark.parametrize(("kind", "module"), [("m3u8", m3u), ("xspf", xspf), ("jspf", jspf)])
def test_a_playlist_comes_as_a_file_of_every_format(kind: str, module: Any) -> None:
    client = client_of(LIKES)
    answer = client.post("/api/v1/playlists", json={"listener": "a/b ü", "mood": "Calm", "format": kind})
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].endswith(f"Calm%20a%2Fb%20%C3%BC.{kind}")
    expected = ids(told(client, listener="a/b ü", mood="Calm"))
    assert [item.song_id for item in module.load(io.BytesIO(answer.content))] == expected


@pytest.mark.parametrize(
    "asked",
    [
        {"listener": ""},
        {"listener": "x" * 129},
        {"mood": "Bored"},
        {"length": 0},
        {"length": 101},
        {"shortest": 0},
        {"shortest": 10, "longest": 9},
        {"longest": 1e9},
        {"without_genres": ["x"] * 51},
        {"format": "pls"},
        {"other": 1},
    ],
)
def test_what_cannot_be_used_is_refused(asked: dict[str, Any]) -> None:
    assert failed(client_of().post("/api/v1/playlists", json=asked), 422)["errors"][0]["field"].startswith("body")


@pytest.mark.parametrize("fault", [TransientError("MySQL is away"), SlowError("too slow")])
def test_where_the_history_is_away_that_is_said(fault: MoodstreamError) -> None:
    answer = client_of(fault).post("/api/v1/playlists", json={"listener": "anna"})
    assert failed(answer, 503)["detail"] == str(fault)
    assert told(client_of(fault), mood="Calm")["tracks"]


def test_while_the_songs_are_read_that_is_said() -> None:
    client = client_of(held=TransientError("The songs are still being read."))
    assert failed(client.post("/api/v1/playlists", json={}), 503)["detail"] == "The songs are still being read."


def test_a_library_without_songs_gives_an_empty_playlist() -> None:
    found = told(client_of(held=Library()), listener="anna")
    assert found["tracks"] == []
    assert len(found["notes"]) == 2
