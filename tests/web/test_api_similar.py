"""POST /similar: the nearest songs in a space with stated weights, exactly or by an index."""

import math
from typing import Any

import pytest
from starlette.testclient import TestClient

from moodstream.errors import MoodstreamError, TransientError
from moodstream.recommend import similar as comparing
from moodstream.recommend.library import Library
from moodstream.recommend.sounds import SOUND
from moodstream.web.routes import similar
from moodstream.web.workers import Workers
from tests.factories import make_features, make_song
from tests.web import shelves
from tests.web.doors import asking
from tests.web.test_api import failed

FEATURES = {"valence": 0.5, "energy": 0.5, "danceability": 0.5, "acousticness": 0.5, "tempo": 120.0}
LIBRARY = shelves.library([*shelves.songs(500), make_song("silent", features=None)])


class Shelf(shelves.Shelf):
    """A library with the index of its sounds, as a large one has it."""

    def __init__(self, library: Library | MoodstreamError, *, indexed: bool = False) -> None:
        super().__init__(library)
        known = isinstance(library, Library) and indexed
        self.index = comparing.Index(library.sounds, library.revision) if known else None  # type: ignore[union-attr]


def client_of(held: Library | MoodstreamError = LIBRARY, *, indexed: bool = False) -> TestClient:
    return asking(similar, shelf=Shelf(held, indexed=indexed), workers=Workers("test", 1))


@pytest.fixture
def client() -> TestClient:
    return client_of()


