"""A few songs by words of their names, for whoever types them."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from moodstream.store.queries.library_sql import LONGEST, Search
from moodstream.web.answers import AWAY, FRESH
from moodstream.web.means import Means
from moodstream.web.problems import responses

MOST_FOUND = 100


class Words(BaseModel):
    """What is typed."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field("", max_length=LONGEST, description="Words of title and artist, or beginnings of them")
    count: int = Field(10, ge=1, le=MOST_FOUND, description="So many at most")


class Named(BaseModel):
    """A song, and what it is called."""

    song_id: str
    title: str
    artist: str


class Matches(BaseModel):
    """The songs that match, the best match and the most played first."""

    songs: list[Named]


def router(means: Means) -> APIRouter:
    routes = APIRouter(tags=["songs"])

    @routes.get(
        "/songs", summary="The best matches of a search", responses=responses(s422="The search is too long", s503=AWAY)
    )
    async def songs(words: Annotated[Words, Query()], response: Response) -> Matches:
        """A few songs by what they are called; without words, the most played."""
        _, found = await means.catalogue.page(Search(text=words.text.strip()), 0, words.count)
        response.headers.update(FRESH)
        return Matches(songs=[Named(song_id=song.song_id, title=song.title, artist=song.artist) for song in found])

    return routes
