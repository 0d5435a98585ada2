"""A file -> the features of a song: decode, describe, estimate, remember."""

EXTRACTOR = "plain-1"
"""The version of all that; it changes whenever the same sound may get other features."""
