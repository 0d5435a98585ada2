"""What every playlist that is made on request has in common: for whom, without what, and as a file for players."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from fastapi import Response
from pydantic import Field, model_validator

from moodstream.messages import Track
from moodstream.moods import Mood
from moodstream.recommend.candidates import Wish
from moodstream.recommend.listener import PLAYS, REACTIONS, Event, Listener
from moodstream.store import history
from moodstream.store.queries.playlist import Suggested
from moodstream.web import exports
from moodstream.web.answers import download
from moodstream.web.api_models import Body
from moodstream.web.means import Means

EVERYBODY = "everybody"
# A JSPF is JSON, and described as what it holds.
FILES: dict[str, Any] = {
    kind.media_type: {"schema": {"type": "object" if name == "jspf" else "string"}}
    for name, kind in exports.KINDS.items()
}

Seconds = Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False, strict=True)]


class Wished(Body):
    """For whom a playlist is, what is left out of it, and how it is told."""

    listener: str | None = Field(None, min_length=1, max_length=128, description="Whose taste counts; else nobody's")
    shortest: Seconds | None = Field(None, description="Only songs of at least so many seconds")
    longest: Seconds | None = Field(None, description="Only songs of at most so many seconds")
    without_genres: Annotated[list[Annotated[str, Field(max_length=500)]], Field(max_length=50)] = Field(
        [], description="No songs of these genres, however they are written"
    )
    format: Literal["json", "m3u8", "xspf", "jspf"] = Field(
        "json", description="`json`: all that is told here; else the songs alone, as a file for players"
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.shortest is not None and self.longest is not None and self.shortest > self.longest:
            raise ValueError("shortest is longer than longest")
        return self

    def wish(self, mood: Mood | None = None, length: int = 20) -> Wish:
        """As the recommender takes it."""
        return Wish(mood, length, self.shortest, self.longest, frozenset(self.without_genres))

    def file(self, tracks: Sequence[Track], mood: Mood | None, name: str) -> Response:
        """The tracks as a file of the `format` asked for, which is not json."""
        listed = Suggested(self.listener or EVERYBODY, datetime.now(UTC), mood, tuple(tracks))
        body = exports.playlist(listed, self.format)
        return download(body, exports.KINDS[self.format].media_type, f"{name}.{self.format}")


async def recalled(means: Means, name: str | None) -> Listener:
    """What the history has of a listener; nothing of nobody.

    Raises:
        SlowError, TransientError, ConfigurationError: as `History.ask`.
    """
    listener = Listener()
    if name:
        said = await means.history.ask(history.said, name, PLAYS, REACTIONS)
        listener.fold(Event(*each) for each in said)
    return listener
