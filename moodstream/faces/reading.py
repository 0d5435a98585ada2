"""What a face says, for those who read none themselves."""

from typing import NamedTuple

from moodstream.faces.moods import Verdict


class Box(NamedTuple):
    """A place in a picture, in its pixels."""

    x: int
    y: int
    width: int
    height: int


class Reading(NamedTuple):
    """What a face says. `face` is where it is, in pixels of the upright picture, which is `width` x `height`;
    `background` is how many smaller faces were left out."""

    emotions: dict[str, float]
    verdict: Verdict
    face: Box
    width: int
    height: int
    background: int
