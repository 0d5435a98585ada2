"""What should play next?"""

from dash import dcc, html
from dash.development.base_component import Component

from moodstream.messages import Track
from moodstream.store import queries
from moodstream.store.queries import Suggested
from moodstream.web.charts.card import Card, Drawn, View, mood_name


def draw(found: Suggested | None, view: View) -> Drawn | None:
    """The songs in playing order, each with the reason why it is there."""
    if found is None or not found.tracks:
        return None
    mood = f"{found.mood}, " if found.mood else ""
    said = f"{mood}{len(found.tracks)} songs, made at {view.clock(found.made_at)}"
    return Drawn([html.Ol([_song(track) for track in found.tracks], className="songs")], said)


def _song(track: Track) -> Component:
    return html.Li(
        [
            html.P([html.Bdi(track.title), html.Span(["by ", html.Bdi(track.artist)], className="quiet")]),
            html.P([mood_name(track.mood) if track.mood else "", html.Bdi(track.reason)], className="quiet"),
        ]
    )


CARD = Card(
    name="playlist",
    title="What should play next?",
    ask=queries.playlist,
    by="listener",
    draw=draw,
    missing="No playlists",
    start="playlist_manager.py",
    place="side",
    figure=False,
    control=html.Label(
        ["for", dcc.Dropdown(id="listener", clearable=False, placeholder="a listener", className="listener")],
        className="control",
    ),
)
