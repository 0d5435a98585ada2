"""Listening to a file, or to sound in memory: all steps from bytes to an analysis that can be kept."""

import hashlib
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from moodstream.audio import tags
from moodstream.audio.decode import Sound, decode
from moodstream.audio.descriptors import describe_stream
from moodstream.audio.features import tell
from moodstream.audio.library import Analysis, File, Heard, Library
from moodstream.errors import AudioError

CHUNK = 1 << 20


def listen(sound: Sound) -> Analysis:
    """Analyse a sound.

    Raises:
        AudioError: it is silent, too short or damaged.
    """
    told = tell(describe_stream(sound.blocks, sound.rate))
    return Analysis(
        features=told.features,
        modelled=told.modelled,
        estimates=told.estimated,
        duration_ms=sound.duration_ms,
        flaw=" ".join(sound.flaws) or None,
    )


def hear(file: File, root: Path, library: Library) -> Heard:
    """Analyse a file below `root`, unless the library knows its content, and remember it; if damaged it has a `fault`.

    As much of it is heard as the library's `window` says.

    Raises:
        AudioError: the file cannot be read at all, or changes meanwhile, which may be otherwise next time.
        ConfigurationError: as `Library`.
    """
    path = file.path
    before = _state(path)
    content = _content(path)
    heard = Heard(content, tags.read(path, root), library.analysis(content) or _analysis(path, library.window))
    # Otherwise what was heard of one file would be remembered of another, a half of it or its successor.
    if _state(path) != before:
        raise AudioError(f"{path} changed while it was read.")
    library.keep_file(file, heard)
    return heard


def _state(path: Path) -> tuple[int, int, int, int]:
    """What tells whether a file is still the same and unchanged."""
    with _named(path):
        found = path.stat()
    if not stat.S_ISREG(found.st_mode):  # to open a pipe would wait for whoever writes into it
        raise AudioError(f"{path} is no file any more.")
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _content(path: Path) -> str:
    digest = hashlib.blake2b(digest_size=16)
    with _named(path), path.open("rb") as handle:
        while chunk := handle.read(CHUNK):
            digest.update(chunk)
    return f"file-{digest.hexdigest()}"


@contextmanager
def _named(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise AudioError(f"{path} cannot be read: {error.strerror}.") from error


def _analysis(path: Path, window: float | None) -> Analysis:
    try:
        with decode(path, window) as sound:
            analysis = listen(sound)
    except AudioError as error:
        if isinstance(error.__cause__, OSError):
            raise  # the fault of the disk, or of who moved the file; what it holds may be sound
        # Without the path, since the content may turn up in another file.
        analysis = Analysis(fault=str(error).removeprefix(f"{path} "))
    return msgspec.structs.replace(analysis, window=window)
