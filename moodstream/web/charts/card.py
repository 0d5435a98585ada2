"""What a card is: a question to the database, and how its answer is drawn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Literal, NamedTuple

from dash import html
from dash.development.base_component import Component

from moodstream.store.mysql import Database
from moodstream.web.theme import ORDER, Theme


class View(NamedTuple):
    """How a page is looked at: the key of a range, the colours, and the time zone of the browser."""

    range: str
    theme: Theme
    zone: tzinfo

    def clock(self, moment: datetime, form: str = "%H:%M") -> str:
        """A time as the reader's own clock shows it."""
        return moment.astimezone(self.zone).strftime(form)


class Drawn(NamedTuple):
    """A figure, or components, and what it says in words."""

    body: Any
    said: str


@dataclass(frozen=True)
class Card:
    """A card of the page.

    Args:
        name: its id in the page.
        title: the question that it answers.
        ask: a function of `store.queries`.
        by: what of the page's choices is the argument of `ask`.
        draw: the answer drawn; None where there is nothing to show.
        missing, start: what there is none of, and the script that makes it.
        place: the side column, or half or all of the width beside it.
        figure: whether `draw` gives a figure, rather than components.
        legend: the moods whose names and marks stand above.
        control: a choice that belongs to the card alone.
    """

    name: str
    title: str
    ask: Callable[[Database, datetime, str], Any]
    by: Literal["range", "listener", ""]
    draw: Callable[[Any, View], Drawn | None]
    missing: str
    start: str
    place: Literal["side", "wide", "half"] = "half"
    figure: bool = True
    legend: Sequence[str] = ()
    control: Component | None = None


def by_mood(name: str) -> int:
    """A sorting key: the order of the moods on the whole page."""
    return ORDER.index(name)


def mood_name(mood: str) -> Component:
    """The name of a mood behind its mark, which has its colour and its shape."""
    return html.Span([html.I(className=f"mark {mood}"), mood], className="mood")


def percent(part: float, whole: float) -> str:
    """A share in whole percent; never 0% or 100% of what is not quite so."""
    share = 100 * part / whole
    if 0 < share < 1:
        return "<1%"
    return ">99%" if 99 < share < 100 else f"{share:.0f}%"


def number(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun: 1 play, 1,240 plays."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
