"""The answers of the cards, for programs."""

from collections.abc import Sequence
from typing import Any

from starlette.exceptions import HTTPException

from moodstream.errors import TransientError
from moodstream.store.queries.wanted import Wanted
from moodstream.web.asking import ANSWER_SECONDS, Bell, current
from moodstream.web.charts.card import Card
from moodstream.web.feed import Feeds
from moodstream.web.render import question


class Asker:
    """Gets the answers of the cards, fresh, and shares them with the pages that are open."""

    def __init__(self, feeds: Feeds, bell: Bell, cards: Sequence[Card]) -> None:
        self._feeds, self._bell = feeds, bell
        self.cards = {card.name: card for card in cards}

    async def answer(self, name: str, wanted: Wanted) -> Any:
        """What a card knows.

        Raises:
            HTTPException: 404 for a card that is none.
            TransientError: there is no answer in time.
        """
        card = self.cards.get(name)
        if card is None:
            raise HTTPException(404, f"There is no chart {name!r}; there are {', '.join(self.cards)}.")
        feed = getattr(self._feeds, card.feed)
        answer = await current(feed, self._bell, question(card, wanted))
        if answer is None:
            raise TransientError(
                feed.fault.reason if feed.fault else f"There was no answer within {ANSWER_SECONDS:.0f} s."
            )
        return answer.value
