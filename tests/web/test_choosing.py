"""What the address of a page says, into what is wanted."""

from datetime import UTC, datetime
from typing import Any

import pytest

from moodstream.store.queries.wanted import Wanted
from moodstream.web.choosing import view, wanted


def test_an_address_without_filters_wants_the_last_hour_of_everybody() -> None:
    assert wanted({}) == Wanted()
    assert wanted({}).range == "1h"


def test_all_filters_are_taken() -> None:
    chosen = {"range": "7d", "listener": "anna", "source": "folder", "mood": "Calm", "zone": "Europe/Berlin"}
    assert wanted(chosen) == Wanted("7d", None, None, "anna", "folder", "Calm", "Europe/Berlin")


def test_a_custom_range_has_times_of_which_either_may_be_open() -> None:
    chosen = wanted({"range": "custom", "since": "2026-11-01T10:00Z", "until": ""})
    assert chosen.since == datetime(2026, 11, 1, 10, tzinfo=UTC)
    assert chosen.until is None


def test_times_count_for_a_custom_range_alone() -> None:
    assert wanted({"range": "1h", "since": "2026-11-01T10:00Z"}) == Wanted()


@pytest.mark.parametrize(
    "slip",
    [
        {"range": "2h"},
        {"range": ["1h"]},
        {"mood": "Grumpy"},
        {"mood": None},
        {"range": "custom", "since": "yesterday"},
        {"range": "custom", "since": "0001-01-01T00:00+01:00"},
        {"range": "custom", "until": "9999-12-31T23:59-01:00"},
        {"listener": None},
        {"zone": ""},
    ],
)
def test_what_cannot_be_understood_is_left_out(slip: dict[str, Any]) -> None:
    assert wanted(slip)._replace(range="1h") == Wanted()


@pytest.mark.parametrize("name", ["listener", "source", "zone"])
def test_halves_of_characters_become_text_that_a_database_takes(name: str) -> None:
    assert getattr(wanted({name: "anna \ud83d"}), name) == "anna ?"


def test_a_page_that_is_none_is_the_live_one() -> None:
    assert [view({"view": name}) for name in ("system", "nowhere", None)] == ["system", "live", "live"]
