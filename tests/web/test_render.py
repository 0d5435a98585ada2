"""What of an answer reaches the page."""

from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dash import Patch, no_update
from dash._utils import to_json

from moodstream.store.queries.now import Now
from moodstream.store.queries.wanted import Wanted, zone
from moodstream.web.charts import CARDS, movement, now, playlist
from moodstream.web.charts.card import Look
from moodstream.web.questions import Answer, Fault
from moodstream.web.render import Drawings, banner, question
from moodstream.web.services import Away
from moodstream.web.theme import DARK
from tests.factories import NOON
from tests.web.answers import LOOKED_AT, make_movement, make_now

NOTHING = Answer(Now((), False, ()), 1.0)


def looked_at(**wanted: Any) -> Look:
    return LOOKED_AT._replace(wanted=LOOKED_AT.wanted._replace(**wanted))


def test_a_card_asks_by_what_it_depends_on() -> None:
    chosen = Wanted("7d", listener="anna", mood="Calm")
    assert question(movement.CARD, chosen).wanted == Wanted("7d", listener="anna")
    assert question(now.CARD, chosen).wanted == Wanted(listener="anna")


def test_a_long_time_is_asked_about_less_often() -> None:
    paces = [question(movement.CARD, Wanted(range_)).pace for range_ in ("15m", "24h", "all")]
    assert paces == sorted(paces)
    assert paces[0] < paces[-1]
    assert question(now.CARD, Wanted("all")).pace == 0


def test_no_two_cards_ask_the_same() -> None:
    asked = [question(card, Wanted()) for card in CARDS]
    assert len(set(asked)) == len(asked)


def test_a_card_with_an_answer_is_drawn() -> None:
    drawn, _ = Drawings().update(movement.CARD, Answer(make_movement(), 1.0), LOOKED_AT, "")
    assert drawn.classes == "card"
    assert drawn.body["layout"]["uirevision"]
    assert not drawn.nothing


def test_a_card_with_nothing_to_show_says_what_to_start() -> None:
    empty, _ = Drawings().update(now.CARD, NOTHING, looked_at(listener="", source=""), "")
    assert empty.body is no_update
    assert empty.classes == "card empty"
    assert "Nothing has played yet. Start " in to_json(empty.nothing)
    assert '"python stream_music.py"' in to_json(empty.nothing)
    none, _ = Drawings().update(playlist.CARD, Answer(None, 1.0), LOOKED_AT, "")
    assert "python playlist_manager.py" in to_json(none.nothing)


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"range": "all"}, "No moods yet. Start "),
        ({"range": "24h"}, "No moods in the last 24 hours. Start "),
        ({"range": "all", "listener": "anna"}, "No moods for anna. Start "),
        ({"range": "1h", "source": "folder", "mood": "Calm"}, "No moods in the last hour for folder, Calm. Start "),
    ],
)
def test_where_filters_leave_nothing_the_card_says_which(chosen: dict[str, Any], said: str) -> None:
    empty, _ = Drawings().update(movement.CARD, Answer(make_movement(Happy=[0]), 1.0), looked_at(**chosen), "")
    assert f'"{said}"' in to_json(empty.nothing)


def test_what_is_on_the_page_already_is_not_sent_again() -> None:
    drawings, answer = Drawings(), Answer(make_now(), 1.0)
    first, shown = drawings.update(now.CARD, answer, LOOKED_AT, "")
    assert first.body is not no_update
    again, still = drawings.update(now.CARD, answer, LOOKED_AT, shown)
    assert all(field is no_update for field in again)
    assert still == shown


def test_a_figure_that_changed_a_little_is_sent_as_a_patch() -> None:
    drawings = Drawings()
    _, shown = drawings.update(movement.CARD, Answer(make_movement(Calm=[1, 2, 3]), 1.0), LOOKED_AT, "")
    then, _ = drawings.update(movement.CARD, Answer(make_movement(Calm=[1, 2, 4]), 2.0), LOOKED_AT, shown)
    assert isinstance(then.body, Patch)


def test_a_page_whose_picture_is_not_remembered_gets_the_whole_figure() -> None:
    _, shown = Drawings().update(movement.CARD, Answer(make_movement(Calm=[1, 2, 3]), 1.0), LOOKED_AT, "")
    then, _ = Drawings().update(movement.CARD, Answer(make_movement(Calm=[1, 2, 4]), 2.0), LOOKED_AT, shown)
    assert isinstance(then.body, dict)


def test_what_is_not_known_yet_is_never_shown_as_something_else() -> None:
    drawings = Drawings()
    _, shown = drawings.update(movement.CARD, Answer(make_movement(), 1.0), LOOKED_AT, "")
    waiting, after = drawings.update(movement.CARD, None, looked_at(range="7d"), shown)
    assert (waiting.classes, after) == ("card waiting", "")
    still, kept = drawings.update(movement.CARD, None, LOOKED_AT, shown)
    assert (still.classes, kept) == (no_update, shown)


@pytest.mark.parametrize(
    "other",
    [
        LOOKED_AT._replace(theme=DARK),
        LOOKED_AT._replace(zone=ZoneInfo("Asia/Kolkata")),
        looked_at(mood="Calm"),
        looked_at(range="7d"),
    ],
    ids=["colours", "time zone", "mood", "range"],
)
def test_the_same_answer_looked_at_otherwise_is_another_picture(other: Look) -> None:
    drawings, answer = Drawings(), Answer(make_movement(), 1.0)
    _, shown = drawings.update(movement.CARD, answer, LOOKED_AT, "")
    then, after = drawings.update(movement.CARD, answer, other, shown)
    assert after != shown
    assert then.said is not no_update


def test_the_banner_says_since_when_mysql_is_away_and_what_is_shown_meanwhile() -> None:
    away = Fault(NOON, "2003 refused", away=True)
    assert "MySQL is away since 12:00; showing what was known." in to_json(banner(away, None, True, LOOKED_AT))
    assert "the page fills as soon as it answers" in to_json(banner(away, None, False, LOOKED_AT))
    assert banner(None, None, True, LOOKED_AT) == []


def test_the_banner_says_what_to_change_where_waiting_does_not_help() -> None:
    assert "Start it." in to_json(banner(Fault(NOON, "Start it.", away=False), None, True, LOOKED_AT))


def test_the_banner_says_all_that_is_away() -> None:
    said = to_json(banner(Fault(NOON, "2003", away=True), Away(NOON, "No broker."), True, LOOKED_AT))
    assert "MySQL is away since 12:00" in said
    assert "Kafka is away since 12:00; plays, moods and feedback wait until it answers." in said


@pytest.mark.parametrize("name", ["", "Nowhere/Else", "../../etc/passwd", "Europe", "\0"])
def test_a_time_zone_that_is_none_is_taken_as_utc(name: str) -> None:
    assert zone(name) is UTC


def test_a_time_zone_is_known_by_its_name() -> None:
    assert zone("Europe/Berlin") == ZoneInfo("Europe/Berlin")
