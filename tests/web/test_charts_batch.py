"""What the cards of the page Batch draw."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dash._utils import to_json

from moodstream.moods import UNCLASSIFIED, Mood
from moodstream.store.queries.agreement import Agreement
from moodstream.store.queries.disputes import SHOWN, Dispute
from moodstream.store.queries.drift import Compared
from moodstream.web.charts import agreement, disputes, drift
from moodstream.web.charts.card import Card
from moodstream.web.theme import DARK, ORDER
from tests.factories import NOON
from tests.web.answers import LOOKED_AT, looked_at
from tests.web.drawing import drawn, is_sound, is_table

HOSTILE = "<script>alert(1)</script><b>&amp;"
HOUR = timedelta(hours=1)


def make_agreement(all_songs: bool = True, **more: int) -> Agreement:
    pairs = {("Happy", "Happy"): 9, ("Calm", "Sad"): 1}
    return Agreement(pairs | {tuple(name.split("_")): songs for name, songs in more.items()}, all_songs)


def make_compared(hours: int = 0, **more: Any) -> Compared:
    defaults = {"model": "rules-1", "window_seconds": None, "compared": 1000, "agreed": 900, "kappa": 0.8}
    return Compared(at=NOON + hours * HOUR, **defaults | more)


def make_dispute(song_id: str = "song-1", **more: Any) -> Dispute:
    defaults: dict[str, Any] = {"title": "Title", "artist": "Artist", "plays": 3, "live": "Calm", "batch": "Sad"}
    return Dispute(song_id=song_id, **defaults | {"confidence": 0.6} | more)


EVERY_PAIR = Agreement({(live, batch): 1234 for live in ORDER for batch in ORDER}, all_songs=False)
ANSWERS: dict[str, list[Any]] = {
    "agreement": [make_agreement(), Agreement({("Happy", "Happy"): 1}, True), EVERY_PAIR],
    "drift": [
        [make_compared()],
        [make_compared(hour, agreed=900 - hour) for hour in range(200)],
        [make_compared(hour, model=HOSTILE, kappa=None, window_seconds=3600.0) for hour in range(2)],
        [make_compared(), make_compared(1, model=HOSTILE)],
    ],
    "disputes": [(), [make_dispute()], [make_dispute(str(number)) for number in range(SHOWN)]],
}
NOTHING: dict[str, list[Any]] = {
    "agreement": [Agreement({}, True)],
    "drift": [(), [make_compared(compared=0, agreed=0, kappa=None)]],
    "disputes": [None],
}
CARDS = (agreement.CARD, drift.CARD, disputes.CARD)


@pytest.mark.parametrize("theme", [LOOKED_AT.theme, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("card", "answer"), [(c, a) for c in CARDS for a in ANSWERS[c.name]], ids=lambda value: str(value)[:30]
)
def test_a_card_draws_one_and_many(card: Card, answer: Any, theme: Any) -> None:
    assert is_sound(card, drawn(card, answer, LOOKED_AT._replace(theme=theme)))


@pytest.mark.parametrize(
    ("card", "answer"), [(c, a) for c in CARDS for a in NOTHING[c.name]], ids=lambda value: str(value)[:30]
)
def test_a_card_draws_nothing_where_there_is_nothing(card: Card, answer: Any) -> None:
    assert card.draw(answer, LOOKED_AT) is None


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_the_table_of_a_card_has_the_same_columns_in_each_row(card: Card) -> None:
    assert all(is_table(card, answer) for answer in ANSWERS[card.name])


def test_agreement_is_that_of_the_songs_that_have_a_mood_from_both() -> None:
    said = drawn(agreement.CARD, make_agreement(Unclassified_Unclassified=5, Happy_Unclassified=1)).said
    assert said == "90% of 10 songs alike (95% interval 59.6 to 98.2%)"
    neither = Agreement({(UNCLASSIFIED, UNCLASSIFIED): 5}, True)
    assert drawn(agreement.CARD, neither).said == "No song has a mood from both"


def test_kappa_is_told_of_many_songs_and_what_is_left_out_is_said() -> None:
    many = Agreement({("Happy", "Happy"): 500, ("Sad", "Sad"): 400, ("Sad", "Happy"): 100}, False)
    assert drawn(agreement.CARD, many).said == (
        "90% of 1,000 songs alike (95% interval 88.0 to 91.7%), among the 20,000 that are played most; "
        "kappa 0.80 (0.76 to 0.84)"
    )


def test_one_mood_alone_has_no_kappa() -> None:
    assert "kappa" not in drawn(agreement.CARD, Agreement({("Happy", "Happy"): 500}, True)).said


def test_songs_stand_in_the_row_of_real_time_and_the_column_of_batch() -> None:
    body, _ = drawn(agreement.CARD, make_agreement(Dark_Dark=12_345, Dark_Sad=1_234))
    heat, marks = body["data"]
    cells = {(ORDER[y], ORDER[x]): text for y, row in enumerate(heat["text"]) for x, text in enumerate(row) if text}
    assert cells == {("Happy", "Happy"): "9", ("Calm", "Sad"): "1", ("Dark", "Dark"): "12k", ("Dark", "Sad"): "1.2k"}
    assert body["layout"]["yaxis"]["ticktext"] == list(Mood)
    assert body["layout"]["xaxis"]["title"]["text"] == "batch"
    assert heat["meta"]["moods"][ORDER.index("Calm")] == ["Calm"] * len(Mood)
    assert len(marks["meta"]["moods"]) == len(marks["x"]) == 2 * len(Mood)


def test_the_numbers_of_agreement_are_there_for_each_pair() -> None:
    rows = agreement.rows(make_agreement(), LOOKED_AT)
    assert len(rows) == len(Mood) ** 2
    assert {"real time": "Calm", "batch": "Sad", "songs": 1} in rows


def test_few_comparisons_are_points_and_many_are_a_line() -> None:
    for runs, mode in ((4, "markers"), (5, "lines+markers")):
        (line,) = drawn(drift.CARD, [make_compared(hour) for hour in range(runs)]).body["data"]
        assert line["mode"] == mode


def test_a_comparison_has_its_interval_and_the_time_of_the_reader() -> None:
    body, said = drawn(drift.CARD, [make_compared()], LOOKED_AT._replace(zone=ZoneInfo("Asia/Kolkata")))
    (line,) = body["data"]
    assert line["x"] == ["2026-11-21 17:30:00"]
    assert line["y"] == [0.9]
    assert line["error_y"]["array"] == [pytest.approx(0.917 - 0.9, abs=0.001)]
    assert line["error_y"]["arrayminus"] == [pytest.approx(0.9 - 0.880, abs=0.001)]
    assert said == "90% of 1,000 songs alike when last compared, 21 Nov 17:30"


@pytest.mark.parametrize(
    ("agreed", "words"), [(950, "better than 90%"), (850, "worse than 90%"), (905, "not clearly different from 90%")]
)
def test_agreement_is_said_to_change_where_it_surely_does(agreed: int, words: str) -> None:
    said = drawn(drift.CARD, [make_compared(), make_compared(1, agreed=agreed)]).said
    assert said.endswith(f"{words} in the first of 2 comparisons, 21 Nov 12:00")


def test_each_model_has_a_line_of_its_own_with_its_name() -> None:
    body, _ = drawn(drift.CARD, [make_compared(), make_compared(1, model=HOSTILE)])
    assert [len(line["x"]) for line in body["data"]] == [1, 1]
    names = [note["text"] for note in body["layout"]["annotations"]]
    assert names == ["rules-1", "&lt;script&gt;alert(1)&lt;/script&gt;&lt;b&gt;&amp;amp;"]
    assert "<script>" not in str(body["data"])


def test_the_name_of_a_model_is_shown_letter_for_letter() -> None:
    body, _ = drawn(drift.CARD, [make_compared(), make_compared(1, model='the "best" of anna\'s')])
    assert body["layout"]["annotations"][1]["text"] == 'the "best" of anna\'s'


def test_there_is_room_for_a_name_above_a_model_that_agrees_wholly() -> None:
    body, _ = drawn(drift.CARD, [make_compared(agreed=1000), make_compared(1, model="moods-1")])
    note, line_height = body["layout"]["annotations"][0], 18
    assert body["layout"]["margin"]["t"] >= note["yshift"] + line_height


def test_a_low_agreement_is_not_cut_off() -> None:
    for agreed in (100, 600, 990):
        body, _ = drawn(drift.CARD, [make_compared(agreed=agreed)])
        (line,) = body["data"]
        assert body["layout"]["yaxis"]["range"][0] <= line["y"][0] - line["error_y"]["arrayminus"][0]


def test_a_dispute_names_the_song_and_what_each_calls_it() -> None:
    body, said = drawn(disputes.CARD, [make_dispute(plays=1)])
    text = to_json(body)
    assert said == "1 song that they disagree on"
    assert all(word in text for word in ("Title", "Artist", "1 play", "60% sure"))
    assert [mood in text for mood in ("mark Calm", "mark Sad")] == [True, True]


def test_disputes_have_heads_of_columns_and_rows() -> None:
    text = to_json(drawn(disputes.CARD, [make_dispute()]).body)
    assert text.count('"scope":"col"') == 3
    assert text.count('"scope":"row"') == 1


def test_that_there_is_no_dispute_is_said() -> None:
    assert "disagree on none of the songs that are played most" in to_json(drawn(disputes.CARD, ()).body)
    assert "disagree on Calm on none" in to_json(drawn(disputes.CARD, (), looked_at(mood="Calm")).body)


def test_what_songs_are_called_stays_text() -> None:
    text = to_json(drawn(disputes.CARD, [make_dispute(title=HOSTILE, artist=HOSTILE, confidence=None)]).body)
    assert "dangerously" not in text
    assert text.count(to_json(HOSTILE)[1:-1]) == 2
    assert "sure" not in text
