"""How often one may ask: by key or by address, exactly, and in memory that ends."""

import pytest

from moodstream.web import rates
from moodstream.web.keyring import Key
from moodstream.web.rates import DEARER, TRAINING, Meter, Rate, Rates
from tests.factories import NOON
from tests.web.doors import visiting

TEN = Rate("ten", 10, 1)


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def asked(path: str, method: str = "POST", address: str = "10.0.0.1", key: str = "") -> dict[str, object]:
    shown = Key(name=key, digest="", created_at=NOON) if key else None
    return {"path": path, "method": method, "client": (address, 1), "key": shown}


def taken(meter: Meter, times: int, who: str = "anna") -> int:
    return sum(not meter.ask(who).wait for _ in range(times))


def test_so_many_are_taken_at_once_and_no_more(clock: Clock) -> None:
    meter = Meter(TEN, clock)
    assert [meter.ask("anna").requests for _ in range(10)] == list(range(9, -1, -1))
    refused = meter.ask("anna")
    assert (refused.requests, refused.wait) == (0, pytest.approx(0.1))


def test_the_rate_holds_over_time_whatever_is_refused(clock: Clock) -> None:
    meter = Meter(TEN, clock)
    found = 0
    for _ in range(1000):
        found += taken(meter, 2)
        clock.now += 0.01
    assert found == pytest.approx(10 + 100, abs=1)


def test_whoever_waits_as_long_as_they_are_told_is_taken(clock: Clock) -> None:
    meter = Meter(TRAINING, clock)
    assert taken(meter, 6) == 5
    wait = meter.ask("anna").wait
    assert wait == pytest.approx(12)
    clock.now += wait
    assert taken(meter, 2) == 1
    clock.now += TRAINING.seconds
    assert taken(meter, 6) == 5


def test_one_does_not_pay_for_another(clock: Clock) -> None:
    meter = Meter(TEN, clock)
    assert taken(meter, 20, "anna") == taken(meter, 20, "ben") == 10


def test_a_flood_from_ever_new_addresses_takes_no_more_memory(clock: Clock) -> None:
    meter = Meter(TEN, clock)
    for number in range(rates.MOST + 5000):
        meter.ask(f"10.{number}")
    assert len(meter._paid) == rates.MOST


def test_a_network_of_ipv6_counts_as_one(clock: Clock) -> None:
    every = Rates(10, clock)
    found = [not every.ask(asked("/api/v1/now", "GET", f"2001:db8::{number:x}")).wait for number in range(1, 20)]
    assert sum(found) == 10
    assert not every.ask(asked("/api/v1/now", "GET", "2001:db8:0:1::1")).wait


def test_who_shows_a_key_is_counted_by_it_wherever_they_are(clock: Clock) -> None:
    every = Rates(10, clock)
    for number in range(10):
        every.ask(asked("/api/v1/now", key="phone", address=f"10.0.0.{number}"))
    assert every.ask(asked("/api/v1/now", key="phone", address="10.0.1.1")).wait
    assert not every.ask(asked("/api/v1/now", key="tablet", address="10.0.0.1")).wait
    assert not every.ask(asked("/api/v1/now", address="10.0.0.1")).wait


@pytest.mark.parametrize(
    ("path", "method", "rate"),
    [
        ("/api/v1/moods/predict", "POST", "requests"),
        ("/api/v1/now", "GET", "requests"),
        ("/api/v1/feedback", "POST", "requests"),
        ("/1/validate-token", "GET", "requests"),
        ("/api/v1/playlists/similar.xspf", "GET", "requests"),
        ("/api/v1/similar", "GET", "requests"),
        ("/api/v1/similar", "POST", "computing"),
        ("/api/v1/similar/", "POST", "computing"),
        ("/api/v1/journeys", "POST", "computing"),
        ("/api/v1/playlists", "POST", "computing"),
        ("/api/v1/playlists/filter", "POST", "computing"),
        ("/api/v1/faces/mood", "POST", "computing"),
        ("/1/submit-listens", "POST", "computing"),
        ("/api/v1/listeners/a/b/plays", "POST", "computing"),
        ("/api/v1/listeners/anna/trends", "GET", "computing"),
        ("/api/v1/listeners/anna/mood", "GET", "requests"),
        ("/api/v1/models/train", "POST", "training"),
        ("/api/v1/models", "GET", "requests"),
    ],
)
def test_what_takes_long_may_be_asked_less_often(clock: Clock, path: str, method: str, rate: str) -> None:
    assert Rates(1000, clock).ask(asked(path, method)).rate.name == rate


def test_what_is_dear_is_counted_apart(clock: Clock) -> None:
    every = Rates(2 * DEARER, clock)
    assert all(not every.ask(asked("/api/v1/similar")).wait for _ in range(2))
    assert every.ask(asked("/api/v1/journeys")).wait
    assert not every.ask(asked("/api/v1/now")).wait


def test_an_answer_says_what_is_left(clock: Clock) -> None:
    left = Rates(10, clock).ask(asked("/api/v1/now"))
    assert left.headers() == {
        "RateLimit-Policy": '"requests";q=10;w=1',
        "RateLimit": '"requests";r=9;t=1',
        "X-RateLimit-Limit": "10",
        "X-RateLimit-Remaining": "9",
        "X-RateLimit-Reset-In": "1",
    }


def test_who_asks_too_often_is_told_when_to_come_back() -> None:
    with visiting(per_second=1) as client:
        first, second = client.get("/api/v1/nothing"), client.get("/api/v1/nothing")
        assert (first.status_code, first.headers["RateLimit"]) == (404, '"requests";r=0;t=1')
        assert (second.status_code, second.headers["Content-Type"]) == (429, "application/problem+json")
        assert second.headers["Retry-After"] == "1"
        assert second.headers["RateLimit"] == '"requests";r=0;t=1'
        scrobbler = client.get("/1/validate-token")
        assert (scrobbler.status_code, scrobbler.json()["code"]) == (429, 429)
        page = client.get("/docs")
        assert page.status_code == 200
        assert "RateLimit" not in page.headers


def test_strangers_use_up_nothing_of_those_at_the_same_address() -> None:
    with visiting(password="hush", per_second=1) as client:
        wrong = [client.get("/api/v1/nothing", headers={"Authorization": f"Bearer {n}"}) for n in range(9)]
        assert {answer.status_code for answer in wrong} == {401}
        assert client.get("/api/v1/nothing", auth=("anybody", "hush")).status_code == 404
