"""The REST API: what it gives, what it takes, and how it fails."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast, get_args
from uuid import UUID

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from moodstream.errors import ConfigurationError, MoodstreamError, SlowError, TransientError
from moodstream.messages import Track, derived_id
from moodstream.moods import Mood
from moodstream.playlists import FORMATS
from moodstream.store.queries.library import Found, Song
from moodstream.store.queries.library_sql import Between, Search
from moodstream.store.queries.now import Now, Played
from moodstream.store.queries.playlist import Suggested
from moodstream.store.queries.wanted import RANGES, Wanted
from moodstream.web import exports
from moodstream.web.api_models import MoodName, RangeName
from moodstream.web.charts import CARDS, now, playlist
from moodstream.web.keyring import Keyring
from moodstream.web.questions import Fault, Question
from moodstream.web.routes import songs
from moodstream.web.theme import ORDER
from tests.factories import NOON, make_play
from tests.web.doors import HERE, Outbox, Told, asking, visiting

PLAY = make_play()
PLAYED = Played(
    str(PLAY.event_id),
    "song-1",
    "=HYPERLINK(1)",
    "Björk",
    "anna",
    NOON,
    True,
    "Calm",
    0.6,
    {"Calm": 0.6, "Sad": 0.4},
    None,
)
HEARD = Now((PLAYED,), True, ("like",))
TRACK = Track(song_id="a/b", title="Title", artist="Artist", score=1.0, reason="You liked it", mood=Mood.CALM)
SUGGESTED = Suggested("anna", NOON, "Calm", (TRACK,))
AWAY = Fault(NOON, "MySQL at 127.0.0.1:3306: 2003 refused", away=True)
SAID = {"play_id": str(PLAY.event_id), "listener": "anna", "song_id": "song-1"}


@pytest.fixture(scope="module")
def world() -> Iterator[tuple[TestClient, Told, Outbox]]:
    history, outbox = Told({}), Outbox()
    with visiting(history, outbox) as client:
        yield client, history, outbox


@pytest.fixture
def client(world: tuple[TestClient, Told, Outbox], history: Told, outbox: Outbox) -> TestClient:
    assert history.known
    assert not outbox.taken
    return world[0]


@pytest.fixture
def history(world: tuple[TestClient, Told, Outbox]) -> Told:
    history = world[1]
    history.known, history.asked, history.fault = {now.CARD.ask: HEARD, playlist.CARD.ask: SUGGESTED}, [], None
    return history


@pytest.fixture
def outbox(world: tuple[TestClient, Told, Outbox]) -> Outbox:
    outbox = world[2]
    outbox.taken, outbox.fault = [], None
    return outbox


def failed(answer: Response, status: int) -> dict[str, Any]:
    """The problem that an answer tells."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    problem = cast(dict[str, Any], answer.json())
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    return problem


def test_now_is_the_newest_plays_with_their_moods(client: TestClient) -> None:
    answer = client.get("/api/v1/now")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    told = answer.json()
    assert (told["playing"], told["said"], len(told["plays"])) == (True, ["like"], 1)
    play = told["plays"][0]
    assert play["play_id"] == str(PLAY.event_id)
    assert (play["artist"], play["mood"], play["probabilities"]) == ("Björk", "Calm", {"Calm": 0.6, "Sad": 0.4})
    assert datetime.fromisoformat(play["played_at"]) == NOON


def test_it_asks_what_the_page_asks(client: TestClient, history: Told) -> None:
    client.get("/api/v1/now?listener=anna&source=lastfm")
    assert history.asked == [Question(now.CARD.ask, Wanted(range="1h", listener="anna", source="lastfm"))]


def test_the_numbers_of_a_chart_are_a_table_that_no_spreadsheet_runs(client: TestClient) -> None:
    answer = client.get("/api/v1/charts/now.csv")
    assert answer.headers["Content-Type"].startswith("text/csv; charset=utf-8")
    assert 'attachment; filename="now.csv"' in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))
    assert [row["artist"] for row in rows] == ["Björk"]
    assert rows[0]["title"] == "'=HYPERLINK(1)"
    assert rows[0]["confidence"] == "0.6"


