"""What is in each mood?"""

from moodstream.store.queries.sound import NEWEST, SOUND, Means, Sound, sound
from moodstream.web.charts.card import Card, Drawn, Look, Row, number
from moodstream.web.theme import MARKERS, ORDER, Figure, figure


def draw(found: Sound, look: Look) -> Drawn | None:
    """A radar with a line for each mood, over the features that are known of all of them."""
    moods = [mood for mood in ORDER if mood in found.moods and look.shows(mood)]
    names = [name for name in SOUND if all(found.moods[mood].means[name] is not None for mood in moods)]
    if not moods or not names:
        return None
    layout = figure(
        look.theme,
        [_line(mood, found.moods[mood], names, look) for mood in moods],
        polar=_polar(look),
        margin={"l": 64, "r": 84, "t": 24, "b": 24},
    )
    counts = ", ".join(f"{mood} {found.moods[mood].plays:,}" for mood in moods)
    plays = number(sum(found.moods[mood].plays for mood in moods), "play")
    of = f"the newest {NEWEST:,} plays" if found.more else plays
    return Drawn(layout, f"Means of {of}: {counts}; 0 in the middle, 1 at the rim")


def _polar(look: Look) -> Figure:
    lines = {"gridcolor": look.theme.line, "linecolor": look.theme.line}
    return {
        "bgcolor": "rgba(0,0,0,0)",
        "gridshape": "linear",
        "radialaxis": lines | {"range": [0, 1], "nticks": 5, "showticklabels": False, "showline": False, "ticks": ""},
        "angularaxis": lines | {"rotation": 90, "direction": "clockwise", "ticks": ""},
    }


def _line(mood: str, sound: Means, names: list[str], look: Look) -> Figure:
    means = [sound.means[name] for name in names]
    colour = look.theme.moods[mood]
    return {
        "type": "scatterpolar",
        "name": mood,
        "meta": {"mood": mood},
        "mode": "lines+markers",
        "theta": [*names, names[0]],
        "r": [*means, means[0]],
        "line": {"color": colour, "width": 2},
        "fill": "toself",
        "fillcolor": f"{colour}14",
        "marker": {"symbol": MARKERS[mood], "size": 7, "color": colour},
        "hovertemplate": f"{mood}, {number(sound.plays, 'play')}<br>%{{theta}} %{{r:.2f}}<extra></extra>",
    }


def rows(found: Sound, look: Look) -> list[Row]:
    """A row for each mood that is shown: of how many plays, and the means."""
    return [
        {"mood": mood, "plays": found.moods[mood].plays, **found.moods[mood].means}
        for mood in ORDER
        if mood in found.moods and look.shows(mood)
    ]


CARD = Card(
    name="sound",
    title="What is in each mood?",
    ask=sound,
    by=("range", "listener", "source"),
    draw=draw,
    rows=rows,
    missing="No songs whose sound is known",
    start="stream_music.py",
    legend=ORDER[:-1],
)
