"""How much comes in?"""

from collections.abc import Sequence

from moodstream.store.queries.rollups import MINUTE
from moodstream.store.queries.throughput import Throughput, throughput
from moodstream.web.charts.card import Card, Drawn, Look, Row, number
from moodstream.web.theme import Figure, axis, figure

FORM = "%Y-%m-%d %H:%M:%S"


def draw(found: Throughput, look: Look) -> Drawn | None:
    """A bar for each minute of the last hour; that of the minute that has begun is paler, and still grows."""
    if not any(found.plays):
        return None
    times = _times(found, look)
    up = axis(look.theme, rangemode="tozero", nticks=5, tickformat=",d")
    layout = figure(
        look.theme,
        [_bars(found, times, look)],
        bargap=0.15,
        xaxis=axis(look.theme, type="date", showline=True, showgrid=False, nticks=6, tickangle=0, tickformat="%H:%M"),
        yaxis=up | ({"dtick": 1} if max(found.plays) < 5 else {}),
    )
    return Drawn(layout, _said(found, look))


def rows(found: Throughput, look: Look) -> Sequence[Row]:
    """A row for each minute."""
    return [{"minute": time, "plays": plays} for time, plays in zip(_times(found, look), found.plays, strict=True)]


def _times(found: Throughput, look: Look) -> list[str]:
    return [look.clock(found.since + n * MINUTE, FORM) for n in range(len(found.plays))]


def _bars(found: Throughput, times: list[str], look: Look) -> Figure:
    return {
        "type": "bar",
        "x": times,
        "y": found.plays,
        "offset": 0,
        "marker": {"color": look.theme.accent, "opacity": [1.0] * (len(times) - 1) + [0.4], "line": {"width": 0}},
        "customdata": [number(plays, "play") for plays in found.plays],
        "hovertemplate": "%{x|%H:%M}, %{customdata}<extra></extra>",
    }


def _said(found: Throughput, look: Look) -> str:
    whole = found.plays[:-1]
    if not any(whole):
        return f"{number(found.plays[-1], 'play')} in the minute that has begun"
    busiest = whole.index(max(whole))
    when = look.clock(found.since + busiest * MINUTE)
    mean = f"{sum(whole) / len(whole):,.1f} a minute"
    return (
        f"{number(whole[-1], 'play')} in the last whole minute; {mean} in the last hour, most {max(whole):,} at {when}"
    )


CARD = Card(
    name="throughput",
    title="How much comes in?",
    ask=throughput,
    draw=draw,
    rows=rows,
    missing="No plays in the last hour",
    start="stream_music.py",
    view="system",
)
