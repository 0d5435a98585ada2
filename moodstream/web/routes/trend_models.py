"""What the API tells of where things are heading: fields, ranges, and what they mean, as `/docs` shows them."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from moodstream.web.api_models import Share


class Change(BaseModel):
    """A change a week, with its 95% interval."""

    model_config = ConfigDict(from_attributes=True)

    change: float
    low: float
    high: float


class ForecastDay(BaseModel):
    """What is to be expected of a day, and the intervals that hold 80% and 95% of what may come."""

    model_config = ConfigDict(from_attributes=True)

    day: date
    value: float
    low80: float
    high80: float
    low95: float
    high95: float


class PastForecasts(BaseModel):
    """How the same forecast, made again and again in the past, held."""

    model_config = ConfigDict(from_attributes=True)

    origins: int = Field(ge=1, description="From so many days forecasts were made, each by what came before")
    days: int = Field(ge=1, description="So many days with plays were forecast")
    mae: float = Field(ge=0, description="Mean absolute error of the forecast")
    last_value_mae: float = Field(ge=0, description="That of taking the last value (naive)")
    mean_mae: float = Field(ge=0, description="That of taking the mean of all days before (naive)")
    mase: float | None = Field(ge=0, description="`mae` beside the mean change from a day to the next")
    coverage80: Share = Field(description="Of the days, those within the 80% interval")
    coverage95: Share


class FeatureTrend(BaseModel):
    """Where a feature is heading."""

    model_config = ConfigDict(from_attributes=True)

    days: int = Field(ge=0, description="Days with plays")
    newest_day: date | None
    direction: Literal["rising", "falling", "steady"] | None = Field(
        description="`steady` where the change a week cannot be told from none; None where there is too little history"
    )
    change: Change | None = Field(description="A week")
    forecast: list[ForecastDay] = Field(description="From today on; empty where there is too little history")
    past: PastForecasts | None
    better_than_naive: bool | None = Field(
        description="Whether it is better than the last value and than the mean so far, by more than chance explains; "
        "None where the past is too short to tell"
    )
    sentence: str


class Trends(BaseModel):
    """Where what a listener plays is heading."""

    features: dict[str, FeatureTrend] = Field(
        description="By feature; shares, tempo in BPM, loudness in dB; daily means over plays, days of UTC"
    )
    plays: int = Field(ge=0, description="How many plays were looked at")
    today: date = Field(description="The first day of the forecasts; plays of it do not count yet")
