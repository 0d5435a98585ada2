"""What do listeners think?"""

from collections.abc import Mapping
from typing import NamedTuple

from moodstream.batch.statistics import Interval, wilson
from moodstream.store.queries.feedback import Feedback, feedback
from moodstream.web.charts.card import Card, Drawn, Look, Row, number, percent
from moodstream.web.theme import MARKERS, ORDER, Figure, axis, figure

REACTIONS = ("like", "replay", "skip", "dislike", "never")
WELCOME = ("like", "replay")


class Welcome(NamedTuple):
    """How many reactions a mood met, how many of them were welcoming, and their share with its 95% interval."""

    reactions: int
    welcome: int
    share: Interval


def draw(found: Feedback, look: Look) -> Drawn | None:
    """A dot for each mood, the share of likes and replays, with its interval and the number behind it."""
    known = _known(found, look)
    if not known:
        return None
    moods = [*reversed(known)]
    layout = figure(
        look.theme,
        [_dot(mood, known[mood], look) for mood in moods],
        annotations=[_label(mood, known[mood], look) for mood in moods],
        margin={"l": 8, "r": 120, "t": 8, "b": 8},
        xaxis=axis(look.theme, range=[-0.03, 1.03], tickvals=[0, 0.5, 1], ticktext=["0%", "50%", "100%"], ticks=""),
        yaxis=axis(
            look.theme,
            type="category",
            categoryarray=moods,
            range=[-0.6, len(moods) - 0.4],
            tickfont={"color": look.theme.ink},
            ticklabelstandoff=6,
            showgrid=False,
            ticks="",
        ),
    )
    return Drawn(layout, _said(known, found))


def _known(found: Feedback, look: Look) -> dict[str, Welcome]:
    """Of the moods that are shown, in their order."""
    moods = [mood for mood in ORDER if mood in found.reactions and look.shows(mood)]
    told = {mood: _welcome(found.reactions[mood]) for mood in moods}
    return {mood: welcome for mood, welcome in told.items() if welcome}


def _welcome(counts: Mapping[str, int]) -> Welcome | None:
    reactions, welcome = sum(counts.values()), sum(counts.get(name, 0) for name in WELCOME)
    share = wilson(welcome, reactions)
    return Welcome(reactions, welcome, share) if share else None


def _said(known: Mapping[str, Welcome], found: Feedback) -> str:
    reactions, welcome = (sum(getattr(one, name) for one in known.values()) for name in ("reactions", "welcome"))
    share = f"{percent(welcome, reactions)} of {number(reactions, 'reaction')}"
    said = f"Likes and replays are {share}; lines are 95% intervals"
    return said + ("; of those that name no play, the newest alone" if found.more else "")


def _dot(mood: str, known: Welcome, look: Look) -> Figure:
    colour, (share, low, high) = look.theme.moods[mood], known.share
    told = f"{mood}: {percent(known.welcome, known.reactions)} of {number(known.reactions, 'reaction')}"
    return {
        "type": "scatter",
        "mode": "markers",
        "cliponaxis": False,
        "name": mood,
        "meta": {"mood": mood},
        "y": [mood],
        "x": [share],
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [high - share],
            "arrayminus": [share - low],
            "color": colour,
            "thickness": 2,
            "width": 0,
        },
        "marker": {"symbol": MARKERS[mood], "color": colour, "size": 12, "line": {"color": colour, "width": 3}},
        "hovertemplate": f"{told}<br>{low:.0%} to {high:.0%} with 95% certainty<extra></extra>",
    }


def _label(mood: str, known: Welcome, look: Look) -> Figure:
    return {
        "showarrow": False,
        "xref": "paper",
        "x": 1,
        "xanchor": "left",
        "xshift": 8,
        "y": mood,
        "text": f"{percent(known.welcome, known.reactions)} of {known.reactions:,}",
        "font": {"color": look.theme.muted},
    }


def rows(found: Feedback, look: Look) -> list[Row]:
    """A row for each mood that is shown: its reactions, and the share of likes and replays with its 95% interval."""
    return [
        {
            "mood": mood,
            "reactions": known.reactions,
            **{name: found.reactions[mood].get(name, 0) for name in REACTIONS},
            "liked_or_replayed": known.share.share,
            "low": known.share.low,
            "high": known.share.high,
        }
        for mood, known in _known(found, look).items()
    ]


CARD = Card(
    name="feedback",
    title="What do listeners think?",
    ask=feedback,
    by=("range", "listener", "source"),
    draw=draw,
    rows=rows,
    missing="No feedback",
    start="user_feedback.py simulator",
)
