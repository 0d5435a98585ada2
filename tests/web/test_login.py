"""Who is let in, and how."""

import base64
import re
from collections.abc import Iterator
from html import unescape

import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp
from starlette.websockets import WebSocketDisconnect

from moodstream.web.door import COOKIE, FORGOTTEN_AFTER, FREE_GUESSES, KEPT_SECONDS, LONGEST_WAIT, Door, Guesses
from tests.web.doors import HERE, HTML, SOCKET, visiting

PASSWORD = "correct: horse é 😀"
CLOSED = ["/", "/library", "/metrics", "/docs", "/openapi.json", "/api/v1/now", "/api/nothing", "/assets/style.css"]


class Clock:
    """Seconds that pass when told to."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def app() -> Iterator[ASGIApp]:
    with visiting(password=PASSWORD) as client:
        yield client.app


@pytest.fixture
def client(app: ASGIApp, request: pytest.FixtureRequest) -> TestClient:
    """A browser without cookies, at an address of its own, so that its guesses are nobody else's."""
    number = request.session.items.index(request.node)
    return TestClient(app, base_url=HERE, follow_redirects=False, client=(f"10.1.{number // 256}.{number % 256}", 1))


def log_in(client: TestClient) -> None:
    client.post("/login", data={"password": PASSWORD}, headers={"Origin": HERE})


def basic(password: str, user: str = "anybody") -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


@pytest.mark.parametrize("path", CLOSED)
def test_without_the_password_nothing_is_shown(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 401
    assert client.post(path).status_code == 401


def test_a_browser_is_sent_to_the_login_and_back(client: TestClient) -> None:
    sent = client.get("/library?mood=Calm&listener=a%26b", headers=HTML)
    assert sent.status_code == 303
    form = client.get(sent.headers["Location"])
    next_ = unescape(re.findall(r'name="next" value="([^"]*)"', form.text)[0])
    assert next_ == "/library?mood=Calm&listener=a%26b"
    entered = client.post("/login", data={"password": PASSWORD, "next": next_})
    assert (entered.status_code, entered.headers["Location"]) == (303, next_)
    assert client.get("/").status_code == 200


def test_the_cookie_is_for_us_alone_and_for_thirty_days(client: TestClient) -> None:
    cookie = client.post("/login", data={"password": PASSWORD}).headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=lax", "Path=/", f"Max-Age={KEPT_SECONDS}"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert PASSWORD not in cookie


def test_over_tls_the_cookie_travels_by_tls_alone() -> None:
    with visiting(password=PASSWORD, base_url="https://mood.example.com") as client:
        assert "Secure" in client.post("/login", data={"password": PASSWORD}).headers["Set-Cookie"]


def test_a_wrong_password_is_said_and_asked_for_again(client: TestClient) -> None:
    answer = client.post("/login", data={"password": "wrong", "next": "/library"})
    assert answer.status_code == 401
    assert 'role="alert">That is not the password.' in answer.text
    assert 'value="/library"' in answer.text
    assert "Set-Cookie" not in answer.headers
    assert client.get("/").status_code == 401


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"password", b"password=", b"&" * 1000, b"a=b&" * 100, b"{}"])
def test_rubbish_is_no_password(client: TestClient, body: bytes) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert client.post("/login", content=body, headers=form).status_code == 401


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//example.com",
        "http://example.com",
        "/\\example.com",
        "\\\\example.com",
        "/\t/example.com",
        "/a\r\nX: y",
        "x",
        "",
    ],
)
def test_the_login_leads_to_no_place_but_ours(client: TestClient, elsewhere: str) -> None:
    answer = client.post("/login", data={"password": PASSWORD, "next": elsewhere})
    assert answer.headers["Location"] == "/"
    assert client.get("/login", params={"next": elsewhere}).headers["Location"] == "/"


def test_what_the_login_repeats_is_text(client: TestClient) -> None:
    answer = client.get("/login", params={"next": '/"><script>alert(1)</script>'})
    assert "<script" not in answer.text


def test_programs_say_the_password_with_every_request_under_any_name(client: TestClient) -> None:
    for user in ("prometheus", "", "ü"):
        assert client.get("/metrics", headers=basic(PASSWORD, user)).status_code == 200
    told = client.get("/metrics", headers=basic("wrong"))
    assert told.status_code == 401
    assert told.headers["WWW-Authenticate"].startswith("Basic ")
    assert client.get("/api/v1/nothing", headers=basic(PASSWORD)).status_code == 404
    assert client.get("/api/v1/nothing").headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("header", ["Basic", "Basic !", "Basic ===", "Bearer x", "Basic " + "A" * 9, "basic\xa0x", ""])
def test_what_is_no_password_lets_nobody_in(client: TestClient, header: str) -> None:
    assert client.get("/metrics", headers={"Authorization": header.encode("latin-1")}).status_code == 401


def test_no_box_pops_up_over_the_page_when_its_scripts_are_refused(client: TestClient) -> None:
    for by_script in ({"Origin": HERE}, {"Sec-Fetch-Site": "same-origin"}):
        refused = client.post("/api/v1/feedback", headers=by_script)
        assert refused.status_code == 401
        assert "WWW-Authenticate" not in refused.headers


