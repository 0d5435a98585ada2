"""Journeys and filtered playlists over a history in a real database."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from moodstream import rules
from moodstream.classifiers import classifier
from moodstream.errors import MoodstreamError
from moodstream.moods import Mood
from moodstream.rules import MOODS
from moodstream.settings import Settings
from moodstream.store.mysql import Database
from moodstream.web.routes import filtering, journeys
from moodstream.web.shelf import Shelf
from moodstream.web.workers import History, Workers
from tests.factories import NOON, make_classification, make_feedback, make_play
from tests.integration.system import until
from tests.web.doors import asking
from tests.web.history import store
from tests.web.shelves import songs

SONGS = songs(400)


@pytest.fixture
def clients(database_settings: Settings) -> Iterator[tuple[TestClient, TestClient]]:
    """Of the journeys, and of the filter."""
    plays = [make_play(song, played_at=NOON + timedelta(minutes=n)) for n, song in enumerate(SONGS)]
    said = [make_classification(play, mood=Mood.DARK) for play in plays]
    store(database_settings, *plays, *said, make_feedback(song_id=SONGS[0].song_id, reaction="never"))
    settings = database_settings.model_copy(update={"model_dir": Path("nowhere")})

    def connect() -> Database:
        return Database(settings, "dashboard", seconds=5.0)

    shelf, history, workers = Shelf(connect), History(connect, 1), Workers("test", 1)
    shelf.start()
    until(lambda: _there(shelf), what="the songs in memory")
    means = {"shelf": shelf, "history": history, "workers": workers, "settings": settings}
    yield asking(journeys, **means), asking(filtering, **means)
    for part in (shelf, history, workers):
        part.close()


def _there(shelf: Shelf) -> bool:
    try:
        with shelf.library() as library:
            return len(library) == len(SONGS)
    except MoodstreamError:
        return False


def test_a_journey_that_came_as_a_file_is_a_playlist_that_can_be_filtered(
    clients: tuple[TestClient, TestClient],
) -> None:
    travel, sift = clients
    asked = {"to": "Happy", "minutes": 30, "listener": "anna"}
    told = travel.post("/api/v1/journeys", json=asked)
    assert told.status_code == 200, told.text
    journey = told.json()
    assert journey["from"] == "Dark"
    assert SONGS[0].song_id not in {track["song_id"] for track in journey["tracks"]}

    by = classifier("trained", Path("nowhere"))
    known = {song.song_id: song for song in SONGS}
    heard = [known[track["song_id"]] for track in journey["tracks"]]
    verdicts = by.classify(rules.columns((song.features for song in heard), by.inputs))
    for kind in ("m3u8", "xspf", "jspf"):
        file = travel.post("/api/v1/journeys", json={**asked, "format": kind})
        found = sift.post(
            "/api/v1/playlists/filter", json={"mood": "Sad", "playlist": file.text, "format": kind}
        ).json()
        assert found["number"] == len(heard)
        assert found["unknown"] == found["without_mood"] == []
        assert [(song["song_id"], song["probability"]) for song in found["songs"]] == [
            (song.song_id, pytest.approx(confidence, abs=1e-4))
            for song, mood, confidence in zip(heard, verdicts.mood, verdicts.confidence, strict=True)
            if MOODS[mood] == Mood.SAD
        ]
