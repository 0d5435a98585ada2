"""What keeps an open page fresh.

The feed announces each of its rounds; a persistent callback pushes that to every open page over its WebSocket;
the page then asks, over HTTP, for what has changed of what it looks at. Where there is no socket the page's own
clock stands in for the push (see assets/page.js), so that both ways end in the same callback.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, ctx, no_update, set_props
from dash.backends.ws import DashWebsocketCallback
from dash.exceptions import PreventUpdate
from prometheus_client import Gauge

from moodstream.store.queries import RANGES, Suggested
from moodstream.web import layout
from moodstream.web.charts import CARDS
from moodstream.web.charts.card import Card, View
from moodstream.web.feed import Answer, Feed, Question
from moodstream.web.render import Update, banner, question, signature, update, zone
from moodstream.web.theme import DARK, LIGHT

ANSWER_SECONDS = 5.0
SILENT_SECONDS = 2.0
ALIVE_ROUNDS = 10
ALIVE_SECONDS = 5.0

PAGES = Gauge("moodstream_dashboard_pages", "Open pages that are kept fresh over a WebSocket")


class Bell:
    """Wakes everybody who waits, each time it is rung."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        self._event.set()
        self._event = asyncio.Event()

    async def wait(self) -> None:
        await self._event.wait()


def connect(app: Dash, feed: Feed, bell: Bell) -> None:
    """Register the callbacks of the page."""
    _push(app, feed, bell)
    _render(app, feed, bell)
    in_browser: Any = app.clientside_callback  # dash has no types for it
    in_browser(
        ClientsideFunction("page", "beat"),
        Output("beat", "data"),
        *(Input("push", "data"), Input("second", "n_intervals"), State("shown", "data")),
    )
    in_browser(
        ClientsideFunction("page", "tell"),
        *(Output("updated", "children"), Output("silence", "children"), Output("silence", "hidden")),
        *(Input("push", "data"), Input("shown", "data"), Input("second", "n_intervals")),
    )


def _push(app: Dash, feed: Feed, bell: Bell) -> None:
    @app.callback(websocket=True, persistent=True)
    async def push() -> None:
        socket = ctx.websocket
        if socket is None:  # called over HTTP by a browser that cannot share a socket: its own clock will do
            return
        with PAGES.track_inprogress():
            rounds = 0
            while not socket.is_shutdown:
                set_props("push", {"data": _state(feed)})
                with suppress(TimeoutError):
                    await asyncio.wait_for(bell.wait(), SILENT_SECONDS)
                rounds += 1
                if rounds % ALIVE_ROUNDS == 0 and not await _is_there(socket):
                    return


async def _is_there(socket: DashWebsocketCallback) -> bool:
    """All pages of a browser share a socket, which says nothing when one of them is closed: so ask."""
    try:
        await socket.get_prop("range", "value", timeout=ALIVE_SECONDS)
    except TimeoutError:
        return False
    return True


def _state(feed: Feed) -> dict[str, Any]:
    age = (datetime.now(UTC) - feed.asked_at).total_seconds() if feed.asked_at else None
    return {"version": feed.version, "age": age}


def _render(app: Dash, feed: Feed, bell: Bell) -> None:
    @app.callback(
        *(Output(*place) for card in CARDS for place in _places(card)),
        *(Output("listener", "options"), Output("listener", "value")),
        *(Output("banner", "children"), Output("banner", "hidden"), Output("shown", "data")),
        *(Input("beat", "data"), Input("range", "value"), Input("listener", "value"), State("shown", "data")),
    )
    async def render(
        beat: dict[str, Any] | None, range_: str, listener: str | None, shown: dict[str, Any] | None
    ) -> list[Any]:
        if beat is None:  # the page has not said yet how it is looked at
            raise PreventUpdate
        view = View(
            range_ if range_ in RANGES else layout.DEFAULT_RANGE, DARK if beat["dark"] else LIGHT, zone(beat["zone"])
        )
        asked = [question(card, view.range, listener or "") for card in CARDS]
        answers = await _answers(feed, bell, asked)
        before = shown["cards"] if shown else {}
        updates, cards = news(asked, answers, view, before)
        fault = banner(feed.fault, any(answers), view)
        return [
            *(prop for update in updates for prop in update),
            *_listeners(answers, listener),
            *(fault, not fault),
            _state(feed) | {"beat": beat["at"], "cards": cards},
        ]


def _places(card: Card) -> list[tuple[str, str]]:
    """Where the fields of an `Update` go."""
    name = card.name
    body = "figure" if card.figure else "children"
    return [(f"{name}-body", body), (f"{name}-said", "children"), (f"{name}-nothing", "children"), (name, "className")]


def news(
    asked: Sequence[Question], answers: Sequence[Answer | None], view: View, before: dict[str, str]
) -> tuple[list[Update], dict[str, str]]:
    """What changes on each card, and the signatures of what is then shown."""
    updates, after = [], dict(before)
    for card, question_, answer in zip(CARDS, asked, answers, strict=True):
        if answer is None or signature(question_, answer, view) == before.get(card.name):
            updates.append(Update())
        else:
            updates.append(update(card, answer, view))
            after[card.name] = signature(question_, answer, view)
    return updates, after


def _listeners(answers: Sequence[Answer | None], chosen: str | None) -> tuple[Any, Any]:
    """Whose playlist can be shown, and whose is."""
    found = next((a.value for a in answers if a and isinstance(a.value, Suggested)), None)
    if found is None:
        return no_update, no_update
    return sorted({*found.listeners, found.listener}), no_update if chosen else found.listener


async def _answers(feed: Feed, bell: Bell, asked: Sequence[Question]) -> list[Answer | None]:
    """What is known; what is asked for the first time is waited for, a while."""
    answers = [feed.want(question_) for question_ in asked]
    with suppress(TimeoutError):
        async with asyncio.timeout(ANSWER_SECONDS):
            while None in answers and not feed.fault:
                await bell.wait()
                answers = [feed.want(question_) for question_ in asked]
    return answers
