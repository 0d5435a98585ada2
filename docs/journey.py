"""Draws a journey on the plane of moods: `python -m docs.journey` writes docs/images/journey.svg.

The songs are made up, and so are their names; the journey is what `moodstream.recommend.journeys` says of them.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

from moodstream.moods import LOOKS, Mood
from moodstream.recommend.journeys import Journey, journey
from moodstream.recommend.line import NEAR

FILE = Path(__file__).parent / "images" / "journey.svg"
START, END, SONGS, LIBRARY, SHOWN = Mood.SAD, Mood.HAPPY, 12, 3000, 700
SIDE, LEFT, TOP = 520, 62, 84
"""The plane is a square; beside it stands the list, which begins at `LIST`."""
LIST, ROW, WIDTH, HEIGHT = 634, 39, 1130, 650
FIRST = (
    "Paper",
    "Hollow",
    "Amber",
    "Northern",
    "Velvet",
    "Lantern",
    "Winter",
    "Copper",
    "Silent",
    "Orchard",
    "Harbour",
)
SECOND = (
    "Rooms",
    "Weather",
    "Signals",
    "Miles",
    "Gardens",
    "Letters",
    "Tides",
    "Avenue",
    "Sparrows",
    "Kites",
    "Morning",
)
BANDS = ("Kettle", "Almanac", "Parade", "Foxes", "Quartet", "Radio", "Mirrors", "Ferry", "Lamps", "Pilots", "Cinema")

STYLE = """
  text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; fill: #23262e }
  .ground { fill: #ffffff } .plane { fill: #f6f6f8; stroke: #dcdde3 } .grid { stroke: #e4e5ea }
  .head { font-size: 21px; font-weight: 650 } .quiet, .axis { fill: #5b5f6b } .quiet { font-size: 13.5px }
  .axis { font-size: 13px } .mood { font-size: 14px; font-weight: 650 } .song { font-size: 14.5px; font-weight: 600 }
  .right { text-anchor: end } .middle { text-anchor: middle }
  .number { font-size: 12px; font-weight: 700; fill: #ffffff }
  .tempo { font-size: 11.5px; font-weight: 600; paint-order: stroke; stroke: #f6f6f8; stroke-width: 3.5px;
           stroke-linejoin: round }
  .other { fill: #a9adba; fill-opacity: .5 } .corridor { fill: #8a90a2; fill-opacity: .11 }
  .line { stroke: #8a90a2; stroke-width: 1.5; stroke-dasharray: 2 6; stroke-linecap: round }
  .way { fill: none; stroke: url(#way); stroke-width: 3; stroke-linejoin: round; stroke-linecap: round }
  .point { stroke: #f6f6f8; stroke-width: 2.5 } text.plain { stroke: none }
  .rule { stroke: #e4e5ea }
"""
DARK = """
    text { fill: #e9eaf0 } .ground { fill: #12141a } .plane { fill: #191c24; stroke: #2c303b }
    .grid, .rule { stroke: #272b35 } .quiet, .axis { fill: #a3a8b6 } .number { fill: #12141a }
    .tempo { stroke: #191c24 } .point { stroke: #191c24 } .other { fill: #5d6373; fill-opacity: .55 }
    .corridor { fill: #9aa1b5; fill-opacity: .10 }
"""


class Songs(NamedTuple):
    """Columns of made-up songs, as `recommend.library.Library` has them."""

    plane: NDArray[np.float32]
    tempos: NDArray[np.float32]
    durations: NDArray[np.float32]
    artists: NDArray[np.int64]


def songs() -> Songs:
    """The same songs at every call; louder ones tend to be faster."""
    random = np.random.default_rng(7)
    plane = random.beta(2, 2, (LIBRARY, 2)).astype(np.float32)
    tempos = (80 + 55 * plane[:, 1] + random.normal(0, 16, LIBRARY)).clip(55, 190).round()
    artists = random.integers(0, len(FIRST) * len(BANDS), LIBRARY)
    return Songs(plane, tempos.astype(np.float32), np.full(LIBRARY, 200, np.float32), artists)


def drawn() -> str:
    """The picture, as SVG."""
    library = songs()
    told = journey(library, START, END, number=SONGS)
    parts = [*_heading(told), *_plane(library), *_way(library, told), *_list(library, told)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="t d">',
            f'<title id="t">A journey from {START} to {END}</title>',
            f'<desc id="d">{SONGS} made-up songs on the plane of valence and arousal, each farther along the line from '
            f"{START} to {END} than the one before; the largest tempo step is {told.largest_tempo_step:.0%}.</desc>",
            f"<style>{STYLE}{_colours('light', told)}",
            f"  @media (prefers-color-scheme: dark) {{{DARK}{_colours('dark', told)}  }}\n</style>",
            *_gradient(),
            f'<rect class="ground" width="{WIDTH}" height="{HEIGHT}" rx="14"/>',
            *parts,
            "</svg>\n",
        ]
    )


def _colours(ground: str, told: Journey) -> str:
    """The colour of each mood on a ground, and of each song, mixed of those of the moods that it lies between."""
    moods = {mood: getattr(look, ground) for mood, look in LOOKS.items()}
    rules = [
        f"  .{mood} {{ fill: {colour}; stop-color: {colour}; stroke: {colour} }}" for mood, colour in moods.items()
    ]
    ends = np.array([[int(moods[mood][at : at + 2], 16) for at in (1, 3, 5)] for mood in (START, END)])
    for place, share in enumerate(told.progress.clip(0, 1)):
        mixed = (ends[0] + share * (ends[1] - ends[0])).round().astype(int)
        rules.append(f"  .song-{place} {{ fill: rgb({', '.join(map(str, mixed))}) }}")
    return "\n".join([*rules, ""])


def _gradient() -> Iterator[str]:
    (x1, y1), (x2, y2) = (_at(LOOKS[mood].valence, LOOKS[mood].arousal) for mood in (START, END))
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    yield f'<linearGradient id="way" gradientUnits="userSpaceOnUse" {ends}>'
    yield f'<stop class="{START}" offset="0"/><stop class="{END}" offset="1"/></linearGradient>'


def _at(valence: float, arousal: float) -> tuple[float, float]:
    return LEFT + SIDE * float(valence), TOP + SIDE * (1 - float(arousal))


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}">{escape(text)}</text>'


def _heading(told: Journey) -> Iterator[str]:
    yield _text(LEFT, 40, f"A journey from {START} to {END}", "head")
    largest = f"{told.largest_tempo_step:.0%}"
    yield _text(LEFT, 63, f"{SONGS} of {LIBRARY:,} made-up songs; the largest tempo step is {largest}", "quiet")


def _plane(library: Songs) -> Iterator[str]:
    yield f'<rect class="plane" x="{LEFT}" y="{TOP}" width="{SIDE}" height="{SIDE}" rx="8"/>'
    for share in (0.25, 0.5, 0.75):
        x, y = _at(share, share)
        yield f'<path class="grid" d="M{x:.1f} {TOP}V{TOP + SIDE}M{LEFT} {y:.1f}H{LEFT + SIDE}"/>'
    for valence, arousal in library.plane[:SHOWN]:
        x, y = _at(valence, arousal)
        yield f'<circle class="other" cx="{x:.1f}" cy="{y:.1f}" r="1.8"/>'
    yield _text(LEFT + SIDE / 2, TOP + SIDE + 28, "valence: from sad to glad", "axis middle")
    x, y = LEFT - 24, TOP + SIDE / 2
    yield f'<g transform="rotate(-90 {x} {y:.0f})">{_text(x, y, "arousal: from quiet to loud", "axis middle")}</g>'
    for mood, look in LOOKS.items():
        x, y = _at(look.valence, look.arousal)
        yield _marker(x, y, mood)
        away = 31 if mood in (START, END) else 21
        yield _text(x, y + (away + 9 if look.arousal < 0.5 else -away), mood, f"mood middle plain {mood}")


def _marker(x: float, y: float, mood: Mood) -> str:
    shapes = {
        "circle": '<circle r="11"/>',
        "circle-open": '<circle r="10" style="fill:none" stroke-width="3"/>',
        "triangle-up": '<path d="M0-12 12 9H-12Z"/>',
        "diamond": '<path d="M0-13 13 0 0 13-13 0Z"/>',
        "square": '<rect x="-10" y="-10" width="20" height="20"/>',
        "cross": '<path d="M-4-12h8v8h8v8h-8v8h-8v-8h-8v-8h8Z"/>',
    }
    # Larger where a song lies on it.
    large = ' scale(2)" opacity=".4' if mood in (START, END) else ""
    return f'<g class="{mood}" transform="translate({x:.1f} {y:.1f}){large}">{shapes[LOOKS[mood].marker]}</g>'


def _way(library: Songs, told: Journey) -> Iterator[str]:
    start, end = (np.array(_at(LOOKS[mood].valence, LOOKS[mood].arousal)) for mood in (START, END))
    (x, y), (dx, dy), wide = start, end - start, NEAR * SIDE
    size = f'width="{np.hypot(dx, dy) + 2 * wide:.1f}" height="{2 * wide:.1f}" rx="{wide:.1f}"'
    turned = f'transform="translate({x:.1f} {y:.1f}) rotate({np.degrees(np.arctan2(dy, dx)):.2f})"'
    yield f'<rect class="corridor" x="{-wide:.1f}" y="{-wide:.1f}" {size} {turned}/>'
    yield f'<path class="line" d="M{x:.1f} {y:.1f}l{dx:.1f} {dy:.1f}"/>'
    points = np.array([_at(*library.plane[slot]) for slot in told.slots])
    yield f'<path class="way" d="M{"L".join(f"{x:.1f} {y:.1f}" for x, y in points)}"/>'
    aside = np.array([dy, -dx]) / np.hypot(dx, dy)
    for place, (x, y) in enumerate(points):
        yield f'<circle class="point song-{place}" cx="{x:.1f}" cy="{y:.1f}" r="11"/>'
        yield _text(x, y + 4, str(place + 1), "number middle")
        x, y = _label(points, place, aside)
        yield _text(x, y + 4, f"{library.tempos[told.slots[place]]:.0f}", "tempo middle")


def _label(points: NDArray[np.float64], place: int, aside: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where the label of a point is: on the side that has more room; at the ends, away from the mood's name."""
    taken = np.array([*np.delete(points, place, axis=0), *(_at(look.valence, look.arousal) for look in LOOKS.values())])
    if place in (0, len(points) - 1):
        return points[place] + 40 * (aside if place == 0 else -aside)
    sides = [points[place] + 25 * aside, points[place] - 25 * aside]
    return max(sides, key=lambda side: float(np.hypot(*(taken - side).T).min()))


def _list(library: Songs, told: Journey) -> Iterator[str]:
    yield _text(LIST, 63, "in playing order", "quiet")
    yield _text(WIDTH - 106, 63, "BPM", "quiet right")
    yield _text(WIDTH - 40, 63, "step", "quiet right")
    for place, slot in enumerate(told.slots):
        yield from _row(TOP + 24 + ROW * place, place, int(slot), library, told)
    yield _text(LIST, TOP + SIDE + 28, f"Shaded: at most {NEAR} from the line. Beside each point: its BPM.", "quiet")


def _row(y: float, place: int, slot: int, library: Songs, told: Journey) -> Iterator[str]:
    title = f"{FIRST[slot % len(FIRST)]} {SECOND[slot // 7 % len(SECOND)]}"
    number, artist = place + 1, int(library.artists[slot])
    band = f"{FIRST[artist % len(FIRST)]} {BANDS[artist // len(FIRST)]}"
    yield f'<circle class="song-{place}" cx="{LIST + 12}" cy="{y - 5}" r="12"/>'
    yield _text(LIST + 12, y - 1, str(number), "number middle")
    yield _text(LIST + 36, y, title, "song")
    yield _text(LIST + 214, y, band, "quiet")
    yield _text(WIDTH - 106, y, f"{library.tempos[slot]:.0f}", "song right")
    if place:
        change = library.tempos[slot] / library.tempos[told.slots[place - 1]] - 1
        step = f"{told.tempo_steps[place]:.0%}"
        sign = "" if step == "0%" else "−" if change < 0 else "+"  # noqa: RUF001
        yield _text(WIDTH - 40, y, sign + step, "quiet right")
    if number < SONGS:
        yield f'<path class="rule" d="M{LIST} {y + 13:.0f}H{WIDTH - 40}"/>'


if __name__ == "__main__":
    FILE.write_text(drawn(), encoding="utf-8")