def test_health_is_told_to_everybody_but_not_why(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/healthz", headers=basic(PASSWORD)).json()["service"] == "dashboard"


def test_a_socket_needs_the_cookie(client: TestClient) -> None:
    def connect() -> str:
        with client.websocket_connect(SOCKET, headers={"Origin": HERE}) as socket:
            socket.send_json({"type": "heartbeat"})
            return str(socket.receive_json()["type"])

    with pytest.raises(WebSocketDisconnect):
        connect()
    log_in(client)
    assert connect() == "heartbeat_ack"


def test_one_can_leave(client: TestClient) -> None:
    log_in(client)
    assert "Log out" in client.get("/logout").text
    assert client.get("/").status_code == 200
    assert client.post("/logout", headers={"Origin": HERE}).status_code == 303
    assert client.get("/").status_code == 401


def test_guessing_is_slowed_down_for_the_right_password_too(client: TestClient) -> None:
    for _ in range(FREE_GUESSES):
        assert client.post("/login", data={"password": "wrong"}).status_code == 401
    blocked = client.post("/login", data={"password": PASSWORD})
    assert blocked.status_code == 429
    assert int(blocked.headers["Retry-After"]) >= 1
    assert client.get("/metrics", headers=basic(PASSWORD)).status_code == 429


def test_whoever_is_in_stays_in_while_others_guess(client: TestClient) -> None:
    log_in(client)
    for _ in range(FREE_GUESSES + 1):
        client.post("/login", data={"password": "wrong"})
    assert client.get("/").status_code == 200


def test_where_there_is_no_password_nobody_is_asked() -> None:
    with visiting() as client:
        assert client.get("/").status_code == 200
        assert client.get("/login", headers=HTML).headers["Location"] == "/"


def test_the_page_says_what_it_is_in_plain_html(client: TestClient) -> None:
    page = client.get("/login").text
    assert "<script" not in page
    assert '<html lang="en">' in page
    assert '<label for="password">' in page
    assert "prefers-color-scheme: dark" in page


def test_a_cookie_outlives_the_process_and_ends_by_itself() -> None:
    clock = Clock()
    cookie = Door(PASSWORD, clock).cookie()
    later = Door(PASSWORD, clock)
    assert later.admits(asking(cookie))
    clock.now += KEPT_SECONDS - 1
    assert later.admits(asking(cookie))
    clock.now += 1
    assert not later.admits(asking(cookie))


def test_another_password_ends_every_cookie() -> None:
    assert not Door("another").admits(asking(Door(PASSWORD).cookie()))


def test_a_cookie_that_we_did_not_make_opens_nothing() -> None:
    door = Door(PASSWORD)
    until, signature = door.cookie().split(".")
    forged = [
        f"{int(until) + 1}.{signature}",
        f"{until}.",
        f"{until}.{'0' * 64}",
        until,
        "",
        ".",
        f"é.{signature}",
        "9" * 5000,
    ]
    for value in forged:
        assert not door.admits(asking(value))
    assert door.admits(asking(f"forged; {COOKIE}={until}.{signature}"))


def test_the_same_password_may_be_composed_in_another_way() -> None:
    assert Door("caf\u00e9").opens("cafe\u0301", asking(""))


def test_a_program_that_tries_a_wrong_password_for_weeks_waits_no_longer_than_before() -> None:
    clock = Clock()
    guesses = Guesses(clock)
    for _ in range(1_100):
        clock.now += LONGEST_WAIT
        guesses.wrong("a")
    assert guesses.wait("a") == LONGEST_WAIT


def test_waits_double_up_to_a_minute_and_are_forgotten() -> None:
    clock = Clock()
    guesses = Guesses(clock)
    waits = []
    for _ in range(20):
        clock.now += guesses.wait("a")
        guesses.wrong("a")
        waits.append(guesses.wait("a"))
    assert waits[: FREE_GUESSES + 3] == [0.0] * (FREE_GUESSES - 1) + [1.0, 2.0, 4.0, 8.0]
    assert max(waits) == LONGEST_WAIT
    assert guesses.wait("b") == 0.0
    clock.now += FORGOTTEN_AFTER
    guesses.wrong("a")
    assert guesses.wait("a") == 0.0


def test_the_right_password_forgives_the_wrong_ones() -> None:
    door = Door(PASSWORD)
    for _ in range(3):
        assert [door.opens("wrong", asking("")) for _ in range(FREE_GUESSES - 1)] == [False] * (FREE_GUESSES - 1)
        assert door.opens(PASSWORD, asking(""))


def test_addresses_of_one_network_are_one_guesser() -> None:
    door = Door(PASSWORD)
    for number in range(FREE_GUESSES):
        door.opens("wrong", asking("", f"2001:db8::{number}"))
    assert door.wait(asking("", "2001:db8::ffff%eth0")) > 0
    assert door.wait(asking("", "2001:db8:0:1::1")) == 0


def asking(cookie: str, host: str = "10.0.0.1") -> dict[str, object]:
    """A request with a cookie, as ASGI has it."""
    return {"type": "http", "headers": [(b"cookie", f"{COOKIE}={cookie}".encode())], "client": (host, 1)}
