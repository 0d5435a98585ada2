"""POST /playlists/filter: the songs of a playlist in a mood, and what became of the others."""

import io
import itertools
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from moodstream import rules
from moodstream.classifiers import classifier
from moodstream.errors import MoodstreamError, SlowError, TransientError
from moodstream.messages import Features, Playlist, Track, play_id
from moodstream.moods import Mood
from moodstream.playlists import FORMATS
from moodstream.recommend.library import Library
from moodstream.rules import MOODS
from moodstream.settings import Settings
from moodstream.store import history
from moodstream.store.history import Known
from moodstream.web.routes import filtering
from moodstream.web.workers import Workers
from tests.factories import NOON, make_features, make_song
from tests.web.doors import asking
from tests.web.shelves import History, Shelf, library

SOUNDS = {
    "glad": make_features(valence=0.95, energy=0.7, danceability=0.8, acousticness=0.1, tempo=118.0),
    "sad": make_features(valence=0.08, energy=0.2, danceability=0.3, acousticness=0.6, tempo=75.0),
    "dark": make_features(valence=0.07, energy=1.0, danceability=0.02, acousticness=0.06, tempo=153.0),
    "lively": make_features(valence=0.09, energy=0.97, danceability=0.96, acousticness=0.01, tempo=97.0),
    "middling": make_features(valence=0.27, energy=0.84, danceability=0.43, acousticness=0.37, tempo=63.0),
}
SONGS = {
    name: make_song(name, title=f"The {name} song", artist="Björk", features=features)
    for name, features in SOUNDS.items()
}
SONGS["unheard"] = make_song("unheard", title="Unheard", artist="Nobody", features=None)
SONGS["halfheard"] = make_song("halfheard", title="Half", artist="Nobody", features=make_features(tempo=None))
BY = classifier("trained", Path("nowhere"))
VERDICTS = BY.classify(rules.columns(SOUNDS.values(), BY.inputs))
MOOD_OF = {name: MOODS[mood] for name, mood in zip(SOUNDS, VERDICTS.mood, strict=True)}
PROBABILITY_OF = dict(zip(SOUNDS, VERDICTS.confidence.tolist(), strict=True))


def of_the_history(ids: Iterable[str]) -> list[Known]:
    return [Known(SONGS[song_id], None, NOON, 1) for song_id in ids if song_id in SONGS]


def client_of(held: Library | MoodstreamError | None = None, fault: MoodstreamError | None = None) -> TestClient:
    shelf = Shelf(library(list(SONGS.values())) if held is None else held)
    past = History(fault or {history.by_id: of_the_history})
    settings = Settings(_env_file=None, model_dir=Path("nowhere"))
    return asking(filtering, shelf=shelf, history=past, workers=Workers("test", 1), settings=settings)


@pytest.fixture
def client() -> TestClient:
    return client_of()


