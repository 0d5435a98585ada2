"""What could not be used?"""

from collections.abc import Sequence

from dash import html

from moodstream.store.queries.letters import COUNTED, Letter, Letters, letters
from moodstream.web.charts.card import Card, Drawn, Look, Row, number
from moodstream.web.charts.table import Line, breaking, table

HEADS = ("sent", "place in its topic", "refused by")
WHEN = "%d\N{NO-BREAK SPACE}%b %H:%M"


def draw(found: Letters, look: Look) -> Drawn:
    """The newest dead letters, with where each lies and why it could not be used."""
    if not found.newest:
        return Drawn([html.P("Every message could be used.", className="fine")], "Nothing")
    counts = [f"{topic} {_counted(count)}" for topic, count in sorted(found.by_topic.items(), key=lambda one: -one[1])]
    more = "the newest first" if len(found.newest) > 1 else ""
    body = table(HEADS, [_line(letter, look) for letter in found.newest], "letters")
    said = f"{_total(found)}: {', '.join(counts)}"
    return Drawn([body], f"{said}; {more}" if more else said)


def rows(found: Letters, look: Look) -> Sequence[Row]:
    """A row for each letter."""
    return [
        {
            "sent": look.clock(letter.sent_at, "%Y-%m-%d %H:%M:%S"),
            "topic": letter.topic,
            "partition": letter.partition,
            "offset": letter.offset,
            "service": letter.service,
            "reason": letter.reason,
        }
        for letter in found.newest
    ]


def _line(letter: Letter, look: Look) -> Line:
    sent = html.Span(look.clock(letter.sent_at, WHEN), className="whole")
    place = [*breaking(letter.topic), f" {letter.partition}/{letter.offset}"]
    service = html.Span(breaking(letter.service), className="whole")
    return Line([sent, place, service], html.Bdi(letter.reason))


def _counted(count: int) -> str:
    return f"{COUNTED:,}+" if count >= COUNTED else f"{count:,}"


def _total(found: Letters) -> str:
    total = sum(found.by_topic.values())
    least = "At least " if max(found.by_topic.values(), default=0) >= COUNTED else ""
    return f"{least}{number(total, 'message')}"


CARD = Card(
    name="letters",
    title="What could not be used?",
    ask=letters,
    draw=draw,
    rows=rows,
    missing="No messages",
    start="mysql_connector.py",
    view="system",
    figure=False,
)
