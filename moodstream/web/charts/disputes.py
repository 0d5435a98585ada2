"""Which songs do they disagree on?"""

from collections.abc import Sequence

from dash import html

from moodstream.store.queries.disputes import SHOWN, Dispute, disputes
from moodstream.web.charts.card import Card, Drawn, Look, Row, mood_name, number, percent
from moodstream.web.charts.table import Line, table

HEADS = ("song", "real time", "batch")


def draw(found: Sequence[Dispute] | None, look: Look) -> Drawn | None:
    """The songs, those that are played most first."""
    if found is None:
        return None
    about = f" on {look.wanted.mood}" if look.wanted.mood else ""
    if not found:
        words = f"They disagree{about} on none of the songs that are played most."
        return Drawn([html.P(words, className="fine")], "No song that is played much")
    which = f"The {SHOWN} most played" if len(found) == SHOWN else number(len(found), "song")
    return Drawn([table(HEADS, list(map(_line, found)), "disputes")], f"{which} that they disagree on")


def rows(found: Sequence[Dispute] | None, _: Look) -> Sequence[Row]:
    """A row for each song."""
    return [
        {
            "song_id": song.song_id,
            "title": song.title,
            "artist": song.artist,
            "plays": song.plays,
            "real time": song.live,
            "batch": song.batch,
            "confidence": song.confidence,
        }
        for song in found or ()
    ]


def _line(song: Dispute) -> Line:
    about = html.Span([html.Bdi(song.artist), f", {number(song.plays, 'play')}"], className="quiet")
    sure = "" if song.confidence is None else f"{percent(song.confidence, 1)} sure"
    batch = html.Div([mood_name(song.batch), html.Span(sure, className="quiet")], className="stack")
    return Line([html.Div([html.Bdi(song.title), about], className="stack"), mood_name(song.live), batch])


CARD = Card(
    name="disputes",
    title="Which songs do they disagree on?",
    ask=disputes,
    by=("mood",),
    draw=draw,
    rows=rows,
    missing="No batch results",
    start="batch_processor.py --classify",
    view="batch",
    figure=False,
)
