"""What do listeners think?"""

from collections.abc import Mapping

from moodstream.store import queries
from moodstream.store.queries import SAMPLE
from moodstream.web.charts.card import Card, Drawn, View, number, percent
from moodstream.web.theme import ORDER, Figure, axis, figure

# From the middle outwards: the sign says to which side, the opacity how strongly.
REACTIONS = {"like": (1, 1.0), "replay": (1, 0.6), "skip": (-1, 0.35), "dislike": (-1, 0.6)}
WELCOME = ("like", "replay")


def draw(found: Mapping[str, Mapping[str, int]], view: View) -> Drawn | None:
    """Bars of shares: liked and replayed to the right, skipped and disliked to the left."""
    moods = [mood for mood in reversed(ORDER) if mood in found]
    if not moods:
        return None
    totals = {mood: sum(found[mood].values()) for mood in moods}
    welcome = {mood: sum(found[mood].get(name, 0) for name in WELCOME) for mood in moods}
    labels = [_label(mood, f"{percent(welcome[mood], totals[mood])} of {totals[mood]:,}", view) for mood in moods]
    layout = figure(
        view.theme,
        [_bars(reaction, moods, found, totals, view) for reaction in REACTIONS],
        barmode="relative",
        bargap=0.35,
        annotations=[*labels, *_sides(view)],
        margin={"l": 8, "r": 108, "t": 26, "b": 8},
        xaxis=axis(view.theme, range=_extent(welcome, totals), tickvals=[0], showticklabels=False),
        yaxis=axis(view.theme, tickfont={"color": view.theme.ink}, ticklabelstandoff=6, showgrid=False),
    )
    everybody, all_welcome = sum(totals.values()), sum(welcome.values())
    newest = "the newest " if everybody >= SAMPLE * 0.9 else ""
    said = f"{percent(all_welcome, everybody)} of {newest}{number(everybody, 'reaction')} are likes or replays"
    return Drawn(layout, said)


def _extent(welcome: dict[str, int], totals: dict[str, int]) -> list[float]:
    """Room for the longest bar on each side, and for what is written above."""
    right = max(welcome[mood] / totals[mood] for mood in totals)
    left = max(1 - welcome[mood] / totals[mood] for mood in totals)
    return [-max(left, 0.5) * 1.05, max(right, 0.5) * 1.05]


def _bars(
    reaction: str, moods: list[str], found: Mapping[str, Mapping[str, int]], totals: dict[str, int], view: View
) -> Figure:
    sign, opacity = REACTIONS[reaction]
    counts = [found[mood].get(reaction, 0) for mood in moods]
    return {
        "type": "bar",
        "orientation": "h",
        "name": reaction,
        "y": moods,
        "x": [sign * count / totals[mood] for mood, count in zip(moods, counts, strict=True)],
        "customdata": counts,
        "marker": {"color": [view.theme.moods[mood] for mood in moods], "opacity": opacity},
        "hovertemplate": f"%{{y}}: {reaction} %{{customdata:,}}<extra></extra>",
    }


def _label(mood: str, text: str, view: View) -> Figure:
    plain = {"showarrow": False, "xref": "paper", "x": 1, "xanchor": "left", "xshift": 8}
    return plain | {"y": mood, "text": text, "font": {"color": view.theme.muted}}


def _sides(view: View) -> list[Figure]:
    plain = {"showarrow": False, "x": 0, "yref": "paper", "y": 1, "yanchor": "bottom", "yshift": 4}
    font = {"font": {"color": view.theme.muted}}
    return [
        plain | font | {"text": "disliked, skipped", "xanchor": "right", "xshift": -8},
        plain | font | {"text": "liked, replayed", "xanchor": "left", "xshift": 8},
    ]


CARD = Card(
    name="feedback",
    title="What do listeners think?",
    ask=queries.feedback_by_mood,
    by="range",
    draw=draw,
    missing="No feedback",
    start="user_feedback.py simulator",
)
