"""What was shown of Last.fm as being on, so that its scrobble is known to be the same listening."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from moodstream.errors import ConfigurationError

LONG_SONG = timedelta(minutes=30)
"""How long a song is taken to be where nobody knows."""

SKEW = timedelta(minutes=2)
"""How far Last.fm's clock and ours may be apart."""

REMEMBERED = 200


class Shown(msgspec.Struct):
    """A play of what was on, `at` the time when that was seen, and the start that its scrobble told later."""

    song_id: str
    at: datetime
    scrobbled: datetime | None = None


class Memory:
    """What was shown as being on, kept over restarts.

    Raises:
        ConfigurationError: the file cannot be read or written (here and in every method).
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        with usable(file):
            self._shown = msgspec.json.decode(file.read_bytes(), type=list[Shown]) if file.exists() else []

    def is_on(self, song_id: str, now: datetime) -> bool:
        """Whether this was the last that was shown, and may be on still."""
        last = self._shown[-1] if self._shown else None
        return last is not None and last.song_id == song_id and not last.scrobbled and now - last.at < LONG_SONG

    def show(self, song_id: str, now: datetime) -> None:
        self._shown = [*self._shown[1 - REMEMBERED :], Shown(song_id, now)]
        self._save()

    def recognise(self, song_id: str, since: datetime, duration: timedelta) -> bool:
        """Whether this scrobble is of a listening that was shown. Each is of one only."""
        for shown in self._shown:
            fits = since - SKEW <= shown.at <= since + duration + SKEW
            if shown.song_id == song_id and (shown.scrobbled == since or (fits and not shown.scrobbled)):
                shown.scrobbled = since
                self._save()
                return True
        return False

    def _save(self) -> None:
        new = self._file.with_suffix(".new")
        with usable(self._file):
            new.write_bytes(msgspec.json.encode(self._shown))
            new.replace(self._file)


@contextmanager
def usable(file: Path) -> Iterator[None]:
    """Make a fault of this file of CACHE_DIR one sentence.

    Raises:
        ConfigurationError: it cannot be read or written, or what is in it is damaged.
    """
    try:
        yield
    except (OSError, msgspec.MsgspecError) as error:
        raise ConfigurationError(f"{file} cannot be used ({error}): remove it, or set CACHE_DIR anew.") from error
