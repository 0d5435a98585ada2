"""What the cards of the live page draw from what the database answers."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import plotly.graph_objects as go
import pytest
from dash import html
from dash._utils import to_json
from dash.development.base_component import Component

from moodstream.messages import Track
from moodstream.moods import LOOKS, UNCLASSIFIED
from moodstream.store.queries.feedback import Feedback
from moodstream.store.queries.now import Now, Played
from moodstream.store.queries.plane import Plane
from moodstream.store.queries.sound import Sound
from moodstream.web.charts import feedback, hours, movement, now, plane, playlist, sound
from moodstream.web.charts.card import Card, percent
from moodstream.web.theme import DARK, LIGHT, Theme
from tests.factories import NOON
from tests.web.answers import (
    LOOKED_AT,
    PROBABILITIES,
    looked_at,
    make_feedback_found,
    make_means,
    make_movement,
    make_now,
    make_plane,
    make_played,
    make_point,
    make_sound,
    make_suggested,
    make_week,
)
from tests.web.drawing import drawn

CARDS = [module.CARD for module in (now, playlist, movement, plane, hours, sound, feedback)]
FULL: dict[str, Any] = {
    "now": make_now(make_played(probabilities=PROBABILITIES), make_played()),
    "playlist": make_suggested(),
    "movement": make_movement(),
    "plane": make_plane(),
    "hours": make_week(),
    "sound": make_sound(),
    "feedback": make_feedback_found(),
}
ONE: dict[str, Any] = {
    "now": make_now(),
    "playlist": make_suggested(),
    "movement": make_movement(Happy=[0, 1], growing=True),
    "plane": make_plane(make_point()),
    "hours": make_week(Happy={167: 1}),
    "sound": make_sound(Happy=make_means(1)),
    "feedback": make_feedback_found(Happy={"like": 1}),
}
NOTHING: dict[str, list[Any]] = {
    "now": [Now((), False, ())],
    "playlist": [None, make_suggested()._replace(tracks=())],
    "movement": [make_movement(Happy=[0, 0]), make_movement()._replace(plays={})],
    "plane": [Plane((), 0), Plane((), 3)],
    "hours": [make_week()._replace(plays={}), make_week(Happy={0: 0})],
    "sound": [Sound({}, False), make_sound(Happy=make_means(**dict.fromkeys(make_means().means)))],
    "feedback": [Feedback({}, False), make_feedback_found(Happy={"like": 0})],
}
PICTURES = [card for card in CARDS if card.figure]
HOSTILE = "<b>%{x}&amp;</b>"


def parts(component: Any) -> Iterator[Component]:
    """All components of a body, at any depth."""
    for child in component if isinstance(component, list) else [component]:
        if isinstance(child, Component):
            yield child
            yield from parts(getattr(child, "children", None))


def contrast(one: str, other: str) -> float:
    """Of two colours, by WCAG 2.2."""
    lights = []
    for colour in (one, other):
        shares = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
        lights.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(lights) + 0.05) / (min(lights) + 0.05)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("answers", [FULL, ONE], ids=["full", "one"])
def test_a_card_draws_what_there_is(card: Card, theme: Theme, answers: dict[str, Any]) -> None:
    body, said = drawn(card, answers[card.name], LOOKED_AT._replace(theme=theme))
    assert said
    assert to_json(body)
    if card.figure:
        go.Figure(body)  # plotly's own check of every name and value


@pytest.mark.parametrize(
    ("card", "answer"), [(card, answer) for card in CARDS for answer in NOTHING[card.name]], ids=lambda x: str(x)[:40]
)
def test_a_card_draws_nothing_where_there_is_nothing(card: Card, answer: Any) -> None:
    assert card.draw(answer, LOOKED_AT) is None


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_the_table_of_a_card_has_the_same_columns_in_every_row(card: Card) -> None:
    rows = card.rows(FULL[card.name], LOOKED_AT)
    assert rows
    assert len({tuple(row) for row in rows}) == 1


@pytest.mark.parametrize("card", PICTURES, ids=lambda card: card.name)
def test_a_mood_that_is_chosen_stands_alone_in_the_picture_and_in_its_table(card: Card) -> None:
    look = looked_at(mood="Happy")
    body, said = drawn(card, FULL[card.name], look)
    metas = [trace["meta"] for trace in body["data"] if "meta" in trace]
    assert {mood for meta in metas for mood in meta.get("moods", [meta.get("mood")])} == {"Happy"}
    assert "Calm" not in said + str(card.rows(FULL[card.name], look))


@pytest.mark.parametrize("card", PICTURES, ids=lambda card: card.name)
def test_a_mood_that_nothing_has_leaves_nothing_to_draw(card: Card) -> None:
    assert card.draw(FULL[card.name], looked_at(mood="Dark")) is None


@pytest.mark.parametrize("card", PICTURES, ids=lambda card: card.name)
def test_every_trace_that_can_be_pointed_at_says_its_mood(card: Card) -> None:
    for trace in drawn(card, FULL[card.name]).body["data"]:
        assert "meta" in trace or trace["hoverinfo"] == "skip"


def test_the_newest_play_is_shown_with_its_mood_and_confidence() -> None:
    body, said = drawn(now.CARD, make_now(make_played(title="Weather", mood="Calm", confidence=0.625)))
    assert "Weather" in str(body)
    assert "62% confidence" in str(body)
    assert "mark Calm" in str(body)
    assert said == "anna, since 12:00"


def test_probabilities_are_bars_in_the_order_of_the_moods() -> None:
    body, _ = drawn(now.CARD, make_now(make_played(probabilities=PROBABILITIES)))
    bars = next(part for part in parts(body) if isinstance(part, html.Ul))
    assert [part.style["width"] for part in parts(bars) if getattr(part, "style", None)] == [
        *("62.0%", "20.0%", "10.0%", "5.0%", "3.0%")
    ]
    assert [part.className for part in parts(bars) if isinstance(part, html.Li)] == ["told", "", "", "", ""]


def test_neutral_says_that_no_mood_is_likely_enough() -> None:
    body, _ = drawn(now.CARD, make_now(make_played(mood="Neutral", probabilities=PROBABILITIES)))
    assert "no mood is likely enough" in str(body)


def test_a_play_that_is_over_is_not_said_to_be_playing() -> None:
    assert drawn(now.CARD, make_now(playing=False)).said == "Nothing; the last was anna, 21 Nov 12:00"


@pytest.mark.parametrize(
    ("play", "words"),
    [
        (make_played(mood=None, confidence=None, reason="not known: tempo"), (UNCLASSIFIED, "not known: tempo")),
        (make_played(heard=False, mood=None, confidence=None), ("No mood yet", "mood_classifier.py")),
    ],
)
def test_a_play_without_a_mood_says_why(play: Played, words: tuple[str, ...]) -> None:
    body = str(drawn(now.CARD, make_now(play)).body)
    assert all(word in body for word in words)


def buttons(*said: str) -> dict[str, tuple[str, Any]]:
    """By what they say: whether they are pressed, and their label."""
    body, _ = drawn(now.CARD, make_now(said=said))
    props = [part.to_plotly_json()["props"] for part in parts(body) if isinstance(part, html.Button)]
    return {prop["data-say"]: (prop["aria-pressed"], prop["children"]) for prop in props}


def test_a_reader_can_like_dislike_skip_ban_and_correct() -> None:
    found = buttons()
    assert list(found) == ["like", "dislike", "skip", "never", *(mood.value for mood in LOOKS)]
    assert {pressed for pressed, _ in found.values()} == {"false"}


def test_what_was_said_is_seen_on_its_button() -> None:
    found = buttons("like", "Calm")
    assert found["like"] == ("true", "Liked")
    assert found["dislike"] == ("false", "Dislike")
    assert found["Calm"][0] == "true"
    assert "You said it is Calm" in str(drawn(now.CARD, make_now(said=("like", "Sad", "Calm"))).body)


def test_an_earlier_play_has_the_time_of_today_or_the_day_of_another() -> None:
    today, older = datetime.now(UTC), datetime(2026, 3, 5, 9, tzinfo=UTC)
    body, _ = drawn(now.CARD, make_now(make_played(), make_played(played_at=today), make_played(played_at=older)))
    assert f'"children":"{today:%H:%M}"' in to_json(body)
    assert '"children":"05 Mar"' in to_json(body)


def test_a_click_means_the_play_that_was_shown() -> None:
    body, _ = drawn(now.CARD, make_now(make_played(play_id="p", listener="ben", song_id="s"), make_played()))
    answer = next(part.to_plotly_json()["props"] for part in parts(body) if getattr(part, "id", None) == "answer")
    assert (answer["data-play"], answer["data-listener"], answer["data-song"]) == ("p", "ben", "s")


def test_a_button_does_not_filter_by_its_mood_as_well() -> None:
    body, _ = drawn(now.CARD, make_now())
    answer = next(part for part in parts(body) if getattr(part, "id", None) == "answer")
    assert "data-mood" not in to_json(answer)


def test_what_listeners_and_songs_are_called_stays_text() -> None:
    hostile = "<script>alert(1)</script><b>&amp;"
    track = Track(song_id="1", title=hostile, artist=hostile, score=1.0, reason=hostile)
    for body in (
        drawn(now.CARD, make_now(make_played(title=hostile, artist=hostile), make_played(title=hostile))).body,
        drawn(playlist.CARD, make_suggested(track)).body,
    ):
        assert "dangerously" not in to_json(body)
        assert to_json(hostile)[1:-1] in to_json(body)


def test_names_in_a_picture_are_shown_letter_for_letter() -> None:
    point = make_point(title=HOSTILE, artist=HOSTILE, listener=HOSTILE)
    body, said = drawn(plane.CARD, make_plane(point))
    (told,) = next(trace["hovertext"] for trace in body["data"] if "hovertext" in trace)
    assert told.count("&lt;b&gt;%{x}&amp;amp;&lt;/b&gt;") == 3
    assert HOSTILE not in to_json(body) + said


def test_the_way_to_a_playlist_holds_any_name() -> None:
    body, said = drawn(playlist.CARD, make_suggested(listener="a/b?c d"))
    links = [part.href for part in parts(body) if isinstance(part, html.A)]
    assert links == [f"/api/v1/playlists/a%2Fb%3Fc%20d.{form}" for form in ("m3u8", "xspf", "jspf")]
    assert said == "For a/b?c d: 1 song, Calm, made at 12:00"


def test_times_are_those_of_the_readers_own_clock() -> None:
    delhi = LOOKED_AT._replace(zone=ZoneInfo("Asia/Kolkata"))
    assert drawn(now.CARD, make_now(), delhi).said == "anna, since 17:30"
    bars = drawn(movement.CARD, make_movement(), delhi).body["data"][0]
    assert bars["x"][0] == "2026-11-21 17:30:00"
    assert bars["customdata"][0] == "from Sat 17:30 to 18:00"


def test_an_hour_that_comes_twice_is_drawn_twice_and_named_as_the_clock_named_it() -> None:
    # 25 October 2026: at 03:00 the clocks of Berlin go back to 02:00.
    berlin = LOOKED_AT._replace(zone=ZoneInfo("Europe/Berlin"))
    start = NOON.replace(month=10, day=25, hour=0)
    bars = drawn(movement.CARD, make_movement(start, timedelta(hours=1), Happy=[1, 1]), berlin).body["data"][0]
    assert len(set(bars["x"])) == 2
    assert [told[:14] for told in bars["customdata"]] == ["from Sun 02:00"] * 2


def test_whole_days_are_said_to_be_those_of_utc() -> None:
    days = make_movement(since=NOON.replace(hour=0), step=timedelta(days=1))
    body, said = drawn(movement.CARD, days, LOOKED_AT._replace(zone=ZoneInfo("Asia/Kolkata")))
    assert body["data"][0]["x"][0] == "2026-11-21 00:00:00"
    assert said.endswith("most on 23 Nov 2026, days in UTC")


def test_plays_over_time_are_stacked_in_the_order_of_the_moods_and_named_in_it() -> None:
    body, said = drawn(movement.CARD, make_movement(Unclassified=[1, 0], Calm=[1, 3], Happy=[0, 1]))
    *bars, names = body["data"]
    assert [trace["name"] for trace in bars] == ["Happy", "Calm", UNCLASSIFIED] == names["meta"]["moods"]
    assert [trace["y"] for trace in bars] == [[0, 1], [1, 3], [1, 0]]
    assert said == "Calm leads with 67% of 6 plays in the last 24 hours, most from Sat 12:30 to 13:00"


def test_names_at_the_edge_never_lie_on_each_other() -> None:
    few = {mood: [1] for mood in (*LOOKS, UNCLASSIFIED)} | {"Happy": [1000]}
    places = drawn(movement.CARD, make_movement(**few)).body["data"][-1]["y"]
    assert all(upper - lower >= movement.APART - 0.002 for lower, upper in pairwise(places))
    assert 0 < places[0] <= places[-1] < 1


def test_a_step_that_is_not_over_is_paler() -> None:
    for growing, last in ((True, movement.GROWING), (False, 1.0)):
        bars = drawn(movement.CARD, make_movement(growing=growing)).body["data"][0]
        assert bars["marker"]["opacity"] == [1.0, 1.0, last]


def test_a_single_play_is_counted_and_named() -> None:
    said = drawn(movement.CARD, make_movement(Happy=[0, 1])).said
    assert said == "1 play in the last 24 hours, Happy, from Sat 12:30 to 13:00"


def test_a_chosen_mood_is_set_beside_everything_that_played() -> None:
    said = drawn(movement.CARD, make_movement(), looked_at(mood="Calm")).said
    assert said == "62% of 8 plays in the last 24 hours are Calm, most from Sat 13:00 to 13:30"


def test_the_newest_play_is_ringed_lies_on_top_and_the_oldest_fades() -> None:
    points = (make_point(valence=0.9), make_point(), make_point(valence=0.1))
    marks, names, ring = drawn(plane.CARD, make_plane(*points)).body["data"]
    assert marks["x"] == [0.1, 0.8, 0.9]
    assert ring["x"] == [0.9]
    assert marks["marker"]["opacity"] == [plane.FADED, 0.575, 1.0]
    assert marks["marker"]["size"][-1] > marks["marker"]["size"][0]
    assert names["text"] == [mood.value for mood in LOOKS]


def test_the_plane_says_where_energy_stands_in_for_arousal_and_what_has_no_place() -> None:
    found = make_plane(make_point(), make_point(heard=False), make_point(mood="Calm"), unplaced=2)
    assert drawn(plane.CARD, found).said == (
        "The newest, ringed, is Happy; 2 of the newest 5 plays are Happy; "
        "energy stands in for arousal in 1 whose audio was not heard; 2 cannot be placed"
    )


def test_no_two_regions_of_moods_meet() -> None:
    middles = [(look.valence, look.arousal) for look in LOOKS.values()]
    distances = [abs(complex(*one) - complex(*other)) for one in middles for other in middles if one != other]
    assert min(distances) >= 2 * plane.REGION


def test_an_hour_of_the_week_belongs_to_the_mood_that_leads_in_it() -> None:
    found = make_week(Happy={0: 1, 30: 4}, Calm={30: 5}, Unclassified={30: 9, 31: 1})
    happy, calm, unclassified = drawn(hours.CARD, found).body["data"]
    assert (happy["name"], happy["text"][0][0]) == ("Happy", "H")
    assert (calm["name"], calm["text"][1][6]) == ("Calm", "C")
    assert calm["customdata"][1][6] == "Tuesday 06:00 to 07:00<br>Calm: 5 of 18 plays"
    assert (unclassified["name"], unclassified["z"][1][6], unclassified["z"][1][7]) == (UNCLASSIFIED, None, 0.236)


def test_the_week_says_who_leads_and_where_most_was_played() -> None:
    said = drawn(hours.CARD, make_week()).said
    assert said == "Happy leads in 1 of 2 hours of the week with plays, most plays on Tuesday 06:00 to 07:00"
    chosen = drawn(hours.CARD, make_week(), looked_at(mood="Happy")).said
    assert chosen == "Happy is played most on Tuesday 06:00 to 07:00, 4 of 9 plays"
    assert drawn(hours.CARD, make_week(more=True)).said.endswith("; the newest 13 weeks")


def test_hours_begin_as_the_readers_clock_has_it() -> None:
    body, said = drawn(hours.CARD, make_week(minute=30, Happy={167: 1}))
    assert body["layout"]["xaxis"]["ticktext"][1] == "06:30"
    assert said.endswith("on Sunday 23:30 to 00:30")


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_letters_can_be_read_on_every_hour(theme: Theme) -> None:
    found = make_week(**{mood: {n: 1} for n, mood in enumerate(LOOKS)})
    for trace in drawn(hours.CARD, found, LOOKED_AT._replace(theme=theme)).body["data"]:
        assert all(contrast(theme.ink, colour) >= 4.5 for _, colour in trace["colorscale"])


def test_a_mean_that_is_not_known_of_a_mood_leaves_a_gap_on_the_strip_of_its_feature() -> None:
    found = make_sound(Happy=make_means(), Calm=make_means(energy=None))
    happy, calm = drawn(sound.CARD, found).body["data"]
    assert happy["customdata"] == ["valence", "energy", "danceability", "acousticness", "instrumentalness"]
    assert (happy["x"][1], calm["x"][1]) == (0.6, None)


def test_moods_that_sound_alike_do_not_hide_each_other() -> None:
    marks = drawn(sound.CARD, make_sound(**{mood: make_means() for mood in LOOKS})).body["data"]
    assert len({trace["x"][0] for trace in marks}) == 1
    assert len({trace["y"][0] for trace in marks}) == len(LOOKS)
    assert max(abs(trace["y"][0]) for trace in marks) < 0.5  # each feature keeps to its strip


def test_the_strips_say_how_many_plays_of_each_mood_they_show() -> None:
    found = make_sound(Happy=make_means(3), Sad=make_means(1))
    assert drawn(sound.CARD, found).said == "Means of 4 plays: Happy 3, Sad 1"
    assert drawn(sound.CARD, found._replace(more=True)).said.startswith("Means of the newest 2,000 plays: Happy 3")


def test_feedback_is_a_share_with_its_interval_and_the_number_behind_it() -> None:
    body, said = drawn(feedback.CARD, make_feedback_found(Happy={"like": 2, "replay": 1, "never": 1}))
    (dot,) = body["data"]
    assert dot["x"] == [0.75]
    # Wilson's interval of 3 in 4, as in published tables: 0.301 to 0.954.
    assert 0.75 - dot["error_x"]["arrayminus"][0] == pytest.approx(0.301, abs=5e-4)
    assert 0.75 + dot["error_x"]["array"][0] == pytest.approx(0.954, abs=5e-4)
    assert [note["text"] for note in body["layout"]["annotations"]] == ["75% of 4"]
    assert said == "Likes and replays are 75% of 4 reactions; lines are 95% intervals"


def test_feedback_says_where_not_everything_was_counted() -> None:
    assert drawn(feedback.CARD, make_feedback_found(more=True)).said.endswith("the newest alone")


def test_a_mood_has_the_colour_of_the_ground_that_it_is_drawn_on() -> None:
    for theme, colour in ((LIGHT, "#c0880f"), (DARK, "#ddad16")):
        bars = drawn(movement.CARD, make_movement(), LOOKED_AT._replace(theme=theme)).body["data"][0]
        assert bars["marker"]["color"] == colour


@pytest.mark.parametrize(
    ("part", "whole", "text"), [(0, 5, "0%"), (1, 1000, "<1%"), (999, 1000, ">99%"), (1, 1, "100%"), (1, 3, "33%")]
)
def test_a_share_is_never_rounded_to_none_or_all(part: int, whole: int, text: str) -> None:
    assert percent(part, whole) == text
