"""The bytes of a picture -> a small grey one, upright. Nothing is written to a disk or to a log."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from moodstream.errors import DataError
from moodstream.faces import headers

Grey = NDArray[np.uint8]

MOST_PIXELS = 50_000_000
LEAST_SIDE = 48
LONGEST_SIDE = 640
"""What faces are looked for in: one that fills a tenth of the picture still has the 64 pixels that are looked at."""

# Decoded at a half, a quarter or an eighth, a large JPEG takes a part of the time.
REDUCED = {8: cv2.IMREAD_REDUCED_GRAYSCALE_8, 4: cv2.IMREAD_REDUCED_GRAYSCALE_4, 2: cv2.IMREAD_REDUCED_GRAYSCALE_2}


class Picture(NamedTuple):
    """A picture to look for faces in: `grey` is height x width; the upright original was `width` x `height`."""

    grey: Grey
    width: int
    height: int


def read(data: bytes) -> Picture:
    """Decode a picture, turned as its EXIF says, with its longest side at most `LONGEST_SIDE`.

    Raises:
        DataError: it is none, is damaged or not whole, too small, or too large.
    """
    width, height = headers.size(data)
    if min(width, height) < LEAST_SIDE:
        raise DataError(f"The picture is {width} x {height} pixels: it needs {LEAST_SIDE} each way at least.")
    if width * height > MOST_PIXELS:
        raise DataError(f"The picture is {width} x {height} pixels: send one of {MOST_PIXELS:,} pixels at most.")
    grey = _decoded(data, max(width, height))
    turned = (grey.shape[1] > grey.shape[0]) != (width > height) and width != height
    return Picture(_fitted(grey), *((height, width) if turned else (width, height)))


def _decoded(data: bytes, longest: int) -> Grey:
    step = next((step for step in REDUCED if longest // step >= LONGEST_SIDE), 1)
    try:
        decoded = cv2.imdecode(np.frombuffer(data, np.uint8), REDUCED.get(step, cv2.IMREAD_GRAYSCALE))
    except cv2.error:
        decoded = None
    if decoded is None:
        raise DataError("The picture is damaged or not whole: send it again.")
    return np.asarray(decoded, np.uint8)


def _fitted(grey: Grey) -> Grey:
    scale = LONGEST_SIDE / max(grey.shape)
    if scale >= 1:
        return grey
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
