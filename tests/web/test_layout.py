"""The page before its first answer."""

import re
from pathlib import Path
from typing import get_args

import pytest
from dash._utils import to_json

from moodstream.moods import LOOKS
from moodstream.store.queries.wanted import RANGES
from moodstream.web import header, layout, theme
from moodstream.web.charts import CARDS
from moodstream.web.charts.card import View

ASSETS = Path(layout.__file__).parent / "assets"


def test_every_card_has_a_title_and_a_place_for_what_it_shows() -> None:
    page = to_json(layout.page())
    for card in CARDS:
        assert card.title in page
        for part in ("-body", "-said", "-nothing"):
            assert f'"id":"{card.name}{part}"' in page


def test_every_range_view_and_mood_can_be_chosen() -> None:
    top = header.header()
    assert all(f'value="{key}"><span>{choice.label}</span>' in top for key, choice in RANGES.items())
    assert all(f'data-view="{view}"' in top for view in get_args(View))
    assert all(f'data-mood="{mood}"' in top for mood in theme.ORDER)


def test_nothing_is_fetched_from_elsewhere() -> None:
    files = [layout.INDEX, *(file.read_text(encoding="utf-8") for file in ASSETS.iterdir() if file.suffix != ".svg")]
    assert not [found for text in files for found in re.findall(r"(?:https?:)?//[a-z][^\s\"')]*", text)]


def test_every_mood_has_its_colour_and_mark_on_the_page() -> None:
    css = theme.css()
    for mood, look in LOOKS.items():
        assert f"--{mood}: {look.light}" in css
        assert f"--{mood}: {look.dark}" in css
        assert f".mark.{mood}" in css


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_the_edge_of_a_control_can_be_seen(colours: theme.Theme) -> None:
    assert contrast(colours.edge, colours.page) >= 3
    assert contrast(colours.edge, colours.card) >= 3


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ink", ["ink", "muted"])
@pytest.mark.parametrize("ground", ["page", "card", "warning"])
def test_text_can_be_read_on_its_ground(colours: theme.Theme, ink: str, ground: str) -> None:
    assert contrast(getattr(colours, ink), getattr(colours, ground)) >= 4.5


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
