"""Does anyone fall behind?"""

from collections import Counter
from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from moodstream.web.charts.card import Card, Drawn, Look, Row, number
from moodstream.web.charts.table import Line, breaking, table
from moodstream.web.services import Behind, lag

HEADS = ("service", "topic", "to be read", "read a second")


def draw(found: Sequence[Behind], _: Look) -> Drawn | None:
    """What each service has yet to read, the most first."""
    if not found:
        return None
    several = {one.service: len({other.place for other in found if other.service == one.service}) > 1 for one in found}
    lines = [_line(one, several[one.service]) for one in sorted(found, key=lambda one: -one.messages)]
    return Drawn([table(HEADS, lines, "lag", numbers=[2, 3])], _said(found))


def rows(found: Sequence[Behind], _: Look) -> Sequence[Row]:
    """A row for each service and topic."""
    return [
        {
            "service": one.service,
            "at": one.place,
            "topic": one.topic,
            "to be read": one.messages,
            "read a second": one.per_second,
        }
        for one in found
    ]


def _line(one: Behind, several: bool) -> Line:
    name: list[Component | str] = [html.Span(breaking(one.service), className="whole")]
    if several:
        name += [" ", html.Span(breaking(one.place), className="quiet")]
    speed = "" if one.per_second is None else f"{one.per_second:,.{0 if one.per_second >= 10 else 1}f}"
    return Line([name, breaking(one.topic), f"{one.messages:,}", speed])


def _said(found: Sequence[Behind]) -> str:
    behind: Counter[str] = Counter()
    for one in found:
        behind[one.service] += one.messages
    service, messages = behind.most_common(1)[0]
    if not messages:
        return "Nobody: every message has been read"
    return f"{number(behind.total(), 'message')} to be read, most by {service}: {messages:,}"


CARD = Card(
    name="lag",
    title="Does anyone fall behind?",
    ask=lag,
    draw=draw,
    rows=rows,
    missing="No service says how far it has read",
    start="mood_classifier.py",
    view="system",
    feed="services",
    figure=False,
)
