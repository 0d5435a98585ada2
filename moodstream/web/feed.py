"""A feed asks its source once a tick, however many pages are open, and remembers the answers.

There is one for the history in MySQL, and one for the services that run.
"""

import logging
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from prometheus_client import Counter, Histogram

from moodstream.errors import DataError, MoodstreamError, SlowError, TransientError
from moodstream.web.questions import Answer, Fault, Question, Source

log = logging.getLogger(__name__)

TICK_SECONDS = 0.5
RETRY_SECONDS = 2.0
FRESH_SECONDS = 2 * TICK_SECONDS
PATIENCE_SECONDS = 15.0
# A question that took t seconds rests for REST * t. A look at a million plays costs the database most of a
# second, and one more second of history does not change its picture; what is quick is asked at every tick.
# What counts is the quicker of its last two answers: one that had to wait, for a lock or for a connection to be
# made anew, says nothing of the question.
REST = 20
WANTED_SECONDS = 12.0
KEPT_SECONDS = 600.0
# The answers of fifty pages that all look at something else; a program that asks for ever other times gets no further.
MOST_QUESTIONS = 1_000

QUESTION_SECONDS = Histogram("moodstream_dashboard_question_seconds", "Time a question took", ["question"])
FAULTS = Counter("moodstream_dashboard_faults_total", "Ticks in which a source did not answer", ["feed"])


@dataclass
class _Entry:
    """What is known of a question; times are of the monotonic clock, `seconds` is what its last answer took."""

    wanted: float
    due: float = 0.0
    seconds: float = math.inf
    answer: Answer | None = None


class Feed:
    """The answers to what pages want to know. `ask_all` belongs to one thread; the rest may be called from any.

    Args:
        name: what is asked, for logs and metrics.
        source: used by the feed's thread alone.
        always: questions that are asked even while no page is open: they show that the source is there.
        heard: is told every new answer, in the feed's thread.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        name: str,
        source: Source,
        always: Sequence[Question] = (),
        heard: Callable[[Question, Any], object] = lambda _, __: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name, self._source, self._always, self._heard, self._clock = name, source, always, heard, clock
        self._entries: OrderedDict[Question, _Entry] = OrderedDict()  # what was wanted last is at the end
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._woken, self._stopped = threading.Event(), threading.Event()
        self._hurrying = False
        self._fault: Fault | None = None
        self._asking: tuple[float, datetime] | None = None
        self.asked_at: datetime | None = None
        self.version = 0

    def want(self, question: Question) -> Answer | None:
        """The last known answer; None, and asked for at once, where there is none yet."""
        entry = self._wanted(question)
        if entry.answer is None:
            self._woken.set()
        return entry.answer

    def fresh(self, question: Question) -> Answer | None:
        """As `want`; also None, and asked for at once, where nobody has wanted it for so long that it may be old."""
        entry = self._wanted(question)
        if entry.answer and self._clock() - entry.due <= FRESH_SECONDS:
            return entry.answer
        self._woken.set()
        return None

    def _wanted(self, question: Question) -> _Entry:
        with self._lock:
            entry = self._entries.setdefault(question, _Entry(wanted=0.0))
            entry.wanted = self._clock()
            self._entries.move_to_end(question)
            while len(self._entries) > MOST_QUESTIONS:
                self._entries.popitem(last=False)
        return entry

    @property
    def fault(self) -> Fault | None:
        """What is the matter with the source; also where it has been silent for long, as a server that hangs is."""
        asking = self._asking
        if asking and self._clock() - asking[0] > PATIENCE_SECONDS:
            return Fault(asking[1], "It takes connections, but does not answer.", away=True)
        return self._fault

    def start(self, announce: Callable[[], object]) -> None:
        """Ask in a thread until `stop`, and announce the end of every round from that thread."""
        thread = threading.Thread(target=self._run, args=(announce,), daemon=True, name=self._name)
        thread.start()
        self._thread = thread  # not before: one that has yet to start would pass for dead

    def alive(self) -> bool:
        """Whether the thread runs, or has yet to."""
        return self._thread is None or self._thread.is_alive()

    def stop(self) -> None:
        """End the thread after its round; it is a daemon, so nobody waits for a database that hangs."""
        self._stopped.set()
        self._woken.set()

    def _run(self, announce: Callable[[], object]) -> None:
        while not self._stopped.is_set():
            self._woken.clear()
            self.ask_all()
            if not self._stopped.is_set():
                announce()
            if not self._hurrying:
                self._rest()
        self._source.close()

    def _rest(self) -> None:
        if self._fault:
            self._stopped.wait(RETRY_SECONDS)
        else:
            self._woken.wait(TICK_SECONDS)

    def ask_all(self) -> None:
        """One round: ask what is wanted and due; where the database fails, what was known stays."""
        unreadable: MoodstreamError | None = None
        try:
            for question, entry in self._due():
                try:
                    self._ask(question, entry)
                except (DataError, SlowError) as error:
                    unreadable = error
            self.asked_at = datetime.now(UTC)
            self._well(unreadable)
        except MoodstreamError as error:
            self._failed(error)
        finally:
            self._asking = None

    def _due(self) -> list[tuple[Question, _Entry]]:
        for question in self._always:
            self._wanted(question)
        now = self._clock()
        with self._lock:
            known = ((q, entry) for q, entry in self._entries.items() if now - entry.wanted < KEPT_SECONDS)
            self._entries = OrderedDict(known)
            due = [(q, entry) for q, entry in self._entries.items() if entry.due <= now < entry.wanted + WANTED_SECONDS]
        # What somebody waits for is a round of its own; but not two in a row, or the others would never be asked.
        waited_for = [one for one in due if one[1].answer is None]
        self._hurrying = bool(waited_for) and not self._hurrying
        return waited_for if self._hurrying else sorted(due, key=lambda one: one[1].answer is not None)

    def _ask(self, question: Question, entry: _Entry) -> None:
        started = self._clock()
        self._asking = started, datetime.now(UTC)
        value = question.ask(self._source, datetime.now(UTC), question.wanted)
        seconds = self._clock() - started
        QUESTION_SECONDS.labels(question.ask.__name__).observe(seconds)
        entry.due = started + max(REST * self._usual(seconds, entry), question.pace)
        entry.seconds = seconds
        if entry.answer is None or entry.answer.value != value:
            entry.answer = Answer(value, time.time())
            self.version += 1
            self._heard(question, value)

    def _usual(self, seconds: float, entry: _Entry) -> float:
        """What counts of the seconds that a question took; none in the first round, which makes the connection."""
        return min(seconds, entry.seconds) if self.asked_at else 0.0

    def _failed(self, error: MoodstreamError) -> None:
        FAULTS.labels(self._name).inc()
        before, away = self._fault, isinstance(error, TransientError)
        same = before is not None and before.away == away
        since = before.since if before and same else datetime.now(UTC)
        self._fault = Fault(since, str(error), away, isinstance(error, (DataError, SlowError)))
        if not same:
            self.version += 1
            log.warning("showing what was known, and trying again: %s", error)

    def _well(self, unreadable: MoodstreamError | None) -> None:
        if unreadable:
            self._failed(unreadable)
        elif self._fault:
            log.info("the %s answers again", self._name)
            self.version += 1
            self._fault = None


class Feeds(NamedTuple):
    """What a page is fed from."""

    history: Feed
    services: Feed

    @property
    def version(self) -> int:
        """Another number whenever there is news."""
        return self.history.version + self.services.version
