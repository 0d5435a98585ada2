"""Plays that programs push: what is taken, what is refused and how, and what the history knows of their songs."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from moodstream.errors import MoodstreamError, SlowError, TransientError
from moodstream.identity import name_id
from moodstream.messages import Play, Song, play_id
from moodstream.store.queries.songs import Known, Name
from moodstream.web.keyring import Keyring
from moodstream.web.keys import Keys
from moodstream.web.routes import plays
from moodstream.web.routes.plays_models import MOST
from tests.factories import NOON, make_song
from tests.web.doors import Outbox, asking

HERE = "/api/v1/listeners/anna/plays"
AT = "2026-01-02T03:04:05Z"
SAID = {"title": "Jóga", "artist": "Björk", "played_at": AT}
HEARD = make_song("file-1", title="Jóga", artist="Björk", origin="audio", album="Homogenic", estimates=("valence",))


class History:
    """Knows some songs, or is away."""

    def __init__(self, *songs: Song) -> None:
        self.songs = songs
        self.fault: MoodstreamError | None = None

    async def ask(self, _: Callable[..., Known], ids: set[str], names: set[Name]) -> Known:
        if self.fault:
            raise self.fault
        keys = {name.key for name in names}
        called = {Name(song.artist, song.title).key: song for song in self.songs if song.features}
        by_id = {song.song_id: song for song in self.songs if song.song_id in ids}
        return Known(by_id, {key: song for key, song in called.items() if key in keys})


class World:
    """A client with a key, and what is behind it."""

    def __init__(self, file: Path) -> None:
        self.outbox, self.history, self.keyring = Outbox(), History(), Keyring(file)
        self.client: TestClient = asking(plays, keys=Keys(file), history=self.history, publisher=self.outbox)
        self.key = self.keyring.add("all")

    def push(self, *said: Any, path: str = HERE, key: str | None = None) -> Response:
        return self.send({"plays": said}, path, key)

    def send(self, body: Any, path: str = HERE, key: str | None = None) -> Response:
        content = body if isinstance(body, bytes) else json.dumps(body)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key or self.key}"}
        return self.client.post(path, content=content, headers=headers)

    def pushed(self, **said: Any) -> Play:
        """The play that one becomes."""
        assert self.push(SAID | said).status_code == 202
        play = self.outbox.taken[-1]
        assert isinstance(play, Play)
        return play


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "api-keys.json")


def fields(answer: Response) -> list[str]:
    """The fields that an answer says cannot be used."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
    return [wrong["field"] for wrong in answer.json()["errors"]]


def test_a_play_is_published_as_it_was_pushed(world: World) -> None:
    play = world.pushed(album="Homogenic", genre="pop", duration_ms=305_000, features={"energy": 0.5, "key": 3})
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert (play.listener, play.played_at, play.source) == ("anna", at, "api")
    assert play.song.song_id == name_id("Björk", "Jóga")
    assert (play.song.title, play.song.artist, play.song.album, play.song.genre) == (
        "Jóga",
        "Björk",
        "Homogenic",
        "pop",
    )
    assert play.song.features is not None
    assert (play.song.features.energy, play.song.features.key, play.song.origin) == (0.5, 3, "import")
    assert play.event_id == play_id("api", "anna", play.song.song_id, at)


def test_the_answer_has_the_id_of_every_play_and_says_how_many_have_a_sound(world: World) -> None:
    answer = world.push(SAID, SAID | {"title": "Other"}, SAID, SAID | {"title": "Sung", "features": {"tempo": 90}})
    assert answer.status_code == 202
    told = answer.json()
    assert [UUID(each) for each in told["event_ids"]] == [play.event_id for play in world.outbox.taken]
    assert (len(told["event_ids"]), told["plays"], told["with_sound"]) == (4, 3, 1)


def test_sent_again_it_is_the_same_play_also_once_the_song_is_known(world: World) -> None:
    first = world.push(SAID).json()["event_ids"]
    world.history.songs = (HEARD,)
    again = world.push(SAID | {"artist": "BJORK", "title": "joga", "played_at": "2026-01-02T04:04:05+01:00"})
    assert again.json()["event_ids"] == first


