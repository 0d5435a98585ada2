"""The songs of a playlist that are in a mood."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from fastapi import APIRouter

from moodstream import playlists, rules
from moodstream.classifiers import Classifier, Current
from moodstream.messages import Features, Song
from moodstream.moods import Mood
from moodstream.playlists.items import Item
from moodstream.playlists.naming import song_urn
from moodstream.recommend.library import Library
from moodstream.rules import MOODS
from moodstream.store import history
from moodstream.web.answers import AWAY
from moodstream.web.means import Means
from moodstream.web.problems import responses
from moodstream.web.routes.filtering_models import Filtered, FilterQuestion, Found, Listed, Moodless, PlaylistSong


class Entry(NamedTuple):
    """A song of the playlist; `features` where they came with it, `known` where the history has it."""

    item: Item
    features: Features | None = None
    known: Song | None = None

    @property
    def unknown(self) -> bool:
        return self.features is None and self.known is None

    def told(self, position: int) -> dict[str, Any]:
        """As the answer names it: by the history's own names, where it has them."""
        song_id = self.known.song_id if self.known else self.item.song_id
        named = self.known or self.item
        link = self.item.location or (song_urn(song_id) if song_id else "")
        return {"position": position, "song_id": song_id, "title": named.title, "artist": named.artist, "link": link}


def router(means: Means) -> APIRouter:
    routes = APIRouter(tags=["playlists"])
    judge = Current("trained", means.settings.model_dir)

    @routes.post(
        "/playlists/filter",
        summary="The songs of a playlist that are in a mood",
        responses=responses(s422="The playlist cannot be read: `detail` says where", s503=AWAY),
    )
    async def filtered(asked: FilterQuestion) -> Filtered:
        """Finds each song of the playlist in the history, by its id or else by title and artist, and tells its mood
        from its features, as the classifier would: one song's answer never depends on the others. No song is dropped
        in silence: what is not known, and what has no mood, is named."""
        entries = await means.workers.run(_entries, means, asked)
        ids = {entry.item.song_id for entry in entries if entry.features is None and entry.item.song_id}
        songs = {known.song.song_id: known.song for known in await means.history.ask(history.by_id, sorted(ids))}
        found = [
            entry if entry.features else entry._replace(known=songs.get(entry.item.song_id or "")) for entry in entries
        ]
        return await means.workers.run(_answer, asked, found, judge.classifier)

    return routes


def _entries(means: Means, asked: FilterQuestion) -> list[Entry]:
    """The songs of the playlist, with the ids that the history has them under."""
    entries = [_listed(song) for song in asked.songs or ()]
    if asked.playlist is not None:
        kind = (asked.format or playlists.detected(asked.playlist)).removesuffix("8")
        entries = [Entry(item) for item in playlists.load(asked.playlist, kind)]
    with means.shelf.library() as library:
        return [entry if entry.features else Entry(_identified(entry.item, library)) for entry in entries]


def _listed(song: str | Listed) -> Entry:
    if isinstance(song, str):
        return Entry(Item(song_id=song))
    item = Item(title=song.title, artist=song.artist, location=song.link, song_id=song.song_id)
    return Entry(item, song.features)


def _identified(item: Item, library: Library) -> Item:
    """The item under its id; one that says no id, or one that is not here, goes by title and artist."""
    if item.song_id is not None and library.slots([item.song_id])[0] >= 0:
        return item
    slot = library.find(item.title, item.artist) if item.title else -1
    return item._replace(song_id=library.songs[slot].song_id) if slot >= 0 else item


def _answer(asked: FilterQuestion, entries: Sequence[Entry], by: Classifier) -> Filtered:
    features = [entry.features or (entry.known.features if entry.known else None) for entry in entries]
    verdicts = by.classify(rules.columns(features, by.inputs))
    moods, songs, unknown, moodless = Counter[Mood](), list[Found](), list[PlaylistSong](), list[Moodless]()
    told = zip(entries, verdicts.mood.tolist(), verdicts.confidence.tolist(), verdicts.reason, strict=True)
    for position, (entry, mood, probability, reason) in enumerate(told, start=1):
        named = entry.told(position)
        if entry.unknown:
            unknown.append(PlaylistSong(**named))
        elif reason is not None:
            moodless.append(Moodless(**named, reason=reason))
        else:
            moods[MOODS[mood]] += 1
            if MOODS[mood] == asked.mood and probability >= (asked.minimum_probability or 0):
                songs.append(Found(**named, probability=round(probability, 4)))
    return Filtered(
        mood=asked.mood,
        model=by.name,
        songs=songs,
        number=len(entries),
        moods=dict(moods),
        too_unlikely=moods[asked.mood] - len(songs),
        unknown=unknown,
        without_mood=moodless,
    )
