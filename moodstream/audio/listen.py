"""Listening to a file, or to sound in memory: all steps from bytes to an analysis that can be kept."""

import hashlib
from pathlib import Path

from moodstream.audio import tags
from moodstream.audio.decode import Sound, decode
from moodstream.audio.descriptors import describe
from moodstream.audio.features import estimates, features
from moodstream.audio.library import Analysis, File, Heard, Library
from moodstream.errors import AudioError

CHUNK = 1 << 20


def listen(sound: Sound) -> Analysis:
    """Analyse a sound."""
    return Analysis(features=features(describe(sound.samples)), estimates=estimates(), duration_ms=sound.duration_ms)


def hear(file: File, root: Path, library: Library) -> Heard:
    """Analyse a file below `root`, unless the library knows its content, and remember it; if damaged it has a `fault`.

    Raises:
        AudioError: the file cannot be read at all, which may be otherwise next time.
        ConfigurationError: as `Library`.
    """
    content = _content(file.path)
    heard = Heard(content, tags.read(file.path, root), library.analysis(content) or _analysis(file.path))
    library.keep_file(file, heard)
    return heard


def _content(path: Path) -> str:
    digest = hashlib.blake2b(digest_size=16)
    try:
        with path.open("rb") as handle:
            while chunk := handle.read(CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise AudioError(f"{path} cannot be read: {error.strerror}.") from error
    return f"file-{digest.hexdigest()}"


def _analysis(path: Path) -> Analysis:
    try:
        return listen(decode(path))
    except AudioError as error:
        # Without the path, since the content may turn up in another file.
        return Analysis(fault=str(error).removeprefix(f"{path} "))
