"""What the API tells of models and trainings: fields, and what they mean, as `/docs` shows them."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from moodstream.keeping import Place
from moodstream.web.api_models import Body
from moodstream.web.jobs import Labels, State

ByFeedback = Literal["feedback"]


class Feedback(Body):
    """Train on what listeners said the moods of songs are."""

    labels: ByFeedback = Field(description="`feedback`: the corrections that listeners sent")


class ModelCard(BaseModel):
    """A mood model, and how good it is."""

    place: Place = Field(
        description="`shipped`: comes along; `own`: of this installation, and in use where it is there; `previous`: in "
        "use before; `candidate`: trained last, and not taken into use since it is worse"
    )
    in_use: bool
    name: str | None = Field(description="With its version; None where the file is damaged")
    fault: str | None = Field(None, description="Why it cannot be used")
    trained_on: dict[str, Any] = Field({}, description="The table, how many songs of which source, the macro F1")
    figures: dict[str, Any] = Field({}, description="By cross-validation, for each source: see docs/model-card.md")
    versions: dict[str, Any] = Field({}, description="Of what trained it")


class Models(BaseModel):
    """The models that are there."""

    models: list[ModelCard]
    in_use: str | None = Field(description="The name of the one in use; None where it is damaged")
    training: UUID | None = Field(description="The job that has not ended yet")


class Training(BaseModel):
    """A training: a background job."""

    model_config = ConfigDict(from_attributes=True)

    job_id: UUID
    labels: Labels
    state: State
    stage: str | None = Field(description="What it does, or did last")
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    report: dict[str, Any] | None = Field(
        description="What `batch_processor.py --train --json` reports: the figures, beside those of the model in use, "
        "whether it is taken into use (`taken`), and why (`why`)"
    )
    fault: str | None = Field(description="Why it failed, in a sentence")