def test_without_a_time_it_is_played_now(world: World) -> None:
    body = {name: value for name, value in SAID.items() if name != "played_at"}
    before = datetime.now(UTC)
    assert world.push(body).status_code == 202
    assert before <= world.outbox.taken[0].played_at <= datetime.now(UTC)  # type: ignore[union-attr]


def test_a_time_without_offset_is_utc(world: World) -> None:
    assert world.pushed(played_at="2026-01-02T03:04:05").played_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_a_song_that_is_known_by_name_is_this_song_with_its_sound(world: World) -> None:
    world.history.songs = (HEARD,)
    play = world.pushed(artist="bjork", title="JÓGA!", features={"energy": 0.0}, album="Another")
    assert play.song == HEARD


def test_a_song_that_is_known_by_id_stays_as_it_is_known(world: World) -> None:
    world.history.songs = (HEARD,)
    play = world.pushed(song_id="file-1", title="Mine now", artist="Me", features={"energy": 0.0}, genre="pop")
    assert play.song == msgspec.structs.replace(HEARD, genre="pop")


def test_a_song_of_an_id_of_its_own_gets_the_sound_that_its_name_is_known_by(world: World) -> None:
    world.history.songs = (HEARD, make_song("mbid", title="Jóga", artist="Björk", features=None))
    play = world.pushed(song_id="mbid", duration_ms=305_000)
    assert (play.song.song_id, play.song.features, play.song.origin) == ("mbid", HEARD.features, "audio")
    assert (play.song.estimates, play.song.duration_ms) == (("valence",), 305_000)
    assert play.event_id == play_id("api", "anna", "mbid", play.played_at)


def test_where_the_history_knows_no_sound_the_one_that_is_pushed_counts(world: World) -> None:
    world.history.songs = (make_song("song-1", features=None),)
    play = world.pushed(song_id="song-1", features={"energy": 0.25})
    assert play.song.features is not None
    assert (play.song.title, play.song.features.energy, play.song.origin) == ("Title", 0.25, "import")


@pytest.mark.parametrize("listener", ["anna", "a/b", "Zoë 😀", "plays", "a/plays"])
def test_any_listener_can_be_pushed_for(world: World, listener: str) -> None:
    assert world.push(SAID, path=f"/api/v1/listeners/{listener}/plays").status_code == 202
    assert world.outbox.taken[0].listener == listener


def test_a_key_of_another_listener_publishes_nothing(world: World) -> None:
    assert world.push(SAID, key=world.keyring.add("ben", "ben")).status_code == 403
    assert world.push(SAID, key="wrong").status_code == 401
    assert world.client.post(HERE, json={"plays": [SAID]}).status_code == 401
    assert world.outbox.taken == []
    assert world.push(SAID, key=world.keyring.add("anna", "anna")).status_code == 202


