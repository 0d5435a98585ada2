"""What should play next?"""

from urllib.parse import quote

from dash import html
from dash.development.base_component import Component

from moodstream.messages import Track
from moodstream.store.queries.playlist import Suggested, playlist
from moodstream.web.charts.card import Card, Drawn, Look, Row, mood_name, number

FORMATS = ("m3u8", "xspf", "jspf")


def draw(found: Suggested | None, look: Look) -> Drawn | None:
    """The songs in playing order, each with the reason why it is there."""
    if found is None or not found.tracks:
        return None
    songs = number(len(found.tracks), "song")
    said = (
        f"For {found.listener}: {songs}{f', {found.mood}' if found.mood else ''}, made at {look.clock(found.made_at)}"
    )
    return Drawn([_links(found.listener), html.Ol([_song(track) for track in found.tracks], className="songs")], said)


def _links(listener: str) -> Component:
    place = f"/api/v1/playlists/{quote(listener, safe='')}"
    links = [html.A(form.upper(), href=f"{place}.{form}", download="") for form in FORMATS]
    return html.P(["Save as ", *links], className="formats quiet")


def _song(track: Track) -> Component:
    return html.Li(
        [
            html.P([html.Bdi(track.title), html.Span(["by ", html.Bdi(track.artist)], className="quiet")]),
            html.P([mood_name(track.mood) if track.mood else "", html.Bdi(track.reason)], className="quiet"),
        ]
    )


def rows(found: Suggested | None, _: Look) -> list[Row]:
    """A row for each song, in playing order."""
    return [
        {
            "place": place,
            "song_id": track.song_id,
            "title": track.title,
            "artist": track.artist,
            "mood": track.mood,
            "score": track.score,
            "reason": track.reason,
        }
        for place, track in enumerate(found.tracks if found else (), 1)
    ]


CARD = Card(
    name="playlist",
    title="What should play next?",
    ask=playlist,
    by=("listener",),
    draw=draw,
    rows=rows,
    missing="No playlists",
    start="playlist_manager.py",
    figure=False,
)
