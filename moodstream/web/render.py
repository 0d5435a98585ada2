"""Answers into what the cards show: only what is not on the page already."""

import hashlib
from collections import OrderedDict
from typing import Any, NamedTuple

from dash import html, no_update
from dash.development.base_component import Component

from moodstream.store.queries.wanted import RANGES, Wanted
from moodstream.web.charts.card import Card, Drawn, Look
from moodstream.web.patch import alike, difference
from moodstream.web.questions import Answer, Fault, Question
from moodstream.web.services import Away

# A step of the picture is worth showing once a second in an hour, and once in a quarter of a minute in a week.
PACES = {"15m": 1.0, "1h": 1.0, "24h": 5.0}
SLOW = 15.0
DRAWINGS = 300


class Update(NamedTuple):
    """What of a card changes, in the order of its outputs; `no_update` where nothing does."""

    body: Any = no_update
    said: Any = no_update
    nothing: Any = no_update
    classes: Any = no_update


class Drawings:
    """What was drawn last, by signature: pages that look at the same share it, and changes are told from it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Drawn | None] = OrderedDict()

    def update(self, card: Card, answer: Answer | None, look: Look, before: str) -> tuple[Update, str]:
        """What changes on a card that shows what has the signature `before`, and the signature that it has then."""
        if answer is None:
            waits = before.partition(":")[0] != _subject(card, look)
            return (Update(said="", nothing="", classes="card waiting"), "") if waits else (Update(), before)
        after = signature(card, answer, look)
        return (Update() if after == before else self._change(card, answer, look, before), after)

    def _change(self, card: Card, answer: Answer, look: Look, before: str) -> Update:
        new = self._drawn(card, answer, look)
        if new is None:
            return Update(said="", nothing=nothing(card, look), classes="card empty")
        old = self._kept.get(before)
        if card.figure and old and alike(old.body, new.body):
            return Update(difference(old.body, new.body), new.said, "", "card")
        return Update(new.body, new.said, "", "card")

    def _drawn(self, card: Card, answer: Answer, look: Look) -> Drawn | None:
        key = signature(card, answer, look)
        if key not in self._kept:
            drawn = card.draw(answer.value, look)
            if drawn and card.figure:
                # What the reader zoomed into stays, until something else is looked at.
                drawn.body["layout"]["uirevision"] = str(look.wanted.only(card.by))
            self._kept[key] = drawn
        self._kept.move_to_end(key)
        while len(self._kept) > DRAWINGS:
            self._kept.popitem(last=False)
        return self._kept[key]


def question(card: Card, wanted: Wanted) -> Question:
    """What a card asks, given what the page has chosen."""
    pace = PACES.get(wanted.range, SLOW) if "range" in card.by else 0.0
    return Question(card.ask, wanted.only(card.by), pace)


def signature(card: Card, answer: Answer, look: Look) -> str:
    """The same for the same picture: what it is about, and which it is."""
    return f"{_subject(card, look)}:{_digest(answer.changed_at, look.theme.page)}"


def _subject(card: Card, look: Look) -> str:
    return _digest(card.name, look.wanted.only({*card.by, "mood"}), str(look.zone))


def _digest(*parts: Any) -> str:
    return hashlib.blake2b(repr(parts).encode(), digest_size=6).hexdigest()


def nothing(card: Card, look: Look) -> Component:
    """What there is none of, and how to get some."""
    start = html.Code(f"python {card.start}")
    wanted = look.wanted.only(card.by)
    when = f" {RANGES[wanted.range].phrase}" if "range" in card.by and wanted.range != "all" else ""
    who = ", ".join(name for name in (wanted.listener, wanted.source, look.wanted.mood) if name)
    if when or who:
        whose = f" for {who}" if who else ""
        return html.P([f"{card.missing}{when}{whose}. Start ", start, ", or choose more."])
    return html.P([f"{card.missing} yet. Start ", start, "."])


def banner(fault: Fault | None, kafka: Away | None, known: bool, look: Look) -> list[Component]:
    """What is wrong with the servers, if anything; `known` says whether there is anything older to show."""
    said = []
    if fault and fault.away:
        meanwhile = "showing what was known" if known else "the page fills as soon as it answers"
        said.append((f"MySQL is away since {look.clock(fault.since)}; {meanwhile}.", fault.reason))
    elif fault:
        said.append((fault.reason, ""))
    if kafka:
        waiting = "plays, moods and feedback wait until it answers"
        said.append((f"Kafka is away since {look.clock(kafka.since)}; {waiting}.", kafka.reason))
    return [html.P([what, html.Span(why, className="quiet")]) for what, why in said]
