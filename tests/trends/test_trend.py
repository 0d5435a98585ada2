"""Where something is heading: what is found, what is not made of noise, and what is said of both."""

from datetime import timedelta

import numpy as np
import pytest

from moodstream.trends.checking import LEAST_DAYS, check
from moodstream.trends.filtering import Floats, filtered
from moodstream.trends.forecasting import ahead, drift
from moodstream.trends.trend import LIMITS, trend, trends
from tests.trends.made import TODAY, Kind, observed, series

ANY = (-1e9, 1e9)
SERIES = 30


def found(kind: Kind, days: int) -> tuple[float, float, float, float]:
    """Over many made-up series: how often the forecast is called better, and a drift is found; mean coverages."""
    told = []
    for seed in range(SERIES):
        values, plays = series(kind, days, seed)
        past = filtered(values, plays)
        held, change = check(past, values, plays, 7, ANY), drift(past, days)
        assert held is not None
        told.append((held.better or 0, change.low > 0 or change.high < 0, held.coverage80, held.coverage95))
    better, heading, narrow, wide = np.mean(np.array(told, dtype=float), axis=0).tolist()
    return better, heading, narrow, wide


@pytest.mark.parametrize("kind", ["noise", "walk"])
def test_where_nothing_can_be_foretold_nothing_is_claimed(kind: Kind) -> None:
    better, heading, narrow, wide = found(kind, 240)
    assert better <= 1 / SERIES
    assert heading <= 0.2
    assert (narrow, wide) == (pytest.approx(0.80, abs=0.05), pytest.approx(0.95, abs=0.03))


def test_a_drift_is_found_and_the_forecast_of_it_is_better_than_any_without_a_model() -> None:
    better, heading, narrow, wide = found("drift", 240)
    assert better >= 0.9
    assert heading == 1
    assert (narrow, wide) == (pytest.approx(0.80, abs=0.05), pytest.approx(0.95, abs=0.03))


def test_intervals_hold_what_comes_then() -> None:
    """The forecast that is given out, beside the seven days that came after it."""
    narrow, wide = [], []
    for seed in range(60):
        values, plays = series("drift", 127, seed, missing=0)
        told = ahead(filtered(values[:120], plays[:120]), plays[:120], 120, 7, ANY)
        inside = (told.bounds[:, :, 0] <= values[120:]) & (values[120:] <= told.bounds[:, :, 1])
        narrow.append(inside[0].mean())
        wide.append(inside[1].mean())
    assert np.mean(narrow) == pytest.approx(0.80, abs=0.06)
    assert np.mean(wide) == pytest.approx(0.95, abs=0.04)


def test_the_past_is_foretold_by_what_came_before_it_alone() -> None:
    values, plays = series("walk", 120, 1)
    other = np.where(np.arange(120) >= 80, values + 5, values)
    for day in (40, 80):
        one, two = (ahead(filtered(each, plays), plays, day, 7, ANY) for each in (values, other))
        assert one.mean == pytest.approx(two.mean, rel=1e-6)
        assert one.bounds == pytest.approx(two.bounds, rel=1e-6)


def test_a_drift_is_told_in_numbers_and_in_words() -> None:
    told = trend("valence", observed(*series("drift", 365, 3)), TODAY, 7)
    assert (told.direction, told.better_than_naive) == ("rising", True)
    assert told.change is not None
    assert told.change.low < 0.4 / 52 < told.change.high
    assert told.sentence.startswith("Valence is rising by 0.00")
    assert told.sentence.endswith("it is better than either.")
    assert [step.day for step in told.forecast] == [TODAY + timedelta(days=place) for place in range(7)]
    for step in told.forecast:
        assert step.low95 <= step.low80 <= step.value <= step.high80 <= step.high95
        assert step.value == pytest.approx(0.7, abs=0.05)
    assert told.past is not None
    assert told.past.mae < told.past.last_value_mae < told.past.mean_mae
    assert told.past.mase is not None
    assert told.past.mase < 1


def test_it_is_said_plainly_where_a_forecast_is_no_better() -> None:
    told = trend("energy", observed(*series("noise", 200, 5)), TODAY, 7)
    assert (told.direction, told.better_than_naive) == ("steady", False)
    assert "not heading anywhere" in told.sentence
    assert "no better than the best of these" in told.sentence


def test_a_short_history_is_said_to_be_too_short() -> None:
    for days in (0, 1, LEAST_DAYS - 1):
        told = trend("valence", observed(*series("noise", 60, 1, missing=0))[:days], TODAY, 7)
        assert (told.days, told.forecast, told.direction, told.better_than_naive) == (days, (), None, None)
        assert told.sentence == f"Too little history: {days} days with plays, and 28 are needed."
    told = trend("valence", observed(*series("noise", 45, 1, missing=0)), TODAY, 7)
    assert (len(told.forecast), told.better_than_naive) == (7, None)
    assert "Too little history to tell how good" in told.sentence


@pytest.mark.parametrize("name", LIMITS)
def test_nothing_is_foretold_beyond_the_ends_of_a_feature(name: str) -> None:
    low, high = LIMITS[name]
    for end, far in ((low, -1), (high, 1)):
        values = end + far * (high - low) * np.linspace(-0.5, -0.001, 60)
        told = trend(name, observed(values, np.full(60, 20.0)), TODAY, 28)
        assert all(low <= number <= high for step in told.forecast for number in step[1:])
        assert told.forecast[-1].value == end


@pytest.mark.parametrize(
    "values",
    [np.full(90, 0.3), np.zeros(90), np.where(np.arange(90) < 89, 0.3, 0.9), np.tile([0.0, 1.0], 45)],
    ids=["constant", "nothing", "jump", "alternating"],
)
def test_odd_histories_have_an_answer(values: Floats) -> None:
    told = trend("valence", observed(values, np.ones(90)), TODAY, 7)
    assert told.forecast
    assert np.isfinite([number for step in told.forecast for number in step[1:]]).all()
    assert told.better_than_naive is not True


def test_who_has_not_played_for_long_gets_wider_intervals() -> None:
    values, plays = series("walk", 100, 2)
    late = trend("valence", observed(values, plays, TODAY - timedelta(days=100)), TODAY, 1).forecast[0]
    now = trend("valence", observed(values, plays), TODAY, 1).forecast[0]
    assert late.high80 - late.low80 > 2 * (now.high80 - now.low80)


def test_the_same_history_has_the_same_trends() -> None:
    days = observed(*series("drift", 100, 4))
    assert trends({"valence": days, "tempo": days[:3]}, TODAY, 3) == trends(
        {"valence": days, "tempo": days[:3]}, TODAY, 3
    )
