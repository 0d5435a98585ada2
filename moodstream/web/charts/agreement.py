"""Do real time and batch agree?"""

from collections.abc import Mapping, Sequence

from moodstream.batch.statistics import Confusion, wilson
from moodstream.moods import UNCLASSIFIED
from moodstream.store.queries.agreement import SONGS, Agreement, agreement
from moodstream.web.charts.card import Card, Drawn, Look, Row, number, percent
from moodstream.web.theme import MARKERS, ORDER, SMALL, Figure, axis, figure

MANY = 100
"""The interval of kappa is that of large samples."""

READABLE = "8c"
"""How opaque the fullest cell is, so that its number is read on it: 55%, in hexadecimal."""


def draw(found: Agreement, look: Look) -> Drawn | None:
    """A heat map of songs: what real time called them against what the batch processor calls them."""
    if not found.songs:
        return None
    moods = _moods(found.songs)
    edges = [-1.3, len(moods) - 0.5]  # with room for the marks
    names = {"tickvals": list(range(len(moods))), "ticktext": moods, "tickfont": {"color": look.theme.ink}}
    layout = figure(
        look.theme,
        [_heat(found.songs, moods, look), _marks(moods, look)],
        margin={"l": 4, "r": 8, "t": 4, "b": 4},
        xaxis=_axis("batch", look) | {"side": "top", "showticklabels": False, "range": edges},
        yaxis=_axis("real time", look) | names | {"range": edges[::-1]},
    )
    return Drawn(layout, _said(found))


def rows(found: Agreement, _: Look) -> Sequence[Row]:
    """A row for each pair of moods."""
    return [
        {"real time": live, "batch": batch, "songs": found.songs.get((live, batch), 0)}
        for live in _moods(found.songs)
        for batch in _moods(found.songs)
    ]


def _moods(songs: Mapping[tuple[str, str], int]) -> list[str]:
    return [mood for mood in ORDER if mood != UNCLASSIFIED or any(mood in pair for pair in songs)]


def _axis(title: str, look: Look) -> Figure:
    font = {"color": look.theme.muted, "size": SMALL}
    return axis(look.theme, showgrid=False, ticks="", title={"text": title, "font": font, "standoff": 4})


def _said(found: Agreement) -> str:
    """As `batch_processor.py --compare` counts it: among the songs that have a mood from both."""
    confusion = Confusion()
    for (live, batch), songs in found.songs.items():
        confusion.add(live, batch, songs)
    which = "" if found.all_songs else f", among the {SONGS:,} that are played most"
    share = wilson(confusion.agreed, confusion.compared)
    if share is None:
        return f"No song has a mood from both{which}"
    said = f"{percent(confusion.agreed, confusion.compared)} of {number(confusion.compared, 'song')} alike"
    kappa = confusion.kappa_interval if confusion.compared >= MANY else None
    beyond = f"; kappa {kappa.share:.2f} ({kappa.low:.2f} to {kappa.high:.2f})" if kappa else ""
    return f"{said} (95% interval {100 * share.low:.1f} to {100 * share.high:.1f}%){which}{beyond}"


def _heat(songs: Mapping[tuple[str, str], int], moods: list[str], look: Look) -> Figure:
    counts = [[songs.get((live, batch), 0) for batch in moods] for live in moods]
    names = [[f"real time {live}, batch {batch}: {songs.get((live, batch), 0):,}" for batch in moods] for live in moods]
    return {
        "type": "heatmap",
        # By share of the row, or a rare mood would be invisible beside a frequent one.
        "z": [[count / max(sum(row), 1) for count in row] for row in counts],
        "zmin": 0,
        "zmax": 1,
        "text": [[_short(count) if count else "" for count in row] for row in counts],
        "texttemplate": "%{text}",
        "textfont": {"size": 11, "color": look.theme.ink},
        "customdata": names,
        "hovertemplate": "%{customdata}<extra></extra>",
        "colorscale": [[0, look.theme.page], [1, f"{look.theme.accent}{READABLE}"]],
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "meta": {"moods": [[live] * len(moods) for live in moods]},
    }


def _short(count: int) -> str:
    """A count as a narrow cell has room for it."""
    return f"{count}" if count < 1000 else f"{count / 1000:.1f}k" if count < 9950 else f"{count / 1000:.0f}k"


def _marks(moods: list[str], look: Look) -> Figure:
    """The marks of the moods beside the rows and above the columns, which are too narrow for names."""
    places, beside, both = list(range(len(moods))), [-0.9] * len(moods), [*moods, *moods]
    colours = [look.theme.moods[mood] for mood in both]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [*beside, *places],
        "y": [*places, *beside],
        "marker": {
            "symbol": [MARKERS[mood] for mood in both],
            "color": colours,
            "size": 9,
            "line": {"color": colours, "width": 1.5},
        },
        "hovertemplate": [f"{mood}<extra></extra>" for mood in both],
        "meta": {"moods": both},
    }


CARD = Card(
    name="agreement",
    title="Do real time and batch agree?",
    ask=agreement,
    draw=draw,
    rows=rows,
    missing="No batch results",
    start="batch_processor.py --classify",
    view="batch",
)
