"""The size of a picture from its first bytes, so that nobody makes us decode one that is too large to hold."""

import re
import struct

from moodstream.errors import DataError

TAKEN = "JPEG, PNG, WebP or GIF"
MOST_SCANS = 500
"""A JPEG may say the same picture in steps; each costs as much as the whole picture, however few bytes it has."""

FRAME = re.compile(rb"[\xc0-\xc3\xc5-\xc7\xc9-\xcb\xcd-\xcf]")
"""The second byte of the markers that begin a frame, which has the size (ITU-T T.81, table B.1)."""


def size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels, as stored: before it is turned upright.

    Raises:
        DataError: it is no picture of a kind that is taken, or ends before it says its size.
    """
    try:
        if data[:2] == b"\xff\xd8":
            return _jpeg(data)
        if data[:8] == b"\x89PNG\r\n\x1a\n":
            width, height = struct.unpack_from(">II", data, 16)
        elif data[:6] in (b"GIF87a", b"GIF89a"):
            width, height = struct.unpack_from("<HH", data, 6)
        elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            width, height = _webp(data)
        else:
            raise DataError(f"This is not a picture that can be read: send a {TAKEN} file.")
    except (struct.error, IndexError) as error:
        raise DataError("The picture ends too early: send the whole file.") from error
    return width, height


def _jpeg(data: bytes) -> tuple[int, int]:
    if data.count(b"\xff\xda") > MOST_SCANS:
        raise DataError(f"The picture is a JPEG of more than {MOST_SCANS} scans: save it anew as an ordinary one.")
    place = 2
    while not FRAME.match(data, place + 1):
        if data[place] != 0xFF:
            raise DataError("The picture is damaged: send it again.")
        # Bytes that only fill up stand alone; every other marker before the frame has a length.
        place += 1 if data[place + 1] == 0xFF else 2 + struct.unpack_from(">H", data, place + 2)[0]
    height, width = struct.unpack_from(">HH", data, place + 5)
    return width, height


def _webp(data: bytes) -> tuple[int, int]:
    """RFC 9649: the canvas of the extended format, or the one picture of the two simple ones."""
    kind = data[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind == b"VP8L":
        bits = struct.unpack_from("<I", data, 21)[0]
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack_from("<HH", data, 26)
    return width & 0x3FFF, height & 0x3FFF
