"""What holds of every card, whatever it draws."""

from typing import Any

import plotly.graph_objects as go
from dash._utils import to_json

from moodstream.web.charts.card import Card, Drawn, Look
from tests.web.answers import LOOKED_AT


def drawn(card: Card, answer: Any, look: Look = LOOKED_AT) -> Drawn:
    """A card that has something to show."""
    found = card.draw(answer, look)
    assert found is not None
    return found


def is_sound(card: Card, found: Drawn) -> bool:
    """Whether a drawing says something, can be sent, and is what plotly takes."""
    if card.figure:
        go.Figure(found.body)  # raises at a name or value that plotly does not know
    return bool(found.said) and "dangerously" not in to_json(found.body)


def is_table(card: Card, answer: Any) -> bool:
    """Whether a card's numbers have the same columns in each row, and plain cells."""
    rows = card.rows(answer, LOOKED_AT)
    plain = all(cell is None or isinstance(cell, str | int | float) for row in rows for cell in row.values())
    return plain and len({tuple(row) for row in rows}) <= 1
