"""A file -> its sound, mono, block by block, so that ten hours take no more room than ten minutes."""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol

import soundfile

from moodstream.audio import LEAST_SECONDS
from moodstream.audio.sndfile import Stream as LibsndfileStream
from moodstream.audio.sndfile import said
from moodstream.audio.spectrum import Samples
from moodstream.errors import AudioError

BLOCK_SECONDS = 3.0

# What headers of real recordings say; a rate beyond them is damage, and would cost without limit.
RATES = range(4_000, 768_001)
# -80 dB of full scale is below what any recording is mixed at; 20 dB above it is no sound but damage.
SILENT, LOUDEST = 1e-4, 10.0
MISSING_SECONDS = 1.0
"""By how much a sound may be shorter than its header says before it counts as cut off."""


@dataclass(frozen=True)
class Sound:
    """What is heard of a song: mono `blocks` at `rate` Hz, to be taken once, and the `duration_ms` of the whole song.

    Taking the blocks raises an AudioError where they turn out to be silent, too few or no sound. Where they are sound
    but not all that there should be, `flaws` says so after the last block, as what is said of a file after its name.
    """

    blocks: Iterable[Samples]
    rate: int
    duration_ms: int | None
    flaws: list[str] = field(default_factory=list)


class Stream(Protocol):
    """What decodes a file: `rate` in Hz, and `frames`, if it is known how many (`exact`, or no more than about).

    `damage` is what was met on the way, as what is said of a file after its name.
    """

    rate: int
    frames: int | None
    exact: bool

    @property
    def damage(self) -> str | None: ...

    def blocks(self, first: int, count: int | None, size: int) -> Iterator[Samples]: ...

    def close(self) -> None: ...


@contextmanager
def decode(path: Path, window: float | None = None) -> Iterator[Sound]:
    """Decode a file, or `window` seconds of it around its middle, for as long as the block lasts.

    Raises:
        AudioError: it cannot be read or decoded (here, or when the blocks are taken).
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise AudioError(f"{path} cannot be read: {error.strerror}.") from error
    with file, closing(_opened(path, file)) as stream:
        if stream.rate not in RATES:
            raise AudioError(f"{path} is damaged: its header says {stream.rate} Hz.")
        first, count = _part(stream, window)
        flaws: list[str] = []
        blocks = _checked(_mended(stream, file, first, count), stream.rate, path)
        yield Sound(_heard(blocks, stream, path, (first, count), flaws), stream.rate, _milliseconds(stream), flaws)


def sound(samples: Samples, rate: int, name: object, duration_ms: int | None) -> Sound:
    """Sound that is there already: mono samples at `rate` Hz; what is said against it calls it `name`."""
    return Sound(_checked([samples], rate, name), rate, duration_ms)


def _opened(path: Path, file: BinaryIO) -> Stream:
    """The file in the hands of what reads it fastest, or reads it at all."""
    try:
        begins = file.read(4)
        file.seek(0)
        if not begins:
            raise AudioError(f"{path} is empty.")
        return _stream(path, file, begins)
    except OSError as error:
        raise AudioError(f"{path} cannot be read: {error.strerror}.") from error


def _stream(path: Path, file: BinaryIO, begins: bytes) -> Stream:
    # libsndfile takes twice as long for Vorbis, and three times for Opus.
    if begins == b"OggS" and (stream := _with_ffmpeg(file)):
        return stream
    try:
        return LibsndfileStream(path)
    except soundfile.SoundFileError as error:
        if stream := _with_ffmpeg(file):
            return stream
        raise AudioError(f"{path} is damaged or no audio file{said(error)}.") from error


def _with_ffmpeg(file: BinaryIO) -> Stream | None:
    import av  # only where it is needed: it takes a third of what all the rest takes to import

    from moodstream.audio import pyav

    try:
        file.seek(0)
        return pyav.Stream(file)
    except (av.FFmpegError, LookupError):
        return None


def _part(stream: Stream, window: float | None) -> tuple[int, int | None]:
    """The first frame to hear, and how many; of what has no known length, a window is its beginning."""
    if window is None:
        return 0, None
    count = round(window * stream.rate)
    return max(0, ((stream.frames or 0) - count) // 2), count


def _mended(stream: Stream, file: BinaryIO, first: int, count: int | None) -> Iterator[Samples]:
    """The blocks of a stream; where libsndfile gives up for damage, FFmpeg goes on behind it."""
    size, heard = round(BLOCK_SECONDS * stream.rate), 0
    for block in stream.blocks(first, count, size):
        heard += len(block)
        yield block
    if stream.damage and isinstance(stream, LibsndfileStream) and (other := _with_ffmpeg(file)):
        with closing(other):
            if other.rate == stream.rate:
                yield from other.blocks(first + heard, None if count is None else count - heard, size)


def _heard(
    blocks: Iterable[Samples], stream: Stream, path: Path, part: tuple[int, int | None], flaws: list[str]
) -> Iterator[Samples]:
    """The blocks as they are; what was lacking is in the `flaws` at the end."""
    heard = 0
    try:
        for block in blocks:
            heard += len(block)
            yield block
    except OSError as error:
        raise AudioError(f"{path} cannot be read: {error.strerror}.") from error
    except AudioError as error:
        if not stream.damage:
            raise
        raise AudioError(f"{path} {stream.damage}.") from error
    first, count = part
    promised = heard if stream.frames is None else min(stream.frames - first, count or stream.frames)
    if stream.damage:
        flaws.append(f"{stream.damage}; it was judged by the {heard / stream.rate:.0f} s that could be decoded.")
    elif stream.exact and promised - heard > MISSING_SECONDS * stream.rate:
        flaws.append(
            f"is cut off: its header promises {promised / stream.rate:.0f} s and it was judged by the "
            f"{heard / stream.rate:.0f} s that are there."
        )


def _checked(blocks: Iterable[Samples], rate: int, name: object) -> Iterator[Samples]:
    """The blocks as they are.

    Raises:
        AudioError: they are silent, too few or no sound.
    """
    heard, loudest = 0, 0.0
    for block in blocks:
        lowest, highest = float(block.min()), float(block.max())
        # Asked so that what is no number is refused too.
        if not (lowest >= -LOUDEST and highest <= LOUDEST):
            raise AudioError(f"{name} is damaged: it has samples far beyond full scale.")
        heard, loudest = heard + len(block), max(loudest, -lowest, highest)
        yield block
    if heard < LEAST_SECONDS * rate:
        raise AudioError(f"{name} is too short: {heard / rate:.2f} s of sound, {LEAST_SECONDS:.0f} s are needed.")
    if loudest < SILENT:
        raise AudioError(f"{name} is silent.")


def _milliseconds(stream: Stream) -> int | None:
    """The length that the header says, where it says one that can be."""
    milliseconds = round(1000 * (stream.frames or 0) / stream.rate)
    return milliseconds if stream.exact and 0 < milliseconds < 2**31 else None
