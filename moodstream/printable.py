"""Text from anywhere, made fit for a terminal."""


def printable(text: str) -> str:
    """The text without the control characters that a terminal would obey."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
