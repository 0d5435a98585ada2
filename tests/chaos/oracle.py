"""What must hold once the faults are over: nothing lost, nothing twice, and what is derived follows from what it is
derived from."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from uuid import UUID

from kafka import errors as kafka_errors

import user_feedback
from moodstream.classifiers import classified, classifier
from moodstream.errors import DataError
from moodstream.messages import Classification, Features, Play, Song, decode
from moodstream.recommend.desk import Desk
from moodstream.recommend.library import Library
from moodstream.recommend.listener import PLAYS, REACTIONS, Event
from moodstream.store import history
from moodstream.store.tables import FEATURES
from moodstream.store.verify import verify
from tests.chaos.world import World
from tests.fuzz.accounts import checksums, read, stored, unaccounted

NAMED = 3


def violations(world: World) -> Iterator[str]:
    """Everything that does not hold, a sentence each. All groups must have come to their end."""
    for check in (lost, refused, strange, fuzz, moods, reactions, playlists, rollups, crashes):
        yield from check(world)


def lost(world: World, ids: Sequence[UUID] | None = None) -> Iterator[str]:
    """Plays that the broker acknowledged, and that are nowhere; of `ids`, or of all that there ever were."""
    wanted = world.ledger.acknowledged if ids is None else set(ids)
    missing = wanted - _ids(world, "SELECT event_id FROM song_stream") - set(_letters(world))
    if missing:
        yield f"{len(missing)} of {len(wanted)} acknowledged plays are lost: {_named(missing)}"


def refused(world: World) -> Iterator[str]:
    """Good plays among the dead letters."""
    good = world.ledger.acknowledged & set(_letters(world))
    if good:
        yield f"{len(good)} good plays are among the dead letters: {_named(good)}"


def strange(world: World) -> Iterator[str]:
    """Plays in the database that nobody sent."""
    sent = world.ledger.acknowledged | world.ledger.unknown | _fuzzed(world)
    found = _ids(world, "SELECT event_id FROM song_stream") - sent
    if found:
        yield f"{len(found)} plays were never sent: {_named(found)}"


def fuzz(world: World) -> Iterator[str]:
    """Each record of fuzz is a row or a dead letter, as it had to be."""
    yield from unaccounted(world.ledger.fuzzed, stored(world))


def moods(world: World) -> Iterator[str]:
    """Each play has the one mood that follows from it."""
    # Two plays of fuzz may tell one song otherwise, so what they give is not known here.
    strangers = _fuzzed(world)
    expected = {
        said.event_id: (said.play_id, said.mood) for said in _classified(world) if said.play_id not in strangers
    }
    rows = world.rows("SELECT event_id, play_id, mood FROM mood_classified")
    every = {UUID(bytes=bytes(r["event_id"])): (UUID(bytes=bytes(r["play_id"])), r["mood"]) for r in rows}
    found = {number: said for number, said in every.items() if said[0] not in strangers}
    if len({play for play, _ in every.values()}) < len(rows):
        yield "a play is classified twice"
    wrong = {number for number in expected.keys() | found.keys() if expected.get(number) != found.get(number)}
    if wrong:
        yield f"{len(wrong)} of {len(expected)} classifications are not what the plays give: {_named(wrong)}"


def reactions(world: World) -> Iterator[str]:
    """Simulated listeners say of each play what follows from it, once."""
    strangers = _fuzzed(world)
    opinions = (user_feedback.opinion(said) for said in _classified(world) if said.play_id not in strangers)
    expected = {(said.event_id, said.reaction, said.mood) for said in opinions if said}
    rows = world.rows("SELECT event_id, play_id, reaction, mood FROM user_feedback")
    ours = [row for row in rows if UUID(bytes=bytes(row["play_id"])) not in strangers]
    found = {(UUID(bytes=bytes(row["event_id"])), row["reaction"], row["mood"]) for row in ours}
    if len(ours) != len(expected) or found != expected:
        yield f"{len(found ^ expected)} of {len(expected)} reactions are not what the classifications give"


def playlists(world: World) -> Iterator[str]:
    """Each listener has the playlist that follows from all that is known of them; it may take its pace to come."""
    if not world.until(lambda: not _unpublished(world), 40):
        without = _unpublished(world)
        yield f"{len(without)} listeners have no playlist of what they played: {', '.join(without[:NAMED])}"


def rollups(world: World) -> Iterator[str]:
    """Roll-ups are what the history gives."""
    for table in verify(world.administrator):
        if table.differences:
            yield str(table)


def crashes(world: World) -> Iterator[str]:
    """No service met a fault that it did not foresee."""
    for name, log in world.logs().items():
        if "Traceback" in log:
            yield f"{name} printed a traceback: {log[log.index('Traceback') :][:2000]}"


def replayed(world: World) -> Iterator[str]:
    """All topics from offset zero again change no row."""
    before = checksums(world)
    for service in world.services.values():
        service.stop()
    if not world.until(lambda: _forgotten(world), 30):
        yield "the groups could not be sent back to offset zero"
        return
    for service in world.services.values():
        service.restart()
    if world.recover(burst=0) is None:
        yield "the topics were not read again in time"
    after = checksums(world)
    changed = [table for table, number in before.items() if after[table] != number]
    if changed:
        yield f"a replay of all topics changed {', '.join(changed)}"


def _forgotten(world: World) -> bool:
    try:
        world.groups.forget()
    except kafka_errors.KafkaError:
        return False
    return True


def _classified(world: World) -> list[Classification]:
    by = classifier("trained", world.settings.model_dir)
    return classified(list(_plays(world)), by, datetime.now(UTC))


def _plays(world: World) -> Iterator[Play]:
    """The plays of the base tables as they were sent."""
    songs = {row["song_id"]: _song(row) for row in world.rows("SELECT * FROM songs")}
    for row in world.rows("SELECT * FROM song_stream"):
        yield Play(
            event_id=UUID(bytes=bytes(row["event_id"])),
            listener=row["listener"],
            played_at=row["played_at"].replace(tzinfo=UTC),
            source=row["source"],
            song=songs[row["song_id"]],
        )


def _song(row: history.Row) -> Song:
    features = Features(**{field: row[column] for column, field in FEATURES.items()}) if row["origin"] else None
    names = {name: row[name] for name in ("song_id", "title", "artist", "album", "genre", "duration_ms", "origin")}
    return Song(**names, features=features)


def _unpublished(world: World) -> list[str]:
    database = world.administrator
    try:
        desk = Desk(
            Library(), lambda name: [Event(*said) for said in history.said(database, name, PLAYS, REACTIONS)], 1
        )
        pictures = {name: desk.picture(name).bytes for name in history.listeners(database, 10_000)}
        published = history.published(database, pictures.values())
        return [name for name, picture in pictures.items() if picture not in published]
    finally:
        database.close()


def _letters(world: World) -> Iterator[UUID]:
    """The ids of the good plays that are among the dead letters."""
    for row in world.rows("SELECT topic, payload FROM dead_letters WHERE topic = 'song_stream'"):
        try:
            yield decode(row["topic"], None if row["payload"] is None else bytes(row["payload"])).event_id
        except DataError:
            continue


def _fuzzed(world: World) -> set[UUID]:
    """The ids of the plays that are in records of fuzz."""
    return {message.event_id for sent in world.ledger.fuzzed if (message := read(sent.record))}


def _ids(world: World, statement: str) -> set[UUID]:
    return {UUID(bytes=bytes(row["event_id"])) for row in world.rows(statement)}


def _named(ids: set[UUID]) -> str:
    return ", ".join(map(str, sorted(ids)[:NAMED]))
