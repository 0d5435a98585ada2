"""How has the mood moved?"""

from datetime import UTC, datetime, timedelta

from moodstream.store.queries.movement import Movement, movement
from moodstream.store.queries.wanted import RANGES
from moodstream.web.charts.card import Card, Drawn, Look, Row, number, percent
from moodstream.web.theme import MARKERS, ORDER, Figure, axis, figure

DAY = timedelta(days=1)
FEW = 16
"""Up to so many steps stand apart; more of them touch, and make an area."""
GROWING = 0.5
LATELY = 6
APART = 0.115
"""The least distance between two names at the edge, of the height of the picture."""
ROOM = 0.03
"""Where the marks of the names stand, of the width of the picture."""
LETTER = 7
"""The width of a letter of a name, in pixels."""


def draw(found: Movement, look: Look) -> Drawn | None:
    """Plays stacked by mood, a step of time beside the other, each mood named at the right edge."""
    step = found.window.step
    if step >= DAY:
        look = look._replace(zone=UTC)  # the database counted whole days of UTC
    moods = [mood for mood in ORDER if look.shows(mood) and any(found.plays.get(mood, ()))]
    if not moods:
        return None
    totals = [sum(column) for column in zip(*(found.plays[mood] for mood in moods), strict=True)]
    top = max(totals) * 1.05
    steps = _steps(found, look)
    layout = figure(
        look.theme,
        [*(_bars(mood, steps, found, look) for mood in moods), _names(moods, found, top, look)],
        barmode="stack",
        dragmode="zoom",
        margin={"l": 24, "r": 24 + LETTER * max(map(len, moods)), "t": 8, "b": 8},
        xaxis=_along(found, look),
        yaxis=axis(look.theme, range=[0, top], nticks=5, tickformat=",d", **({"dtick": 1} if top < 5 else {})),
        xaxis2={"overlaying": "x", "range": [0, 1], "fixedrange": True, "visible": False},
        yaxis2={"overlaying": "y", "range": [0, 1], "fixedrange": True, "visible": False},
    )
    return Drawn(layout, _said(moods, found, totals, look))


def _along(found: Movement, look: Look) -> Figure:
    """The axis of time, in the clock of the last step: plotly knows no zones, and no time may come twice."""
    since, step, buckets = found.window
    edges = _places([since, since + buckets * step * (1 + ROOM)], found, look)
    along = axis(look.theme, type="date", range=edges, fixedrange=False, showgrid=False, tickformat=_ticks(step))
    return along | {"nticks": 4, "tickangle": 0, "ticklabeloverflow": "allow", "showline": True}


def _places(moments: list[datetime], found: Movement, look: Look) -> list[str]:
    last = found.window.since + found.window.buckets * found.window.step
    offset = last.astimezone(look.zone).utcoffset() or timedelta(0)
    return [(moment.astimezone(UTC) + offset).strftime("%Y-%m-%d %H:%M:%S") for moment in moments]


def _starts(found: Movement) -> list[datetime]:
    since, step, buckets = found.window
    return [since + step * n for n in range(buckets)]


def _steps(found: Movement, look: Look) -> Figure:
    """What the bars of all moods have in common: where they stand, and when that is."""
    starts = _starts(found)
    return {"x": _places(starts, found, look), "customdata": [_when(start, found, look) for start in starts]}


def _bars(mood: str, steps: Figure, found: Movement, look: Look) -> Figure:
    step, buckets = found.window.step, found.window.buckets
    width = step.total_seconds() * 1000
    return {
        "type": "bar",
        "name": mood,
        "meta": {"mood": mood},
        **steps,
        "y": found.plays[mood],
        "offset": 0,
        "width": width * (0.88 if buckets <= FEW else 1),
        "marker": {
            "color": look.theme.moods[mood],
            "line": {"width": 0},
            "opacity": [1.0] * (buckets - 1) + [GROWING if found.growing else 1.0],
        },
        "hovertemplate": f"{mood} %{{y:,}}<br>%{{customdata}}<extra></extra>",
    }


