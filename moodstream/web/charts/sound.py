"""What is in each mood?"""

from moodstream.store.queries.sound import NEWEST, SOUND, Means, Sound, sound
from moodstream.web.charts.card import Card, Drawn, Look, Row, number
from moodstream.web.theme import MARKERS, ORDER, Figure, axis, figure

APART = 0.12
"""How far the marks of two moods lie apart, of the height of a strip."""


def draw(found: Sound, look: Look) -> Drawn | None:
    """A strip for each feature, from 0 to 1, with a mark for the mean of each mood."""
    moods = [mood for mood in ORDER if mood in found.moods and look.shows(mood)]
    names = [name for name in SOUND if any(found.moods[mood].means[name] is not None for mood in moods)]
    if not names:
        return None
    places = list(range(len(names)))
    layout = figure(
        look.theme,
        [_marks(mood, n - (len(moods) - 1) / 2, found.moods[mood], names, look) for n, mood in enumerate(moods)],
        margin={"l": 8, "r": 16, "t": 8, "b": 8},
        xaxis=axis(look.theme, range=[-0.03, 1.03], tickvals=[0, 0.5, 1], ticktext=["0", "0.5", "1"], ticks=""),
        yaxis=axis(
            look.theme,
            range=[len(names) - 0.4, -0.6],
            tickvals=places,
            ticktext=names,
            tickfont={"color": look.theme.ink},
            ticklabelstandoff=6,
            ticks="",
        ),
    )
    counts = ", ".join(f"{mood} {found.moods[mood].plays:,}" for mood in moods)
    plays = number(sum(found.moods[mood].plays for mood in moods), "play")
    return Drawn(layout, f"Means of {f'the newest {NEWEST:,} plays' if found.more else plays}: {counts}")


def _marks(mood: str, beside: float, sound: Means, names: list[str], look: Look) -> Figure:
    """The means of a mood, `beside` so many others: marks of alike moods would hide each other."""
    colour = look.theme.moods[mood]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": mood,
        "meta": {"mood": mood},
        "x": [sound.means[name] for name in names],
        "y": [round(n + beside * APART, 3) for n in range(len(names))],
        "customdata": names,
        "cliponaxis": False,
        "marker": {"symbol": MARKERS[mood], "color": colour, "size": 10, "line": {"color": colour, "width": 1.5}},
        "hovertemplate": f"{mood}, {number(sound.plays, 'play')}<br>%{{customdata}} %{{x:.2f}}<extra></extra>",
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
