"""What a page has chosen, as its address says it, into what is wanted of the history."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, get_args

from moodstream.store.queries.wanted import RANGES, Wanted
from moodstream.web.charts.card import View
from moodstream.web.theme import ORDER

LONGEST = 128


def wanted(chosen: Mapping[str, Any]) -> Wanted:
    """The filters of a page; what cannot be understood, as after a slip in an address, is left out."""
    range_, mood = str(chosen.get("range")), str(chosen.get("mood"))
    return Wanted(
        range=range_ if range_ in RANGES else Wanted().range,
        since=_moment(chosen.get("since")) if range_ == "custom" else None,
        until=_moment(chosen.get("until")) if range_ == "custom" else None,
        listener=_text(chosen.get("listener")),
        source=_text(chosen.get("source")),
        mood=mood if mood in ORDER else "",
        zone=_text(chosen.get("zone")) or Wanted().zone,
    )


def view(chosen: Mapping[str, Any]) -> str:
    """Which of the pages is looked at."""
    name = str(chosen.get("view"))
    return name if name in get_args(View) else "live"


def _text(value: Any) -> str:
    """Text that a database takes: JSON can say halves of characters."""
    return str(value or "").encode(errors="replace").decode()[:LONGEST]


def _moment(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # the latter: at the ends of the calendar there is no room for an offset
        return None
