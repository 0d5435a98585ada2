"""Is everything running?"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dash import html
from dash.development.base_component import Component

from moodstream.web.charts.card import Card, Drawn, Look, Row, number
from moodstream.web.charts.table import Line, breaking, table
from moodstream.web.scrape import State
from moodstream.web.services import Away, Health, Instance, health

HEADS = ("service", "status", "since", "last progress")
WHEN = "%d\N{NO-BREAK SPACE}%b %H:%M"
CLOCK = "%H:%M:%S"
SIGNS = {State.ASKED: "…", State.WELL: "✓", State.RETRYING: "!", State.STRANGE: "?", State.SILENT: "✗", State.AWAY: "✗"}
STUCK, RESTING = "No progress", "At rest"


def draw(found: Health, look: Look) -> Drawn | None:
    """Kafka and every service, those in trouble first."""
    if not found.instances:
        return None
    named = Counter(one.service for one in found.instances)
    troubled = [one for one in found.instances if not one.well]
    well = [one for one in found.instances if one.well]
    lines = [_line(one, named[one.service] > 1, look) for one in (*troubled, *well)]
    lines.insert(0 if found.kafka else len(troubled), _kafka(found.kafka, look))
    return Drawn([table(HEADS, lines, "health")], _said(found, troubled))


def rows(found: Health, look: Look) -> Sequence[Row]:
    """A row for each instance."""
    form = "%Y-%m-%d %H:%M:%S"
    return [
        {
            "service": one.service,
            "at": one.place,
            "status": _status(one),
            "since": _when(one.since, look, form),
            "last progress": _when(one.progress_at, look, form),
            "fault": one.fault,
        }
        for one in found.instances
    ]


def _line(one: Instance, several: bool, look: Look) -> Line:
    name: list[Component | str] = [html.Span(breaking(one.service), className="whole")]
    if several:
        name += [" ", html.Span(breaking(one.place), className="quiet")]
    sign = "-" if one.resting else "!" if one.stuck else SIGNS[one.state]
    times = [html.Span(_when(*time), className="whole") for time in ((one.since, look), (one.progress_at, look, CLOCK))]
    return Line([name, _sign(sign, _status(one), well=one.well), *times], _below(one))


def _below(one: Instance) -> list[Component | str]:
    """What is the matter, and what to do."""
    start = html.Code(f"python {one.service}.py")
    if one.resting:
        return ["Start ", start, " when it is wanted."]
    if one.state == State.AWAY:
        return [f"{one.fault} Start ", start, "."]
    if one.stuck:
        return ["It says that it is well, but has dealt with nothing for more than a minute."]
    return [one.fault] if one.fault else []


def _kafka(fault: Away | None, look: Look) -> Line:
    if fault is None:
        return Line(["Kafka", _sign("✓", "Answers", well=True), "", ""])
    since = html.Span(_when(fault.since, look), className="whole")
    return Line(["Kafka", _sign("✗", "No answer", well=False), since, ""], fault.reason)


def _status(one: Instance) -> str:
    return RESTING if one.resting else STUCK if one.stuck else one.state


def _sign(sign: str, words: str, *, well: bool) -> Component:
    hidden: Any = {"aria-hidden": "true"}
    mark = html.Span(sign, className="sign", **hidden)
    return html.Span([mark, words], className="status" if well else "status bad")


def _when(moment: datetime | None, look: Look, form: str = WHEN) -> str:
    return look.clock(moment, form) if moment else ""


def _said(found: Health, troubled: Sequence[Instance]) -> str:
    away = ["Kafka does not answer"] if found.kafka else []
    faults = [f"{one.service}: {_status(one).lower()}" for one in troubled]
    running = sum(one.state == State.WELL for one in found.instances)
    if away or faults:
        return "; ".join((*away, *faults))
    if any(one.state == State.ASKED for one in found.instances):
        return "The services are being asked"
    return f"{number(running, 'service')} and Kafka answer, and nothing is amiss"


CARD = Card(
    name="health",
    title="Is everything running?",
    ask=health,
    draw=draw,
    rows=rows,
    missing="No services are known",
    start="stream_music.py",
    view="system",
    feed="services",
    figure=False,
)
