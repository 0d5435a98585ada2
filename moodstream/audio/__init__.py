"""A file -> the features of a song: decode, describe, estimate, remember."""

EXTRACTOR = "spectral-1"
"""The version of all that; it changes whenever the same sound may get other features."""

SUFFIXES = frozenset(
    ".aac .aif .aiff .flac .m4a .m4b .mka .mp3 .mp4 .oga .ogg .opus .wav .webm .wma .wv".split()  # noqa: SIM905
)
"""What names of music files end in."""

LEAST_SECONDS = 1.0
"""What is shorter is not judged."""


def extractor(window: float | None) -> str:
    """What made an analysis of `window` seconds of a song, or of all of it: `EXTRACTOR`, and how much was heard."""
    return EXTRACTOR if window is None else f"{EXTRACTOR}/{window:g}s"
