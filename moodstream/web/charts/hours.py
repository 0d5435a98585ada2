"""When am I in which mood?"""

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar

from moodstream.moods import UNCLASSIFIED
from moodstream.store.queries.hours import CELLS, WEEKS, Week, week
from moodstream.web.charts.card import Card, Drawn, Look, Row, by_mood, number
from moodstream.web.theme import LIGHT, ORDER, Figure, Theme, axis, figure

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOURS = 24
# From faint to strong, as far as the letters in the cells can be read on it.
FAINT, STRONG_ON_LIGHT, STRONG_ON_DARK = 0.12, 0.55, 0.38

T = TypeVar("T")


class Cell(NamedTuple):
    """An hour of the week: its mood, how often that was played, and how often anything was."""

    mood: str
    plays: int
    everything: int


def draw(found: Week, look: Look) -> Drawn | None:
    """A week of hours, each in the colour and with the letter of its mood, stronger where more was played."""
    cells = _cells(found, look)
    if not any(cells):
        return None
    moods = [mood for mood in ORDER if any(cell and cell.mood == mood for cell in cells)]
    times = [_time(hour, found) for hour in (0, 6, 12, 18)]
    layout = figure(
        look.theme,
        [_heat(mood, cells, found, look) for mood in moods],
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        xaxis=axis(
            look.theme,
            range=[-0.5, 23.5],
            tickvals=[0, 6, 12, 18],
            ticktext=times,
            showgrid=False,
            ticks="",
            tickangle=0,
        ),
        yaxis=axis(
            look.theme,
            range=[6.5, -0.5],
            tickvals=list(range(7)),
            ticktext=[day[:3] for day in DAYS],
            ticklabelstandoff=6,
            showgrid=False,
            ticks="",
        ),
    )
    return Drawn(layout, _said(cells, found, look))


def _cells(found: Week, look: Look) -> list[Cell | None]:
    """The 168 hours from Monday on: the mood that is chosen, or the one that leads; None where it was not played.

    What has no mood leads only where nothing else was played.
    """
    return [_cell({mood: plays[n] for mood, plays in found.plays.items() if plays[n]}, look) for n in range(CELLS)]


def _cell(counts: Mapping[str, int], look: Look) -> Cell | None:
    shown = [mood for mood in counts if look.shows(mood)]
    if not shown:
        return None
    mood = min(shown, key=lambda mood: (mood == UNCLASSIFIED, -counts[mood], by_mood(mood)))
    return Cell(mood, counts[mood], sum(counts.values()))


def _amount(cell: Cell, look: Look) -> int:
    return cell.plays if look.wanted.mood else cell.everything


def _heat(mood: str, cells: list[Cell | None], found: Week, look: Look) -> Figure:
    most = max(_amount(cell, look) for cell in cells if cell)
    mine = [cell if cell and cell.mood == mood else None for cell in cells]
    # The root, so that a quiet hour is still seen beside a busy one.
    strengths = [round((_amount(cell, look) / most) ** 0.5, 3) if cell else None for cell in mine]
    letter = "" if mood == UNCLASSIFIED else mood[0]
    return {
        "type": "heatmap",
        "name": mood,
        "meta": {"mood": mood},
        "z": _week(strengths),
        "zmin": 0,
        "zmax": 1,
        "text": _week([letter if cell else "" for cell in mine]),
        "texttemplate": "%{text}",
        "textfont": {"color": look.theme.ink},
        "customdata": _week([_told(n, cell, found) if cell else "" for n, cell in enumerate(mine)]),
        "hovertemplate": "%{customdata}<extra></extra>",
        "hoverongaps": False,
        "colorscale": _scale(mood, look.theme),
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
    }


def _week(values: list[T]) -> list[list[T]]:
    return [values[start : start + HOURS] for start in range(0, CELLS, HOURS)]


def _scale(mood: str, theme: Theme) -> list[list[Any]]:
    strong = STRONG_ON_LIGHT if theme == LIGHT else STRONG_ON_DARK
    return [[end, _mixed(theme.card, theme.moods[mood], share)] for end, share in enumerate((FAINT, strong))]


def _mixed(ground: str, colour: str, share: float) -> str:
    """A colour laid thinly over a ground; both, and the result, as #rrggbb."""
    pairs = ((int(ground[n : n + 2], 16), int(colour[n : n + 2], 16)) for n in (1, 3, 5))
    return "#" + "".join(f"{round(under + share * (over - under)):02x}" for under, over in pairs)


def _time(hour: int, found: Week) -> str:
    return f"{hour % HOURS:02}:{found.minute:02}"


def _when(n: int, found: Week) -> str:
    day, hour = divmod(n, HOURS)
    return f"{DAYS[day]} {_time(hour, found)} to {_time(hour + 1, found)}"


def _told(n: int, cell: Cell, found: Week) -> str:
    return f"{_when(n, found)}<br>{cell.mood}: {cell.plays:,} of {number(cell.everything, 'play')}"


def _said(cells: list[Cell | None], found: Week, look: Look) -> str:
    known = {n: cell for n, cell in enumerate(cells) if cell}
    busiest = max(known, key=lambda n: _amount(known[n], look))
    cell, when = known[busiest], _when(busiest, found)
    newest = f"; the newest {WEEKS} weeks" if found.more else ""
    if look.wanted.mood:
        return f"{cell.mood} is played most on {when}, {cell.plays:,} of {number(cell.everything, 'play')}{newest}"
    leads = Counter(cell.mood for cell in known.values())
    mood = min(leads, key=lambda mood: (-leads[mood], by_mood(mood)))
    hours = number(len(known), "hour of the week", "hours of the week")
    return f"{mood} leads in {leads[mood]} of {hours} with plays, most plays on {when}{newest}"


def rows(found: Week, look: Look) -> list[Row]:
    """A row for each hour of the week that has plays: the plays of each mood that is shown."""
    moods = [mood for mood in ORDER if mood in found.plays and look.shows(mood)]
    return [
        {"weekday": DAYS[n // HOURS], "begins_at": _time(n, found), **{mood: found.plays[mood][n] for mood in moods}}
        for n in range(CELLS)
        if any(found.plays[mood][n] for mood in moods)
    ]


CARD = Card(
    name="hours",
    title="When am I in which mood?",
    ask=week,
    by=("range", "listener", "source", "zone"),
    draw=draw,
    rows=rows,
    missing="No moods",
    start="mood_classifier.py",
    legend=ORDER[:-1],
)