def test_a_chart_takes_the_filters_of_the_page(client: TestClient, history: Told) -> None:
    query = "range=custom&since=2026-01-02T03:04Z&until=2026-01-03T00:00%2B01:00&mood=Calm&listener=a%26b&source=x"
    client.get(f"/api/v1/charts/now.csv?{query}&zone=Europe/Berlin")
    [question] = history.asked
    since, until = datetime(2026, 1, 2, 3, 4, tzinfo=UTC), datetime(2026, 1, 2, 23, tzinfo=UTC)
    wanted = Wanted("custom", since, until, "a&b", "x", "Calm", "Europe/Berlin")
    assert question.wanted == wanted.only(now.CARD.by)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_every_chart_has_a_table(client: TestClient, card: Any, history: Told) -> None:
    history.fault = AWAY
    if history.want(Question(card.ask)) is None:
        failed(client.get(f"/api/v1/charts/{card.name}.csv"), 503)
    else:
        assert client.get(f"/api/v1/charts/{card.name}.csv").status_code == 200


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("range=1y", "query.range"),
        ("range=", "query.range"),
        ("mood=Groovy", "query.mood"),
        ("zone=Mars/Phobos", "query.zone"),
        ("zone=../../etc/passwd", "query.zone"),
        ("zone=%00", "query.zone"),
        ("range=custom&since=yesterday", "query.since"),
        ("range=custom&since=1900-01-01", "query.since"),
        ("range=custom&until=9999-12-31T23:59:59-12:00", "query.until"),
        ("range=custom&since=2026-01-02&until=2026-01-01", "query"),
        ("range=1h&since=2026-01-01", "query"),
        (f"listener={'x' * 129}", "query.listener"),
        ("rnge=1h", "query.rnge"),
    ],
)
def test_a_filter_that_cannot_be_understood_is_named(client: TestClient, query: str, field: str) -> None:
    problem = failed(client.get(f"/api/v1/charts/now.csv?{query}"), 422)
    assert [wrong["field"] for wrong in problem["errors"]] == [field]


def test_a_chart_that_is_none_is_not_found_and_those_that_are_are_named(client: TestClient) -> None:
    assert "now" in failed(client.get("/api/v1/charts/pets.csv"), 404)["detail"]
    for name in ("..%2f..%2fetc%2fpasswd", "%00", "now%0d%0aX-Header:%20y", "x" * 5000):
        failed(client.get(f"/api/v1/charts/{name}.csv"), 404)


@pytest.mark.parametrize("kind", exports.KINDS)
def test_a_playlist_comes_in_every_format(client: TestClient, kind: str) -> None:
    answer = client.get(f"/api/v1/playlists/anna.{kind}")
    assert answer.headers["Content-Type"].startswith(exports.KINDS[kind].media_type)
    assert f'filename="anna.{kind}"' in answer.headers["Content-Disposition"]
    assert "urn:moodstream:song:a%2Fb" in answer.text


def test_a_playlist_is_the_listeners_own_whatever_the_name(client: TestClient, history: Told) -> None:
    names = {"a.b": "a.b", "a%2Fb": "a/b", "..%2F..%2Fx": "../../x", "%F0%9F%98%80": "😀", "a%22%0DX:y": 'a"\rX:y'}
    for written, listener in names.items():
        history.asked.clear()
        answer = client.get(f"/api/v1/playlists/{written}.xspf")
        assert [question.wanted.listener for question in history.asked] == [listener]
        assert "\r" not in answer.headers["Content-Disposition"]
        assert "X" not in answer.headers
    failed(client.get("/api/v1/playlists/.xspf"), 422)  # and not the newest of anybody
    failed(client.get("/api/v1/playlists/a%0D%0AX:y.xspf"), 404)  # no listener has a line break in their name


def test_a_listener_without_a_playlist_and_a_format_that_is_none_are_not_found(
    client: TestClient, history: Told
) -> None:
    assert "m3u8, xspf, jspf" in failed(client.get("/api/v1/playlists/anna.pdf"), 404)["detail"]
    history.known[playlist.CARD.ask] = None
    assert "anna" in failed(client.get("/api/v1/playlists/anna.xspf"), 404)["detail"]