def told(client: TestClient, **asked: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/playlists/filter", json=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    assert sum(found["moods"].values()) + len(found["unknown"]) + len(found["without_mood"]) == found["number"]
    assert len(found["songs"]) + found["too_unlikely"] == found["moods"].get(found["mood"], 0)
    return found


def ids(found: dict[str, Any]) -> list[str]:
    return [song["song_id"] for song in found["songs"]]


def test_the_made_up_songs_are_of_different_moods() -> None:
    assert {*MOOD_OF.values()} == {Mood.HAPPY, Mood.SAD, Mood.DARK, Mood.ENERGETIC, Mood.NEUTRAL}


@pytest.mark.parametrize("mood", Mood)
def test_the_songs_in_a_mood_come_in_the_playlists_order_with_its_probability(client: TestClient, mood: Mood) -> None:
    asked = [*reversed(SOUNDS), *SOUNDS]
    found = told(client, mood=mood, songs=asked)
    assert ids(found) == [name for name in asked if MOOD_OF[name] == mood]
    assert [song["position"] for song in found["songs"]] == [
        place for place, name in enumerate(asked, start=1) if MOOD_OF[name] == mood
    ]
    assert [song["probability"] for song in found["songs"]] == pytest.approx(
        [PROBABILITY_OF[name] for name in asked if MOOD_OF[name] == mood], abs=1e-4
    )
    assert found["model"] == BY.name


def test_one_songs_answer_does_not_depend_on_its_neighbours(client: TestClient) -> None:
    everywhere = {song["song_id"]: song for song in told(client, mood="Sad", songs=list(SONGS))["songs"]}
    for name, song in everywhere.items():
        [alone] = told(client, mood="Sad", songs=[name])["songs"]
        assert alone == song | {"position": 1}


def test_only_songs_that_are_probable_enough_are_given_and_the_others_counted(client: TestClient) -> None:
    probability = PROBABILITY_OF["sad"]
    assert ids(told(client, mood=MOOD_OF["sad"], songs=["sad"], minimum_probability=probability - 0.01)) == ["sad"]
    found = told(client, mood=MOOD_OF["sad"], songs=["sad"], minimum_probability=probability + 0.01)
    assert (found["songs"], found["too_unlikely"]) == ([], 1)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_playlist_that_was_written_here_is_found_by_its_ids(client: TestClient, kind: str) -> None:
    tracks = tuple(Track(song_id=song_id, title="Another name", artist="?", score=1.0, reason="") for song_id in SOUNDS)
    file = io.BytesIO()
    FORMATS[kind](
        Playlist(event_id=play_id("", "", "", NOON), listener="anna", made_at=NOON, mood=None, tracks=tracks), file
    )
    found = told(client, mood=MOOD_OF["sad"], playlist=file.getvalue().decode())
    assert "sad" in ids(found)
    song = next(song for song in found["songs"] if song["song_id"] == "sad")
    assert (song["title"], song["artist"]) == ("The sad song", "Björk")
    assert song["link"] == "urn:moodstream:song:sad"


def test_a_foreign_playlist_is_found_by_title_and_artist_and_keeps_its_links(client: TestClient) -> None:
    text = "#EXTM3U\r\n#EXTINF:9,björk - the SAD song\r\n..\\music\\1.mp3\r\n#EXTINF:9,Abba - SOS\r\n2.mp3\r\n"
    found = told(client, mood=MOOD_OF["sad"], playlist=text)
    [song] = found["songs"]
    assert (song["position"], song["song_id"], song["link"]) == (1, "sad", "..\\music\\1.mp3")
    assert found["unknown"] == [{"position": 2, "song_id": None, "title": "SOS", "artist": "Abba", "link": "2.mp3"}]


def test_what_is_not_known_and_what_has_no_mood_is_named(client: TestClient) -> None:
    found = told(client, mood="Happy", songs=["nowhere", "unheard", {"title": "Half", "artist": "NOBODY"}])
    assert found["songs"] == []
    assert found["unknown"] == [
        {"position": 1, "song_id": "nowhere", "title": "", "artist": "", "link": "urn:moodstream:song:nowhere"}
    ]
    assert [(song["position"], song["song_id"], song["reason"]) for song in found["without_mood"]] == [
        (2, "unheard", "not known: valence, energy, tempo, acousticness, danceability"),
        (3, "halfheard", "not known: tempo"),
    ]


def test_features_are_taken_as_they_are_and_the_history_is_not_asked() -> None:
    features = {name: value for name, value in sound_of("sad").items() if value is not None}
    found = told(client_of(), mood=MOOD_OF["sad"], songs=[{"song_id": "glad", "link": "x", **features}])
    assert [(song["song_id"], song["link"], song["probability"]) for song in found["songs"]] == [
        ("glad", "x", pytest.approx(PROBABILITY_OF["sad"], abs=1e-4))
    ]
    [moodless] = told(client_of(), mood="Sad", songs=[{"title": "Y", "valence": 0.5}])["without_mood"]
    assert moodless["reason"] == "not known: energy, tempo, acousticness, danceability"


def sound_of(name: str) -> dict[str, Any]:
    return {field: getattr(SOUNDS[name], field) for field in Features.__struct_fields__}


def test_a_song_that_memory_has_no_room_for_is_still_found_by_its_id() -> None:
    assert ids(told(client_of(held=Library()), mood=MOOD_OF["sad"], songs=["sad"])) == ["sad"]


def test_the_same_song_twice_comes_twice(client: TestClient) -> None:
    assert ids(told(client, mood=MOOD_OF["sad"], songs=["sad", "sad"])) == ["sad", "sad"]


@pytest.mark.parametrize("empty", [{"songs": []}, {"playlist": ""}, {"playlist": "#EXTM3U\n"}])
def test_an_empty_playlist_has_no_songs_in_any_mood(client: TestClient, empty: dict[str, Any]) -> None:
    found = told(client, mood="Sad", **empty)
    assert (found["number"], found["songs"]) == (0, [])


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"playlist": "<playlist>"}, "no XML (line 1, column 11"),
        ({"playlist": "{"}, "no JSON (line 1, column 2"),
        ({"playlist": "a.mp3", "format": "xspf"}, "no XML"),
        ({"playlist": "a\0b"}, "zero byte"),
        ({"playlist": "\ud800"}, ""),
        ({"playlist": "a\n" * 10_001}, "more songs than the 10,000"),
        ({"playlist": '<!DOCTYPE x [<!ENTITY a "b">]><playlist/>'}, "document type or entities"),
    ],
)
def test_a_playlist_that_cannot_be_read_is_refused_with_the_place(
    client: TestClient, asked: dict[str, Any], says: str
) -> None:
    body = json.dumps({"mood": "Sad", **asked})
    answer = client.post("/api/v1/playlists/filter", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert says in answer.json()["detail"]


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"songs": [], "playlist": ""},
        {"songs": [], "format": "m3u"},
        {"songs": [""]},
        {"songs": [{}]},
        {"songs": [{"artist": "Abba"}]},
        {"songs": [{"title": "x", "valence": 2}]},
        {"songs": [{"title": "x", "speed": 2}]},
        {"songs": ["x"] * 10_001},
        {"songs": [], "minimum_probability": 1.5},
        {"songs": [], "mood": "Angry"},
    ],
)
def test_what_cannot_be_asked_is_refused(client: TestClient, asked: dict[str, Any]) -> None:
    answer = client.post("/api/v1/playlists/filter", json={"mood": "Sad", **asked})
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert answer.json()["errors"][0]["field"].startswith("body")


@pytest.mark.parametrize("fault", [TransientError("still being read"), SlowError("too slow")])
def test_while_songs_or_history_are_away_it_asks_to_come_back(fault: MoodstreamError) -> None:
    for client in (client_of(held=fault), client_of(fault=fault)):
        answer = client.post("/api/v1/playlists/filter", json={"mood": "Sad", "songs": ["sad"]})
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_a_playlist_of_ten_thousand_songs_is_answered_whole(client: TestClient) -> None:
    names = list(itertools.islice(itertools.cycle([*SONGS, "nowhere"]), 10_000))
    found = told(client, mood="Sad", songs=names)
    assert found["number"] == 10_000
    assert len(found["unknown"]) == names.count("nowhere")
