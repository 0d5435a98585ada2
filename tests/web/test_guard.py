"""What every request passes before it reaches the page, and what every answer tells the browser."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from moodstream.web.door import Door
from moodstream.web.guard import MOST_BYTES, Guard, is_loopback
from tests.web.doors import HERE, SOCKET, visiting

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


def test_our_own_pages_and_programs_may_change_something(client: TestClient) -> None:
    for headers in ({"Origin": HERE}, {"Origin": "https://127.0.0.1:8051"}, {}):
        assert client.post(FEEDBACK, json={}, headers=headers).status_code == 422


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
    client = TestClient(Guard(app, Door(""), []), base_url=HERE)
    client.post("/", content=full)
    client.post("/", content=iter([full[:1000], full[1000:]]))
    assert got == [full, full]


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
