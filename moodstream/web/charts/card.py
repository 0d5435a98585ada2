"""What a card is: a question to the database, and how its answer is drawn."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from html import escape
from typing import Any, Literal, NamedTuple

from dash import html
from dash.development.base_component import Component

from moodstream.store.queries.wanted import Wanted
from moodstream.web.theme import ORDER, Theme

Row = Mapping[str, str | int | float | None]
"""A row of a table that a reader saves: by column, in the columns' order."""

View = Literal["live", "library", "discover", "batch", "system"]


class Look(NamedTuple):
    """How a page is looked at: what is wanted of the history, the colours, and the time zone of the browser."""

    wanted: Wanted
    theme: Theme
    zone: tzinfo

    def clock(self, moment: datetime, form: str = "%H:%M") -> str:
        """A time as the reader's own clock shows it."""
        return moment.astimezone(self.zone).strftime(form)

    def shows(self, mood: str) -> bool:
        """Whether a mood passes the filter."""
        return self.wanted.mood in ("", mood)


class Drawn(NamedTuple):
    """A figure, or components, and what it says in words."""

    body: Any
    said: str


@dataclass(frozen=True, eq=False)
class Card:
    """A card of the page.

    Args:
        name: its id in the page, and the name of its CSV file.
        title: the question that it answers.
        ask: a function `(source, now, wanted)` of `store.queries`, or of `web.services`.
        draw: the answer drawn; None where there is nothing to show.
        rows: what is shown as a table, for those who want the numbers; its keys are the heads of the columns.
        missing, start: what there is none of, and the script that makes it.
        by: the fields of `Wanted` that change the answer; `range` stands for `since` and `until` too.
            A mood that is chosen need not be one of them: `draw` has it in `look.wanted.mood`.
        view: the page that the card is on.
        feed: what is asked: the history, or the running services.
        figure: whether `draw` gives a figure, rather than components.
        legend: the moods whose names and marks stand above.
        control: what belongs to the card alone, such as a choice or links, at the right of its title.
    """

    name: str
    title: str
    ask: Callable[[Any, datetime, Wanted], Any]
    draw: Callable[[Any, Look], Drawn | None]
    rows: Callable[[Any, Look], Sequence[Row]]
    missing: str
    start: str
    by: Sequence[str] = ()
    view: View = "live"
    feed: Literal["history", "services"] = "history"
    figure: bool = True
    legend: Sequence[str] = ()
    control: Component | None = None


def by_mood(name: str) -> int:
    """A sorting key: the order of the moods on the whole page."""
    return ORDER.index(name)


def mood_name(mood: str) -> Component:
    """The name of a mood behind its mark, which has its colour and its shape; a click on it filters by the mood."""
    told: Any = {"data-mood": mood}
    return html.Span([html.I(className=f"mark {mood}"), mood], className="mood", **told)


def plain(text: str) -> str:
    """A name as plotly shows it letter for letter: it reads a little HTML, whatever it is given, but no `&quot;`."""
    return escape(text, quote=False)


def percent(part: float, whole: float) -> str:
    """A share in whole percent; never 0% or 100% of what is not quite so."""
    share = 100 * part / whole
    if 0 < share < 1:
        return "<1%"
    return ">99%" if 99 < share < 100 else f"{share:.0f}%"


def number(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun: 1 play, 1,240 plays."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