def test_a_thousand_are_taken_and_one_more_is_not(world: World) -> None:
    many = [SAID | {"played_at": (NOON - timedelta(days=300, seconds=n)).isoformat()} for n in range(MOST + 1)]
    assert fields(world.push(*many)) == ["body.plays"]
    assert world.push(*many[:MOST]).json()["plays"] == MOST == len(world.outbox.taken)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"title": None}, "title"),
        ({"title": ""}, "title"),
        ({"title": "  "}, "title"),
        ({"title": "x" * 501}, "title"),
        ({"title": ["x"]}, "title"),
        ({"artist": 7}, "artist"),
        ({"artist": "\ud800"}, "artist"),
        ({"song_id": ""}, "song_id"),
        ({"song_id": " x"}, "song_id"),
        ({"song_id": "x\n"}, "song_id"),
        ({"song_id": "x" * 129}, "song_id"),
        ({"album": "x" * 501}, "album"),
        ({"duration_ms": 0}, "duration_ms"),
        ({"duration_ms": 2**31}, "duration_ms"),
        ({"duration_ms": 10**400}, "duration_ms"),
        ({"duration_ms": "180000"}, "duration_ms"),
        ({"duration_ms": True}, "duration_ms"),
        ({"features": {"energy": 1.1}}, "features.energy"),
        ({"features": {"energy": float("nan")}}, "features.energy"),
        ({"features": {"tempo": float("inf")}}, "features.tempo"),
        ({"features": {"mood": "Calm"}}, "features.mood"),
        ({"features": []}, "features"),
        ({"played_at": "yesterday"}, "played_at"),
        ({"played_at": "1969-12-31T23:59:59Z"}, "played_at"),
        ({"played_at": "9999-12-31T23:59:59Z"}, "played_at"),
        ({"played_at": "0001-01-01T00:00:00+14:00"}, "played_at"),
        ({"played_at": 1_700_000_000}, "played_at"),
        ({"played_at": 10**400}, "played_at"),
        ({"played_at": "9" * 5000}, "played_at"),
        ({"played_at": True}, "played_at"),
        ({"listener": "ben"}, "listener"),
        ({"event_id": "x"}, "event_id"),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_a_field_that_cannot_be_used_is_named_and_nothing_is_published(
    world: World, said: dict[str, Any], field: str
) -> None:
    assert fields(world.push(SAID, SAID | said)) == [f"body.plays.1.{field}"]
    assert world.outbox.taken == []


def test_a_play_in_the_future_is_refused_but_for_clocks_that_differ(world: World) -> None:
    soon, late = (datetime.now(UTC) + timedelta(seconds=ahead) for ahead in (60, 180))
    assert world.push(SAID | {"played_at": soon.isoformat()}).status_code == 202
    assert fields(world.push(SAID | {"played_at": late.isoformat()})) == ["body.plays.0.played_at"]


@pytest.mark.parametrize(
    "body", [{}, {"plays": []}, {"plays": {}}, {"plays": [None]}, {"plays": [[]]}, [], None, "x", 7]
)
def test_a_body_of_another_shape_is_refused(world: World, body: Any) -> None:
    assert fields(world.send(body))
    assert world.outbox.taken == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b"NaN", b"[" * 100_000, b'{"plays": [{"\\ud800": 1}]}', b'{"\\udfff": 1}', b"1" * 5000],
    ids=lambda body: repr(body)[:30],
)
def test_rubbish_is_no_fault_of_ours(world: World, body: bytes) -> None:
    answer = world.send(body)
    assert answer.status_code in (400, 422)
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("listener", [" anna", "anna%20", "%20", "%09a", "x" * 129])
def test_what_can_be_no_listener_is_refused(world: World, listener: str) -> None:
    assert fields(world.push(SAID, path=f"/api/v1/listeners/{listener}/plays")) == ["path.listener"]


@pytest.mark.parametrize("listener", ["a%0Ab", "%0A", "%FF%0A", ""])
def test_what_can_be_no_path_is_not_found(world: World, listener: str) -> None:
    answer = world.push(SAID, path=f"/api/v1/listeners/{listener}/plays")
    assert (answer.status_code, answer.headers["Content-Type"]) in [
        (status, "application/problem+json") for status in (404, 422)
    ]
    assert world.outbox.taken == []


@pytest.mark.parametrize("fault", [TransientError("MySQL is away."), SlowError("It took too long.")])
def test_where_the_history_does_not_answer_nothing_is_published_and_one_may_come_again(
    world: World, fault: MoodstreamError
) -> None:
    world.history.fault = fault
    answer = world.push(SAID)
    assert (answer.status_code, answer.json()["detail"]) == (503, str(fault))
    assert int(answer.headers["Retry-After"]) > 0
    assert world.outbox.taken == []


def test_where_kafka_does_not_answer_nothing_is_said_to_have_arrived(world: World) -> None:
    world.outbox.fault = TransientError("Kafka did not take it.")
    answer = world.push(SAID)
    assert (answer.status_code, answer.json()["detail"]) == (503, "Kafka did not take it.")
