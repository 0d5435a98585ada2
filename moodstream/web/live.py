"""What keeps an open page fresh.

The feeds announce each of their rounds; a persistent callback pushes that to every open page over its WebSocket;
the page then asks, over HTTP, for what has changed of what it looks at. Where there is no socket the page's own
clock stands in for the push (see assets/page.js), so that both ways end in the same callback.
"""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, ctx, no_update, set_props
from dash.backends.ws import DashWebsocketCallback
from dash.exceptions import PreventUpdate
from prometheus_client import Gauge

from moodstream.store.queries.choices import choices
from moodstream.store.queries.wanted import zone
from moodstream.web import choosing
from moodstream.web.asking import Bell, answers
from moodstream.web.charts import CARDS
from moodstream.web.charts.card import Card, Look
from moodstream.web.feed import Feeds
from moodstream.web.questions import Answer, Question
from moodstream.web.render import Drawings, Update, banner, question
from moodstream.web.services import kafka
from moodstream.web.theme import DARK, LIGHT

SILENT_SECONDS = 2.0
ALIVE_ROUNDS = 10
ALIVE_SECONDS = 5.0
CHOICES = Question(choices, pace=5.0)
KAFKA = Question(kafka)

PAGES = Gauge("moodstream_dashboard_pages", "Open pages that are kept fresh over a WebSocket")


def connect(app: Dash, feeds: Feeds, bell: Bell) -> None:
    """Register the callbacks of the page."""
    _push(app, feeds, bell)
    _render(app, feeds, bell)
    in_browser: Any = app.clientside_callback  # dash has no types for it
    in_browser(
        ClientsideFunction("page", "tick"),
        Output("told", "data"),
        *(Input("push", "data"), Input("shown", "data"), Input("second", "n_intervals"), Input("choices", "data")),
    )


def _push(app: Dash, feeds: Feeds, bell: Bell) -> None:
    @app.callback(websocket=True, persistent=True)
    async def push() -> None:
        socket = ctx.websocket
        if socket is None:  # called over HTTP by a browser that cannot share a socket: its own clock will do
            return
        with PAGES.track_inprogress():
            rounds, version = 0, -1
            while not socket.is_shutdown:
                if feeds.version != version or rounds % 2 == 0:
                    version = feeds.version
                    set_props("push", {"data": state(feeds)})
                with suppress(TimeoutError):
                    await asyncio.wait_for(bell.wait(), SILENT_SECONDS)
                rounds += 1
                if rounds % ALIVE_ROUNDS == 0 and not await _is_there(socket):
                    return


async def _is_there(socket: DashWebsocketCallback) -> bool:
    """All pages of a browser share a socket, which says nothing when one of them is closed: so ask."""
    try:
        await socket.get_prop("second", "interval", timeout=ALIVE_SECONDS)
    except TimeoutError:
        return False
    return True


def state(feeds: Feeds) -> dict[str, Any]:
    """What a page is told with every push: which news there are, and how old (seconds) what is known is."""
    asked = feeds.history.asked_at
    return {"version": feeds.version, "age": (datetime.now(UTC) - asked).total_seconds() if asked else None}


def _render(app: Dash, feeds: Feeds, bell: Bell) -> None:
    drawings = Drawings()

    @app.callback(
        *(Output(*place) for card in CARDS for place in _places(card)),
        *(Output("choices", "data"), Output("banner", "children"), Output("banner", "hidden"), Output("shown", "data")),
        *(Input("beat", "data"), State("shown", "data")),
    )
    async def render(beat: dict[str, Any] | None, shown: dict[str, Any] | None) -> list[Any]:
        if beat is None:  # the page has not said yet how it is looked at
            raise PreventUpdate
        look = Look(choosing.wanted(beat), DARK if beat["dark"] else LIGHT, zone(beat["zone"]))
        cards = [card for card in CARDS if card.view == choosing.view(beat)]
        shown = shown or {"cards": {}, "choices": None}
        before = shown["cards"]
        updates, after = {}, dict(before)
        known = await _known(feeds, bell, cards, look)
        for card, answer in known.items():
            updates[card], after[card.name] = drawings.update(card, answer, look, before.get(card.name, ""))
        offered, told = _offered(feeds.history.want(CHOICES), shown["choices"])
        broker = feeds.services.want(KAFKA)
        fault = banner(feeds.history.fault, broker.value if broker else None, any(known.values()), look)
        return [
            *(prop for card in CARDS for prop in updates.get(card, Update())),
            offered,
            *(fault, not fault),
            state(feeds) | {"beat": beat["at"], "cards": after, "choices": told},
        ]


def _offered(answer: Answer | None, before: float | None) -> tuple[Any, float | None]:
    """What there is to choose from, where the page was not told so before, and when that changed."""
    if answer is None or answer.changed_at == before:
        return no_update, before
    return answer.value._asdict(), answer.changed_at


def _places(card: Card) -> list[tuple[str, str]]:
    """Where the fields of an `Update` go."""
    name = card.name
    body = "figure" if card.figure else "children"
    return [(f"{name}-body", body), (f"{name}-said", "children"), (f"{name}-nothing", "children"), (name, "className")]


async def _known(feeds: Feeds, bell: Bell, cards: list[Card], look: Look) -> dict[Card, Answer | None]:
    """The answers to what cards ask; what is asked for the first time is waited for, a while."""
    found: dict[Card, Answer | None] = {}
    for name, feed in feeds._asdict().items():
        asking = [card for card in cards if card.feed == name]
        questions = [question(card, look.wanted) for card in asking]
        found |= zip(asking, await answers(feed, bell, questions), strict=True)
    return found
