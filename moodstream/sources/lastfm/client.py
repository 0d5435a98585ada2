"""Asking Last.fm, by pylast: who listens, and to what."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import pylast

from moodstream.errors import ConfigurationError, TransientError
from moodstream.identity import name_id
from moodstream.messages import utc
from moodstream.settings import Settings
from moodstream.sources import Report
from moodstream.sources.lastfm.answers import Answers

if TYPE_CHECKING:
    from httpx2 import BaseTransport

RECENT = 50
"""How many scrobbles are asked for at first."""

LONGEST_TEXT = 500

KEY_REFUSED = {"4", "10", "13", "26"}
USER_REFUSED = {"6", "7", "17"}


class Listening(NamedTuple):
    """Somebody listened to something; `since` is None while it is on."""

    artist: str
    title: str
    album: str | None
    since: datetime | None

    @property
    def song_id(self) -> str:
        return name_id(self.artist, self.title)


@contextmanager
def connected(settings: Settings, transport: "BaseTransport | None" = None) -> Iterator[pylast.User]:
    """The user of Last.fm whom the settings name, with pylast's rate limit, and a cache for what does not change.

    Args:
        transport: what carries the requests, where that is not to be the network.

    Raises:
        ConfigurationError: a setting is missing, or CACHE_DIR cannot be written.
    """
    key, username = settings.lastfm_api_key.get_secret_value(), settings.lastfm_username
    for name, value in (("LASTFM_API_KEY", key), ("LASTFM_USERNAME", username)):
        if not value:
            raise ConfigurationError(f"{name} is not set: set it in the environment or in .env.")
    network = pylast.LastFMNetwork(api_key=key, proxy={"https://": transport} if transport else None)
    network.enable_rate_limit()
    with closing(Answers(settings.cache_dir.expanduser() / "lastfm-answers.sqlite")) as answers:
        network.cache_backend = answers  # type: ignore[assignment]  # it asks no more of one
        yield network.get_user(username)


def recent(user: pylast.User, since: datetime | None, report: Report) -> list[Listening]:
    """What was scrobbled since then (at first: the last `RECENT`) and what is on now, asking Last.fm itself.

    Raises:
        TransientError: it does not answer, or not as it should.
        ConfigurationError: it refuses the key or the user.
    """
    limit, time_from = (None, int(since.timestamp())) if since else (RECENT, None)
    try:
        # Not from the cache, which would tell the same for ever.
        tracks = user.get_recent_tracks(limit, cacheable=False, time_from=time_from, now_playing=True)
    except pylast.WSError as error:
        raise _meant(error, user) from error
    except (pylast.PyLastError, IndexError, AttributeError) as error:
        reason = error.__cause__ or error
        raise TransientError(f"no answer that can be read, {type(reason).__name__}: {reason}") from error
    return [listening for track in tracks if (listening := _listening(track, report))]


def _meant(error: pylast.WSError, user: pylast.User) -> ConfigurationError | TransientError:
    status, said = str(error.status), str(error.details).rstrip(". ")
    if status in KEY_REFUSED:
        return ConfigurationError(f"Last.fm refuses the key ({said}): correct LASTFM_API_KEY.")
    if status in USER_REFUSED:
        return ConfigurationError(f"Last.fm does not tell what {user.name} plays ({said}): correct LASTFM_USERNAME.")
    return TransientError(f"error {status}, {said}")


def _listening(track: pylast.PlayedTrack, report: Report) -> Listening | None:
    artist, title = track.track.artist and track.track.artist.name, track.track.title
    try:
        since = utc(datetime.fromtimestamp(int(track.timestamp), UTC)) if track.timestamp is not None else None
    except (ValueError, OverflowError, OSError):  # some players scrobble the year 1970
        report.problem(f"scrobble of {title!r} by {artist!r}: {track.timestamp!r} is no time that it can have had.")
        return None
    if not (artist and title):
        report.problem(f"scrobble at {track.timestamp}: it has no artist or no title.")
        return None
    return Listening(artist[:LONGEST_TEXT], title[:LONGEST_TEXT], (track.album or "")[:LONGEST_TEXT] or None, since)


def duration_ms(user: pylast.User, listening: Listening) -> int | None:
    """What Last.fm knows of the length of a song; asked once for each song, and then in the cache."""
    track = pylast.Track(listening.artist, listening.title, user.network)
    try:
        milliseconds = int(track.get_duration())  # type: ignore[no-untyped-call]
    except (pylast.PyLastError, IndexError, AttributeError, ValueError):  # a play is a play without it
        return None
    return milliseconds if 0 < milliseconds < 2**31 else None
