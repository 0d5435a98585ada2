"""The file of API keys: of each its name, its date, whose it is, and a hash of it; never the key itself.

A key is 256 random bits, so there is nothing to guess and no need of a slow hash; and since a key is looked up by its
hash, how long that takes tells nothing about any key.
"""

import fcntl
import hashlib
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from moodstream.errors import ConfigurationError
from moodstream.messages import Id

PREFIX = "mood_"
"""What keys begin with, so that who finds one knows what it is."""

Stamp = tuple[int, int, int]


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a key: `digest` is its SHA-256 in hex. It is for one `listener`, or for everything."""

    name: Id
    digest: str
    created_at: datetime
    listener: Id | None = None


class Keyring:
    """The keys of a file, as they are now: the file is read again when it has changed. For any thread.

    Raises:
        ConfigurationError: the file cannot be read (here and in every method).
    """

    def __init__(self, file: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._file, self._clock = file.expanduser(), clock
        self._known: tuple[Stamp | None, Mapping[str, Key]] = None, {}
        self.all()

    def all(self) -> tuple[Key, ...]:
        """All keys, the oldest first."""
        return tuple(self._now().values())

    def find(self, token: str) -> Key | None:
        """The key that somebody shows, if it is one."""
        return self._now().get(_digest(token))

    def add(self, name: str, listener: str | None = None) -> str:
        """Make a key and give it: it is told this once.

        Raises:
            ConfigurationError: the name is taken, a name or listener cannot be one, or the file cannot be written.
        """
        token = PREFIX + secrets.token_urlsafe(32)
        new = _made(name, _digest(token), self._clock(), listener)
        with self._alone() as keys:
            if any(key.name == name for key in keys):
                raise ConfigurationError(f"There is a key {name!r} already: remove it first, or take another name.")
            self._write([*keys, new])
        return token

    def remove(self, name: str) -> None:
        """Have a key open nothing any more.

        Raises:
            ConfigurationError: there is none of this name, or the file cannot be written.
        """
        with self._alone() as keys:
            kept = [key for key in keys if key.name != name]
            if len(kept) == len(keys):
                names = ", ".join(repr(key.name) for key in keys) or "none"
                raise ConfigurationError(f"There is no key {name!r}; there are: {names}.")
            self._write(kept)

    def _now(self) -> Mapping[str, Key]:
        try:
            if self._known[0] != _stamp(self._file.stat()):
                self._known = self._read()
        except FileNotFoundError:
            self._known = None, {}
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise ConfigurationError(
                f"The API keys in {self._file} cannot be read ({error}): mend or remove it, or set API_KEYS_FILE."
            ) from error
        return self._known[1]

    def _read(self) -> tuple[Stamp, Mapping[str, Key]]:
        with self._file.open("rb") as file:
            stamp = _stamp(os.fstat(file.fileno()))
            keys = msgspec.json.decode(file.read(), type=list[Key])
        return stamp, {key.digest: key for key in keys}

    @contextmanager
    def _alone(self) -> Iterator[tuple[Key, ...]]:
        """The keys, while no other process changes them."""
        folder = None
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            folder = os.open(self._file.parent, os.O_RDONLY)
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield self.all()
        except OSError as error:
            raise ConfigurationError(
                f"The API keys cannot be kept in {self._file} ({error.strerror}): set API_KEYS_FILE to another file."
            ) from error
        finally:
            if folder is not None:
                os.close(folder)

    def _write(self, keys: list[Key]) -> None:
        """Put a new file in the place of the old: whoever reads sees the one or the other. Nobody but us may."""
        with tempfile.NamedTemporaryFile(dir=self._file.parent, prefix=f".{self._file.name}-", delete=False) as new:
            try:
                new.write(msgspec.json.format(msgspec.json.encode(keys)))
                new.flush()
                os.fsync(new.fileno())
                Path(new.name).replace(self._file)
            except BaseException:
                Path(new.name).unlink()
                raise


def _made(name: str, digest: str, now: datetime, listener: str | None) -> Key:
    if not name.isprintable():
        raise ConfigurationError(f"There can be no key {name!r}: take a name that can be printed.")
    try:
        key = msgspec.convert({"name": name, "digest": digest, "created_at": now, "listener": listener}, Key)
        msgspec.json.encode(key)  # text that is no Unicode passes everything but this
    except (msgspec.ValidationError, UnicodeEncodeError) as error:
        whose = f" for {listener!r}" if listener is not None else ""
        raise ConfigurationError(f"There can be no key {name!r}{whose} ({error}): take another name.") from error
    return key


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _stamp(status: os.stat_result) -> Stamp:
    return status.st_ino, status.st_mtime_ns, status.st_size
