"""What the cards of the page System draw, and what is kept of how long plays take."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dash._utils import to_json

from moodstream.store.queries.letters import COUNTED, Letter, Letters
from moodstream.store.queries.rollups import MINUTE
from moodstream.store.queries.throughput import MINUTES, Throughput
from moodstream.web.charts import health, lag, latency, letters, throughput
from moodstream.web.charts.card import Card
from moodstream.web.latency import NEWEST, REMEMBERED, Latency, Seen
from moodstream.web.scrape import State
from moodstream.web.services import Away, Behind, Health, Instance
from moodstream.web.theme import DARK
from tests.factories import NOON
from tests.web.answers import LOOKED_AT
from tests.web.drawing import drawn, is_sound, is_table

HOSTILE = "<script>alert(1)</script><b>&amp;"
SECOND = timedelta(seconds=1)


def make_instance(service: str = "mood_classifier", **more: Any) -> Instance:
    defaults: dict[str, Any] = {"place": "127.0.0.1:9102", "state": State.WELL, "since": NOON, "progress_at": NOON}
    return Instance(service=service, **defaults | {"fault": None} | more)


def make_away(service: str, **more: Any) -> Instance:
    return make_instance(service, state=State.AWAY, progress_at=None, fault="127.0.0.1:1: refused.", **more)


def make_behind(service: str = "mood_classifier", messages: int = 0, **more: Any) -> Behind:
    defaults: dict[str, Any] = {"place": "127.0.0.1:9102", "topic": "song_stream", "per_second": 2.0}
    return Behind(service=service, messages=messages, **defaults | more)


def make_letter(**more: Any) -> Letter:
    defaults: dict[str, Any] = {"sent_at": NOON, "topic": "song_stream", "partition": 2, "offset": 41}
    return Letter(**defaults | {"service": "mysql_connector", "reason": "valence is 7"} | more)


def make_throughput(*last: int) -> Throughput:
    return Throughput(NOON, (0,) * (MINUTES + 1 - len(last)) + last)


def make_seen(*seconds: float) -> list[Seen]:
    return [Seen(NOON + number * SECOND, one) for number, one in enumerate(seconds)]


KAFKA_AWAY = Away(NOON, f"Kafka at {HOSTILE}: refused")
EVERY_STATE = tuple(make_instance(state=state, fault=HOSTILE) for state in State)
ANSWERS: dict[str, list[Any]] = {
    "health": [
        Health(None, (make_instance(),)),
        Health(KAFKA_AWAY, (*EVERY_STATE, make_instance(stuck=True), make_away("batch_processor", resting=True))),
    ],
    "throughput": [make_throughput(1), make_throughput(1, 0), Throughput(NOON, tuple(range(61)))],
    "lag": [[make_behind()], [make_behind(HOSTILE, 10**9, topic=HOSTILE, per_second=None), make_behind()]],
    "latency": [make_seen(0.5), make_seen(0.0, 600.0), make_seen(*(n / 100 for n in range(NEWEST)))],
    "letters": [
        Letters({}, ()),
        Letters({"song_stream": 1}, (make_letter(),)),
        Letters(
            {HOSTILE: COUNTED, "song_stream": 3}, (make_letter(topic=HOSTILE, service=HOSTILE, reason=HOSTILE),) * 20
        ),
    ],
}
NOTHING: dict[str, list[Any]] = {
    "health": [Health(None, ())],
    "throughput": [make_throughput()],
    "lag": [()],
    "latency": [()],
    "letters": [],
}
CARDS = (health.CARD, throughput.CARD, lag.CARD, latency.CARD, letters.CARD)


def text(card: Card, answer: Any) -> str:
    return str(to_json(drawn(card, answer).body))


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


@pytest.mark.parametrize("card", [health.CARD, lag.CARD, letters.CARD], ids=lambda card: card.name)
def test_a_table_has_heads_of_columns_and_rows_and_the_name_of_its_card(card: Card) -> None:
    found = text(card, ANSWERS[card.name][1])
    assert found.count('"scope":"col"') == {"health": 4, "lag": 4, "letters": 3}[card.name]
    assert '"scope":"row"' in found
    assert f'"aria-labelledby":"{card.name}-title"' in found


def test_those_in_trouble_come_first_and_say_what_to_start() -> None:
    found = Health(None, (make_instance("stream_music"), make_away("user_feedback")))
    body = text(health.CARD, found)
    assert body.index("user_") < body.index("Kafka") < body.index("stream_")
    assert "python user_feedback.py" in body
    assert drawn(health.CARD, found).said == "user_feedback: not running"


def test_a_kafka_that_is_away_comes_before_all() -> None:
    found = Health(KAFKA_AWAY, (make_away("user_feedback"),))
    body = text(health.CARD, found)
    assert body.index("Kafka") < body.index("user_")
    assert drawn(health.CARD, found).said == "Kafka does not answer; user_feedback: not running"


@pytest.mark.parametrize(
    ("instance", "sign", "words"),
    [
        (make_instance(), "✓", "Running"),
        (make_instance(state=State.RETRYING, fault="MySQL is away"), "!", "Trying again"),
        (make_instance(state=State.SILENT), "✗", "No answer"),
        (make_instance(state=State.STRANGE), "?", "Not understood"),
        (make_instance(state=State.ASKED, since=None, progress_at=None), "…", "Being asked"),
        (make_instance(stuck=True), "!", "No progress"),
        (make_away("batch_processor", resting=True), "-", "At rest"),
    ],
)
def test_a_state_is_told_by_a_sign_and_words(instance: Instance, sign: str, words: str) -> None:
    body = text(health.CARD, Health(KAFKA_AWAY, (instance,)))
    assert to_json(sign) in body
    assert to_json(words) in body


def test_that_all_is_well_is_said() -> None:
    found = Health(None, (make_instance(), make_away("batch_processor", resting=True)))
    assert drawn(health.CARD, found).said == "1 service and Kafka answer, and nothing is amiss"


def test_instances_of_a_service_are_told_apart_by_their_place() -> None:
    one, two = make_instance(), make_instance(place="10.0.0.7:9102")
    assert "10.0.0.7:" not in text(health.CARD, Health(None, (two,)))
    assert "10.0.0.7:" in text(health.CARD, Health(None, (one, two)))
    behind = [make_behind(), make_behind(place="10.0.0.7:9102")]
    assert "10.0.0.7:" not in text(lag.CARD, behind[1:])
    assert "10.0.0.7:" in text(lag.CARD, behind)


def test_times_are_those_of_the_readers_own_clock() -> None:
    delhi = LOOKED_AT._replace(zone=ZoneInfo("Asia/Kolkata"))
    assert "17:30:00" in to_json(drawn(health.CARD, Health(None, (make_instance(),)), delhi).body)
    assert drawn(throughput.CARD, make_throughput(1), delhi).body["data"][0]["x"][0] == "2026-11-21 17:30:00"
    assert letters.rows(Letters({"song_stream": 1}, (make_letter(),)), delhi)[0]["sent"] == "2026-11-21 17:30:00"


def test_what_comes_in_is_said_of_the_last_whole_minute() -> None:
    body, said = drawn(throughput.CARD, make_throughput(30, 6, 2))
    assert body["data"][0]["y"][-3:] == (30, 6, 2)
    assert body["data"][0]["marker"]["opacity"][-2:] == [1.0, 0.4]
    assert said == "6 plays in the last whole minute; 0.6 a minute in the last hour, most 30 at 12:58"
    assert drawn(throughput.CARD, make_throughput(1)).said == "1 play in the minute that has begun"


def test_throughput_has_a_row_for_each_minute() -> None:
    rows = throughput.rows(make_throughput(1), LOOKED_AT)
    assert len(rows) == MINUTES + 1
    assert rows[-1] == {"minute": (NOON + MINUTES * MINUTE).strftime("%Y-%m-%d %H:%M:%S"), "plays": 1}


def test_who_falls_behind_is_said_and_stands_first() -> None:
    found = [make_behind(), make_behind("mysql_connector", 5), make_behind("mysql_connector", 12_000, topic="x")]
    assert drawn(lag.CARD, found).said == "12,005 messages to be read, most by mysql_connector: 12,005"
    assert text(lag.CARD, found).index("12,000") < text(lag.CARD, found).index("song_")
    assert drawn(lag.CARD, found[:1]).said == "Nobody: every message has been read"


def test_the_percentiles_of_latency_come_with_the_number_behind() -> None:
    said = drawn(latency.CARD, make_seen(*(n / 10 for n in range(1, 102)))).said
    assert said == "Median 5.1 s, 95% of them within 9.6 s; the newest 101 live plays"
    assert drawn(latency.CARD, make_seen(0.25, 0.75)).said == "Median 500 ms; the newest 2 live plays"
    assert drawn(latency.CARD, make_seen(90)).said == "1.5 min for the one play that was seen so far"


@pytest.mark.parametrize("seconds", [(0.0,), (0.009, 0.5), (0.3, 70.0), (5.0, 599.0)])
def test_every_point_of_latency_lies_within_its_scale(seconds: tuple[float, ...]) -> None:
    body, _ = drawn(latency.CARD, make_seen(*seconds))
    low, high = body["layout"]["yaxis"]["range"]
    assert all(10**low < point < 10**high for point in body["data"][0]["y"])


def test_letters_are_counted_by_topic_and_placed() -> None:
    found = Letters({"song_stream": 3, "user_feedback": 4}, (make_letter(), make_letter(reason=HOSTILE)))
    assert drawn(letters.CARD, found).said == "7 messages: user_feedback 4, song_stream 3; the newest first"
    body = text(letters.CARD, found)
    assert to_json(" 2/41") in body
    assert to_json(HOSTILE) in body


def test_a_flood_of_letters_is_said_to_be_one() -> None:
    found = Letters({"song_stream": COUNTED}, (make_letter(),))
    assert drawn(letters.CARD, found).said == "At least 10,000 messages: song_stream 10,000+"


def test_that_every_message_could_be_used_is_said() -> None:
    assert "Every message could be used." in text(letters.CARD, Letters({}, ()))


def test_latency_is_counted_from_the_second_answer_on_and_once_for_each_play() -> None:
    recorder = Latency()
    recorder.saw([("there before", NOON - SECOND)], NOON)
    recorder.saw([("new", NOON), ("there before", NOON - SECOND)], NOON + SECOND)
    recorder.saw([("new", NOON)], NOON + 2 * SECOND)
    assert recorder.seen() == (Seen(NOON + SECOND, 1.0),)


def test_a_history_that_is_read_in_is_not_late_and_a_clock_ahead_is_not_early() -> None:
    recorder = Latency()
    recorder.saw([], NOON)
    recorder.saw([("old", NOON - 601 * SECOND), ("late", NOON - 600 * SECOND), ("ahead", NOON + SECOND)], NOON)
    assert [seen.seconds for seen in recorder.seen()] == [600.0, 0.0]


def test_only_so_many_plays_are_kept() -> None:
    recorder = Latency()
    recorder.saw([], NOON)
    plays = [(number, NOON + number * SECOND / 1000) for number in range(REMEMBERED + NEWEST)]
    recorder.saw(plays, NOON + 10 * SECOND)
    assert [seen.seconds for seen in recorder.seen()][-1] == pytest.approx(10 - (REMEMBERED + NEWEST - 1) / 1000)
    assert len(recorder.seen()) == NEWEST
    recorder.saw(plays[-REMEMBERED:], NOON + 11 * SECOND)
    assert {seen.at for seen in recorder.seen()} == {NOON + 10 * SECOND}
