"""The library: a table of songs that the database sorts, filters and searches; the page holds what one looks at.

The table asks for a block of rows (`getRowsRequest`) and is given it (`getRowsResponse`). Where the database or the
dashboard is away, assets/library.js knocks again with the same request, so that what is shown stays.
"""

import math
import time
from collections.abc import Mapping
from typing import Any, Literal

from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate
from dash_ag_grid import AgGrid

from moodstream.errors import MoodstreamError, SlowError
from moodstream.store.queries.library import Found, Song
from moodstream.store.queries.library_sql import COLUMNS, LONGEST, RANGED, Between, Search
from moodstream.web.catalogue import Catalogue
from moodstream.web.charts.card import number
from moodstream.web.library_columns import columns
from moodstream.web.theme import ORDER

GRID = "library-grid"
BLOCK = 100
# Who types is asked what for once there is a pause.
PAUSE_SECONDS = 0.3
# The last is a place for a callback to end: one that ended in the knock would close a circle, and Dash would wait.
STORES = ("library-wanted", "library-knock", "library-answer", "library-told")

OPTIONS: dict[str, Any] = {
    "theme": {"function": "libraryTheme(themeQuartz)"},
    "cacheBlockSize": BLOCK,
    "maxBlocksInCache": 20,
    # An answer belongs to the request that came last, so there is never more than one.
    "maxConcurrentDatasourceRequests": 1,
    "blockLoadDebounceMillis": 100,
    "suppressMultiSort": True,
    "suppressDragLeaveHidesColumns": True,
    "enableCellTextSelection": True,
    "ensureDomOrder": True,
    "animateRows": False,
    "suppressNoRowsOverlay": True,
}


def body() -> Component:
    """The search, what it found in a sentence, and the table."""
    named: Any = {"aria-labelledby": "library-title"}
    return html.Section(
        [
            *(dcc.Store(id=name) for name in STORES),
            html.Div(
                [
                    html.H2("Which songs are there?", id="library-title"),
                    html.Label("Title or artist", htmlFor="library-text", className="quiet"),
                    html.Div(_text(), className="search"),
                    html.P(id="library-said", className="quiet said", role="status"),
                    html.A("CSV", href="/api/v1/library.csv", className="songs-csv", title="These songs, as a table"),
                ],
                className="head",
            ),
            html.Div(_grid(), className="songs-grid"),
        ],
        id="library",
        className="card",
        **named,
    )


def _text() -> Component:
    usual: Any = {"autoComplete": "off", "spellCheck": False}
    return dcc.Input(id="library-text", type="search", debounce=PAUSE_SECONDS, maxLength=LONGEST, **usual)


def _grid() -> Component:
    usual = {"sortable": True, "resizable": True, "suppressHeaderMenuButton": True, "minWidth": 64}
    grid: Component = AgGrid(
        id=GRID,
        rowModelType="infinite",
        columnDefs=columns(),
        defaultColDef=usual,
        dashGridOptions=OPTIONS,
        eventListeners={event: ["libraryFit(params)"] for event in ("gridSizeChanged", "firstDataRendered")},
        style={"height": "100%"},
    )
    return grid


def connect(app: Dash, catalogue: Catalogue) -> None:
    """Register the callbacks of the library; the page has `beat` (what is chosen) and `second` (its clock)."""
    in_browser: Any = app.clientside_callback  # dash has no types for it
    in_browser(
        ClientsideFunction("library", "look"),
        Output("library-wanted", "data"),
        *(Input("beat", "data"), Input("library-text", "value"), State("library-wanted", "data")),
    )
    in_browser(ClientsideFunction("library", "renew"), Input("library-wanted", "data"), prevent_initial_call=True)
    in_browser(
        ClientsideFunction("library", "knock"),
        Output("library-told", "data"),
        *(Input("second", "n_intervals"), Input("library-wanted", "data")),
        *(Input(GRID, "getRowsRequest"), Input("library-answer", "data")),
    )
    _rows(app, catalogue)


