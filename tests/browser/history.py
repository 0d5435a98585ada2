"""Histories for pages to show, dated now, and waiting until a page shows them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Page, expect

from moodstream.messages import Message, Play
from moodstream.moods import Mood
from moodstream.settings import Settings
from tests.factories import make_classification, make_features, make_feedback, make_play, make_song
from tests.web.history import make_playlist, store, store_batch

VIEWS = ("live", "library", "discover", "batch", "system")
NO_SHARED_SOCKET = "delete window.SharedWorker"
HOSTILE = [
    "<script>window.hacked = 1</script>",
    "<img src=x onerror='window.hacked = 1'>",
    "<b>bold</b> &amp; <a href='http://example.com'>link</a>",
    "\"quotes' `ticks` \\ {{braces}} %{text}",
    "😀 𝄞 ‮right to left‬ עברית",
    "nul\0and\ttab",
]


def just_played(song_id: str = "song-1", ago: float = 5, listener: str = "anna", **more: Any) -> Play:
    source = more.pop("source", "simulate")
    played_at = datetime.now(UTC) - timedelta(seconds=ago)
    return make_play(make_song(song_id, **more), played_at=played_at, listener=listener, source=source)


def heard(play: Play, mood: Mood | None = Mood.HAPPY, **more: Any) -> list[Message]:
    return [play, make_classification(play, mood=mood, **more)]


def a_full_history(settings: Settings) -> None:
    """Every mood and one play without, over the last hour, with feedback, a playlist and a batch run."""
    for number, mood in enumerate([*Mood, None]):
        known = make_features(instrumentalness=0.3, tempo=120.0 if mood else None, arousal=0.1 * number + 0.1)
        plays = [just_played(f"song-{number}", ago=60 * n + number, features=known) for n in range(number + 3)]
        store(settings, *(message for play in plays for message in heard(play, mood)))
        answered = {"song_id": f"song-{number}", "reacted_at": plays[0].played_at, "play_id": plays[0].event_id}
        store(settings, *(make_feedback(reaction=reaction, **answered) for reaction in ("like", "skip")))
    store(settings, make_playlist(made_at=datetime.now(UTC)))
    store_batch(settings, {f"song-{number}": mood for number, mood in enumerate(Mood)})


def until_live(page: Page) -> None:
    """Wait until the page is fresh, and every card of the view that it shows has its answer."""
    expect(page.locator("#updated")).to_have_attribute("data-state", "live", timeout=20_000)
    expect(page.locator(".view:visible .card.waiting")).to_have_count(0, timeout=20_000)


def each_view(page: Page) -> Iterator[str]:
    """The names of the views, each once it is what the page shows, and live."""
    for view in VIEWS:
        page.locator(f"nav [data-view={view}]").click()
        until_live(page)
        yield view
