"""What the cards draw from what the database answers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import plotly.graph_objects as go
import pytest
from dash._utils import to_json

from moodstream.messages import Track
from moodstream.moods import LOOKS, UNCLASSIFIED
from moodstream.store.queries import Now, Played
from moodstream.web.charts import CARDS, agreement, distribution, feedback, movement, now, playlist, sound
from moodstream.web.charts.card import Drawn, percent
from moodstream.web.theme import DARK, ORDER
from tests.factories import NOON
from tests.web.answers import LOOKED_AT, make_movement, make_now, make_played, make_sound, make_suggested

ALIKE = {("Happy", "Happy"): 9, ("Calm", "Sad"): 1}
THOUGHT = {"Happy": {"like": 3, "skip": 1}, UNCLASSIFIED: {"dislike": 1}}
FULL: dict[str, Any] = {
    "now": make_now(),
    "playlist": make_suggested(),
    "movement": make_movement(),
    "distribution": make_movement(),
    "sound": {"Happy": make_sound(), "Calm": make_sound()},
    "feedback": THOUGHT,
    "agreement": ALIKE,
}
NOTHING: dict[str, Any] = {
    "now": [Now((), False)],
    "playlist": [None, make_suggested()._replace(tracks=())],
    "movement": [make_movement(Happy=[0, 0]), make_movement()._replace(plays={})],
    "distribution": [make_movement(Happy=[0, 0]), make_movement()._replace(plays={})],
    "sound": [{}, {"Happy": make_sound(**dict.fromkeys(make_sound().means))}],
    "feedback": [{}],
    "agreement": [{}],
}


def drawn(draw: Callable[..., Drawn | None], answer: Any, **view: Any) -> Drawn:
    found = draw(answer, LOOKED_AT._replace(**view))
    assert found is not None
    return found


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
@pytest.mark.parametrize("theme", [LOOKED_AT.theme, DARK], ids=["light", "dark"])
def test_a_card_draws_a_full_answer(card: Any, theme: Any) -> None:
    body, said = drawn(card.draw, FULL[card.name], theme=theme)
    assert said
    assert to_json(body)
    if card.figure:
        go.Figure(body)  # plotly's own check of every name and value


@pytest.mark.parametrize(
    ("card", "answer"), [(card, answer) for card in CARDS for answer in NOTHING[card.name]], ids=lambda x: str(x)[:40]
)
def test_a_card_draws_nothing_where_there_is_nothing(card: Any, answer: Any) -> None:
    assert card.draw(answer, LOOKED_AT) is None


def test_the_newest_play_is_shown_with_its_mood_and_confidence() -> None:
    body, said = drawn(now.draw, make_now(make_played(title="Weather", mood="Calm", confidence=0.625)))
    assert "Weather" in str(body)
    assert "62% confidence" in str(body)
    assert "mark Calm" in str(body)
    assert said == "anna, since 12:00"


def test_a_play_that_is_over_is_not_said_to_be_playing() -> None:
    assert drawn(now.draw, make_now(playing=False)).said == "Nothing; the last was anna, 21 Nov 12:00"


@pytest.mark.parametrize(
    ("play", "words"),
    [
        (make_played(mood=None, confidence=None, reason="not known: tempo"), (UNCLASSIFIED, "not known: tempo")),
        (make_played(heard=False, mood=None, confidence=None), ("No mood yet", "mood_classifier.py")),
    ],
)
def test_a_play_without_a_mood_says_why(play: Played, words: tuple[str, ...]) -> None:
    body = str(drawn(now.draw, make_now(play)).body)
    assert all(word in body for word in words)


def test_what_listeners_and_songs_are_called_stays_text() -> None:
    hostile = "<script>alert(1)</script><b>&amp;"
    track = Track(song_id="1", title=hostile, artist=hostile, score=1.0, reason=hostile)
    for body in (
        drawn(now.draw, make_now(make_played(title=hostile, artist=hostile), make_played(title=hostile))).body,
        drawn(playlist.draw, make_suggested(track)).body,
    ):
        assert "dangerously" not in to_json(body)
        assert to_json(hostile)[1:-1] in to_json(body)


def test_times_are_those_of_the_readers_own_clock() -> None:
    delhi = ZoneInfo("Asia/Kolkata")
    assert drawn(now.draw, make_now(), zone=delhi).said == "anna, since 17:30"
    assert drawn(movement.draw, make_movement(), zone=delhi).body["data"][0]["x"][0] == "2026-11-21 17:30:00"


def test_whole_days_are_said_to_be_those_of_utc() -> None:
    days = make_movement(since=NOON.replace(hour=0), step=timedelta(days=1))
    body, said = drawn(movement.draw, days, zone=ZoneInfo("Asia/Kolkata"))
    assert body["data"][0]["x"][0] == "2026-11-21 00:00:00"
    assert said.endswith("days in UTC")


def test_plays_over_time_are_stacked_in_the_order_of_the_moods() -> None:
    body, said = drawn(movement.draw, make_movement(Unclassified=[1, 0], Calm=[1, 3], Happy=[0, 1]))
    assert [trace["name"] for trace in body["data"]] == ["Happy", "Calm", UNCLASSIFIED]
    assert [trace["y"] for trace in body["data"]] == [[0, 1], [1, 3], [1, 0]]
    assert said == "6 plays in the last 24 hours, most from 12:30"


def test_a_single_play_is_counted_and_named() -> None:
    one = make_movement(Happy=[0, 1])
    assert drawn(movement.draw, one).said == "1 play in the last 24 hours, most from 12:30"
    assert drawn(distribution.draw, one).said == "Happy leads with 100% of 1 play"


def test_the_distribution_keeps_its_order_and_shows_moods_that_nobody_played() -> None:
    bars = drawn(distribution.draw, make_movement(Calm=[3], Happy=[1])).body["data"][0]
    assert bars["y"] == [mood.value for mood in reversed(LOOKS)]
    assert dict(zip(bars["y"], bars["x"], strict=True))["Calm"] == 3
    assert bars["text"][bars["y"].index("Calm")].split() == ["75%", "3"]


def test_plays_without_a_mood_are_shown_as_unclassified() -> None:
    bars = drawn(distribution.draw, make_movement(Calm=[1], Unclassified=[3])).body["data"][0]
    assert bars["y"][0] == UNCLASSIFIED


def test_the_radar_leaves_out_what_is_not_known_of_every_mood() -> None:
    found = {"Happy": make_sound(), "Calm": make_sound(energy=None)}
    happy, calm = drawn(sound.draw, found).body["data"]
    assert happy["theta"] == ["valence", "danceability", "instrumentalness", "acousticness", "valence"]
    assert calm["r"] == [0.8, 0.7, 0.1, 0.2, 0.8]


def test_feedback_is_shown_as_shares_with_the_number_behind_them() -> None:
    body, said = drawn(feedback.draw, {"Happy": {"like": 2, "replay": 1, "skip": 1}})
    shares = {trace["name"]: trace["x"] for trace in body["data"]}
    assert shares == {"like": [0.5], "replay": [0.25], "skip": [-0.25], "dislike": [0.0]}
    assert "75% of 4" in [note["text"] for note in body["layout"]["annotations"]]
    assert said == "75% of 4 reactions are likes or replays"


def test_agreement_is_that_of_the_songs_that_have_a_mood_from_both() -> None:
    neither = {(UNCLASSIFIED, UNCLASSIFIED): 5}
    assert drawn(agreement.draw, ALIKE | neither).said.startswith("90% of 10 songs alike")
    assert drawn(agreement.draw, neither).said.startswith("No song has a mood from both")


def test_songs_stand_in_the_row_of_real_time_and_the_column_of_batch() -> None:
    body, _ = drawn(agreement.draw, ALIKE)
    happy, calm = body["data"][0]["text"][0], body["data"][0]["text"][ORDER.index("Calm")]
    assert happy[0] == "9"
    assert calm[ORDER.index("Sad")] == "1"
    assert UNCLASSIFIED not in body["layout"]["yaxis"]["ticktext"]


def test_a_mood_has_the_colour_of_the_ground_that_it_is_drawn_on() -> None:
    for theme, colour in ((LOOKED_AT.theme, "#c0880f"), (DARK, "#ddad16")):
        assert drawn(movement.draw, make_movement(), theme=theme).body["data"][0]["marker"]["color"] == colour


@pytest.mark.parametrize(
    ("part", "whole", "text"), [(0, 5, "0%"), (1, 1000, "<1%"), (999, 1000, ">99%"), (1, 1, "100%"), (1, 3, "33%")]
)
def test_a_share_is_never_rounded_to_none_or_all(part: int, whole: int, text: str) -> None:
    assert percent(part, whole) == text
