"""What is playing?"""

from datetime import UTC, datetime
from typing import Any

from dash import html
from dash.development.base_component import Component

from moodstream.moods import UNCLASSIFIED, Mood
from moodstream.store.queries.now import Now, Played, now_playing
from moodstream.web.charts.card import Card, Drawn, Look, Row, mood_name

SAID = {
    "like": ("Like", "Liked"),
    "dislike": ("Dislike", "Disliked"),
    "skip": ("Skip", "Skipped"),
    "never": ("Never again", "Never again"),
}
"""What can be said of a play: the button before, and after."""


def draw(found: Now, look: Look) -> Drawn | None:
    """The newest play large, with what one can say of it; those before it as a list."""
    if not found.plays:
        return None
    newest, *earlier = found.plays
    since = look.clock(newest.played_at, "%H:%M" if found.playing else "%d %b %H:%M")
    said = f"{newest.listener}, since {since}" if found.playing else f"Nothing; the last was {newest.listener}, {since}"
    body = [*_newest(newest), _answer(newest, found.said)]
    if earlier:
        body.append(html.Ol([_line(play, look) for play in earlier], className="earlier"))
    return Drawn(body, said)


def _newest(play: Played) -> list[Component]:
    return [
        html.P(play.title, className="song", title=play.title),
        html.P(play.artist, className="artist", title=play.artist),
        html.Div(_verdict(play), className="verdict"),
        *([_bars(play)] if play.probabilities else []),
    ]


def _verdict(play: Played) -> list[Component]:
    if not play.heard:
        return [html.Span("No mood yet: python mood_classifier.py has not answered.", className="quiet")]
    if play.mood is None:
        return [mood_name(UNCLASSIFIED), html.Span(play.reason, className="quiet")]
    if play.mood in play.probabilities:
        return [mood_name(play.mood), html.Span(f"{play.probabilities[play.mood]:.0%}", className="quiet")]
    if play.probabilities:
        return [mood_name(play.mood), html.Span("no mood is likely enough", className="quiet")]
    if play.confidence is None:
        return [mood_name(play.mood)]
    sure = html.Span(f"{play.confidence:.0%} confidence", className="quiet")
    return [mood_name(play.mood), _fill(play.mood, play.confidence), sure]


def _bars(play: Played) -> Component:
    return html.Ul([_bar(mood, play) for mood in Mood if mood in play.probabilities], className="bars")


def _bar(mood: Mood, play: Played) -> Component:
    share = play.probabilities[mood]
    told = html.Span(f"{share:.0%}", className="share")
    return html.Li([mood_name(mood), _fill(mood, share), told], className="told" if mood == play.mood else "")


def _fill(mood: str, share: float) -> Component:
    return html.Span(html.Span(className=f"fill {mood}", style={"width": f"{share:.1%}"}), className="bar")


def _answer(play: Played, said: tuple[str, ...]) -> Component:
    """The buttons; what they are about stands on the element around them, so that a click means what was shown."""
    about: Any = {"data-play": play.play_id, "data-listener": play.listener, "data-song": play.song_id}
    moods = [_button(mood, [html.I(className=f"mark {mood}"), mood], mood in said) for mood in Mood]
    corrected = [word for word in said if word in tuple(Mood)]
    summary = f"You said it is {corrected[-1]}" if corrected else "This is actually …"
    actually = html.Details([html.Summary(summary), html.Div(moods, className="corrections")], className="actually")
    buttons = [_button(word, names[word in said], word in said) for word, names in SAID.items()]
    return html.Div([*buttons, actually], id="answer", className="answer", **about)


def _button(says: str, label: Any, pressed: bool) -> Component:
    told: Any = {"data-say": says, "aria-pressed": str(pressed).lower()}
    return html.Button(label, type="button", **told)


def _line(play: Played, look: Look) -> Component:
    mood = _mood(play)
    name = html.Span([html.Bdi(play.title), html.Span([" by ", html.Bdi(play.artist)], className="quiet")])
    return html.Li(
        [
            *([mood_name(mood)] if mood else []),
            name,
            html.Time(_when(play, look)),
        ]
    )


def _when(play: Played, look: Look) -> str:
    """The time of a play of today, the day of an older one."""
    today = look.clock(datetime.now(UTC), "%d %b")
    day = look.clock(play.played_at, "%d %b")
    return look.clock(play.played_at) if day == today else day


def _mood(play: Played) -> str:
    return play.mood or (UNCLASSIFIED if play.heard else "")


def rows(found: Now, _: Look) -> list[Row]:
    """A row for each play, newest first."""
    return [
        {
            "played_at": play.played_at.isoformat(),
            "listener": play.listener,
            "song_id": play.song_id,
            "title": play.title,
            "artist": play.artist,
            "mood": _mood(play),
            "confidence": play.confidence,
            "reason": play.reason,
        }
        for play in found.plays
    ]


CARD = Card(
    name="now",
    title="What is playing?",
    ask=now_playing,
    by=("listener", "source"),
    draw=draw,
    rows=rows,
    missing="Nothing has played",
    start="stream_music.py",
    figure=False,
)
