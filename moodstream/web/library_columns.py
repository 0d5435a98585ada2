"""The columns of the library: their names are the field's terms, their form is in assets/library.js."""

from typing import Any

from moodstream.store.queries.library_sql import FEATURES, RANGED

NUMBER_FILTER = {
    "filter": "agNumberColumnFilter",
    "filterParams": {
        "filterOptions": ["greaterThanOrEqual", "lessThanOrEqual", "inRange"],
        "maxNumConditions": 1,
        "inRangeInclusive": True,
        "buttons": ["reset"],
        "debounceMs": 500,
    },
    "suppressHeaderFilterButton": False,
}


def columns() -> list[dict[str, Any]]:
    """The columns in the order in which they are shown."""
    return [
        _text("title", "Title", 280, pinned="left", tooltipField="title"),
        _text("artist", "Artist", 180, tooltipField="artist"),
        _text("mood", "Mood", 136, cellRenderer="LibraryMood"),
        _number("plays", "Plays", 104, "libraryCount"),
        _text("played_at", "Last played", 168, **_form("libraryMoment"), sortingOrder=["desc", "asc", None]),
        *(_number(name, name.capitalize(), 140, "libraryShare", cellRenderer="LibraryShare") for name in FEATURES),
        _number("tempo", "Tempo (BPM)", 136, "libraryTenth"),
        _number("loudness", "Loudness (dB)", 148, "libraryTenth"),
        _text("key", "Key", 112, **_form("libraryKey")),
        _number("duration_ms", "Duration", 112, "libraryDuration"),
        _text("origin", "Origin", 112),
    ]


def _text(name: str, head: str, width: int, **more: Any) -> dict[str, Any]:
    return {"field": name, "headerName": head, "width": width, "sortingOrder": ["asc", "desc", None]} | more


def _number(name: str, head: str, width: int, form: str, **more: Any) -> dict[str, Any]:
    ranged = NUMBER_FILTER if name in RANGED else {}
    order = {"sortingOrder": ["desc", "asc", None], "type": "rightAligned"}
    return _text(name, head, width) | order | _form(form) | ranged | more


def _form(name: str) -> dict[str, Any]:
    return {"valueFormatter": {"function": f"{name}(params)"}}
