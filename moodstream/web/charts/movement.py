"""How has the mood moved?"""

from datetime import UTC, timedelta

from moodstream.store import queries
from moodstream.store.queries import RANGES, Movement
from moodstream.web.charts.card import Card, Drawn, View, number
from moodstream.web.theme import ORDER, Figure, axis, figure

DAY = timedelta(days=1)


def draw(found: Movement, view: View) -> Drawn | None:
    """Stacked bars: a bar counts the plays of one step of time, so the last one is still growing."""
    since, step, buckets = found.window
    if step >= DAY:
        view = view._replace(zone=UTC)  # the database counted whole days of UTC
    totals = [sum(column) for column in zip(*found.plays.values(), strict=True)]
    if not any(totals):
        return None
    starts = [since + step * n for n in range(buckets + 1)]
    times = [view.clock(start, "%Y-%m-%d %H:%M:%S") for start in starts]
    bars = [_bars(mood, times[:-1], found, view) for mood in ORDER if mood in found.plays]
    along = axis(view.theme, type="date", range=[times[0], times[-1]], showgrid=False, nticks=6, tickangle=0)
    up = axis(view.theme, rangemode="tozero", nticks=5, tickformat=",d")
    layout = figure(
        view.theme,
        bars,
        barmode="stack",
        hovermode="x unified",
        xaxis=along | {"tickformat": _ticks(step), "hoverformat": _form(step)},
        yaxis=up | ({"dtick": 1} if max(totals) < 5 else {}),
    )
    busiest = view.clock(starts[totals.index(max(totals))], _form(step))
    return Drawn(layout, _said(sum(totals), busiest, step, view))


def _bars(mood: str, times: list[str], found: Movement, view: View) -> Figure:
    milliseconds = found.window.step.total_seconds() * 1000
    return {
        "type": "bar",
        "name": mood,
        "x": times,
        "y": found.plays[mood],
        "offset": 0,
        "width": milliseconds * 0.9,
        "marker": {"color": view.theme.moods[mood], "line": {"width": 0}},
        "hovertemplate": "%{y:,}",
    }


def _form(step: timedelta) -> str:
    if step >= DAY:
        return "%d %b %Y"
    return "%a %H:%M" if step >= timedelta(hours=1) else "%H:%M" if step.seconds % 60 == 0 else "%H:%M:%S"


def _ticks(step: timedelta) -> str:
    """The second line is shown where it changes."""
    if step >= DAY:
        return "%d %b\n%Y"
    return "%a %d" if step >= timedelta(hours=3) else "%H:%M\n%a %d"


def _said(plays: int, busiest: str, step: timedelta, view: View) -> str:
    days = ", days in UTC" if step >= DAY else ""
    return f"{number(plays, 'play')} {RANGES[view.range].phrase}, most from {busiest}{days}"


CARD = Card(
    name="movement",
    title="How has the mood moved?",
    ask=queries.plays_by_mood,
    by="range",
    draw=draw,
    missing="No moods",
    start="mood_classifier.py",
    place="wide",
    legend=ORDER,
)
