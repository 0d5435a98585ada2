"""Playlists that move from one mood to another."""

from fastapi import APIRouter, Response

from moodstream.messages import Track
from moodstream.playlists.naming import song_urn
from moodstream.recommend.journeys import Journey as Way
from moodstream.recommend.library import Library
from moodstream.recommend.listener import MOODS, Listener
from moodstream.recommend.travel import Travelled, travel
from moodstream.web.answers import AWAY, FRESH
from moodstream.web.means import Means
from moodstream.web.problems import responses
from moodstream.web.routes.journeys_models import Journey, JourneyQuestion, Step
from moodstream.web.wishes import FILES, recalled


def router(means: Means) -> APIRouter:
    routes = APIRouter(tags=["playlists"])

    @routes.post(
        "/journeys",
        summary="A playlist from one mood to another",
        response_model=Journey,
        responses=responses(s422="There is no such journey: `detail` says why", s503=AWAY)
        | {
            200: {"description": "The journey, in playing order; a file where a format was asked for", "content": FILES}
        },
    )
    async def journey(asked: JourneyQuestion, response: Response) -> Journey | Response:
        """Moves evenly over the valence-arousal plane, along the line between the moods' middles: each song lies
        farther on it than the one before, no tempo differs by 15% or more from the one before, no artist follows on
        itself, no song comes twice. Where the songs do not allow all of that, it is as near to it as they do, and
        `notes` say what is not kept. The same question about the same songs gets the same answer."""
        listener = await recalled(means, asked.listener)
        told = await means.workers.run(_travelled, means, asked, listener)
        if asked.format != "json":
            return _file(told, asked)
        response.headers.update(FRESH)
        return told

    return routes


def _travelled(means: Means, asked: JourneyQuestion, listener: Listener) -> Journey:
    seconds = None if asked.minutes is None else asked.minutes * 60
    with means.shelf.library() as library:
        travelled = travel(
            listener, library, asked.start, asked.to, number=asked.songs, seconds=seconds, wish=asked.wish()
        )
        return _told(travelled, asked, library)


def _told(travelled: Travelled, asked: JourneyQuestion, library: Library) -> Journey:
    found = travelled.journey
    return Journey(
        start=travelled.start,
        to=asked.to,
        tracks=[_step(place, found, library) for place in range(len(found.slots))],
        minutes=None if found.seconds is None else round(found.seconds / 60, 2),
        largest_tempo_step=round(found.largest_tempo_step, 4),
        kept=not found.notes,
        notes=list(found.notes),
    )


def _step(place: int, found: Way, library: Library) -> Step:
    slot = int(found.slots[place])
    song, mood = library.songs[slot], int(library.moods[slot])
    return Step(
        song_id=song.song_id,
        title=song.title,
        artist=song.artist,
        link=song_urn(song.song_id),
        mood=MOODS[mood] if mood >= 0 else None,
        valence=round(float(library.plane[slot, 0]), 4),
        arousal=round(float(library.plane[slot, 1]), 4),
        progress=round(float(found.progress[place]), 4),
        deviation=round(float(found.deviations[place]), 4),
        tempo=round(float(library.tempos[slot]), 3),
        tempo_step=round(float(found.tempo_steps[place]), 4),
        duration_ms=song.duration_ms,
    )


def _file(told: Journey, asked: JourneyQuestion) -> Response:
    """The journey as a file; what a player shows of a song says how far it has come."""
    way = f"from {told.start} to {told.to}"
    tracks = tuple(
        Track(
            song_id=step.song_id,
            title=step.title,
            artist=step.artist,
            score=0.0,
            reason=f"{step.progress:.0%} of the way {way}" if told.start != told.to else f"stays {told.to}",
            mood=step.mood,
            duration_ms=step.duration_ms,
        )
        for step in told.tracks
    )
    return asked.file(tracks, told.to, way)
