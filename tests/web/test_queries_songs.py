"""What the history knows of songs that somebody names, on a real database."""

from collections.abc import Iterator
from typing import Any

import pytest

from moodstream.messages import Play, Song
from moodstream.settings import Settings
from moodstream.store.mysql import Database
from moodstream.store.queries.songs import Known, Name, known
from tests.factories import make_features, make_play, make_song
from tests.web.history import store

FEATURES = make_features(arousal=0.5, loudness=-7.5, key=3, mode=1, time_signature=4, energy=0.0)
HEARD = make_song(
    "file-1",
    title="Jóga",
    artist="Björk",
    album="Homogenic",
    genre="pop",
    duration_ms=305_000,
    features=FEATURES,
    origin="audio",
    extractor="1",
    modelled=("valence", "energy"),
    estimates=("liveness",),
)


@pytest.fixture
def database(database_settings: Settings) -> Iterator[Database]:
    database = Database(database_settings, "dashboard")
    yield database
    database.close()


def played(song_id: str, **more: Any) -> Play:
    return make_play(make_song(song_id, **more))


def named(database: Database, artist: str, title: str) -> Song | None:
    name = Name(artist, title)
    return known(database, [], [name]).by_name.get(name.key)


def test_a_song_is_found_by_id_and_by_name_with_all_that_is_known_of_it(
    database: Database, database_settings: Settings
) -> None:
    silent = make_song("name-1", title="Unheard", artist="Björk", features=None)
    store(database_settings, make_play(HEARD), make_play(silent), played("other"))
    joga, unheard = Name("Björk", "Jóga"), Name("Björk", "Unheard")
    found = known(database, ["file-1", "name-1", "FILE-1", "none"], [joga, unheard])
    assert found == Known({"file-1": HEARD, "name-1": silent}, {joga.key: HEARD})


@pytest.mark.parametrize(
    "name", [("björk", "joga"), ("BJÖRK", "JÓGA"), ("bjork", "Jóga"), ("Bjo\u0308rk", "Jo\u0301ga")]
)
def test_a_name_is_found_whatever_its_case_and_accents(
    database: Database, database_settings: Settings, name: tuple[str, str]
) -> None:
    store(database_settings, make_play(HEARD))
    assert named(database, *name) == HEARD


@pytest.mark.parametrize("name", [("Björk", "Jóga 2"), ("Jóga", "Björk"), ("Bjö%", "J_ga"), ("", ""), ("Björk", "")])
def test_another_name_is_another_song(database: Database, database_settings: Settings, name: tuple[str, str]) -> None:
    store(database_settings, make_play(HEARD))
    assert named(database, *name) is None


def test_of_one_name_what_was_heard_comes_before_a_catalogue(database: Database, database_settings: Settings) -> None:
    both = {"title": "Jóga", "artist": "Björk"}
    catalogue, imported = played("a", **both, origin="catalogue"), played("b", **both, origin="import")
    heard = [played(song_id, **both, origin="audio") for song_id in ("y", "x", "z")]
    store(database_settings, catalogue, imported, *heard)
    found = named(database, "Björk", "Jóga")
    assert found is not None
    assert found.song_id == "x"


def test_names_that_begin_alike_beyond_what_the_index_holds_are_told_apart(
    database: Database, database_settings: Settings
) -> None:
    long = [{"artist": "x" * 500, "title": "y" * 499 + last} for last in "ab"]
    store(database_settings, played("a", **long[0]), played("b", **long[1]))
    found = [named(database, each["artist"], each["title"]) for each in long]
    assert [song and song.song_id for song in found] == ["a", "b"]


def test_a_thousand_are_asked_for_at_once(database: Database, database_settings: Settings) -> None:
    songs = [make_song(f"song-{number}", title=f"Titel {number} 😀") for number in range(1000)]
    store(database_settings, *map(make_play, songs))
    found = known(database, [song.song_id for song in songs], [Name(song.artist, song.title) for song in songs])
    assert len(found.by_id) == len(found.by_name) == 1000
