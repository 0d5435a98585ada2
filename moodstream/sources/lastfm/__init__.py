"""What somebody plays on Last.fm: what is on now, and what was scrobbled (LASTFM_USERNAME, LASTFM_API_KEY).

A listening is one play. What is on becomes a play at once; when its scrobble comes, which has the same name and a
start that fits, it is known to be the same listening. A scrobble that was not seen on becomes a play at its own time,
with an id that follows from name and time: read again after a restart, it is the same play.
"""

import argparse
import hashlib
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta

import pylast

from moodstream.audio.library import Library
from moodstream.backoff import backoff
from moodstream.errors import TransientError
from moodstream.messages import Play, Song, play_id
from moodstream.settings import Settings
from moodstream.sources import Clock, Report, a_listener
from moodstream.sources.lastfm.client import Listening, connected, duration_ms, recent
from moodstream.sources.lastfm.memory import LONG_SONG, Memory

log = logging.getLogger(__name__)

POLL_SECONDS = 15.0
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
# A player may hand in its scrobbles late, so each poll looks back this far behind the newest that is known.
LOOK_BACK = timedelta(hours=1)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--listener", type=a_listener, help="who plays (default: LASTFM_USERNAME)")


def plays(arguments: argparse.Namespace, settings: Settings, report: Report, clock: Clock) -> Iterator[Play]:
    with closing(Library(settings.cache_dir)) as library, connected(settings) as user:
        listener = arguments.listener or settings.lastfm_username
        follower = Follower(user, library, memory(settings), listener, report, clock)
        yield from follower.plays(arguments.once)


def memory(settings: Settings) -> Memory:
    """What was shown of the user whom the settings name."""
    user = hashlib.blake2b(settings.lastfm_username.casefold().encode(), digest_size=8).hexdigest()
    return Memory(settings.cache_dir.expanduser() / f"lastfm-{user}.json")


class Follower:
    """Turns what a user listens to into plays of a listener."""

    def __init__(
        self,
        user: pylast.User,
        library: Library,
        memory: Memory,
        listener: str,
        report: Report,
        clock: Clock,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._user, self._library, self._memory = user, library, memory
        self._listener, self._report, self._clock, self._sleep = listener, report, clock, sleep
        self._on: str | None = None
        self._known: set[tuple[str, datetime]] = set()

    def plays(self, once: bool) -> Iterator[Play]:
        """The plays of the recent past, and then those that come, as they come."""
        yield from self._new(self._patiently())
        while not once:
            self._sleep(POLL_SECONDS)
            yield from self._new(self._patiently())

    def _patiently(self) -> list[Listening]:
        """Ask until Last.fm answers; say once that it does not."""
        newest = max((since for _, since in self._known), default=None)
        failures = 0
        for pause in backoff(FIRST_PAUSE, LONGEST_PAUSE):
            try:
                listenings = recent(self._user, newest and newest - LOOK_BACK, self._report)
                break
            except TransientError as error:
                failures += 1
                if failures == 1:
                    log.warning("Last.fm: %s; asking again until it answers", error)
                self._sleep(pause)
        if failures:
            log.info("Last.fm answers again")
        return listenings

    def _new(self, listenings: list[Listening]) -> Iterator[Play]:
        scrobbles = sorted((each.since, each) for each in listenings if each.since)
        for since, listening in scrobbles:
            if (listening.song_id, since) not in self._known:
                self._known.add((listening.song_id, since))
                song = self._song(listening)
                length = timedelta(milliseconds=song.duration_ms) if song.duration_ms else LONG_SONG
                if not self._memory.recognise(listening.song_id, since, length):
                    yield self._play(listening, song, since)
        on = next((each for each in listenings if not each.since), None)
        if on and on.song_id != self._on:
            now = self._clock()
            if not self._memory.is_on(on.song_id, now):
                self._memory.show(on.song_id, now)
                yield self._play(on, self._song(on), now)
        self._on = on and on.song_id

    def _play(self, listening: Listening, song: Song, played_at: datetime) -> Play:
        # By its name even where the sound is known: it may not have been when this play was first told.
        event_id = play_id("lastfm", self._listener, listening.song_id, played_at)
        return Play(event_id=event_id, listener=self._listener, played_at=played_at, source="lastfm", song=song)

    def _song(self, listening: Listening) -> Song:
        """The song with its sound, where a file of this name was analysed before; else with what Last.fm knows."""
        if heard := self._library.find(listening.artist, listening.title):
            return heard.song()
        self._report.count("plays whose sound is not known")
        return Song(
            song_id=listening.song_id,
            title=listening.title,
            artist=listening.artist,
            album=listening.album,
            duration_ms=duration_ms(self._user, listening),
        )
