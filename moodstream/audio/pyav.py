"""Decoding with FFmpeg (PyAV): m4a, aac, wma and more that libsndfile does not read, and ogg, which it does faster."""

import errno
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain, groupby
from typing import Any, BinaryIO

import av
import numpy as np
from av.audio.fifo import AudioFifo
from numpy.typing import NDArray

from moodstream.audio.spectrum import Samples

CONTAINERS = "mov,aac,asf,matroska,wv,ogg,flac,mp3,wav,aiff"
"""What may be read: nothing that leads to other files or to the network, as a playlist does."""

ESTIMATED = {"aac", "mp3"}
"""Containers without a length, which is told from the size of the file and the first bit rate."""

FULL_SCALE = {"uint8": 1 << 7, "int16": 1 << 15, "int32": 1 << 31}

TYPES = {"u8": np.uint8, "s16": np.int16, "s32": np.int32, "flt": np.float32, "dbl": np.float64}
"""What samples are, by FFmpeg's names, after which a p says that each channel has a plane of its own."""

av.logging.set_level(None)


Kind = tuple[str, str, int]
"""What frames must have in common to be joined: format and layout by FFmpeg's names, rate in Hz."""


class Stream:
    """The sound in a file, as `decode.Stream` has it.

    Raises:
        av.FFmpegError: FFmpeg does not read it.
        LookupError: there is no sound in it.
        OSError: the disk does not give it (here, and when the blocks are taken).
    """

    def __init__(self, file: BinaryIO) -> None:
        self._container = av.open(
            _Seekable(file), "r", metadata_errors="replace", container_options={"format_whitelist": CONTAINERS}
        )
        try:
            self._stream = self._container.streams.audio[0]
            self._stream.codec_context.thread_count = 1
        except (LookupError, AttributeError) as error:
            self._container.close()
            raise LookupError("it holds no sound that can be decoded") from error
        self.rate: int = self._stream.codec_context.sample_rate
        if not self.rate:
            self._container.close()
            raise LookupError("it holds no sound that can be decoded")
        self.frames = self._length()
        self.exact = self._container.format.name not in ESTIMATED
        self._damaged = 0

    @property
    def damage(self) -> str | None:
        places = "a place" if self._damaged == 1 else f"{self._damaged} places"
        return f"is damaged in {places}" if self._damaged else None

    def close(self) -> None:
        self._container.close()

    def blocks(self, first: int, count: int | None, size: int) -> Iterator[Samples]:
        """Mono blocks of at most `size` frames: `count` frames from about `first` on, or all that follow."""
        left = count
        # A queue takes frames of one kind, and, if of another, may read where there is nothing.
        for kind, frames in groupby(self._frames(first), _kind):
            fifo = AudioFifo()
            for frame in self._brought(frames, kind):
                fifo.write(frame)
                while (left is None or left > 0) and (block := fifo.read(size if left is None else min(size, left))):
                    yield _mono(block)
                    left = None if left is None else left - block.samples
                if left == 0:
                    return
            if block := fifo.read(0, partial=True):
                yield _mono(block)
                left = None if left is None else left - block.samples

    def _length(self) -> int | None:
        base = self._stream.time_base
        if self._stream.duration and base:
            return round(self._stream.duration * base * self.rate)
        return round(self._container.duration * self.rate / av.time_base) if self._container.duration else None

    def _brought(self, frames: Iterable[Any], kind: Kind) -> Iterable[Any]:
        """Frames of one kind, brought to `rate`, which need not be theirs from the first or to the last."""
        name, layout, rate = kind
        known = rate == self.rate and name.removesuffix("p") in TYPES
        return frames if known else self._resampled(frames, layout)

    def _resampled(self, frames: Iterable[Any], layout: str) -> Iterator[Any]:
        resampler = av.AudioResampler("fltp", layout, self.rate)
        try:
            for frame in chain(frames, [None]):
                for resampled in resampler.resample(frame):
                    resampled.pts = None
                    yield resampled
        except av.FFmpegError:
            self._damaged += 1

    def _frames(self, first: int) -> Iterator[Any]:
        """Frames from the one that holds sample `first` on."""
        if first and self._stream.time_base:
            # Where there is no way to seek, all is decoded up to there.
            with suppress(av.FFmpegError):
                self._container.seek(int(first / self.rate / self._stream.time_base), stream=self._stream)
        for frame in self._decoded():
            if frame.time is not None and round(frame.time * self.rate) + frame.samples <= first:
                continue
            frame.pts = None
            yield frame

    def _decoded(self) -> Iterator[Any]:
        packets = self._container.demux(self._stream)
        while True:
            try:
                yield from next(packets).decode()
            except StopIteration:
                return
            except av.EOFError:
                return
            except av.FFmpegError:
                self._damaged += 1


class _Seekable:
    """A file that says no, as FFmpeg expects it, where a damaged header sends it to a place that there cannot be."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.read, self.tell = file.read, file.tell

    def seek(self, place: int, whence: int = 0) -> int:
        try:
            return self._file.seek(place, whence)
        except OSError as error:
            return -(error.errno or errno.EIO)


def _kind(frame: Any) -> Kind:
    return frame.format.name, frame.layout.name, frame.sample_rate


def _mono(frame: Any) -> Samples:
    """The mean of the channels, 1 at full scale."""
    first, *others = _channels(frame)
    mono: Samples = first.astype(np.float32)
    for channel in others:
        mono += channel
    count, full = 1 + len(others), FULL_SCALE.get(first.dtype.name, 1)
    if first.dtype == np.uint8:
        mono -= np.float32(count * full)
    mono *= np.float32(1 / (count * full))
    return mono


def _channels(frame: Any) -> Iterable[NDArray[Any]]:
    kind, count = TYPES[frame.format.name.removesuffix("p")], frame.layout.nb_channels
    if not frame.format.is_planar:
        return np.frombuffer(frame.planes[0], kind, count * frame.samples).reshape(-1, count).T
    # Of more than eight channels PyAV goes on to give planes that are not there.
    return [np.frombuffer(plane, kind, frame.samples) for plane in frame.planes[:count]]
