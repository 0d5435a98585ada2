"""What a made-up world has beside its plays: the songs, what batch says of them, and playlists."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from benchmarks.rows import FIRST_JUDGE_SHARE, Written, song_id
from benchmarks.world import World
from moodstream.batch.reports import comparison
from moodstream.batch.statistics import Confusion
from moodstream.messages import Features, Play, Playlist, Song, Track, play_id
from moodstream.moods import Mood
from moodstream.rules import MOODS, Verdicts
from moodstream.store import review, tables
from moodstream.store.mysql import Database
from moodstream.store.writing import write

SONGS_A_TRANSACTION = 5_000
TRACKS, REPORTS = 20, 24


def songs(admin: Database, world: World, last: Sequence[int]) -> None:
    """Every song, as told by its last play."""
    names, features = world.names(), _features(world)
    rows = [tables.rows(_play(world, n, names[n], features[n], last[n]))[0][1] for n in range(world.songs)]
    for start in range(0, world.songs, SONGS_A_TRANSACTION):
        with admin.transaction() as cursor:
            write(cursor, tables.SONGS, rows[start : start + SONGS_A_TRANSACTION])


def made_up(world: World) -> list[Song]:
    """Every song, with its features where they are known."""
    names, features = world.names(), _features(world)
    return [_song(number, names[number], features[number]) for number in range(world.songs)]


def _play(world: World, number: int, name: tuple[str, str], features: Features | None, last: int) -> Play:
    song = _song(number, name, features)
    at = datetime.fromtimestamp(last / 1e6, UTC) if last else world.since
    return Play(event_id=play_id("", "", "", at), listener="anna", played_at=at, source="simulate", song=song)


def _song(number: int, name: tuple[str, str], features: Features | None) -> Song:
    return Song(
        song_id=song_id(number),
        title=name[0],
        artist=name[1],
        duration_ms=120_000 + number * 7919 % 180_000,
        features=features,
        origin="catalogue" if features else None,
        extractor="made up" if features else None,
    )


def _features(world: World) -> list[Features | None]:
    columns = {name: column.round(4).tolist() for name, column in world.features.items()}
    return [_known(dict(zip(columns, values, strict=True))) for values in zip(*columns.values(), strict=True)]


def _known(song: dict[str, Any]) -> Features | None:
    whole = ("key", "mode", "time_signature")
    unknown = song["tempo"] != song["tempo"]  # NaN
    return None if unknown else Features(**(song | {name: int(song[name]) for name in whole}))


def batch(admin: Database, world: World, written: Written) -> None:
    """What batch says of each song, by both judges, and reports over time on real time beside it."""
    runs = [play_id("batch_processor", "classify", judge, world.now) for judge in written.judges]
    for judge, run, said in zip(written.judges, runs, written.verdicts, strict=True):
        rows = [(song_id(n), judge, run.bytes, *_said(said, n)) for n in range(world.songs)]
        for start in range(0, len(rows), SONGS_A_TRANSACTION):
            review.store(admin, review.BATCH_CLASSIFIED, rows[start : start + SONGS_A_TRANSACTION])
    moments = [world.since + (world.now - world.since) * (place + 1) / REPORTS for place in range(REPORTS)]
    review.store(admin, review.BATCH_RUNS, [_report(world, written, at) for at in moments])


def _said(said: Verdicts, song: int) -> tuple[str | None, float | None, str | None]:
    reason = said.reason[song]
    return (None, None, reason) if reason else (MOODS[said.mood[song]], round(float(said.confidence[song]), 4), None)


def _report(world: World, written: Written, at: datetime) -> tuple[bytes, str, datetime, datetime, str]:
    """A comparison at a time: of more and more songs, ever more of which the second judge told in real time too."""
    passed = (at - world.since) / (world.now - world.since)
    confusion, songs = Confusion(), int(world.songs * passed)
    second = max(0.0, passed - FIRST_JUDGE_SHARE) * songs
    for number in range(songs):
        told = written.verdicts[number * 7919 % songs < second]
        confusion.add(_said(told, number)[0], _said(written.verdicts[1], number)[0])
    report = comparison(
        model=written.judges[1],
        window_seconds=None,
        confusion=confusion,
        only_real_time=0,
        in_batch=world.songs,
        real_time_models=dict(zip(written.judges, (songs - int(second), int(second)), strict=True)),
        per_second=(120.0, 50_000.0),
        disagreements=[],
        others=[],
    )
    run, naive = play_id("batch_processor", "compare", "", at), at.replace(tzinfo=None)
    return (run.bytes, "compare", naive - timedelta(seconds=9), naive, msgspec.json.encode(report).decode())


def playlists(admin: Database, world: World) -> None:
    """One playlist for each listener, of the songs of one mood that is to their taste."""
    names = world.names()
    rows = []
    for number in range(world.listeners):
        mood = int(world.taste[number].argmax())
        numbers = [(mood + len(Mood) * (number % 50 + place)) % world.songs for place in range(TRACKS)]
        tracks = tuple(
            Track(
                song_id=song_id(song),
                title=names[song][0],
                artist=names[song][1],
                score=round(2 - place / TRACKS, 3),
                reason="Like what you played at this hour",
                mood=tuple(Mood)[mood],
            )
            for place, song in enumerate(numbers)
        )
        at, listener = world.now - timedelta(minutes=number), world.listener(number)
        playlist = Playlist(
            event_id=play_id("playlist", listener, "", at), listener=listener, made_at=at, mood=None, tracks=tracks
        )
        rows += [values for _, values in tables.rows(playlist)]
    with admin.transaction() as cursor:
        write(cursor, tables.PLAYLISTS, rows)