def test_while_the_database_is_away_it_says_so_and_when_to_come_back(client: TestClient, history: Told) -> None:
    history.known.clear()
    history.fault = AWAY
    for path in ("now", "charts/now.csv", "playlists/anna.xspf"):
        answer = client.get(f"/api/v1/{path}")
        assert failed(answer, 503)["detail"] == AWAY.reason
        assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("said", "ids"),
    [
        ({"reaction": "like"}, ["like"]),
        ({"mood": "Calm"}, ["Calm"]),
        ({"reaction": "skip", "mood": "Sad"}, ["skip", "Sad"]),
    ],
)
def test_feedback_is_accepted_once_kafka_has_it(
    client: TestClient, outbox: Outbox, said: dict[str, str], ids: list[str]
) -> None:
    answer = client.post("/api/v1/feedback", json=SAID | said, headers={"Origin": HERE})
    assert answer.status_code == 202
    expected = [derived_id(PLAY.event_id, f"page {each}") for each in ids]
    assert [UUID(event_id) for event_id in answer.json()["event_ids"]] == expected
    assert [message.event_id for message in outbox.taken] == expected
    assert {(message.listener, message.song_id, message.play_id) for message in outbox.taken} == {
        ("anna", "song-1", PLAY.event_id)
    }


def test_programs_need_a_key_of_the_listener_for_feedback(tmp_path: Path) -> None:
    file, outbox = tmp_path / "api-keys.json", Outbox()
    keyring = Keyring(file)
    every, own, other = keyring.add("all"), keyring.add("own", "anna"), keyring.add("other", "ben")
    said = SAID | {"reaction": "like"}
    with visiting(outbox=outbox, keys=file) as client:
        failed(client.post("/api/v1/feedback", json=said), 401)
        for headers in ({}, {"Origin": HERE}):  # a key counts wherever it is shown
            refused = client.post("/api/v1/feedback", json=said, headers={"Authorization": f"Bearer {other}"} | headers)
            failed(refused, 403)
        assert outbox.taken == []
        for key in (every, own):
            headers = {"Authorization": f"Bearer {key}"}
            assert client.post("/api/v1/feedback", json=said, headers=headers).status_code == 202


def test_feedback_that_kafka_does_not_take_is_not_accepted(client: TestClient, outbox: Outbox) -> None:
    for fault in (TransientError("Kafka did not take it."), ConfigurationError("Kafka refuses.")):
        outbox.fault = fault
        answer = client.post("/api/v1/feedback", json=SAID | {"reaction": "like"}, headers={"Origin": HERE})
        assert failed(answer, 503)["detail"] == str(fault)
        assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    "body",
    [
        SAID,
        SAID | {"reaction": "love"},
        SAID | {"mood": "calm"},
        SAID | {"reaction": "like", "play_id": "7"},
        SAID | {"reaction": "like", "play_id": None},
        SAID | {"reaction": "like", "listener": ""},
        SAID | {"reaction": "like", "listener": " anna"},
        SAID | {"reaction": "like", "listener": ["anna"]},
        SAID | {"reaction": "like", "song_id": "x" * 129},
        SAID | {"reaction": "like", "listener": "\ud800"},
        SAID | {"reaction": "like", "more": 1},
        {"reaction": "like"},
        [],
        None,
        "like",
        7,
    ],
    ids=repr,
)
def test_what_cannot_be_said_is_refused_and_nothing_published(client: TestClient, outbox: Outbox, body: Any) -> None:
    headers = {"Content-Type": "application/json", "Origin": HERE}
    answer = client.post("/api/v1/feedback", content=json.dumps(body), headers=headers)
    failed(answer, 422)
    assert outbox.taken == []


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"a": "\xff"}', b"[" * 100_000, b"\0", b"NaN"])
def test_a_body_that_is_no_json_is_no_fault_of_ours(client: TestClient, body: bytes) -> None:
    headers = {"Content-Type": "application/json", "Origin": HERE}
    answer = client.post("/api/v1/feedback", content=body, headers=headers)
    assert answer.status_code in (400, 422)
    failed(answer, answer.status_code)


