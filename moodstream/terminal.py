"""What reaches a terminal: reports, with text from anywhere in them."""

from collections.abc import Iterable, Sequence

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from moodstream.printable import printable

WIDTH = 120
"""Columns of a table that goes to a file or another program."""


class _Console(Console):
    def on_broken_pipe(self) -> None:
        raise  # rich would end with 1; that a reader such as `head` has enough is no failure


def table(heads: Sequence[str], rows: Iterable[Iterable[str]], words: int = 1) -> Table:
    """A table with `words` columns of text before those of numbers."""
    shown = Table(show_header=any(heads))
    for place, head in enumerate(heads):
        shown.add_column(head, justify="left" if place < words else "right", overflow="fold")
    for row in rows:
        shown.add_row(*(Text(printable(cell)) for cell in row))
    return shown


def show(pieces: Iterable[RenderableType]) -> None:
    """Print the pieces of a report, text and tables.

    Raises:
        BrokenPipeError: the reader has enough.
    """
    console = _Console(highlight=False)
    if not console.is_terminal:
        console.width = WIDTH
    for piece in pieces:
        console.print(piece, markup=False)
