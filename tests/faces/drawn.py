"""Faces that are nobody's: ellipses, light and dark where a face is, which is all that a cascade looks at."""

import struct
import zlib
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
GROUND = 120


def face(side: int = 400, tone: int = 200) -> Image:
    """A grey square with a face in its middle, of `tone`, about two thirds as wide."""
    image = np.full((side, side), GROUND, np.uint8)
    scale = side / 400

    def ellipse(x: int, y: int, width: int, height: int, colour: int) -> None:
        middle, axes = (round(x * scale), round(y * scale)), (round(width * scale), round(height * scale))
        cv2.ellipse(image, middle, axes, 0, 0, 360, colour, -1, cv2.LINE_AA)

    ellipse(200, 170, 115, 140, 50)  # hair
    ellipse(200, 210, 100, 135, tone)
    for x in (158, 242):
        ellipse(x, 178, 30, 17, tone - 70)
        ellipse(x, 160, 28, 6, 60)
        ellipse(x, 182, 20, 9, 240)
        ellipse(x, 182, 9, 9, 30)
    ellipse(200, 215, 10, 34, tone + 25)
    ellipse(200, 245, 20, 8, tone - 60)
    ellipse(200, 285, 40, 10, tone - 50)
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 4 * scale), np.uint8)


def photograph(*faces: tuple[int, int, int], width: int = 1200, height: int = 900) -> Image:
    """A picture (height x width x 3) with faces, each given by its left, its top and the side of its square."""
    noise = np.random.default_rng(1).normal(GROUND, 6, (height, width))
    picture = noise.clip(0, 255).astype(np.uint8)
    for x, y, side in faces:
        picture[y : y + side, x : x + side] = face(side)
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR), np.uint8)


def encoded(image: Image, kind: str = "jpg", *options: Any) -> bytes:
    """An image as a file."""
    written = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR) if kind == "gif" and image.ndim == 2 else image
    done, data = cv2.imencode(f".{kind}", written, options)
    assert done
    return data.tobytes()


def tagged(jpeg: bytes, orientation: int) -> bytes:
    """A JPEG with an EXIF tag that says how it is turned."""
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01" + struct.pack(">HH", orientation, 0) + b"\0" * 4
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:]


def cmyk(image: Image) -> bytes:
    """A JPEG in the four inks of print: four grey ones, put together scan by scan."""
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    planes = [encoded(plane) for plane in (grey, grey, grey, np.full_like(grey, 255))]
    start = planes[0].index(b"\xff\xc0")
    frame = planes[0][start : start + 2 + 17]
    inks = b"".join(bytes([number, 0x11, 0]) for number in range(1, 5))
    adobe = b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\0"
    tables = planes[0][2:start], planes[0][start + 2 + 11 : planes[0].index(b"\xff\xda")]
    scans = (
        b"\xff\xda\0\x08\x01" + bytes([number, 0]) + b"\0\x3f\0" + plane[plane.index(b"\xff\xda") + 10 : -2]
        for number, plane in enumerate(planes, 1)
    )
    head = b"\xff\xc0\0\x14" + frame[4:9] + b"\x04" + inks
    return b"\xff\xd8" + adobe + tables[0] + head + tables[1] + b"".join(scans) + b"\xff\xd9"


def png_that_says(width: int, height: int) -> bytes:
    """A small PNG that says to be as large as wanted."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 100_000)) + chunk(b"IEND", b"")


ONE = photograph((400, 250, 400))
TWO = photograph((100, 250, 400), (650, 250, 400))
NONE = photograph()