@pytest.mark.parametrize("path", ["feedback", "moods/predict", "similar", "playlists", "playlists/filter", "journeys"])
def test_a_body_of_fields_that_there_are_none_gets_a_short_answer(client: TestClient, path: str) -> None:
    body = {f"{number:x}": 1 for number in range(80_000)}
    problem = failed(client.post(f"/api/v1/{path}", json=body, headers={"Origin": HERE}), 422)
    assert problem["errors"] == [{"field": "body", "detail": problem["errors"][0]["detail"]}]
    assert problem["detail"].startswith("body: there are 80,000 fields")


@pytest.mark.parametrize(("path", "more"), [("moods/predict", {}), ("playlists/filter", {"mood": "Calm"})])
def test_of_a_long_list_the_first_that_is_wrong_is_named_alone(client: TestClient, path: str, more: Any) -> None:
    songs = [{"valence": 0.5}] * 3 + [{"valence": 2, "mode": 3}] * 900
    problem = failed(client.post(f"/api/v1/{path}", json={"songs": songs, **more}), 422)
    assert [wrong["field"] for wrong in problem["errors"]] == ["body.songs.3.valence", "body.songs.3.mode"]


@pytest.mark.parametrize(("path", "more"), [("similar", {}), ("playlists/filter", {"mood": "Calm"})])
@pytest.mark.parametrize(
    ("song", "field"),
    [("", "body.songs.0"), (7, "body.songs.0"), ({"valence": 2}, "body.songs.0.valence"), ({"x": 1}, "body.songs.0.x")],
)
def test_a_song_is_an_id_or_told_by_fields_and_what_is_wrong_is_said_of_the_one_that_is_meant(
    client: TestClient, path: str, more: Any, song: Any, field: str
) -> None:
    problem = failed(client.post(f"/api/v1/{path}", json={"songs": [song], **more}), 422)
    assert problem["errors"][0]["field"] == field
    assert problem["detail"].startswith(f"{field}: ")


def test_no_two_things_of_the_description_have_one_name(client: TestClient) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    assert [name for name in schemas if "__" in name] == []  # what FastAPI makes of names that come twice


def test_what_is_not_there_is_not_found_and_a_wrong_method_says_the_right_one(client: TestClient) -> None:
    for path in ("", "v1", "v1/nothing", "v2/now", "v1/now/", "v1/charts/now", "v1/playlists/anna", "v1/../../etc"):
        if not path.endswith("etc"):
            failed(client.get(f"/api/{path}"), 404)
    for method, path, allowed in [
        ("POST", "now", "GET"),
        ("GET", "feedback", "POST"),
        ("DELETE", "charts/now.csv", "GET"),
    ]:
        answer = client.request(method, f"/api/v1/{path}")
        failed(answer, 405)
        assert answer.headers["Allow"] == allowed


def test_the_reference_describes_every_endpoint_and_needs_nothing_from_elsewhere(client: TestClient) -> None:
    told = client.get("/openapi.json").json()
    assert {"/api/v1/now", "/api/v1/feedback", "/api/v1/library.csv", "/healthz", "/metrics"} < told["paths"].keys()
    assert all(operation["summary"] for path in told["paths"].values() for operation in path.values())
    references = {text.split('"')[0] for text in json.dumps(told).split("#/components/schemas/")[1:]}
    assert references <= told["components"]["schemas"].keys()
    assert "security" not in told
    page = client.get("/docs").text
    assert "<script>" not in page
    assert "//" not in page.replace("<!DOCTYPE html>", "")
    for file in ("swagger-ui-bundle.js", "swagger-ui.css", "start.js"):
        assert f"/docs/{file}" in page
        assert client.get(f"/docs/{file}").status_code == 200


def test_the_reference_says_how_to_log_in_where_one_has_to() -> None:
    with visiting(password="hush") as client:
        told = client.get("/openapi.json", auth=("", "hush")).json()
    assert told["components"]["securitySchemes"]["password"]["scheme"] == "basic"


