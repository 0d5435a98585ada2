"""From the bytes of a photograph to a mood."""

import threading
from collections.abc import Mapping

import cv2

from moodstream.errors import DataError
from moodstream.faces import picture
from moodstream.faces.emotions import Emotions
from moodstream.faces.finding import Finder
from moodstream.faces.moods import verdict
from moodstream.faces.reading import Box, Reading
from moodstream.moods import Mood

BACKGROUND = 0.5
"""A face of less than this share of the largest one's width is of somebody in the background."""


class Reader:
    """Reads one picture at a time, whoever asks, so that no more than one is ever in memory."""

    def __init__(self) -> None:
        cv2.setNumThreads(1)
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)  # whoever sent a picture is told
        self._lock, self._finder, self._emotions = threading.Lock(), Finder(), Emotions()

    def read(self, data: bytes, moods: Mapping[str, Mood]) -> Reading:
        """What the one face of a picture says.

        Args:
            data: a JPEG, PNG, WebP or GIF file.
            moods: a mood for each emotion, as `moods.table` gives it.

        Raises:
            DataError: it is no picture that can be read, or has no face, or more than one.
        """
        with self._lock:
            seen = picture.read(data)
            faces = self._finder.faces(seen.grey)
            near = [box for box in faces if box.width >= BACKGROUND * faces[0].width]
            face = _one(near)
            emotions = self._emotions.of(seen.grey, face)
        scale = seen.width / seen.grey.shape[1]
        found = verdict(emotions, moods, scale * face.width)
        box = Box(*(round(scale * part) for part in face))
        return Reading(emotions, found, box, seen.width, seen.height, len(faces) - len(near))


def _one(faces: list[Box]) -> Box:
    if not faces:
        raise DataError(
            "No face was found: send a picture of one face that is upright, well lit and looks at the camera."
        )
    if len(faces) > 1:
        raise DataError(f"{len(faces)} faces were found: send a picture of one face alone.")
    return faces[0]
