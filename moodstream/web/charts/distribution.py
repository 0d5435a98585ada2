"""Which moods are played?"""

from moodstream.moods import UNCLASSIFIED
from moodstream.store import queries
from moodstream.store.queries import Movement
from moodstream.web.charts.card import Card, Drawn, View, number, percent
from moodstream.web.theme import ORDER, axis, figure


def draw(found: Movement, view: View) -> Drawn | None:
    """A bar for each mood, always in the same order, so that a live page does not jump."""
    plays = {mood: sum(found.plays.get(mood, [])) for mood in ORDER}
    total = sum(plays.values())
    if not total:
        return None
    shown = [mood for mood in reversed(ORDER) if mood != UNCLASSIFIED or plays[mood]]
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": shown,
        "x": [plays[mood] for mood in shown],
        "text": [f" {percent(plays[mood], total)}  {plays[mood]:,}" for mood in shown],
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {"color": [view.theme.moods[mood] for mood in shown]},
        "hoverinfo": "skip",
    }
    layout = figure(
        view.theme,
        [bars],
        bargap=0.35,
        margin={"l": 8, "r": 96, "t": 8, "b": 8},
        xaxis=axis(view.theme, visible=False, range=[0, max(plays.values())]),
        yaxis=axis(view.theme, tickfont={"color": view.theme.ink}, ticklabelstandoff=6, showgrid=False),
    )
    first = max(plays, key=lambda mood: plays[mood])
    return Drawn(layout, f"{first} leads with {percent(plays[first], total)} of {number(total, 'play')}")


CARD = Card(
    name="distribution",
    title="Which moods are played?",
    ask=queries.plays_by_mood,
    by="range",
    draw=draw,
    missing="No moods",
    start="mood_classifier.py",
)