class Shelf:
    """A catalogue of one song, or of a fault, that remembers what was looked for."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.fault: MoodstreamError | None = None

    async def page(self, *asked: Any) -> tuple[Found, list[Song]]:
        self.asked.append(asked)
        if self.fault:
            raise self.fault
        return Found(1, False, 1, None), [Song("a/b", "=1+1", "Björk", "Calm", 3, NOON, 0.5, *[None] * 12)]


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def library(shelf: Shelf) -> TestClient:
    return asking(songs, catalogue=shelf)


def test_the_songs_of_a_search_are_a_table(library: TestClient, shelf: Shelf) -> None:
    query = "text=%20bj%C3%B6rk&mood=Calm&between=energy:0.5:&between=loudness::-3.5&sort=tempo&descending=true"
    answer = library.get(f"/api/v1/library.csv?{query}")
    assert answer.status_code == 200
    assert 'filename="library.csv"' in answer.headers["Content-Disposition"]
    [song] = csv.DictReader(io.StringIO(answer.content.decode(), newline=""))
    assert list(song) == list(Song._fields)
    assert (song["title"], song["artist"], song["plays"], song["tempo"]) == ("'=1+1", "Björk", "3", "")
    assert datetime.fromisoformat(song["played_at"]) == NOON
    ranges = (Between("energy", 0.5, None), Between("loudness", None, -3.5))
    assert shelf.asked == [(Search("björk", "Calm", ranges, "tempo", True), 0, 10_000)]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("mood=Groovy", "query.mood"),
        ("sort=energy;DROP", "query.sort"),
        ("between=title:1:2", "query.between.0"),
        ("between=energy:nan:", "query.between.0"),
        ("between=energy:1e9999:", "query.between.0"),
        ("between=energy", "query.between.0"),
        (f"text={'x' * 201}", "query.text"),
        ("txt=x", "query.txt"),
    ],
)
def test_a_search_that_cannot_be_understood_is_refused(
    library: TestClient, shelf: Shelf, query: str, field: str
) -> None:
    problem = failed(library.get(f"/api/v1/library.csv?{query}"), 422)
    assert [wrong["field"] for wrong in problem["errors"]] == [field]
    assert shelf.asked == []


def test_a_search_that_the_database_does_not_answer_says_so(library: TestClient, shelf: Shelf) -> None:
    for shelf.fault in (SlowError("It took too long."), TransientError("MySQL is away.")):
        assert failed(library.get("/api/v1/library.csv"), 503)["detail"] == str(shelf.fault)


def test_the_filters_are_those_of_the_page() -> None:
    assert set(get_args(RangeName)) == RANGES.keys()
    assert set(get_args(MoodName)) == {"", *ORDER}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r\n=1", "\uff1d1", "\0=1"])
def test_text_that_a_spreadsheet_would_run_is_made_harmless(text: str) -> None:
    [[head], [cell]] = list(csv.reader(io.StringIO(exports.table([{text: text}]).decode(), newline="")))
    assert (head, cell) == (f"'{text}", f"'{text}")


def test_numbers_stay_numbers_and_what_is_not_known_is_empty() -> None:
    rows = [{"a": -1.5, "b": None, "c": 'say "x", y\nz'}, {"a": 2, "d": "\ud800"}]
    assert exports.table(rows).decode() == 'a,b,c,d\r\n-1.5,,"say ""x"", y\nz",\r\n2,,,?\r\n'
    assert exports.table([]) == b""


def test_every_format_of_playlists_is_offered() -> None:
    assert {kind.writer for kind in exports.KINDS.values()} == FORMATS.keys()


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("now.csv", "attachment; filename=\"now.csv\"; filename*=UTF-8''now.csv"),
        (
            'a"; b\r\nX: y.xspf',
            "attachment; filename=\"a_b_X_y.xspf\"; filename*=UTF-8''a%22%3B%20b%0D%0AX%3A%20y.xspf",
        ),
        ("😀", "attachment; filename=\"file\"; filename*=UTF-8''%F0%9F%98%80"),
        ("../../etc", "attachment; filename=\"etc\"; filename*=UTF-8''..%2F..%2Fetc"),
        ("\ud800", "attachment; filename=\"file\"; filename*=UTF-8''%3F"),
    ],
)
def test_a_file_is_saved_under_its_name_whatever_is_in_it(name: str, written: str) -> None:
    assert exports.attachment(name) == written
