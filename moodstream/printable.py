"""Text from anywhere, made fit for a terminal."""


def printable(text: str) -> str:
    """The text without the control characters that a terminal would obey."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def escaped(text: str) -> str:
    """The text with its control characters spelled out: nothing of it is lost, and a terminal obeys none."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
