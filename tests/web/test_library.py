"""The table of songs: what is found in a real database, and what a page is told of it."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from moodstream.errors import SlowError
from moodstream.messages import Message
from moodstream.moods import UNCLASSIFIED, Mood
from moodstream.settings import Settings
from moodstream.store.mysql import Database
from moodstream.store.queries.library import Found, Song, find, page
from moodstream.store.queries.library_sql import COLUMNS, RANGED, Between, Search
from moodstream.web.catalogue import Catalogue
from moodstream.web.library import block, said, searched
from moodstream.web.library_columns import columns
from moodstream.web.workers import History
from tests.factories import NOON, make_classification, make_features, make_play, make_song
from tests.web.history import store

MOODS = [Mood.CALM, Mood.DARK, None]
NAMES = [
    "U2",
    "The Who",
    "Björk",
    "宇多田ヒカル",
    "100%_",
    "a|b",
    "C:\\x",
    "'; DROP TABLE songs; --",
    "<script>",
    "AC/DC",
]


@pytest.fixture
def database(database_settings: Settings) -> Iterator[Database]:
    database = Database(database_settings, "dashboard")
    yield database
    database.close()


def played(song_id: str, mood: Mood | None = Mood.CALM, plays: int = 1, **more: Any) -> list[Message]:
    """A song with so many classified plays; none: one play that was not classified yet."""
    made = [
        make_play(make_song(song_id, **more), played_at=NOON - timedelta(minutes=number))
        for number in range(max(plays, 1))
    ]
    return [*made, *(make_classification(play, mood=mood) for play in made[:plays])]


@pytest.fixture
def shelf(database_settings: Settings) -> Settings:
    """Nine songs: every third has a mood of its own or none, one no features, one was not classified yet."""
    store(database_settings, *(message for number in range(9) for message in _numbered(number)))
    return database_settings


def _numbered(number: int) -> list[Message]:
    features = make_features(energy=round(0.9 - number / 10, 1), tempo=100.0 + number % 4)
    return played(
        f"song-{number}",
        MOODS[number % 3],
        plays=0 if number == 5 else 1 + number % 4,
        title=f"Title {(number * 5) % 9}",
        artist=f"Artist {number % 2}",
        duration_ms=1000 * (number + 1),
        features=None if number == 7 else features,
    )


def ids(database: Database, search: Search, start: int = 0, count: int = 100, **more: Any) -> list[str]:
    return [song.song_id for song in page(database, search, find(database, search, **more), start, count)]


def test_every_column_sorts_both_ways_with_the_unknown_last(shelf: Settings, database: Database) -> None:  # noqa: ARG001
    songs = page(database, Search(), find(database, Search()), 0, 100)
    for column, descending, mood, few in product(COLUMNS, (False, True), ("", "Calm", UNCLASSIFIED), (1, 100)):
        search = Search(mood=mood, sort=column, descending=descending)
        expected = in_order([song for song in songs if mood in ("", song.mood)], column, descending)
        found = find(database, search, few)
        assert (found.total, found.song_ids is None) == (len(expected), few == 1 or not mood)
        shown = [song for start in range(0, 12, 2) for song in page(database, search, found, start, 2)]
        assert len({song.song_id for song in shown}) == len(expected)
        assert [value(song, column) for song in shown] == expected, (column, descending, mood, few)


def value(song: Song, column: str) -> Any:
    """What a song is sorted by; None where it is not known."""
    if column == "artist":
        return song.artist, song.title
    found = getattr(song, column)
    return None if found == UNCLASSIFIED or (column == "plays" and not found) else found


def in_order(songs: list[Song], column: str, descending: bool) -> list[Any]:
    values = [value(song, column) for song in songs]
    known = sorted((value for value in values if value is not None), reverse=descending)
    return [*known, *[None] * (len(values) - len(known))]


def test_a_song_is_found_by_any_part_of_its_name_and_by_nothing_else(
    database_settings: Settings, database: Database
) -> None:
    store(database_settings, *(message for name in NAMES for message in played(name, title=name, artist="Nobody")))
    for name in NAMES:
        assert ids(database, Search(name)) == [name]
        assert ids(database, Search(name.lower()[:3])) == [name]
    found = {text: ids(database, Search(text)) for text in ("%", "_", "|", "\\", "A%C", "U_")}
    assert found == {"%": ["100%_"], "_": ["100%_"], "|": ["a|b"], "\\": ["C:\\x"], "A%C": [], "U_": []}


def test_words_are_looked_for_in_title_and_artist_whatever_their_case_accents_and_order(
    database_settings: Settings, database: Database
) -> None:
    jóga, army = played("jóga", title="Jóga", artist="Björk"), played("army", title="Army of Me", artist="Björk")
    store(database_settings, *jóga, *army)
    assert ids(database, Search(" bjork\u3000JOGA ")) == ["jóga"]
    assert ids(database, Search("björk nothing")) == []


def test_who_is_called_exactly_so_comes_first_and_then_the_most_played(
    database_settings: Settings, database: Database
) -> None:
    part, more = played("part", title="Zoo U2 Live", plays=4), played("more", title="About U2", plays=3)
    store(database_settings, *part, *more, *played("artist", title="One", artist="U2"), *played("title", title="U2"))
    assert ids(database, Search("u2")) == ["title", "artist", "part", "more"]
    assert ids(database, Search("u2"), few=1) == ["part"]


def test_ranges_leave_out_what_is_not_known(shelf: Settings, database: Database) -> None:  # noqa: ARG001
    quiet = Search(ranges=(Between("energy", None, 0.45),), sort="energy")
    assert ids(database, quiet) == ["song-8", "song-6", "song-5"]
    assert ids(database, quiet._replace(mood="Calm")) == ["song-6"]
    assert ids(database, Search("Artist 1", ranges=(Between("plays", 3, None), Between("tempo", 101, 102)))) == [
        "song-2"
    ]
    assert ids(database, Search(ranges=(Between("plays", 4, 4), Between("energy", 0.5, 0.6)))) == ["song-3"]


def test_many_songs_of_a_search_can_be_reached_only_in_part_and_nothing_lies_beyond(
    shelf: Settings,  # noqa: ARG001
    database: Database,
) -> None:
    search = Search("title", sort="duration_ms")
    assert find(database, search, 4) == Found(4, True, 4, None)
    assert ids(database, search, few=4) == ["song-0", "song-1", "song-2", "song-3"]
    assert ids(database, search, 3, few=4) == ["song-3"]
    for start, count in [(-1, 10), (9, 10), (10**12, 10), (0, 0), (0, -5)]:
        assert ids(database, Search(), start, count) == []


def test_the_songs_of_a_mood_stay_in_order_however_deep_one_looks(
    database_settings: Settings, database: Database
) -> None:
    with Database(database_settings, "connector").transaction() as cursor:
        songs = [(f"{n:05}", f"Song {n}", "x", n % 7 / 10, NOON.replace(tzinfo=None)) for n in range(1_500)]
        played = [
            (song_id, n % 11 + 1, at, "Calm" if n % 5 else None, bytes(16)) for n, (song_id, *_, at) in enumerate(songs)
        ]
        cursor.executemany(
            "INSERT INTO songs (song_id, title, artist, energy, named_at) VALUES (%s, %s, %s, %s, %s)", songs
        )
        cursor.executemany("INSERT INTO songs_played VALUES (%s, %s, %s, %s, %s)", played)
    for sort in ("plays", "energy"):
        search = Search(mood="Calm", sort=sort, descending=True)
        found = find(database, search, 10)
        shown = [song for start in range(0, 1_200, 100) for song in page(database, search, found, start, 100)]
        assert found.total == len({song.song_id for song in shown}) == 1_200
        assert [value(song, sort) for song in shown] == in_order(shown, sort, True)


def test_an_empty_database_has_no_songs(database: Database) -> None:
    for search in (Search(), Search("x"), Search(mood="Calm"), Search(sort="plays"), Search(mood="Calm", sort="mood")):
        assert (find(database, search).total, ids(database, search)) == (0, [])


def test_a_question_ends_when_its_time_is_up(database_settings: Settings) -> None:
    hurried = Database(database_settings, "dashboard", seconds=0.2)
    with pytest.raises(SlowError):
        hurried.query(ENDLESS)
    assert hurried.query("SELECT 1 AS one") == [{"one": 1}]
    hurried.close()


ENDLESS = """
WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 900)
SELECT COUNT(*) FROM n a JOIN n b JOIN n c WHERE a.i + b.i <> c.i + 0.5
"""


REQUEST = {"startRow": 100, "endRow": 200, "sortModel": [{"colId": "energy", "sort": "desc"}], "filterModel": {}}


def test_a_request_of_the_table_is_a_search() -> None:
    model = {
        "tempo": {"type": "inRange", "filter": 100, "filterTo": 120},
        "energy": {"type": "greaterThanOrEqual", "filter": 0.5},
        "plays": {"type": "lessThanOrEqual", "filter": 9},
    }
    ranges = (Between("energy", 0.5, None), Between("plays", None, 9), Between("tempo", 100, 120))
    wanted = {"text": " björk ", "mood": "Calm"}
    assert searched(REQUEST | {"filterModel": model}, wanted) == Search("björk", "Calm", ranges, "energy", True)
    assert block(REQUEST) == (100, 100)


@pytest.mark.parametrize(
    "rubbish",
    [
        {},
        {"sortModel": [{"colId": "energy; DROP TABLE songs", "sort": "desc"}]},
        {"sortModel": "energy", "filterModel": [1]},
        {"sortModel": [{"sort": "asc"}, None, {"colId": ["energy"]}]},
        {"filterModel": {"title": {"type": "inRange", "filter": 1}, "energy": "x"}},
        {"startRow": "x", "endRow": None},
        {"startRow": float("nan"), "endRow": float("inf")},
        {"startRow": -5, "endRow": True},
    ],
    ids=str,
)
def test_rubbish_asks_for_nothing(rubbish: dict[str, Any]) -> None:
    assert searched(rubbish, {"text": None, "mood": "<b>"}) == Search()
    assert block(rubbish) == (0, 0)


def test_a_range_without_sense_is_open() -> None:
    model = {"energy": {"type": "inRange", "filter": float("nan"), "filterTo": "0.5"}}
    assert searched({"filterModel": model}, {}).ranges == (Between("energy", None, None),)


def test_a_request_is_never_for_more_than_a_few_blocks() -> None:
    assert block({"startRow": 0, "endRow": 10**9}) == (0, 500)


@pytest.mark.parametrize(
    ("search", "found", "sentence"),
    [
        (Search(), Found(12_345, False, 12_345, None), "12,345 songs"),
        (Search(mood="Calm"), Found(1, False, 1, ("a",)), "1 Calm song"),
        (Search("x"), Found(0, False, 0, ()), "No song is called “x”."),
        (Search("x", "Calm"), Found(0, False, 0, ()), "No Calm song is called “x”."),
        (Search(mood="Sad"), Found(0, False, 0, ()), "There is no such Sad song."),
        (Search(ranges=(Between("energy", 2, None),)), Found(0, False, 0, ()), "There is no such song."),
        (Search("a"), Found(5_000, True, 1_000, None), "More than 5,000 songs"),
        (Search(), Found(0, False, 0, None), "There are no songs yet"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_was_found_is_said_in_a_sentence(search: Search, found: Found, sentence: str) -> None:
    assert str(said(search, found)[0]).startswith(sentence)


def test_pages_of_one_search_are_found_once_and_a_first_page_anew(shelf: Settings) -> None:
    async def look() -> tuple[int, int, int]:
        history = History(lambda: Database(shelf, "dashboard", seconds=5), threads=1)
        catalogue = Catalogue(history)
        first, _ = await catalogue.page(Search("title"), 0, 2)
        store(shelf, *played("new", title="Title, too"))
        second, _ = await catalogue.page(Search("title"), 2, 2)
        again, _ = await catalogue.page(Search("title"), 0, 2)
        history.close()
        return first.total, second.total, again.total

    assert asyncio.run(look()) == (9, 9, 10)


def test_every_column_of_the_table_is_a_field_of_its_rows() -> None:
    fields = [column["field"] for column in columns()]
    assert set(fields) == set(COLUMNS) <= set(Song._fields)
    assert {column["field"] for column in columns() if "filter" in column} == set(RANGED)
