"""Decoding with libsndfile: mp3, flac, wav, aiff, and ogg where FFmpeg does not read it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile

from moodstream.audio.spectrum import Samples

NO_FILE = 7
"""What libsndfile calls an MP3 that it cannot make out: no regular file. That it is one has been seen before."""

UNKNOWN = 1 << 60
"""Where a length is not known, libsndfile says a number beyond this."""

FEWEST = 4096
"""Frames that are read at once of a file with very many channels."""
MOST_VALUES = 1 << 20


class Stream:
    """The sound in a file, as `decode.Stream` has it.

    Raises:
        soundfile.SoundFileError: libsndfile does not read it.
    """

    exact = True

    def __init__(self, path: Path) -> None:
        # As bytes, since a name on disk need not be UTF-8.
        self._file = soundfile.SoundFile(bytes(path))
        self.rate: int = self._file.samplerate
        self.frames: int | None = self._file.frames if self._file.frames < UNKNOWN else None
        self.damage: str | None = None

    def close(self) -> None:
        self._file.close()

    def blocks(self, first: int, count: int | None, size: int) -> Iterator[Samples]:
        """Mono blocks of at most `size` frames: `count` frames from `first` on, or all that follow."""
        channels = self._file.channels
        size = min(size, max(FEWEST, MOST_VALUES // channels))
        room = np.empty((size, channels), np.float32)
        share = np.full(channels, 1 / channels, np.float32)
        left = self._start(first, count)
        while left is None or left > 0:
            block = self._read(room[: size if left is None else min(size, left)])
            if not len(block):
                return
            yield block[:, 0].copy() if channels == 1 else block @ share
            left = None if left is None else left - len(block)

    def _start(self, first: int, count: int | None) -> int | None:
        if first:
            try:
                self._file.seek(first)
            except soundfile.SoundFileError as error:
                self.damage = f"is damaged: its middle cannot be found{said(error)}"
                return 0
        return count

    def _read(self, room: Samples) -> Samples:
        try:
            block: Samples = self._file.read(len(room), dtype="float32", always_2d=True, out=room)
        except soundfile.SoundFileError as error:
            self.damage = f"is damaged{said(error)}"
            return room[:0]
        return block


def said(error: soundfile.SoundFileError) -> str:
    """What libsndfile says, as the end of a sentence; empty where that would mislead."""
    if isinstance(error, soundfile.LibsndfileError) and error.code == NO_FILE:
        return ""
    words = error.error_string if isinstance(error, soundfile.LibsndfileError) else str(error)
    return ": " + words.strip().rstrip(".").removeprefix("Error : ")
