"""The feed: what it asks, how often, and what it says while the database does not answer."""

import sys
import threading
from datetime import datetime
from typing import Any

import pytest

from moodstream.errors import ConfigurationError, DataError, MoodstreamError, SlowError, TransientError
from moodstream.store.queries.wanted import Wanted
from moodstream.web.app import health
from moodstream.web.feed import KEPT_SECONDS, MOST_QUESTIONS, PATIENCE_SECONDS, REST, WANTED_SECONDS, Feed
from moodstream.web.questions import Question


class Nobody:
    """What the doubles here have no use for."""

    def close(self) -> None:
        pass


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Source:
    """Answers as it is told to, after as many seconds as it is told to, and counts how often it is asked."""

    __name__ = "source"

    def __init__(self, clock: Clock, answer: Any = "answer") -> None:
        self.clock, self.answer, self.seconds, self.asked = clock, answer, 0.0, 0
        self.fault: MoodstreamError | None = None

    def __call__(self, _: Nobody, __: datetime, wanted: Wanted) -> Any:
        self.asked += 1
        self.clock.now += self.seconds
        if self.fault:
            raise self.fault
        return f"{self.answer} {wanted.range}"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def source(clock: Clock) -> Source:
    return Source(clock)


@pytest.fixture
def feed(clock: Clock) -> Feed:
    return Feed("history", Nobody(), clock=clock)


def test_a_question_is_answered_in_the_next_round(feed: Feed, source: Source) -> None:
    assert feed.want(Question(source, Wanted("1h"))) is None
    feed.ask_all()
    answer = feed.want(Question(source, Wanted("1h")))
    assert answer is not None
    assert answer.value == "answer 1h"


def test_however_many_pages_want_to_know_the_database_is_asked_once_a_round(feed: Feed, source: Source) -> None:
    for _ in range(50):
        feed.want(Question(source, Wanted("1h")))
    feed.ask_all()
    assert source.asked == 1


def test_what_is_wanted_otherwise_is_a_question_of_its_own(feed: Feed, source: Source) -> None:
    for argument in ("1h", "24h", "1h"):
        feed.want(Question(source, Wanted(argument)))
    feed.ask_all()
    assert source.asked == 2


def test_what_nobody_wants_any_more_is_not_asked_and_in_the_end_forgotten(
    feed: Feed, source: Source, clock: Clock
) -> None:
    feed.want(Question(source))
    feed.ask_all()
    clock.now += WANTED_SECONDS + 1
    feed.ask_all()
    assert source.asked == 1
    assert feed.want(Question(source)) is not None
    clock.now += KEPT_SECONDS + 1
    feed.ask_all()
    assert feed.want(Question(source)) is None


def test_however_many_times_are_asked_for_the_oldest_are_forgotten_and_not_asked(feed: Feed, source: Source) -> None:
    for n in range(MOST_QUESTIONS + 50):
        feed.want(Question(source, Wanted(listener=f"listener {n}")))
        feed.want(Question(source))
    feed.ask_all()
    assert source.asked == MOST_QUESTIONS
    assert feed.want(Question(source)) is not None
    assert feed.want(Question(source, Wanted(listener=f"listener {MOST_QUESTIONS}"))) is not None
    assert feed.want(Question(source, Wanted(listener="listener 0"))) is None


def test_what_is_fresh_is_known_however_much_else_is_asked_for(feed: Feed, source: Source) -> None:
    feed.want(Question(source))
    feed.ask_all()
    assert feed.fresh(Question(source)) is not None
    for n in range(MOST_QUESTIONS):
        assert feed.fresh(Question(source, Wanted(listener=f"listener {n}"))) is None
    assert feed.fresh(Question(source)) is None


def test_an_expensive_question_rests_in_proportion(feed: Feed, source: Source, clock: Clock) -> None:
    feed.ask_all()
    source.seconds = 1.0
    feed.want(Question(source))
    feed.ask_all()
    clock.now += REST - 2
    feed.ask_all()
    assert source.asked == 1
    clock.now += 1
    feed.want(Question(source))
    feed.ask_all()
    assert source.asked == 2


@pytest.mark.parametrize("fault", [None, TransientError("2006 server has gone away")], ids=["a lock", "an outage"])
def test_one_answer_that_had_to_wait_does_not_make_a_quick_question_rest(
    feed: Feed, source: Source, clock: Clock, fault: TransientError | None
) -> None:
    source.seconds = 0.01
    for source.fault in (None, None, fault):
        feed.want(Question(source))
        feed.ask_all()
        clock.now += 1
    source.fault, source.seconds = None, 1.0
    feed.ask_all()
    clock.now += 1
    source.answer = "another"
    feed.ask_all()
    answer = feed.want(Question(source))
    assert answer is not None
    assert answer.value == "another 1h"


def test_what_is_asked_while_the_connection_is_made_is_asked_again_at_once(feed: Feed, source: Source) -> None:
    source.seconds = 1.0
    feed.want(Question(source))
    feed.ask_all()
    source.seconds = 0.01
    feed.ask_all()
    assert source.asked == 2


