"""POST /journeys: from one mood to another, as JSON or as a file, for everybody or for one listener."""

import io
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
from moodstream.web.routes import journeys
from moodstream.web.workers import Workers
from tests.factories import NOON
from tests.web.doors import asking
from tests.web.shelves import History, Shelf, library, songs

SONGS = songs(3000)
LIBRARY = library(SONGS, Mood.CALM)
ASKED = {"from": "Sad", "to": "Happy", "songs": 12}


def client_of(held: Library | MoodstreamError = LIBRARY, said: Any = ()) -> TestClient:
    past = History(said if isinstance(said, MoodstreamError) else {history.said: list(said)})
    return asking(journeys, shelf=Shelf(held), history=past, workers=Workers("test", 1))


@pytest.fixture
def client() -> TestClient:
    return client_of()


def said(number: int, kind: str, song_id: str, mood: str | None = None) -> history.Said:
    return (number.to_bytes(16, "big"), (NOON + timedelta(minutes=number)).replace(tzinfo=None), song_id, kind, mood)


def told(client: TestClient, **asked: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/journeys", json=asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    found: dict[str, Any] = answer.json()
    return found


def test_a_journey_goes_from_one_mood_to_the_other_in_small_steps(client: TestClient) -> None:
    found = told(client, **ASKED)
    tracks = found["tracks"]
    assert (found["from"], found["to"], len(tracks), found["kept"], found["notes"]) == ("Sad", "Happy", 12, True, [])
    assert all(one["progress"] < other["progress"] for one, other in pairwise(tracks))
    tempos = [track["tempo"] for track in tracks]
    steps = [max(a, b) / min(a, b) - 1 for a, b in pairwise(tempos)]
    assert [track["tempo_step"] for track in tracks[1:]] == pytest.approx(steps, abs=1e-4)
    assert max(steps) < 0.15
    assert found["largest_tempo_step"] == pytest.approx(max(steps), abs=1e-4)
    assert found["minutes"] == pytest.approx(sum(track["duration_ms"] for track in tracks) / 60_000, abs=0.01)


def test_a_song_is_told_as_the_library_has_it(client: TestClient) -> None:
    track = told(client, **ASKED)["tracks"][0]
    song = next(song for song in SONGS if song.song_id == track["song_id"])
    assert song.features
    assert (track["title"], track["artist"], track["duration_ms"]) == (song.title, song.artist, song.duration_ms)
    assert (track["valence"], track["arousal"], track["tempo"]) == (
        song.features.valence,
        song.features.energy,
        song.features.tempo,
    )
    assert track["mood"] == "Calm"
    assert track["link"].startswith("urn:moodstream:song:song%2F")


def test_a_journey_of_minutes_is_about_so_long(client: TestClient) -> None:
    found = told(client, **{"from": "Calm", "to": "Energetic", "minutes": 45})
    assert found["minutes"] == pytest.approx(45, abs=0.2)
    assert found["kept"]


def test_what_could_not_be_kept_is_said() -> None:
    found = told(client_of(library(SONGS[:5])), **ASKED)
    assert not found["kept"]
    assert found["notes"][0].startswith("The journey has 5 songs rather than 12")


def test_lengths_and_genres_can_be_left_out(client: TestClient) -> None:
    found = told(client, **ASKED, shortest=180, longest=240, without_genres=["JAZZ"])
    assert len(found["tracks"]) == 12
    for track in found["tracks"]:
        assert 180_000 <= track["duration_ms"] <= 240_000
        assert next(song for song in SONGS if song.song_id == track["song_id"]).genre == "Rock"


def test_it_starts_in_the_present_mood_of_a_listener_where_no_other_is_said() -> None:
    plays = [said(n, "play", f"elsewhere-{n}", "Dark") for n in range(5)]
    found = told(client_of(said=plays), to="Calm", songs=10, listener="an/na ü")
    assert (found["from"], found["to"]) == ("Dark", "Calm")


def test_a_listener_whose_mood_is_not_known_is_asked_for_it() -> None:
    answer = client_of().post("/api/v1/journeys", json={"to": "Calm", "songs": 10, "listener": "anna"})
    assert answer.status_code == 422
    assert "say `from`" in answer.json()["detail"]


def test_what_a_listener_turned_down_is_not_in_it_and_what_they_like_is() -> None:
    first = told(client_of(), **ASKED)["tracks"]
    turned_down = [said(n, ("dislike", "never")[n % 2], track["song_id"]) for n, track in enumerate(first)]
    second = told(client_of(said=turned_down), **ASKED, listener="anna")["tracks"]
    assert not {track["song_id"] for track in first} & {track["song_id"] for track in second}
    assert len(second) == 12
    liked = [said(n, "like", song.song_id) for n, song in enumerate(SONGS[::12])]
    third = told(client_of(said=liked), **ASKED, listener="anna")["tracks"]
    those = {song.song_id for song in SONGS[::12]}
    assert sum(track["song_id"] in those for track in third) > 2 + sum(track["song_id"] in those for track in first)


@pytest.mark.parametrize(("kind", "load"), [("m3u8", m3u.load), ("xspf", xspf.load), ("jspf", jspf.load)])
def test_a_journey_can_be_had_as_a_file(client: TestClient, kind: str, load: Any) -> None:
    answer = client.post("/api/v1/journeys", json={**ASKED, "format": kind})
    assert answer.status_code == 200
    assert f'filename="from_Sad_to_Happy.{kind}"' in answer.headers["Content-Disposition"]
    items = load(io.BytesIO(answer.content))
    assert [item.song_id for item in items] == [track["song_id"] for track in told(client, **ASKED)["tracks"]]


def test_a_file_says_how_far_each_song_has_come(client: TestClient) -> None:
    answer = client.post("/api/v1/journeys", json={**ASKED, "format": "jspf"})
    assert "of the way from Sad to Happy" in answer.text
    stays = client.post("/api/v1/journeys", json={"from": "Calm", "to": "Calm", "songs": 3, "format": "jspf"})
    assert stays.text.count("stays Calm") == 3


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"to": "Angry"}, "body.to"),
        ({"from": "Angry"}, "body.from"),
        ({"songs": 1}, "body.songs"),
        ({"songs": 101}, "body.songs"),
        ({"songs": None}, "body"),
        ({"minutes": 10}, "body"),
        ({"songs": None, "minutes": 0}, "body.minutes"),
        ({"songs": None, "minutes": 601}, "body.minutes"),
        ({"from": None}, "body"),
        ({"listener": ""}, "body.listener"),
        ({"shortest": 300, "longest": 200}, "body"),
        ({"shortest": -1}, "body.shortest"),
        ({"without_genres": ["x"] * 51}, "body.without_genres"),
        ({"format": "pls"}, "body.format"),
        ({"speed": 3}, "body.speed"),
    ],
)
def test_what_cannot_be_asked_names_the_field(client: TestClient, change: dict[str, Any], field: str) -> None:
    answer = client.post("/api/v1/journeys", json={**ASKED, **change})
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == field


def test_without_songs_it_says_what_is_missing() -> None:
    answer = client_of(Library()).post("/api/v1/journeys", json=ASKED)
    assert answer.status_code == 422
    assert "There is no song to make the journey of" in answer.json()["detail"]


@pytest.mark.parametrize("fault", [TransientError("The songs are still being read."), SlowError("too slow")])
def test_while_songs_or_history_are_away_it_asks_to_come_back(fault: MoodstreamError) -> None:
    for client in (client_of(held=fault), client_of(said=fault)):
        answer = client.post("/api/v1/journeys", json={**ASKED, "listener": "anna"})
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
