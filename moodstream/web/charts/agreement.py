"""Do real time and batch agree?"""

from collections.abc import Mapping

from moodstream.moods import UNCLASSIFIED
from moodstream.store import queries
from moodstream.web.charts.card import Card, Drawn, View, number, percent
from moodstream.web.theme import MARKERS, ORDER, Figure, axis, figure


def draw(found: Mapping[tuple[str, str], int], view: View) -> Drawn | None:
    """A heat map of songs: what real time called them against what the batch processor calls them."""
    if not found:
        return None
    moods = [mood for mood in ORDER if mood != UNCLASSIFIED or any(mood in pair for pair in found)]
    places = list(range(len(moods)))
    layout = figure(
        view.theme,
        [_heat(found, moods, view), _marks(places, [-1] * len(moods), moods, view)],
        margin={"l": 8, "r": 8, "t": 4, "b": 8},
        xaxis=axis(view.theme, visible=False, range=[-0.5, len(moods) - 0.5]),
        yaxis=axis(
            view.theme,
            tickvals=places,
            ticktext=moods,
            ticklabelstandoff=6,
            tickfont={"color": view.theme.ink},
            range=[len(moods) - 0.5, -1.5],
            showgrid=False,
            ticks="",
        ),
    )
    return Drawn(layout, f"{_agreed(found)}; rows are real time, columns batch")


def _agreed(found: Mapping[tuple[str, str], int]) -> str:
    """As `batch_processor.py --compare` counts it: among the songs that have a mood from both."""
    both = {pair: count for pair, count in found.items() if UNCLASSIFIED not in pair}
    if not both:
        return "No song has a mood from both"
    same, songs = sum(count for (live, batch), count in both.items() if live == batch), sum(both.values())
    return f"{percent(same, songs)} of {number(songs, 'song')} alike"


def _heat(found: Mapping[tuple[str, str], int], moods: list[str], view: View) -> Figure:
    rows = [[found.get((live, batch), 0) for batch in moods] for live in moods]
    names = [[f"real time {live}, batch {batch}: {found.get((live, batch), 0):,}" for batch in moods] for live in moods]
    return {
        "type": "heatmap",
        # By share of the row, or a rare mood would be invisible beside a frequent one.
        "z": [[count / max(sum(row), 1) for count in row] for row in rows],
        "zmin": 0,
        "zmax": 1,
        "text": [[f"{count:,}" if count else "" for count in row] for row in rows],
        "texttemplate": "%{text}",
        "customdata": names,
        "hovertemplate": "%{customdata}<extra></extra>",
        "colorscale": [[0, view.theme.page], [1, view.theme.accent]],
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
    }


def _marks(x: list[int], y: list[int], moods: list[str], view: View) -> Figure:
    """The marks of the moods at the head of the columns, which are too narrow for names; the rows have both."""
    symbols, colours = [MARKERS[mood] for mood in moods], [view.theme.moods[mood] for mood in moods]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": x,
        "y": y,
        "marker": {"symbol": symbols, "color": colours, "size": 10, "line": {"color": colours, "width": 2}},
        "hovertemplate": [f"{mood}<extra></extra>" for mood in moods],
    }


CARD = Card(
    name="agreement",
    title="Do real time and batch agree?",
    ask=queries.agreement,
    by="",
    draw=draw,
    missing="No batch results",
    start="batch_processor.py --classify",
)
