"""What every request passes before it reaches the page, and what every answer tells the browser."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from moodstream.web.door import Door
from moodstream.web.guard import LARGER, MOST_BYTES, Guard, is_loopback
from moodstream.web.keyring import Keyring
from moodstream.web.keys import Keys
from moodstream.web.rates import Rates
from tests.web.doors import HERE, NO_KEYS, SOCKET, visiting

FEEDBACK = "/api/v1/feedback"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with visiting() as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/login", "/docs", "/api/v1/nothing", "/assets/style.css", "/assets/missing"])
def test_every_answer_tells_the_browser_to_run_nothing_but_ours(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert "unsafe" not in policy["script-src"]
    assert {policy[name] for name in ("object-src", "base-uri", "frame-ancestors")} == {"'none'"}
    assert {policy[name] for name in ("default-src", "connect-src", "worker-src", "form-action")} == {"'self'"}
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/", "/api/v1/nothing", FEEDBACK, "/1/submit-listens", "/1/validate-token", "/docs"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_no_page_from_elsewhere_is_given_leave(client: TestClient, path: str, method: str) -> None:
    for origin in ("http://example.com", HERE, "null"):
        asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        answer = client.request(method, path, headers=asked | {"Access-Control-Request-Headers": "authorization"})
        assert [name for name in answer.headers if name.lower().startswith("access-control")] == []


def test_no_answer_may_be_read_by_a_page_from_elsewhere(client: TestClient) -> None:
    headers = client.get("/api/v1/nothing", headers={"Origin": "http://example.com"}).headers
    assert "Access-Control-Allow-Origin" not in headers
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "host",
    ["localhost:8051", "LOCALHOST", "127.0.0.1", "127.0.0.1:80", "127.8.9.1:1", "[::1]:8051", "[::1]", "a.localhost:1"],
)
def test_without_a_password_it_answers_to_the_names_of_this_machine(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "example.com",
        "example.com:8051",
        "localhost.example.com",
        "127.0.0.1.example.com",
        "notlocalhost",
        "192.168.1.2:8051",
        "0.0.0.0:8051",
        "[::]:8051",
        "[::1].example.com",
        "::1",
        "127.0.0.1:8051:80",
        "127.0.0.1@example.com",
        "127.0.0.1, example.com",
        "",
    ],
)
def test_without_a_password_it_answers_to_no_other_name(client: TestClient, host: str) -> None:
    answer = client.get("/healthz", headers={"Host": host})
    assert answer.status_code == 421
    assert len(answer.text.splitlines()) == 1


def test_a_request_names_one_host(client: TestClient) -> None:
    assert client.get("/healthz", headers=[("Host", "localhost"), ("Host", "example.com")]).status_code == 421


def test_behind_a_password_any_name_will_do() -> None:
    with visiting(password="hush") as client:
        assert client.get("/healthz", headers={"Host": "mood.example.com"}).status_code == 200


@pytest.mark.parametrize("origin", ["http://example.com", "null", "http://127.0.0.1:9000", "http://[", "", "file://"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_page_from_elsewhere_changes_nothing(client: TestClient, origin: str, method: str) -> None:
    for path in (FEEDBACK, "/_dash-update-component", "/login"):
        assert client.request(method, path, headers={"Origin": origin}).status_code == 403


def test_our_own_pages_may_change_something_and_programs_with_a_key(client: TestClient) -> None:
    for headers in ({"Origin": HERE}, {"Origin": "https://127.0.0.1:8051"}):
        assert client.post(FEEDBACK, json={}, headers=headers).status_code == 422
    refused = client.post(FEEDBACK, json={})
    assert (refused.status_code, "API key" in refused.json()["detail"]) == (401, True)


def test_a_page_from_elsewhere_gets_no_socket(client: TestClient) -> None:
    for origin in ("http://example.com", "null", "http://127.0.0.1:9000"):
        with pytest.raises(WebSocketDisconnect), client.websocket_connect(SOCKET, headers={"Origin": origin}):
            pass


def test_a_socket_by_a_name_that_was_made_to_lead_here_is_refused(client: TestClient) -> None:
    rebound = {"Host": "example.com", "Origin": "http://example.com"}
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(SOCKET, headers=rebound):
        pass


def test_our_own_page_gets_a_socket(client: TestClient) -> None:
    with client.websocket_connect(SOCKET, headers={"Origin": HERE}) as socket:
        socket.send_json({"type": "heartbeat"})
        assert socket.receive_json()["type"] == "heartbeat_ack"


@pytest.mark.parametrize("path", [FEEDBACK, "/_dash-update-component", "/login", "/nowhere"])
def test_a_body_has_a_limit_whether_its_length_is_said_or_not(client: TestClient, path: str) -> None:
    large = b"x" * (MOST_BYTES + 1)
    assert client.post(path, content=large).status_code == 413
    assert client.post(path, content=iter([large[:-10], b"y" * 20])).status_code == 413
    assert client.post(path, content=b"", headers={"Content-Length": "9" * 5000}).status_code == 413
    assert client.post(path, content=b"", headers={"Content-Length": "-1"}).status_code == 413


def test_a_body_within_the_limit_arrives_whole_however_it_is_sent() -> None:
    got: list[bytes] = []

    async def app(_: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            message: Message = await receive()
            body, more = body + message["body"], message.get("more_body", False)
        got.append(body)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    full = bytes(range(256)) * (MOST_BYTES // 256)
    client = TestClient(Guard(app, Door(""), Keys(NO_KEYS), Rates(1000), []), base_url=HERE)
    client.post("/", content=full)
    client.post("/", content=iter([full[:1000], full[1000:]]))
    assert got == [full, full]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys") / "api-keys.json"


@pytest.fixture(scope="module")
def locked(keys: Path) -> Iterator[TestClient]:
    with visiting(password="hush", keys=keys) as client:
        yield client


def shows(token: str, scheme: str = "Bearer") -> dict[str, str]:
    return {"Authorization": f"{scheme} {token}"}


@pytest.mark.parametrize("path", ["/1/submit-listens", "/api/v1/playlists", "/api/v1/playlists/filter"])
def test_what_is_packed_stays_packed(locked: TestClient, keys: Path, path: str) -> None:
    """A body that is small as it comes, and a thousand times that once it is unpacked, is what it is when it comes."""
    packed = gzip.compress(b'{"listener": "' + b"a" * (100 * MOST_BYTES) + b'"}')
    headers = shows(Keyring(keys).add(path)) | {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    assert locked.post(path, content=packed, headers=headers).status_code == 400


def test_a_key_is_as_good_as_the_password_for_the_api_and_nothing_else(locked: TestClient, keys: Path) -> None:
    key = shows(Keyring(keys).add("phone", "anna"))
    assert locked.get("/api/v1/nothing").status_code == 401
    assert locked.get("/api/v1/nothing", headers=key).status_code == 404
    assert locked.get("/1/nothing", headers=key).status_code == 404
    for path in ("/", "/library", "/metrics", "/docs", "/openapi.json", "/assets/style.css"):
        assert locked.get(path, headers=key).status_code == 401


@pytest.mark.parametrize("path", ["/api/v1/nothing", FEEDBACK, "/1/submit-listens"])
def test_a_wrong_key_is_refused_behind_a_password_and_without(
    locked: TestClient, client: TestClient, path: str
) -> None:
    for visited in (locked, client):
        for scheme in ("Bearer", "Token"):
            answer = visited.post(path, headers=shows("wrong", scheme))
            assert answer.status_code == 401
            assert "not a key" in answer.text
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_wrong_keys_are_no_wrong_passwords(locked: TestClient) -> None:
    assert {locked.get("/api/v1/nothing", headers=shows("wrong")).status_code for _ in range(20)} == {401}
    assert locked.get("/api/v1/nothing", auth=("anybody", "hush")).status_code == 404


def test_keys_that_cannot_be_read_let_nobody_in_and_say_so(tmp_path: Path) -> None:
    file = tmp_path / "api-keys.json"
    with visiting(keys=file) as client:
        key = shows(Keyring(file).add("phone"))
        file.write_text("{")
        answer = client.get("/api/v1/nothing", headers=key)
        assert (answer.status_code, "API_KEYS_FILE" in answer.json()["detail"]) == (503, True)


@pytest.mark.parametrize(("path", "most"), LARGER.items())
def test_few_paths_take_larger_bodies(client: TestClient, path: str, most: int) -> None:
    assert most > MOST_BYTES
    for body in (b"x" * (most + 1), iter([b"x" * most, b"x"])):
        assert client.post(path, content=body).status_code == 413
    assert client.post(path, content=b"x" * (MOST_BYTES + 1)).status_code != 413


@pytest.mark.parametrize("path", [*LARGER, FEEDBACK])
def test_nothing_of_a_body_is_read_from_who_is_not_let_in(keys: Path, path: str) -> None:
    read: list[Message] = []

    async def nobody(_: Scope, __: Receive, ___: Send) -> None:
        raise AssertionError("let in")

    guard = Guard(nobody, Door("hush"), Keys(keys), Rates(1000), [])

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        async def noted() -> Message:
            read.append(await receive())
            return read[-1]

        await guard(scope, noted, send)

    client = TestClient(watched, base_url=HERE)
    for headers in ({}, shows("wrong"), shows("wrong", "Token")):
        assert client.post(path, content=iter([b"x" * 1000] * 10), headers=headers).status_code == 401
    assert read == []


def test_whoever_breaks_the_rules_of_the_api_is_told_in_its_terms(client: TestClient) -> None:
    answer = client.post(FEEDBACK, headers={"Origin": "http://example.com"})
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 403


@pytest.mark.parametrize("rubbish", ["a" * 10_000, "é", "\x7f", "%00", "..%2f..%2fetc/passwd"])
def test_rubbish_in_headers_is_no_fault_of_ours(client: TestClient, rubbish: str) -> None:
    for name in ("Origin", "Authorization", "Cookie", "Accept", "Host"):
        assert client.post("/healthz", headers={name: rubbish.encode()}).status_code in (403, 405, 421)


@pytest.mark.parametrize(
    "path", ["/assets/../app.py", "/assets/%2e%2e/app.py", "/docs/../app.py", "/docs/%2e%2e%2fmain.py", "/docs/main.py"]
)
def test_no_path_leads_out_of_what_is_served(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert "import" not in answer.text
    assert answer.status_code == 404 or "<!DOCTYPE html>" in answer.text


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("::1", True), ("localhost.", True), ("192.168.1.2", False), ("", False), ("127.1", False)],
)
def test_a_name_means_this_machine_only_where_it_can_mean_no_other(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
