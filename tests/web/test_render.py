"""What of an answer reaches the page."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from dash import no_update
from dash._utils import to_json

from moodstream.store.queries import Now
from moodstream.web.charts import CARDS, agreement, movement, now, playlist
from moodstream.web.feed import Answer, Fault
from moodstream.web.live import news
from moodstream.web.render import banner, question, signature, update, zone
from moodstream.web.theme import DARK
from tests.factories import NOON
from tests.web.answers import LOOKED_AT, make_movement, make_now


def test_a_card_asks_by_what_the_page_has_chosen() -> None:
    assert question(movement.CARD, "7d", "anna").argument == "7d"
    assert question(playlist.CARD, "7d", "anna").argument == "anna"
    assert question(now.CARD, "7d", "anna").argument == ""


def test_two_cards_with_the_same_question_share_its_answer() -> None:
    asked = [question(card, "1h", "") for card in CARDS]
    assert len(set(asked)) == len(asked) - 1


def test_a_card_with_an_answer_is_drawn() -> None:
    drawn = update(movement.CARD, Answer(make_movement(), 1.0), LOOKED_AT)
    assert drawn.classes == "card wide"
    assert not drawn.nothing


def test_a_card_with_nothing_to_show_says_what_to_start() -> None:
    empty = update(now.CARD, Answer(Now((), False), 1.0), LOOKED_AT)
    assert empty.body is no_update
    assert empty.classes == "card side empty"
    assert "Nothing has played yet. Start " in to_json(empty.nothing)
    assert '"python stream_music.py"' in to_json(empty.nothing)
    assert "python batch_processor.py --classify" in to_json(update(agreement.CARD, Answer({}, 1.0), LOOKED_AT).nothing)


def test_an_empty_range_says_that_a_longer_one_may_not_be() -> None:
    none = Answer(make_movement(Happy=[0]), 1.0)
    assert "No moods in the last 24 hours" in to_json(update(movement.CARD, none, LOOKED_AT).nothing)
    assert "longer" not in to_json(update(movement.CARD, none, LOOKED_AT._replace(range="all")).nothing)


def test_what_is_on_the_page_already_is_not_sent_again() -> None:
    asked = [question(card, "24h", "") for card in CARDS]
    answers = [Answer(make_now(), 1.0) if card is now.CARD else None for card in CARDS]
    updates, shown = news(asked, answers, LOOKED_AT, {})
    assert updates[0].body is not no_update
    assert shown.keys() == {"now"}
    again, still = news(asked, answers, LOOKED_AT, shown)
    assert all(field is no_update for card in again for field in card)
    assert still == shown


@pytest.mark.parametrize(
    "other",
    [LOOKED_AT._replace(theme=DARK), LOOKED_AT._replace(zone=ZoneInfo("Asia/Kolkata"))],
    ids=["colours", "time zone"],
)
def test_the_same_answer_looked_at_otherwise_is_another_picture(other: object) -> None:
    asked, answer = question(now.CARD, "24h", ""), Answer(make_now(), 1.0)
    assert signature(asked, answer, LOOKED_AT) != signature(asked, answer, other)  # type: ignore[arg-type]


def test_the_banner_says_since_when_mysql_is_away_and_what_is_shown_meanwhile() -> None:
    away = Fault(NOON, "2003 refused", away=True)
    assert banner(away, True, LOOKED_AT)[0] == "MySQL is away since 12:00; showing what was known."
    assert banner(away, False, LOOKED_AT)[0] == "MySQL is away since 12:00; the page fills as soon as it answers."
    assert banner(None, True, LOOKED_AT) == []


def test_the_banner_says_what_to_change_where_waiting_does_not_help() -> None:
    assert banner(Fault(NOON, "Start it.", away=False), True, LOOKED_AT) == ["Start it."]


@pytest.mark.parametrize("name", ["", "Nowhere/Else", "../../etc/passwd", "Europe", "\0"])
def test_a_time_zone_that_is_none_is_taken_as_utc(name: str) -> None:
    assert zone(name) is UTC


def test_a_time_zone_is_known_by_its_name() -> None:
    assert zone("Europe/Berlin") == ZoneInfo("Europe/Berlin")