def _names(moods: list[str], found: Movement, top: float, look: Look) -> Figure:
    """The names beside the middles of where their moods lay lately, on axes of their own that nobody zooms."""
    complete = found.window.buckets - found.growing
    steps = slice(max(complete - LATELY, 0), max(complete, 1))
    heights = [sum(found.plays[mood][steps]) / len(found.plays[mood][steps]) / top for mood in moods]
    middles = [sum(heights[:n]) + height / 2 for n, height in enumerate(heights)]
    return {
        "type": "scatter",
        "mode": "markers+text",
        "meta": {"moods": moods},
        "x": [1] * len(moods),
        "y": _apart(middles),
        "xaxis": "x2",
        "yaxis": "y2",
        "cliponaxis": False,
        "text": [f" {mood}" for mood in moods],
        "textposition": "middle right",
        "textfont": {"color": look.theme.ink},
        "hoverinfo": "none",
        "marker": {
            "symbol": [MARKERS[mood] for mood in moods],
            "color": [look.theme.moods[mood] for mood in moods],
            "line": {"color": [look.theme.moods[mood] for mood in moods], "width": 1.5},
            "size": 9,
        },
    }


def _apart(middles: list[float]) -> list[float]:
    """Rising heights, moved up and then down again until they are `APART`, within the picture."""
    places: list[float] = []
    for middle in middles:
        places.append(max(middle, places[-1] + APART if places else APART / 2))
    ceiling = 1 - APART / 2
    for n in reversed(range(len(places))):
        places[n] = min(places[n], ceiling)
        ceiling = places[n] - APART
    return [round(place, 3) for place in places]


def _when(start: datetime, found: Movement, look: Look) -> str:
    step = found.window.step
    if step == DAY:
        return look.clock(start, "on %d %b %Y")
    form = "%d %b %Y" if step > DAY else "%a %H:%M"
    last = start + step - (DAY if step > DAY else timedelta(0))
    return f"from {look.clock(start, form)} to {look.clock(last, form if step > DAY else '%H:%M')}"


def _ticks(step: timedelta) -> str:
    """The second line is shown where it changes."""
    if step >= DAY:
        return "%d %b\n%Y"
    return "%a\n%d" if step >= timedelta(hours=3) else "%H:%M\n%a %d"


def _said(moods: list[str], found: Movement, totals: list[int], look: Look) -> str:
    plays, when = sum(totals), RANGES[look.wanted.range].phrase
    busiest = _when(_starts(found)[totals.index(max(totals))], found, look)
    days = ", days in UTC" if found.window.step >= DAY else ""
    counts = {mood: sum(found.plays[mood]) for mood in moods}
    mood = max(moods, key=lambda mood: counts[mood])
    if plays == 1:
        return f"1 play {when}, {mood}, {busiest}{days}"
    if look.wanted.mood:
        everything = sum(map(sum, found.plays.values()))
        share = f"{percent(plays, everything)} of {number(everything, 'play')} {when} are {mood}"
        return f"{share}, most {busiest}{days}"
    return f"{mood} leads with {percent(counts[mood], plays)} of {number(plays, 'play')} {when}, most {busiest}{days}"


def rows(found: Movement, look: Look) -> list[Row]:
    """A row for each step of time: when it begins, and the plays of each mood that is shown."""
    moods = [mood for mood in ORDER if mood in found.plays and look.shows(mood)]
    return [
        {"starts_at": start.isoformat(), **{mood: found.plays[mood][n] for mood in moods}}
        for n, start in enumerate(_starts(found))
    ]


CARD = Card(
    name="movement",
    title="How has the mood moved?",
    ask=movement,
    by=("range", "listener", "source"),
    draw=draw,
    rows=rows,
    missing="No moods",
    start="mood_classifier.py",
)
