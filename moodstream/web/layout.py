"""The page before its first answer: header, banner, and an empty card for each question."""

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from moodstream.store.queries import RANGES
from moodstream.web import theme
from moodstream.web.charts import CARDS
from moodstream.web.charts.card import Card, mood_name

TITLE = "Music mood"
DEFAULT_RANGE = "1h"

INDEX = f"""<!DOCTYPE html>
<html lang="en">
  <head>
    {{%metas%}}
    <title>{{%title%}}</title>
    <link rel="icon" type="image/svg+xml" href="/assets/favicon.svg">
    {{%css%}}
    <style>{theme.css()}</style>
  </head>
  <body>
    {{%app_entry%}}
    <footer>{{%config%}}{{%scripts%}}{{%renderer%}}</footer>
  </body>
</html>"""

METAS = [
    {"name": "viewport", "content": "width=device-width, initial-scale=1"},
    {"name": "color-scheme", "content": "light dark"},
    {"name": "description", "content": "The moods of what people play, as they play it"},
]

GRAPH: Any = {"displayModeBar": False, "responsive": True, "showTips": False, "doubleClick": False}


def page() -> Component:
    """The whole page."""
    side = [_card(card) for card in CARDS if card.place == "side"]
    rest = [_card(card) for card in CARDS if card.place != "side"]
    return html.Div(
        [
            *_state(),
            _header(),
            html.Div(id="banner", className="banner", role="status", hidden=True),
            html.Div(id="silence", className="banner", role="status", hidden=True),
            html.Main([html.Div(side, className="aside"), html.Div(rest, className="rest")]),
        ],
        className="page",
    )


def _state() -> list[Component]:
    """What the page remembers: what was pushed to it, when it last asked, what it shows; and its own clock."""
    return [dcc.Store(id=name) for name in ("push", "beat", "shown")] + [dcc.Interval(id="second", interval=1000)]


def _header() -> Component:
    choices = [{"label": choice.label, "value": key} for key, choice in RANGES.items()]
    return html.Header(
        [
            html.H1(TITLE),
            dcc.RadioItems(choices, DEFAULT_RANGE, id="range", className="ranges", inline=True, persistence=True),
            html.P(id="updated", className="quiet"),
        ]
    )


def _card(card: Card) -> Component:
    body = dcc.Graph(id=f"{card.name}-body", config=GRAPH) if card.figure else html.Div(id=f"{card.name}-body")
    legend = html.P([mood_name(mood) for mood in card.legend], className="legend") if card.legend else None
    head = html.Div([html.H2(card.title, id=f"{card.name}-title"), card.control], className="head")
    named: Any = {"aria-labelledby": f"{card.name}-title"}
    return html.Section(
        [
            head,
            html.P(id=f"{card.name}-said", className="quiet said"),
            legend,
            html.Div(body, className="body"),
            html.Div(id=f"{card.name}-nothing", className="nothing"),
        ],
        id=card.name,
        className=f"card {card.place} waiting",
        **named,
    )
