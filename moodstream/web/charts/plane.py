"""Where is it on the mood plane?"""

from collections import Counter

from moodstream.moods import LOOKS, UNCLASSIFIED, Mood
from moodstream.store.queries.plane import Plane, Point, plane
from moodstream.web.charts.card import Card, Drawn, Look, Row, by_mood, number, plain
from moodstream.web.theme import MARKERS, Figure, axis, figure

REGION = 0.15
"""The radius of a mood's region: small enough that no two meet."""
FADED = 0.15


def draw(found: Plane, look: Look) -> Drawn | None:
    """The plays as marks that fade with age over the regions of the moods; the newest has a ring."""
    points = [point for point in found.points if look.shows(_mood(point))]
    if not points:
        return None
    layout = figure(
        look.theme,
        [_marks(points, look), _names(look), _ring(points[0], look)],
        shapes=[_region(mood, look) for mood in LOOKS],
        dragmode="zoom",
        margin={"l": 8, "r": 12, "t": 8, "b": 8},
        xaxis=_axis("valence: sad to glad", look),
        yaxis=_axis("arousal: quiet to loud", look),
    )
    return Drawn(layout, _said(points, found))


def _mood(point: Point) -> str:
    return point.mood or UNCLASSIFIED


def _said(points: list[Point], found: Plane) -> str:
    moods = Counter(map(_mood, points))
    mood = min(moods, key=lambda mood: (-moods[mood], by_mood(mood)))
    plays = f"the newest {number(len(found.points) + found.unplaced, 'play')}"
    said = f"The newest, ringed, is {_mood(points[0])}"
    if len(points) > 1:
        said += f"; {moods[mood]} of {plays} {'is' if moods[mood] == 1 else 'are'} {mood}"
    guessed = sum(not point.heard for point in points)
    if guessed:
        said += f"; energy stands in for arousal in {guessed} whose audio was not heard"
    return said + (f"; {found.unplaced} cannot be placed" if found.unplaced else "")


def _axis(title: str, look: Look) -> Figure:
    named = {"text": title, "font": {"color": look.theme.muted, "size": 13}, "standoff": 4}
    ticks = {"tickvals": [0, 0.5, 1], "showticklabels": False, "ticks": "", "constrain": "domain"}
    return axis(look.theme, range=[-0.03, 1.03], fixedrange=False, **ticks) | {"title": named}


def _region(mood: Mood, look: Look) -> Figure:
    x, y = LOOKS[mood].valence, LOOKS[mood].arousal
    strength = "26" if look.shows(mood) else "0d"
    return {
        "type": "circle",
        "layer": "below",
        **{"x0": x - REGION, "x1": x + REGION, "y0": y - REGION, "y1": y + REGION},
        "line": {"width": 0},
        "fillcolor": look.theme.moods[mood] + strength,
    }


def _names(look: Look) -> Figure:
    """The names of the regions, above their middles, where they hide few marks, and on a ground of their own."""
    return {
        "type": "scatter",
        "mode": "text",
        "x": [place.valence for place in LOOKS.values()],
        "y": [place.arousal + 0.8 * REGION for place in LOOKS.values()],
        "text": [mood.value for mood in LOOKS],
        "textfont": {"color": look.theme.ink, "shadow": ", ".join([f"0 0 3px {look.theme.card}"] * 3)},
        "hoverinfo": "skip",
    }


def _marks(points: list[Point], look: Look) -> Figure:
    moods = [_mood(point) for point in points]
    colours = [look.theme.moods[mood] for mood in moods]
    fading = (1 - FADED) / max(len(points) - 1, 1)
    # The oldest first, so that the newest lies on top.
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [point.valence for point in points][::-1],
        "y": [point.arousal for point in points][::-1],
        "hovertext": [_told(point, look) for point in points][::-1],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "meta": {"moods": moods[::-1]},
        "marker": {
            "symbol": [MARKERS[mood] for mood in moods][::-1],
            "color": colours[::-1],
            "line": {"color": colours[::-1], "width": 1.5},
            "size": [9] * (len(points) - 1) + [14],
            "opacity": [round(1 - fading * age, 3) for age in range(len(points))][::-1],
        },
    }


def _ring(newest: Point, look: Look) -> Figure:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [newest.valence],
        "y": [newest.arousal],
        "hoverinfo": "skip",
        "marker": {"symbol": "circle-open", "size": 24, "color": look.theme.ink, "line": {"width": 2}},
    }


def _told(point: Point, look: Look) -> str:
    name = f"<b>{plain(point.title)}</b><br>{plain(point.artist)}"
    return f"{name}<br>{_mood(point)}, {look.clock(point.played_at)}, {plain(point.listener)}"


def rows(found: Plane, look: Look) -> list[Row]:
    """A row for each play that is shown, newest first."""
    return [
        {
            "played_at": point.played_at.isoformat(),
            "listener": point.listener,
            "title": point.title,
            "artist": point.artist,
            "mood": _mood(point),
            "valence": point.valence,
            "arousal": point.arousal,
            "arousal_is": "arousal" if point.heard else "energy",
        }
        for point in found.points
        if look.shows(_mood(point))
    ]


CARD = Card(
    name="plane",
    title="Where is it on the mood plane?",
    ask=plane,
    by=("listener", "source"),
    draw=draw,
    rows=rows,
    missing="No songs whose sound is known",
    start="stream_music.py",
)
