"""How long from play to page?"""

from collections.abc import Sequence
from math import log10
from statistics import quantiles

from moodstream.web.charts.card import Card, Drawn, Look, Row, number
from moodstream.web.latency import Seen
from moodstream.web.services import latency
from moodstream.web.theme import Figure, axis, figure

FEW = 20
"""Of fewer plays the 95th percentile is hardly more than the longest of them, and is not said."""
LEAST = 0.01
TICKS = {0.01: "10 ms", 0.1: "100 ms", 1: "1 s", 10: "10 s", 60: "1 min", 600: "10 min"}
FORM = "%Y-%m-%d %H:%M:%S"


def draw(found: Sequence[Seen], look: Look) -> Drawn | None:
    """A point for each play, by when it was seen; the scale is logarithmic, since a stop takes minutes."""
    if not found:
        return None
    seconds = [play.seconds for play in found]
    middle, late = _percentiles(seconds)
    layout = figure(
        look.theme,
        [_points(found, look)],
        shapes=[_level(at, look) for at in (middle, late) if at is not None],
        annotations=[
            _name(at, text, look) for at, text in ((middle, "median"), (late, "95th percentile")) if at is not None
        ],
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        xaxis=axis(look.theme, type="date", showgrid=False, nticks=4, tickangle=0, tickformat="%H:%M:%S"),
        yaxis=axis(look.theme, type="log", tickvals=list(TICKS), ticktext=list(TICKS.values()), range=_range(seconds)),
    )
    return Drawn(layout, _said(len(seconds), middle, late))


def rows(found: Sequence[Seen], look: Look) -> Sequence[Row]:
    """A row for each play."""
    return [{"seen at": look.clock(play.at, FORM), "seconds": round(play.seconds, 3)} for play in found]


def _percentiles(seconds: Sequence[float]) -> tuple[float, float | None]:
    """The median, and the 95th percentile where there are enough."""
    if len(seconds) == 1:
        return seconds[0], None
    marks = quantiles(seconds, n=20, method="inclusive")
    return marks[9], marks[18] if len(seconds) >= FEW else None


def _range(seconds: Sequence[float]) -> list[float]:
    """From the tick below the shortest to the tick above the longest, as logarithms."""
    powers = [-2, -1, 0, 1, 1.8, 2.8]
    low = max((p for p in powers if 10**p <= min(seconds)), default=powers[0])
    high = min((p for p in powers if 10**p >= max(seconds) and p > low), default=powers[-1])
    return [low - 0.1, high + 0.1]


def _points(found: Sequence[Seen], look: Look) -> Figure:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [look.clock(play.at, FORM + ".%f") for play in found],
        "y": [max(play.seconds, LEAST) for play in found],
        "marker": {"color": look.theme.accent, "size": 6, "opacity": 0.6},
        "customdata": [_long(play.seconds) for play in found],
        "hovertemplate": "%{customdata}, seen at %{x|%H:%M:%S}<extra></extra>",
    }


def _level(seconds: float, look: Look) -> Figure:
    y = max(seconds, LEAST)
    line = {"color": look.theme.ink, "width": 1, "dash": "dot"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": y, "y1": y, "line": line}


def _name(seconds: float, text: str, look: Look) -> Figure:
    place = {"xref": "paper", "x": 1, "xanchor": "right", "y": log10(max(seconds, LEAST)), "yanchor": "bottom"}
    return place | {"text": text, "showarrow": False, "font": {"color": look.theme.ink}, "bgcolor": look.theme.card}


def _said(plays: int, middle: float, late: float | None) -> str:
    if plays == 1:
        return f"{_long(middle)} for the one play that was seen so far"
    tail = "" if late is None else f", 95% of them within {_long(late)}"
    return f"Median {_long(middle)}{tail}; the newest {number(plays, 'live play')}"


def _long(seconds: float) -> str:
    if seconds < 1:
        return f"{1000 * seconds:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 60 else f"{seconds / 60:.1f} min"


CARD = Card(
    name="latency",
    title="How long from play to page?",
    ask=latency,
    draw=draw,
    rows=rows,
    missing="No live plays were seen",
    start="stream_music.py",
    view="system",
    feed="services",
)
