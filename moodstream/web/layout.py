"""The page before its first answer: header, filters, banner, and an empty card for each question."""

from typing import Any, get_args

from dash import dcc, html
from dash.development.base_component import Component

from moodstream.web import discover, header, library, theme
from moodstream.web.charts import CARDS
from moodstream.web.charts.card import Card, View, mood_name

# What stands at the left of the live page, above each other; everything else is a grid beside it.
ASIDE = ("now", "playlist")
# What may be longer than its card, and scrolls in it: by keyboard, too.
LONG = ("playlist", "disputes", "letters")

# Dash asks for it only after all else has been loaded and run.
PLOTLY = "/_dash-component-suites/plotly/package_data/plotly.min.js"

INDEX = f"""<!DOCTYPE html>
<html lang="en">
  <head>
    {{%metas%}}
    <title>{{%title%}}</title>
    <link rel="preload" as="script" href="{PLOTLY}">
    <link rel="icon" type="image/svg+xml" href="/assets/favicon.svg">
    {{%css%}}
    <style>{theme.css()}</style>
  </head>
  <body>
    <div class="page">
      {header.header()}
      {{%app_entry%}}
      {discover.body()}
    </div>
    <footer>{{%config%}}{{%scripts%}}{{%renderer%}}</footer>
  </body>
</html>"""

METAS = [
    {"name": "viewport", "content": "width=device-width, initial-scale=1"},
    {"name": "color-scheme", "content": "light dark"},
    {"name": "description", "content": "The moods of what people play, as they play it"},
]

GRAPH: Any = {"displayModeBar": False, "responsive": True, "showTips": False}
# What was pushed to the page, when it last asked, what it shows, what can be chosen; and a place for a callback to end.
STORES = ("push", "beat", "shown", "choices", "told")


def page() -> Component:
    """The whole page below its header."""
    stores = [*(dcc.Store(id=name) for name in STORES), dcc.Interval(id="second", interval=1000)]
    banner = html.Div(id="banner", className="banner", role="status", hidden=True)
    views = [_view(name) for name in get_args(View) if name != "discover"]  # which is in the page before Dash is
    return html.Div([*stores, banner, html.Main(views, id="main", tabIndex="-1")])


def _view(name: str) -> Component:
    """One of the pages; the browser shows one of them at a time."""
    if name == "library":
        return html.Div(library.body(), id="view-library", className="view")
    cards = [card for card in CARDS if card.view == name]
    aside = html.Div([_card(card) for card in cards if card.name in ASIDE], className="aside")
    rest = html.Div([_card(card) for card in cards if card.name not in ASIDE], className="rest")
    return html.Div([aside, rest] if name == "live" else rest, id=f"view-{name}", className="view")


def _card(card: Card) -> Component:
    legend = html.P([mood_name(mood) for mood in card.legend], className="legend") if card.legend else None
    named: Any = {"aria-labelledby": f"{card.name}-title"}
    return html.Section(
        [
            _head(card),
            html.P(id=f"{card.name}-said", className="quiet said"),
            legend,
            html.Div(_body(card), className="body", **_scrolling(card)),
            html.Div(id=f"{card.name}-nothing", className="nothing"),
        ],
        id=card.name,
        className="card waiting",
        **named,
    )


def _scrolling(card: Card) -> dict[str, Any]:
    named = {"role": "group", "aria-labelledby": f"{card.name}-title", "tabIndex": "0"}
    return named if card.name in LONG else {}


def _head(card: Card) -> Component:
    table = html.A("CSV", href=f"/api/v1/charts/{card.name}.csv", className="csv", title="The numbers, as a table")
    return html.Div([html.H2(card.title, id=f"{card.name}-title"), card.control, table], className="head")


def _body(card: Card) -> Component:
    if not card.figure:
        return html.Div(id=f"{card.name}-body")
    # A screen reader hears the title and the finding; the numbers behind the picture are in its table.
    told: Any = {"role": "img", "aria-labelledby": f"{card.name}-title {card.name}-said"}
    return html.Div(dcc.Graph(id=f"{card.name}-body", config=GRAPH), className="picture", **told)
