"""What is playing now?"""

from dash import html
from dash.development.base_component import Component

from moodstream.moods import UNCLASSIFIED
from moodstream.store import queries
from moodstream.store.queries import Now, Played
from moodstream.web.charts.card import Card, Drawn, View, mood_name


def draw(found: Now, view: View) -> Drawn | None:
    """The newest play large, those before it as a list."""
    if not found.plays:
        return None
    newest, *earlier = found.plays
    since = view.clock(newest.played_at, "%H:%M" if found.playing else "%d %b %H:%M")
    said = f"{newest.listener}, since {since}" if found.playing else f"Nothing; the last was {newest.listener}, {since}"
    return Drawn([*_newest(newest), html.Ol([_line(play, view) for play in earlier], className="earlier")], said)


def _newest(play: Played) -> list[Component]:
    return [
        html.P(play.title, className="song", title=play.title),
        html.P(play.artist, className="artist", title=play.artist),
        html.Div(_verdict(play), className="verdict"),
    ]


def _verdict(play: Played) -> list[Component]:
    if not play.heard:
        return [html.Span("No mood yet: python mood_classifier.py has not answered.", className="quiet")]
    if play.mood is None:
        return [mood_name(UNCLASSIFIED), html.Span(play.reason, className="quiet")]
    if play.confidence is None:
        return [mood_name(play.mood)]
    sure = f"{play.confidence:.0%}"
    bar = html.Span(html.Span(className=f"fill {play.mood}", style={"width": sure}), className="bar")
    return [mood_name(play.mood), bar, html.Span(f"{sure} confidence", className="quiet")]


def _line(play: Played, view: View) -> Component:
    mood = play.mood or (UNCLASSIFIED if play.heard else "")
    return html.Li(
        [
            html.I(className=f"mark {mood}", title=mood),
            html.Span([html.Bdi(play.title), html.Span([" by ", html.Bdi(play.artist)], className="quiet")]),
            html.Span(mood, className="quiet"),
            html.Time(view.clock(play.played_at)),
        ]
    )


CARD = Card(
    name="now",
    title="What is playing?",
    ask=queries.now_playing,
    by="",
    draw=draw,
    missing="Nothing has played",
    start="stream_music.py",
    place="side",
    figure=False,
)
