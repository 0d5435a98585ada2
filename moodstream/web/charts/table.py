"""Tables of components, that fit a telephone: few columns, and what is long in a row of its own below."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from dash import html
from dash.development.base_component import Component

Cell = Component | str | Sequence[Component | str]


class Line(NamedTuple):
    """The cells of a row, the first of which names it, and what is said below them, if anything."""

    cells: Sequence[Cell]
    below: Cell = ""


def table(heads: Sequence[str], lines: Sequence[Line], named: str, numbers: Sequence[int] = ()) -> Component:
    """A table with the heading of its card as its name; `numbers` are the columns that hold some."""
    labelled: Any = {"aria-labelledby": f"{named}-title"}
    classes = ["number" if n in numbers else "" for n in range(len(heads))]
    head = [html.Th(text, scope="col", className=name) for text, name in zip(heads, classes, strict=True)]
    body = [row for line in lines for row in _rows(line, classes)]
    return html.Table([html.Thead(html.Tr(head)), html.Tbody(body)], className="table", **labelled)


def _rows(line: Line, classes: Sequence[str]) -> list[Component]:
    first, *rest = line.cells
    named: list[Component] = [html.Th(first, scope="row")]
    named += [html.Td(cell, className=name) for cell, name in zip(rest, classes[1:], strict=True)]
    rows: list[Component] = [html.Tr(named, className="spoken" if line.below else "")]
    return [*rows, html.Tr(html.Td(line.below, colSpan=len(classes)), className="below")] if line.below else rows


def breaking(name: str) -> list[Component | str]:
    """A technical name that may break after its underscores and at its colons, as a narrow column needs."""
    parts: list[Component | str] = []
    for part in name.replace("_", "_\n").replace(":", ":\n").split("\n"):
        parts += [part, html.Wbr()]
    return parts[:-1]
