"""How long it takes from a photograph to a playlist, on one core, once everything is loaded."""

import statistics
import time

import cv2
import numpy as np

from benchmarks.figures import Figure
from moodstream import faces
from moodstream.faces.moods import table
from moodstream.moods import Mood
from moodstream.recommend.candidates import Wish
from moodstream.recommend.library import Library
from moodstream.recommend.listener import Listener
from moodstream.recommend.suggest import suggest
from moodstream.settings import Settings
from tests.faces.drawn import encoded, photograph
from tests.web.shelves import library, songs

SONGS, PICTURES = 20_000, 15
LIMIT = 200.0
FACE = (1100, 600, 1800)
"""Left, top and side, in a picture of 12 megapixels."""


def figures() -> list[Figure]:
    shelf = library(songs(SONGS), Mood.HAPPY)
    size = {"width": 4000, "height": 3000}
    plain = photograph(FACE, **size)
    rough = cv2.add(plain, np.random.default_rng(1).integers(0, 60, plain.shape, np.uint8))
    kinds = {
        "JPEG": encoded(plain, "jpg", cv2.IMWRITE_JPEG_QUALITY, 92),
        "JPEG full of detail": encoded(np.asarray(rough, np.uint8), "jpg", cv2.IMWRITE_JPEG_QUALITY, 85),
        "progressive JPEG": encoded(plain, "jpg", cv2.IMWRITE_JPEG_PROGRESSIVE, 1),
    }
    return [
        Figure(f"12-megapixel {kind} to playlist, one core", _milliseconds(data, shelf), "ms", LIMIT, "at most")
        for kind, data in kinds.items()
    ]


def _milliseconds(data: bytes, shelf: Library) -> float:
    """The median of CPU time: what else runs on this machine does not count."""
    reader, moods = faces.load(), table(Settings(_env_file=None).face_moods)
    taken = []
    for _ in range(PICTURES):
        started = time.process_time()
        reading = reader.read(data, moods)
        suggest(Listener(), shelf, Wish(mood=reading.verdict.mood))
        taken.append(1000 * (time.process_time() - started))
    return statistics.median(taken[1:])
