"""Where each feature of what somebody plays is heading, in numbers and in a sentence."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Literal, NamedTuple

import numpy as np

from moodstream.trends.checking import LEAST_DAYS, LEAST_ORIGINS, Check, check
from moodstream.trends.filtering import Floats, filtered
from moodstream.trends.forecasting import Drift, ahead, drift

SHARE = (0.0, 1.0)
LIMITS: dict[str, tuple[float, float]] = {
    **dict.fromkeys(
        ("valence", "energy", "danceability", "acousticness", "instrumentalness", "speechiness", "liveness"), SHARE
    ),
    "tempo": (0.0, 400.0),
    "loudness": (-60.0, 0.0),
}
"""Between which values each feature lies: shares, BPM, dB."""
WEEK = 7

Direction = Literal["rising", "falling", "steady"]
Observed = tuple[date, float, int]
"""A day, the mean of a feature over its plays, and how many they were."""


class Step(NamedTuple):
    """What is to be expected of a day: the mean, and the intervals that hold 80% and 95% of what may come."""

    day: date
    value: float
    low80: float
    high80: float
    low95: float
    high95: float


class Trend(NamedTuple):
    """Where a feature is heading, by `days` days with plays, of which `newest_day` is the last.

    `forecast` begins today; it is empty, and what is said of direction and past is None, where there is too little
    history. `change` is that of a week. The direction is one where the interval of the change holds no 0.
    `better_than_naive` is None where the past is too short to tell.
    """

    days: int
    newest_day: date | None
    direction: Direction | None
    change: Drift | None
    forecast: tuple[Step, ...]
    past: Check | None
    better_than_naive: bool | None
    sentence: str


def trends(observed: Mapping[str, Iterable[Observed]], today: date, horizon: int) -> dict[str, Trend]:
    """The trend of each feature of `LIMITS` that was observed, with a forecast of `horizon` days from `today` on.

    Args:
        observed: by feature, the days before today that have one, oldest first.
    """
    return {name: trend(name, list(days), today, horizon) for name, days in observed.items()}


def trend(name: str, observed: list[Observed], today: date, horizon: int) -> Trend:
    """The trend of a feature, see `trends`."""
    if len(observed) < LEAST_DAYS:
        return _too_little(observed)
    values, plays = _laid_out(observed, today)
    past, limits = filtered(values, plays), LIMITS[name]
    told, change = ahead(past, plays, len(values), horizon, limits), drift(past, len(values))
    held = check(past, values, plays, horizon, limits)
    weekly = Drift(*(WEEK * each for each in change))
    direction: Direction = "rising" if weekly.low > 0 else "falling" if weekly.high < 0 else "steady"
    return Trend(
        days=len(observed),
        newest_day=observed[-1][0],
        direction=direction,
        change=weekly,
        forecast=tuple(
            Step(today + timedelta(days=place), *map(float, (mean, *told.bounds[:, place].flat)))
            for place, mean in enumerate(told.mean)
        ),
        past=held,
        better_than_naive=held and held.better,
        sentence=f"{_heading(name, direction, weekly)} {_judged(held, horizon)}",
    )


def _laid_out(observed: list[Observed], today: date) -> tuple[Floats, Floats]:
    """The means of each day from the first on to yesterday, NaN where there are none, and how many plays."""
    first = observed[0][0]
    values, plays = np.full((today - first).days, np.nan), np.zeros((today - first).days)
    places = [(day - first).days for day, _, _ in observed]
    values[places], plays[places] = [value for _, value, _ in observed], [number for _, _, number in observed]
    return values, plays


def _too_little(observed: list[Observed]) -> Trend:
    newest = observed[-1][0] if observed else None
    sentence = f"Too little history: {len(observed)} days with plays, and {LEAST_DAYS} are needed."
    return Trend(len(observed), newest, None, None, (), None, None, sentence)


def _heading(name: str, direction: Direction, weekly: Drift) -> str:
    if direction == "steady":
        return f"{name.capitalize()} is not heading anywhere that could be told from chance."
    by, low, high = map(_short, (abs(weekly.change), *sorted((abs(weekly.low), abs(weekly.high)))))
    return f"{name.capitalize()} is {direction} by {by} a week (95% interval: {low} to {high})."


def _judged(held: Check | None, horizon: int) -> str:
    if held is None or held.better is None:
        return f"Too little history to tell how good the forecast is: it takes {LEAST_ORIGINS} of {horizon} days."
    verdict = "better than either" if held.better else "no better than the best of these"
    ours, last, mean = map(_short, (held.mae, held.last_value_mae, held.mean_mae))
    return (
        f"Held against the past, the forecast was off by {ours} on average, the last value by {last}, "
        f"the mean so far by {mean}: it is {verdict}."
    )


def _short(number: float) -> str:
    return f"{number:.3g}"
