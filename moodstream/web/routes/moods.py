"""Features -> mood, for whoever has features."""

from typing import Annotated, get_args

from fastapi import APIRouter
from pydantic import BaseModel, Field

from moodstream import rules
from moodstream.classifiers import Classifier, Current, Kind
from moodstream.moods import Mood
from moodstream.rules import MOODS
from moodstream.web.api_models import Body, Described, Share
from moodstream.web.means import Means
from moodstream.web.problems import responses

MOST = 1000
FEW = 50
"""So many songs are told sooner than a thread is found for them."""


class MoodsQuestion(Body):
    """Songs whose moods are to be told."""

    songs: Annotated[list[Described], Field(min_length=1, max_length=MOST, fail_fast=True)]
    model: Kind = Field("trained", description="`trained`, or `rules`: the published thresholds")


class Told(BaseModel):
    """The mood of a song, or the reason why it has none."""

    id: str | None
    mood: Mood | None
    confidence: Share | None = Field(description="What it means is said by the model: see docs/model-card.md")
    probabilities: dict[Mood, Share] = Field(description="Of each mood but Neutral, by the trained model; else empty")
    reason: str | None


class MoodsAnswer(BaseModel):
    """The moods of the songs, in the order in which they were asked for."""

    model: str = Field(description="Who told them, with its version")
    songs: list[Told]


def router(means: Means) -> APIRouter:
    routes = APIRouter(tags=["moods"])
    judges = {kind: Current(kind, means.settings.model_dir) for kind in get_args(Kind)}

    @routes.post(
        "/moods/predict",
        summary="The moods of songs by their features",
        responses=responses(s422="A feature is out of its range", s503="The model cannot be used, or too many ask"),
    )
    async def predict(question: MoodsQuestion) -> MoodsAnswer:
        """Tells each song by itself: the answer to one never depends on the others. A mood needs valence, energy,
        tempo, acousticness and danceability; `Neutral` is said where no mood is likely enough."""
        by = judges[question.model].classifier
        if len(question.songs) <= FEW:
            return tell(by, question.songs)
        return await means.workers.run(tell, by, question.songs)

    return routes


def tell(by: Classifier, songs: list[Described]) -> MoodsAnswer:
    """What a classifier says of songs."""
    verdicts = by.classify(rules.columns(songs, by.inputs))
    told = [
        Told(
            id=song.id,
            mood=None if reason else MOODS[mood],
            confidence=None if reason else round(confidence, 4),
            probabilities={} if reason else dict(zip(MOODS, shares, strict=False)),
            reason=reason,
        )
        for song, mood, confidence, reason, shares in zip(
            songs, verdicts.mood, verdicts.confidence.tolist(), verdicts.reason, _shares(verdicts), strict=True
        )
    ]
    return MoodsAnswer(model=by.name, songs=told)


def _shares(verdicts: rules.Verdicts) -> list[list[float]]:
    if verdicts.probabilities is None:
        return [[]] * len(verdicts.mood)
    return [list(shares) for shares in verdicts.probabilities.round(4).tolist()]
