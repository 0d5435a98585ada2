"""GET /songs: the best matches of a few words."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from moodstream.errors import MoodstreamError, SlowError, TransientError
from moodstream.store.queries.library import Found, Song
from moodstream.store.queries.library_sql import Search
from moodstream.web.routes import finding
from tests.web.doors import asking
from tests.web.test_api import failed


class Catalogue:
    """One song, or a fault; remembers what was looked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[Search, int, int]] = []
        self.fault: MoodstreamError | None = None

    async def page(self, search: Search, start: int, count: int) -> tuple[Found, list[Song]]:
        self.asked.append((search, start, count))
        if self.fault:
            raise self.fault
        known: dict[str, Any] = dict.fromkeys(Song._fields) | {"song_id": "a/1", "title": "=1+1", "artist": "Björk"}
        return Found(1, False, 1, ("a/1",)), [Song(**known)]


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue()


@pytest.fixture
def client(catalogue: Catalogue) -> TestClient:
    return asking(finding, catalogue=catalogue)


def test_the_best_matches_are_named(client: TestClient, catalogue: Catalogue) -> None:
    answer = client.get("/api/v1/songs?text=%20bj%C3%B6rk&count=8")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json() == {"songs": [{"song_id": "a/1", "title": "=1+1", "artist": "Björk"}]}
    assert catalogue.asked == [(Search("björk"), 0, 8)]


def test_without_words_the_most_played_are_named(client: TestClient, catalogue: Catalogue) -> None:
    assert client.get("/api/v1/songs").status_code == 200
    assert catalogue.asked == [(Search(), 0, 10)]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        (f"text={'x' * 201}", "query.text"),
        ("count=0", "query.count"),
        ("count=101", "query.count"),
        ("txt=x", "query.txt"),
    ],
)
def test_a_search_that_cannot_be_understood_is_refused(
    client: TestClient, catalogue: Catalogue, query: str, field: str
) -> None:
    problem = failed(client.get(f"/api/v1/songs?{query}"), 422)
    assert [wrong["field"] for wrong in problem["errors"]] == [field]
    assert catalogue.asked == []


def test_a_search_that_the_database_does_not_answer_says_so(client: TestClient, catalogue: Catalogue) -> None:
    for catalogue.fault in (SlowError("It took too long."), TransientError("MySQL is away.")):
        assert failed(client.get("/api/v1/songs"), 503)["detail"] == str(catalogue.fault)