def test_a_question_keeps_its_pace(feed: Feed, source: Source, clock: Clock) -> None:
    for _ in range(10):
        feed.want(Question(source, pace=5.0))
        feed.ask_all()
        clock.now += 1
    assert source.asked == 2


def test_what_somebody_waits_for_is_asked_first(feed: Feed) -> None:
    asked = []

    def ask(_: Nobody, __: datetime, wanted: Wanted) -> str:
        asked.append(wanted.range)
        return wanted.range

    for range_ in ("1h", "7d", "24h"):
        feed.want(Question(ask, Wanted(range_)))
        feed.ask_all()
    assert asked == ["1h", "7d", "1h", "24h"], "and the others not put off twice in a row"


def test_some_questions_are_asked_while_no_page_is_open(clock: Clock, source: Source) -> None:
    feed = Feed("history", Nobody(), always=[Question(source)], clock=clock)
    for _ in range(3):
        clock.now += WANTED_SECONDS + 1
        feed.ask_all()
    assert source.asked == 3


def test_the_version_moves_only_when_an_answer_does(feed: Feed, source: Source) -> None:
    feed.want(Question(source))
    feed.ask_all()
    first = feed.version
    feed.ask_all()
    assert feed.version == first
    source.answer = "another"
    feed.ask_all()
    assert feed.version > first


def test_while_the_database_is_away_what_was_known_stays_and_the_log_says_it_once(
    feed: Feed, source: Source, caplog: pytest.LogCaptureFixture
) -> None:
    feed.want(Question(source))
    feed.ask_all()
    source.fault = TransientError("2003 connection refused")
    for _ in range(3):
        feed.ask_all()
    assert feed.want(Question(source)) is not None
    assert feed.fault is not None
    assert feed.fault.away
    assert len([record for record in caplog.records if record.levelname == "WARNING"]) == 1


def test_it_goes_on_by_itself_when_the_database_is_back(feed: Feed, source: Source) -> None:
    feed.want(Question(source))
    source.fault = TransientError("2003 connection refused")
    feed.ask_all()
    source.fault = None
    feed.ask_all()
    assert feed.fault is None
    assert feed.want(Question(source)) is not None


def test_a_fault_of_the_settings_is_not_taken_for_an_absence(feed: Feed, source: Source) -> None:
    feed.want(Question(source))
    source.fault = ConfigurationError("The database lacks a table.")
    feed.ask_all()
    assert feed.fault is not None
    assert not feed.fault.away
    assert feed.fault.reason == "The database lacks a table."


def test_an_absence_begins_when_the_database_goes_and_not_with_another_fault_before(feed: Feed, source: Source) -> None:
    feed.want(Question(source))
    source.fault = ConfigurationError("The database lacks a table.")
    feed.ask_all()
    before = feed.fault
    source.fault = TransientError("2003 connection refused")
    feed.ask_all()
    assert before is not None
    assert feed.fault is not None
    assert feed.fault.since > before.since


def test_a_database_that_hangs_is_a_fault_though_it_has_refused_nothing(clock: Clock) -> None:
    seen = []

    def hanging(_: Nobody, __: datetime, ___: Wanted) -> None:
        seen.append(feed.fault)
        clock.now += PATIENCE_SECONDS + 1
        seen.append(feed.fault)

    feed = Feed("history", Nobody(), clock=clock)
    feed.want(Question(hanging))
    feed.ask_all()
    assert seen[0] is None
    assert seen[1].away
    assert feed.fault is None


@pytest.mark.parametrize("kind", [DataError, SlowError])
def test_one_answer_that_cannot_be_had_keeps_no_other_from_being_asked(
    feed: Feed, source: Source, clock: Clock, kind: type[MoodstreamError]
) -> None:
    unreadable = Source(clock)
    unreadable.fault = kind("The newest playlist of anna cannot be read.")
    feed.want(Question(unreadable))
    feed.want(Question(source))
    feed.ask_all()
    assert feed.want(Question(source)) is not None
    assert feed.fault is not None
    assert "playlist of anna" in feed.fault.reason


def test_health_is_503_with_the_reason_until_the_database_answers(feed: Feed, source: Source) -> None:
    assert health(feed)[1] == 503
    feed.want(Question(source))
    source.fault = TransientError("2003 connection refused")
    feed.ask_all()
    body, status = health(feed)
    assert (status, body["fault"]) == (503, "2003 connection refused")
    source.fault = None
    feed.ask_all()
    body, status = health(feed)
    assert (status, body["status"], body["fault"]) == (200, "ok", None)


def test_a_feed_is_alive_while_it_is_being_started() -> None:
    seen = set()
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(200):
            feed, done = Feed("history", Nobody()), threading.Event()

            def watch(feed: Feed = feed, done: threading.Event = done) -> None:
                while not done.is_set():
                    seen.add(feed.alive())

            watcher = threading.Thread(target=watch)
            watcher.start()
            feed.start(lambda: None)
            done.set()
            watcher.join()
            feed.stop()
    finally:
        sys.setswitchinterval(before)
    assert seen == {True}
