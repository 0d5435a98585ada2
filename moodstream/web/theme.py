"""How everything looks: the colours of a light and a dark ground, and what all figures have in common."""

from typing import Any, NamedTuple

from moodstream.moods import LOOKS, UNCLASSIFIED

FONT = "system-ui, sans-serif"
SMALL = 13

Figure = dict[str, Any]


class Theme(NamedTuple):
    """The colours of one ground; `moods` by name, with one for what has no mood."""

    page: str
    card: str
    line: str
    edge: str
    ink: str
    muted: str
    accent: str
    warning: str
    moods: dict[str, str]


LIGHT = Theme(
    page="#f6f6f3",
    card="#ffffff",
    line="#e4e4df",
    edge="#8a8d93",
    ink="#1b1d22",
    muted="#5f636b",
    accent="#2f5fd0",
    warning="#fdf1d8",
    moods={mood.value: look.light for mood, look in LOOKS.items()} | {UNCLASSIFIED: "#c3c5c0"},
)
DARK = Theme(
    page="#0b0d11",
    card="#12141a",
    line="#262a33",
    edge="#6b7280",
    ink="#e9eaee",
    muted="#9ba1ac",
    accent="#8fb0ff",
    warning="#3a2f14",
    moods={mood.value: look.dark for mood, look in LOOKS.items()} | {UNCLASSIFIED: "#4c515d"},
)

ORDER = (*(mood.value for mood in LOOKS), UNCLASSIFIED)
MARKERS = {mood.value: look.marker for mood, look in LOOKS.items()} | {UNCLASSIFIED: "line-ew"}


# The markers of plotly as shapes of a 10 px box.
SHAPES = {
    "circle": "border-radius: 50%",
    "triangle-up": "clip-path: polygon(50% 5%, 100% 95%, 0 95%)",
    "diamond": "clip-path: polygon(50% 0, 100% 50%, 50% 100%, 0 50%)",
    "square": "clip-path: inset(5%)",
    "cross": "clip-path: polygon(33% 0, 67% 0, 67% 33%, 100% 33%, 100% 67%, 67% 67%, 67% 100%, 33% 100%, 33% 67%, "
    "0 67%, 0 33%, 33% 33%)",
    "circle-open": "border-radius: 50%; background: none; border: 2.5px solid var(--{mood})",
    "line-ew": "clip-path: inset(35% 0)",
}


def css() -> str:
    """The colours as CSS variables, by the system's preference, and the marks of the moods."""
    dark = f"@media (prefers-color-scheme: dark) {{ :root {{ {_variables(DARK)} }} }}"
    return "\n".join((f":root {{ {_variables(LIGHT)} }}", dark, *map(_mood, ORDER)))


def _variables(theme: Theme) -> str:
    plain = {name: colour for name, colour in theme._asdict().items() if name != "moods"}
    return " ".join(f"--{name}: {colour};" for name, colour in (plain | theme.moods).items())


def _mood(mood: str) -> str:
    shape = SHAPES[MARKERS[mood]].format(mood=mood)
    return f".mark.{mood}, .fill.{mood} {{ background: var(--{mood}); }} .mark.{mood} {{ {shape}; }}"


def figure(theme: Theme, data: list[Figure], **layout: Any) -> Figure:
    """A figure on a card: no ground of its own, quiet axes, and numbers in the small size."""
    common: Figure = {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": SMALL, "color": theme.ink},
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "showlegend": False,
        "dragmode": False,
        "uirevision": "kept",
        "hoverlabel": {"bgcolor": theme.card, "bordercolor": theme.line, "font": {"color": theme.ink, "size": SMALL}},
    }
    return {"data": data, "layout": common | layout}


def axis(theme: Theme, **more: Any) -> Figure:
    """An axis: its numbers muted, no line but where it is a floor, a grid fainter than the data; nobody drags it."""
    plain = {
        "automargin": True,
        "fixedrange": True,
        "zeroline": False,
        "gridcolor": theme.line,
        "showline": False,
        "linecolor": theme.line,
        "tickfont": {"color": theme.muted, "size": SMALL},
        "title": None,
    }
    return plain | more
