"""Answers into what the cards show: only what is not on the page already."""

from datetime import UTC, tzinfo
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dash import html, no_update
from dash.development.base_component import Component

from moodstream.store.queries import RANGES
from moodstream.web.charts.card import Card, View
from moodstream.web.feed import Answer, Fault, Question


class Update(NamedTuple):
    """What of a card changes, in the order of its outputs; `no_update` where nothing does."""

    body: Any = no_update
    said: Any = no_update
    nothing: Any = no_update
    classes: Any = no_update


def question(card: Card, range_: str, listener: str) -> Question:
    """What a card asks, given what the page has chosen."""
    return Question(card.ask, {"range": range_, "listener": listener, "": ""}[card.by])


def signature(asked: Question, answer: Answer, view: View) -> str:
    """The same for the same picture."""
    return f"{asked.argument} {answer.changed_at} {view.theme.page} {view.zone}"


def update(card: Card, answer: Answer, view: View) -> Update:
    """A card with its answer drawn, or with the word what to start where there is nothing to draw."""
    drawn = card.draw(answer.value, view)
    if drawn is None:
        return Update(said="", nothing=nothing(card, view), classes=f"card {card.place} empty")
    return Update(drawn.body, drawn.said, "", f"card {card.place}")


def nothing(card: Card, view: View) -> Component:
    """What there is none of, and how to get some."""
    start = html.Code(f"python {card.start}")
    if card.by == "range" and view.range != "all":
        return html.P([f"{card.missing} {RANGES[view.range].phrase}. Start ", start, ", or look at a longer time."])
    return html.P([f"{card.missing} yet. Start ", start, "."])


def banner(fault: Fault | None, known: bool, view: View) -> list[Component | str]:
    """What is wrong with the database, if anything; `known` says whether there is anything older to show."""
    if fault is None:
        return []
    if not fault.away:
        return [fault.reason]
    meanwhile = "showing what was known" if known else "the page fills as soon as it answers"
    return [
        f"MySQL is away since {view.clock(fault.since)}; {meanwhile}.",
        html.Span(fault.reason, className="quiet"),
    ]


def zone(name: str) -> tzinfo:
    """The time zone that a browser names; UTC where it is not known here."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
