"""One call of the batch processor: its database, its patience with it, and who tells the moods."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from moodstream.classifiers import Classifier
from moodstream.health import Health
from moodstream.lifecycle import Stop, patiently
from moodstream.settings import Settings
from moodstream.store.mysql import Database, Row

T = TypeVar("T")


class Run:
    """What a job is given. `window`: compare plays of the last so many seconds; None for all."""

    def __init__(
        self, settings: Settings, stop: Stop, health: Health, by: Classifier, window: float | None = None
    ) -> None:
        self.database = Database(settings, "batch")
        self.by = by
        self.window = window
        self._stop, self._health = stop, health

    def ask(self, question: Callable[..., T], *details: Any) -> T:
        """Ask the database, again and again while its server is away.

        Raises:
            KeyboardInterrupt: the process was asked to stop.
        """
        answer = patiently(lambda: (question(self.database, *details),), self._stop, self._health)
        if answer is None:
            raise KeyboardInterrupt
        self._health.progress()
        return answer[0]

    def pages(self, question: Callable[..., list[Row]], *details: Any, key: str) -> Iterator[list[Row]]:
        """The pages of a question, whose last detail is the last key of the page before."""
        after = None
        while page := self.ask(question, *details, after):
            yield page
            after = page[-1][key]