def told(client: TestClient, *songs: Any, **asked: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/similar", json={"songs": songs, **asked})
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    found: dict[str, Any] = answer.json()
    return found


def ids(found: dict[str, Any]) -> list[str | None]:
    return [song["song_id"] for song in found["songs"]]


def song_at(place: float, **more: Any) -> dict[str, Any]:
    return {**FEATURES, "valence": place, **more}


def test_a_song_of_the_library_has_neighbours_but_not_itself(client: TestClient) -> None:
    found = told(client, "song/7 ü", count=5)
    first = found["songs"][0]
    slot = int(LIBRARY.slots([first["song_id"]])[0])
    assert len(found["songs"]) == 5
    assert "song/7 ü" not in ids(found)
    assert (first["title"], first["artist"]) == LIBRARY.songs[slot][1:3]
    assert first["link"] == f"urn:moodstream:song:song%2F{slot}%20%C3%BC"
    assert first["distance"] == pytest.approx(math.dist(LIBRARY.sounds[slot], LIBRARY.sounds[7]), abs=1e-4)
    distances = [song["distance"] for song in found["songs"]]
    assert distances == sorted(distances)


def test_the_weights_of_the_space_are_told_and_are_those_that_were_applied(client: TestClient) -> None:
    found = told(client, song_at(0.5), among=[song_at(0.5, **{name: 0.75}) for name in ("valence", "danceability")])
    weights = {axis["feature"]: axis["weight"] for axis in found["space"]}
    assert weights == {name: axis.weight for name, axis in SOUND.items()}
    assert {song["position"]: song["distance"] for song in found["songs"]} == {
        1: pytest.approx(0.25 * weights["valence"], abs=1e-4),
        2: pytest.approx(0.25 * weights["danceability"], abs=1e-4),
    }


def test_positions_are_those_of_the_songs_that_were_given(client: TestClient) -> None:
    among = [song_at(place, id=f"at {place}") for place in (0.9, 0.1, 0.52, 0.3, 0.7, 0.5, 0.0)]
    found = told(client, song_at(0.5), among=among, count=3)
    assert [(song["position"], song["id"]) for song in found["songs"]] == [(6, "at 0.5"), (3, "at 0.52"), (4, "at 0.3")]
    assert all(song["song_id"] is song["title"] is song["link"] is None for song in found["songs"])
    assert found["exact"] is True


def test_candidates_may_be_ids_and_features_mixed_and_the_asked_song_is_none(client: TestClient) -> None:
    found = told(client, "song/7 ü", among=["song/9 ü", "song/7 ü", song_at(0.5), "silent"])
    assert {(song["position"], song["song_id"]) for song in found["songs"]} == {(1, "song/9 ü"), (3, None)}
    assert (found["compared"], found["without_sound"]) == (3, 1)


def test_what_is_near_a_song_does_not_depend_on_its_neighbours_in_the_request(client: TestClient) -> None:
    alone = told(client, song_at(0.2), count=100)
    together = told(client, song_at(0.9), song_at(0.2), song_at(0.0), count=100)
    distances = {song["song_id"]: song["distance"] for song in alone["songs"]}
    shared = [song for song in together["songs"] if song["nearest_to"] == 2]
    assert shared
    assert all(song["distance"] == distances[song["song_id"]] for song in shared if song["song_id"] in distances)
    among = [song_at(0.25, id="a"), song_at(0.99), song_at(0.01)]
    for candidates in (among, among[:1], among[::-1]):
        found = told(client, song_at(0.2), among=candidates)
        assert next(song["distance"] for song in found["songs"] if song["id"] == "a") == 0.05


def test_a_song_between_two_that_differ_is_not_near(client: TestClient) -> None:
    found = told(client, song_at(0.1), song_at(0.9), among=[song_at(0.45), song_at(0.12), song_at(0.85)])
    assert [(song["position"], song["nearest_to"]) for song in found["songs"]] == [(2, 1), (3, 2), (1, 1)]


def test_songs_of_the_library_without_a_known_sound_are_counted(client: TestClient) -> None:
    found = told(client, song_at(0.5))
    assert (found["compared"], found["without_sound"]) == (500, 1)


def test_an_index_says_that_it_is_one_and_may_be_passed_over() -> None:
    client = client_of(indexed=True)
    by_index, exact = told(client, "song/7 ü"), told(client, "song/7 ü", exact=True)
    assert (by_index["exact"], exact["exact"]) == (False, True)
    assert len({*ids(by_index)} & {*ids(exact)}) >= 9
    assert "song/7 ü" not in ids(by_index)


def test_ids_that_nobody_knows_are_named(client: TestClient) -> None:
    answer = client.post("/api/v1/similar", json={"songs": ["song/1 ü", "nobody's"], "count": 1})
    assert failed(answer, 422)["errors"] == [{"field": "body.songs.1", "detail": 'there is no song "nobody\'s"'}]
    answer = client.post("/api/v1/similar", json={"songs": ["song/1 ü"], "among": ["x", "song/2 ü", "y"]})
    assert [wrong["field"] for wrong in failed(answer, 422)["errors"]] == ["body.among.0", "body.among.2"]


def test_a_song_of_which_too_little_is_known_cannot_be_asked_about(client: TestClient) -> None:
    problem = failed(client.post("/api/v1/similar", json={"songs": ["silent"]}), 422)
    assert problem["errors"][0]["field"] == "body.songs.0"
    assert "valence, energy, danceability, acousticness, tempo" in problem["detail"]
    without = {name: value for name, value in FEATURES.items() if name != "tempo"}
    problem = failed(client.post("/api/v1/similar", json={"songs": [FEATURES, without]}), 422)
    assert [wrong["field"] for wrong in problem["errors"]] == ["body.songs.1"]
    found = told(client, FEATURES, among=[without, FEATURES])
    assert ([song["position"] for song in found["songs"]], found["without_sound"]) == ([2], 1)


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"songs": []},
        {"songs": [""]},
        {"songs": ["a"] * 21},
        {"songs": [FEATURES], "count": 0},
        {"songs": [FEATURES], "count": 101},
        {"songs": [FEATURES], "among": ["a"] * 2001},
        {"songs": [FEATURES | {"valence": 1.5}]},
        {"songs": [FEATURES | {"tempo": 0}]},
        {"songs": [FEATURES | {"vallence": 1}]},
        {"songs": [7]},
        {"songs": [FEATURES], "other": 1},
    ],
)
def test_what_cannot_be_used_is_refused(client: TestClient, asked: dict[str, Any]) -> None:
    assert failed(client.post("/api/v1/similar", json=asked), 422)["errors"][0]["field"].startswith("body")


def test_no_candidates_give_no_songs(client: TestClient) -> None:
    assert told(client, FEATURES, among=[])["songs"] == []
    assert told(client, "song/7 ü", among=[])["songs"] == []


def test_while_the_songs_are_read_that_is_said_where_they_are_needed() -> None:
    client = client_of(TransientError("The songs are still being read."))
    answer = client.post("/api/v1/similar", json={"songs": [FEATURES]})
    assert failed(answer, 503)["detail"] == "The songs are still being read."
    assert int(answer.headers["Retry-After"]) > 0
    assert told(client, FEATURES, among=[song_at(0.6)])["songs"][0]["distance"] == 0.1


def test_what_a_song_does_not_say_is_taken_as_typical(client: TestClient) -> None:
    typical = {name: axis.typical for name, axis in SOUND.items() if axis.typical is not None}
    found = told(client, FEATURES, among=[FEATURES | typical, make_said(instrumentalness=1.0)])
    assert (found["songs"][0]["position"], found["songs"][0]["distance"]) == (1, 0)
    assert found["songs"][1]["distance"] > 0.3


def make_said(**known: Any) -> dict[str, Any]:
    features = make_features(**FEATURES | known)
    return {name: getattr(features, name) for name in (*FEATURES, *known)}
