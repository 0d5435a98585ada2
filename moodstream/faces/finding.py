"""Where the faces of a picture are, by OpenCV's cascade for frontal faces."""

from pathlib import Path

import cv2
import cv2.data

from moodstream.faces.picture import Grey
from moodstream.faces.reading import Box

CASCADE = Path(cv2.data.haarcascades) / "haarcascade_frontalface_default.xml"
SCALE_STEP, NEIGHBOURS = 1.1, 5
SMALLEST = 1 / 12
"""The smallest face that is looked for, as a share of the picture's longest side."""
SURE = 3.55
"""The least weight of a face: coins and cells were taken for faces with up to 3.5, small faces of a group have 3.6."""


class Finder:
    """Finds faces that look at the camera; it is not to be used by two threads at once."""

    def __init__(self) -> None:
        self._cascade = cv2.CascadeClassifier(str(CASCADE))

    def faces(self, grey: Grey) -> list[Box]:
        """The faces of a picture, the largest first."""
        least = max(24, round(max(grey.shape) * SMALLEST))
        boxes, stages, weights = self._cascade.detectMultiScale3(
            grey, SCALE_STEP, NEIGHBOURS, minSize=(least, least), outputRejectLevels=True
        )
        # What did not pass the last stages is told, too.
        last = max(stages, default=0)
        told = zip(boxes, stages, weights, strict=True)
        found = [Box(*map(int, box)) for box, stage, weight in told if stage == last and weight >= SURE]
        return sorted(found, key=lambda box: box.width, reverse=True)
