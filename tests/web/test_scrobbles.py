"""What scrobblers send: read as ListenBrainz reads it, refused as it refuses, in its own words' shape."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient

from moodstream.web.keyring import Keyring
from moodstream.web.pushing import Listened
from moodstream.web.scrobbles import AHEAD, EARLIEST, MOST, MOST_BYTES, read
from tests.factories import NOON
from tests.web.doors import Outbox, visiting

AT = int(NOON.timestamp()) - 60
TRACK = {"artist_name": "Björk", "track_name": "Jóga"}
LISTEN = {"listened_at": AT, "track_metadata": TRACK}


def said(*payload: Any, kind: str = "import", **more: Any) -> bytes:
    return json.dumps({"listen_type": kind, "payload": payload} | more).encode()


def track(**more: Any) -> dict[str, Any]:
    return LISTEN | {"track_metadata": TRACK | more}


def test_a_listen_is_what_was_played_when() -> None:
    info = {"duration_ms": 305_000, "media_player": "x", "tags": ["a"], "anything": {"deep": [None, 1.5]}}
    [found] = read(said(track(release_name="Homogenic", additional_info=info), kind="single"), NOON)
    at = datetime.fromtimestamp(AT, UTC)
    assert found == Listened("Björk", "Jóga", at, album="Homogenic", duration_ms=305_000)


def test_a_song_that_is_only_being_played_is_not_listened_to_yet() -> None:
    assert read(said({"track_metadata": TRACK}, kind="playing_now"), NOON) == []


def test_many_are_imported_in_their_order() -> None:
    listens = [LISTEN | {"listened_at": AT - number} for number in range(MOST)]
    found = read(said(*listens), NOON)
    assert [each.played_at.timestamp() for each in found] == [AT - number for number in range(MOST)]


@pytest.mark.parametrize(
    ("told", "milliseconds"),
    [
        ({"duration": 12.5}, 12_500),
        ({"duration": 200}, 200_000),
        ({"duration_ms": 1.5}, 1),
        ({"duration_ms": "200000"}, None),
        ({"duration_ms": 0, "duration": 3}, 3000),
        ({"duration_ms": -1}, None),
        ({"duration_ms": 1e300}, None),
        ({"duration": None}, None),
        (None, None),
        ({}, None),
    ],
)
def test_the_length_is_taken_where_it_is_told_as_it_should_be(told: Any, milliseconds: int | None) -> None:
    assert read(said(track(additional_info=told)), NOON)[0].duration_ms == milliseconds


def test_texts_that_are_too_long_are_cut_and_an_empty_album_is_none() -> None:
    [found] = read(said(track(artist_name=f"  {'x' * 600} ", track_name=" y ", release_name=" ")), NOON)
    assert (found.artist, found.title, found.album) == ("x" * 500, "y", None)


def test_a_clock_may_be_an_hour_ahead_and_seconds_may_be_text() -> None:
    latest = int((NOON + AHEAD).timestamp())
    for at in (EARLIEST, latest, str(AT)):
        assert read(said(LISTEN | {"listened_at": at}), NOON)[0].played_at.timestamp() == int(at)
    for at in (EARLIEST - 1, latest + 1):
        with pytest.raises(HTTPException, match="listened_at is"):
            read(said(LISTEN | {"listened_at": at}), NOON)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b"null",
        b"[]",
        b"[" * 100_000,
        b"1" * 5000,
        said(kind="import"),
        said(LISTEN, kind="love"),
        said(LISTEN, LISTEN, kind="single"),
        said(*[LISTEN] * (MOST + 1)),
        said(LISTEN, more="x" * MOST_BYTES),
        said(LISTEN, kind="playing_now"),
        said({"track_metadata": TRACK}, {"track_metadata": TRACK}, kind="playing_now"),
        said({"track_metadata": TRACK}),
        said({"listened_at": AT}),
        said(None),
        said("listen"),
        said(LISTEN | {"listened_at": None}),
        said(LISTEN | {"listened_at": "now"}),
        said(LISTEN | {"listened_at": 10**400}),
        said(LISTEN | {"listened_at": -1}),
        said(LISTEN | {"listened_at": float("nan")}),
        said(LISTEN | {"track_metadata": None}),
        said(track(artist_name="")),
        said(track(track_name=" \t ")),
        said(track(track_name=None)),
        said(track(artist_name=["Björk"])),
        said(track(artist_name="\ud800")),
        said(track(additional_info="x")),
        said({"track_metadata": {"artist_name": "", "track_name": ""}}, kind="playing_now"),
    ],
    ids=lambda body: repr(body[-60:]),
)
def test_what_listenbrainz_would_refuse_is_refused(body: bytes) -> None:
    with pytest.raises(HTTPException) as refusal:
        read(body, NOON)
    assert refusal.value.status_code == 400
    assert len(refusal.value.detail.splitlines()) == 1


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys") / "api-keys.json"


@pytest.fixture(scope="module", params=["", "hush"], ids=["open", "locked"])
def client(keys: Path, request: pytest.FixtureRequest) -> Iterator[TestClient]:
    with visiting(outbox=Outbox(), password=request.param, keys=keys) as client:
        yield client


@pytest.fixture(scope="module")
def token(keys: Path) -> str:
    return Keyring(keys).add("phone", "anna")


def shows(token: str) -> dict[str, str]:
    return {"Authorization": f"Token {token}"}


def test_a_token_is_known_or_not_without_the_password(client: TestClient, token: str) -> None:
    for answer in (
        client.get("/1/validate-token", headers=shows(token)),
        client.get("/1/validate-token", params={"token": token}),
    ):
        valid = {"code": 200, "message": "Token valid.", "valid": True, "user_name": "anna"}
        assert (answer.status_code, answer.json()) == (200, valid)
        assert int(answer.headers["X-RateLimit-Remaining"]) > 0
        assert int(answer.headers["X-RateLimit-Reset-In"]) > 0
    for wrong in (
        client.get("/1/validate-token", headers=shows("wrong")),
        client.get("/1/validate-token", params={"token": "wrong"}, headers=shows(token)),
    ):
        assert (wrong.status_code, wrong.json()) == (200, {"code": 200, "message": "Token invalid.", "valid": False})
    assert client.get("/1/validate-token").status_code == 400


def test_a_key_of_nobody_scrobbles_under_its_own_name(client: TestClient, keys: Path) -> None:
    keyring = Keyring(keys)
    if not any(key.name == "ben" for key in keyring.all()):
        token = keyring.add("ben")
        assert client.get("/1/validate-token", headers=shows(token)).json()["user_name"] == "ben"
        keyring.remove("ben")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/1/submit-listens", 401),
        ("GET", "/1/submit-listens", 404),
        ("GET", "/1/user/anna/listens", 404),
        ("POST", "/1/", 404),
    ],
)
def test_failures_are_told_as_clients_know_them(
    client: TestClient, token: str, method: str, path: str, status: int
) -> None:
    answer = client.request(method, path, headers=shows(token) if status == 404 else shows("wrong"))
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/json")
    assert answer.json().keys() == {"code", "error"}
    assert answer.json()["code"] == status


def test_a_refused_body_is_told_as_clients_know_it(client: TestClient, token: str) -> None:
    for body in (b"{", b"[" * 100_000, said(LISTEN | {"listened_at": 1})):
        answer = client.post("/1/submit-listens", content=body, headers=shows(token))
        assert (answer.status_code, answer.json()["code"]) == (400, 400)
    large = client.post("/1/submit-listens", content=b"x" * (MOST * MOST_BYTES + 1), headers=shows(token))
    assert (large.status_code, large.json()["code"]) == (413, 413)


def test_what_is_being_played_is_taken_even_while_the_history_is_away(client: TestClient, token: str) -> None:
    body = said({"track_metadata": TRACK}, kind="playing_now")
    answer = client.post("/1/submit-listens", content=body, headers=shows(token))
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
