"""What a playlist is filtered by, and what is found in it."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from moodstream.messages import Features
from moodstream.moods import Mood
from moodstream.playlists.items import LONGEST, MOST_BYTES, MOST_ITEMS
from moodstream.web.api_models import Body, EitherSong, Share, SongFeatures, SongId

Text = Annotated[str, Field(max_length=LONGEST)]


class Listed(SongFeatures):
    """A song: by its id, or by title and artist, as the history has it; or by features, which are then taken as they
    are, and the history is not asked."""

    song_id: SongId | None = None
    title: Text = ""
    artist: Text = ""
    link: Text = Field("", description="Where it is; it comes back with the answer")

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not (self.song_id or self.title.strip() or self.features):
            raise ValueError("a song_id, a title, or features are needed")
        return self

    @property
    def features(self) -> Features | None:
        """The features, where any are given."""
        known = self.known()
        return known if known != Features() else None


class FilterQuestion(Body):
    """A playlist, as a file's text or as a list of songs, and the mood that is wanted of it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"mood": "Calm", "playlist": "#EXTM3U\n#EXTINF:200,Artist - Title\nmusic/title.mp3\n"},
                {"mood": "Happy", "songs": ["song-1", {"title": "Title", "artist": "Artist"}]},
            ]
        },
    )

    mood: Mood
    playlist: str | None = Field(None, max_length=MOST_BYTES, description="The text of an M3U, XSPF or JSPF file")
    format: Literal["m3u", "m3u8", "xspf", "jspf"] | None = Field(
        None, description="Of `playlist`; seen by how it begins where left out"
    )
    songs: Annotated[list[EitherSong[Listed]], Field(max_length=MOST_ITEMS, fail_fast=True)] | None = Field(
        None, description="Song ids, or songs"
    )
    minimum_probability: Share | None = Field(
        None, strict=True, description="Only songs whose mood is at least so probable"
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.playlist is None) == (self.songs is None):
            raise ValueError("either playlist or songs is needed, and not both")
        if self.format is not None and self.playlist is None:
            raise ValueError("format goes with playlist")
        return self


class PlaylistSong(BaseModel):
    """A song of the playlist."""

    position: int = Field(description="Its place in the playlist, from 1")
    song_id: str | None = Field(description="Null where the history does not know it, and none was given")
    title: str
    artist: str
    link: str = Field(description="As the playlist has it; else `urn:moodstream:song:` and the song's id; else empty")


class Found(PlaylistSong):
    """A song in the mood."""

    probability: Share = Field(
        description="Of the mood, by the trained model; of Neutral, that the likeliest other mood would have been wrong"
    )


class Moodless(PlaylistSong):
    """A song that has no mood."""

    reason: str


class Filtered(BaseModel):
    """The songs in the mood, in the playlist's order, and what became of all others."""

    mood: Mood
    model: str = Field(description="Who told the moods, with its version")
    songs: list[Found]
    number: int = Field(description="How many songs the playlist has; each is in `moods`, `unknown` or `without_mood`")
    moods: dict[Mood, int] = Field(description="How many of them are in each mood")
    too_unlikely: int = Field(description="How many in the mood are less probable than was asked for")
    unknown: list[PlaylistSong] = Field(description="Songs that the history does not know")
    without_mood: list[Moodless] = Field(description="Songs whose mood cannot be told, and why")