def _rows(app: Dash, catalogue: Catalogue) -> None:
    @app.callback(
        *(Output(GRID, "getRowsResponse"), Output("library-said", "children"), Output("library-answer", "data")),
        *(Input(GRID, "getRowsRequest"), Input("library-knock", "data"), State("library-wanted", "data")),
        prevent_initial_call=True,
    )
    async def rows(request: Any, _: Any, wanted: Any) -> tuple[Any, Any, Any]:
        if not isinstance(request, Mapping):
            raise PreventUpdate
        if not isinstance(wanted, Mapping):  # nobody looks at the library yet
            return no_update, no_update, answered("unseen")
        search, start, count = searched(request, wanted), *block(request)
        try:
            found, songs = await catalogue.page(search, start, count)
        except SlowError:
            return {"rowData": [], "rowCount": 0}, too_slow(), answered("done")
        except MoodstreamError as error:
            return no_update, away(error), answered("away")
        given = {"rowData": [row(song) for song in songs], "rowCount": found.shown}
        return given, said(search, found), answered("done")


def answered(how: Literal["done", "away", "unseen"]) -> dict[str, Any]:
    """What the browser is told beside the rows: that they are there (`done`), or why it is to knock again."""
    return {"how": how, "at": time.time()}


def block(request: Mapping[str, Any]) -> tuple[int, int]:
    """Where the rows of a request start, and how many they are; never more than a few blocks at once."""
    start, end = (_whole(request.get(name)) for name in ("startRow", "endRow"))
    return start, max(0, min(end - start, 5 * BLOCK))


def _whole(value: Any) -> int:
    return min(max(int(_finite(value) or 0), 0), 2**31)


def _finite(value: Any) -> float | None:
    plain = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if plain and abs(value) < 1e12 and math.isfinite(value) else None


def searched(request: Mapping[str, Any], wanted: Mapping[str, Any]) -> Search:
    """What a request of the table and the page's own search ask for; what cannot be understood is left out."""
    mood = str(wanted.get("mood") or "")
    sort = next((rule for rule in _items(request.get("sortModel")) if str(rule.get("colId")) in COLUMNS), {})
    return Search(
        text=str(wanted.get("text") or "").strip()[:LONGEST],
        mood=mood if mood in ORDER else "",
        ranges=_ranges(request.get("filterModel")),
        sort=str(sort.get("colId", "")),
        descending=sort.get("sort") == "desc",
    )


def _items(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _ranges(model: Any) -> tuple[Between, ...]:
    if not isinstance(model, Mapping):
        return ()
    known = [(name, rule) for name, rule in model.items() if name in RANGED and isinstance(rule, Mapping)]
    return tuple(_between(name, rule) for name, rule in sorted(known, key=lambda item: item[0]))


def _between(name: str, rule: Mapping[str, Any]) -> Between:
    low, high = _finite(rule.get("filter")), _finite(rule.get("filterTo"))
    if rule.get("type") == "lessThanOrEqual":
        return Between(name, None, low)
    return Between(name, low, high if rule.get("type") == "inRange" else None)


def row(song: Song) -> dict[str, Any]:
    """A song as the table takes it."""
    return song._asdict() | {"played_at": song.played_at and song.played_at.isoformat()}


def said(search: Search, found: Found) -> list[str | Component]:
    """What was found, in a sentence."""
    if found.total:
        songs = number(found.total, f"{search.mood} song".strip())
        if not found.more:
            return [songs]
        return [f"More than {songs}; these are the first {found.shown:,}. Say more to find the others."]
    if search.text:
        return [f"No {search.mood} song is called “{search.text}”.".replace("  ", " ")]
    if search.mood or search.ranges:
        return [f"There is no such {search.mood} song.".replace("  ", " ")]
    return ["There are no songs yet. Start ", html.Code("python stream_music.py"), "."]


def too_slow() -> list[str | Component]:
    """What is said where the database would have taken too long."""
    return ["The database could not tell in time: search for a longer word, or limit fewer columns."]


def away(error: MoodstreamError) -> list[str | Component]:
    """What is said where the database does not answer."""
    return [f"The songs come as soon as the database answers. {error}"]
