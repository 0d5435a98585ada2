"""What is in each mood?"""

from collections.abc import Mapping

from moodstream.store import queries
from moodstream.store.queries import SAMPLE, SOUND, Sound
from moodstream.web.charts.card import Card, Drawn, View, number
from moodstream.web.theme import MARKERS, ORDER, Figure, figure


def draw(found: Mapping[str, Sound], view: View) -> Drawn | None:
    """A radar with a line for each mood, over the features that are known of all of them."""
    moods = [mood for mood in ORDER if mood in found]
    names = [name for name in SOUND if all(found[mood].means[name] is not None for mood in moods)]
    if not moods or not names:
        return None
    layout = figure(
        view.theme,
        [_line(mood, found[mood], names, view) for mood in moods],
        polar=_polar(view),
        margin={"l": 92, "r": 92, "t": 20, "b": 20},
    )
    plays = sum(sound.plays for sound in found.values())
    which = "The newest" if plays > SAMPLE / 2 else "Means of"
    return Drawn(layout, f"{which} {number(plays, 'play')}; 0 in the middle, 1 at the rim")


def _polar(view: View) -> Figure:
    lines = {"gridcolor": view.theme.line, "linecolor": view.theme.line}
    return {
        "bgcolor": "rgba(0,0,0,0)",
        "gridshape": "linear",
        "radialaxis": lines | {"range": [0, 1], "nticks": 5, "showticklabels": False, "showline": False, "ticks": ""},
        "angularaxis": lines | {"rotation": 90, "direction": "clockwise", "ticks": ""},
    }


def _line(mood: str, sound: Sound, names: list[str], view: View) -> Figure:
    means = [sound.means[name] for name in names]
    colour = view.theme.moods[mood]
    return {
        "type": "scatterpolar",
        "name": mood,
        "mode": "lines+markers",
        "theta": [*names, names[0]],
        "r": [*means, means[0]],
        "line": {"color": colour, "width": 2},
        "fill": "toself",
        "fillcolor": f"{colour}14",
        "marker": {"symbol": MARKERS[mood], "size": 7, "color": colour},
        "hovertemplate": f"{mood}, {number(sound.plays, 'play')}<br>%{{theta}} %{{r:.2f}}<extra></extra>",
    }


CARD = Card(
    name="sound",
    title="What is in each mood?",
    ask=queries.sound_by_mood,
    by="range",
    draw=draw,
    missing="No songs whose sound is known",
    start="stream_music.py",
    legend=ORDER[:-1],
)
