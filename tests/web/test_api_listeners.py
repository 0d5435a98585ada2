"""What the API tells of a listener, on a real database."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from moodstream.messages import Message, Play, Track
from moodstream.moods import Mood
from moodstream.settings import Settings
from moodstream.store.mysql import Database
from moodstream.web.routes import listeners, trends
from moodstream.web.workers import History, Workers
from tests.factories import make_classification, make_features, make_feedback, make_play, make_song
from tests.web.doors import asking
from tests.web.history import make_playlist, store

NOW = datetime.now(UTC).replace(microsecond=0)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
WEIRD = ("a/b", "ann/mood", "日本 語", "ü&?#%", "a+b", "🎧")
KINDS = ("mood", "moods", "artists", "playlists")


class Asked(History):
    """The history, which counts how often it is asked."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(lambda: Database(settings, "dashboard", seconds=5), 1)
        self.asked = 0

    async def ask(self, question: Any, *arguments: object) -> Any:
        self.asked += 1
        return await super().ask(question, *arguments)


@pytest.fixture
def history(database_settings: Settings) -> Iterator[Asked]:
    history = Asked(database_settings)
    yield history
    history.close()


@pytest.fixture
def client(history: Asked) -> TestClient:
    return asking(listeners, history=history)


def played(number: int, listener: str = "anna", **features: Any) -> Play:
    song = make_song(f"song-{number}", artist=f"Artist {number % 3}", features=make_features(**features))
    return make_play(song, played_at=NOW - number * MINUTE, listener=listener)


def moods_of(*moods: Mood | None, listener: str = "anna") -> list[Message]:
    """Plays of these moods, newest first, a minute apart, and what was said of them."""
    plays = [played(number, listener, valence=min(0.2 + 0.05 * number, 1)) for number in range(len(moods))]
    told = [make_classification(play, mood=mood) for play, mood in zip(plays, moods, strict=True)]
    return [*plays, *told]


def test_the_mood_now_is_a_spread_and_says_how_sure_it_is(client: TestClient, database_settings: Settings) -> None:
    sad, calm, happy = Mood.SAD, Mood.CALM, Mood.HAPPY
    waiting = make_play(make_song("new"), played_at=NOW)
    store(database_settings, *moods_of(calm, sad, sad, happy, sad, None), waiting)
    told = client.get("/api/v1/listeners/anna/mood").json()
    assert (told["mood"], told["clear"], told["plays"]) == ("Sad", False, 7)
    assert (told["unclassified"], told["waiting"]) == (1, 1)
    shares = {one["mood"]: (one["plays"], one["share"]) for one in told["moods"]}
    assert list(shares)[:3] == ["Sad", "Calm", "Happy"]
    assert len(shares) == len(Mood)
    assert (shares["Sad"], shares["Dark"]) == ((3, 0.6), (0, 0.0))
    assert told["moods"][0]["low"] == pytest.approx(0.231, abs=1e-3)
    assert told["moods"][0]["high"] == pytest.approx(0.882, abs=1e-3)
    assert told["place"]["plays"] == 7
    assert told["place"]["heard"] == 0
    assert told["place"]["valence"]["mean"] == pytest.approx((0.2 * 6 + 0.05 * 15 + 0.8) / 7, abs=1e-3)
    assert told["place"]["arousal"] == {"mean": 0.7, "deviation": 0.0}
    assert datetime.fromisoformat(told["newest_at"]) == NOW
    assert told["age_seconds"] >= 0
    assert told["sentence"] == (
        "Sad came 3 times in the last 5 plays with a mood (60%; 95% interval: 23% to 88%), not clearly more often than "
        "Calm (1). Of the others, 1 have no mood and 1 wait."
    )


def test_the_mood_now_is_of_the_last_fifty_plays_and_clear_where_it_leads(
    client: TestClient, database_settings: Settings
) -> None:
    store(database_settings, *moods_of(*[Mood.CALM] * 40, *[Mood.DARK] * 60))
    told = client.get("/api/v1/listeners/anna/mood").json()
    assert (told["mood"], told["clear"], told["plays"]) == ("Calm", True, 50)
    assert "clearly more often than Dark (10)." in told["sentence"]


def test_of_moods_that_came_equally_often_the_newest_leads(client: TestClient, database_settings: Settings) -> None:
    store(database_settings, *moods_of(Mood.DARK, Mood.CALM, Mood.CALM, Mood.DARK))
    told = client.get("/api/v1/listeners/anna/mood").json()
    assert (told["mood"], told["clear"]) == ("Dark", False)


def test_plays_without_any_mood_are_counted(client: TestClient, database_settings: Settings) -> None:
    silent = make_play(make_song(features=None), played_at=NOW)
    store(database_settings, silent, make_classification(silent, mood=None))
    told = client.get("/api/v1/listeners/anna/mood").json()
    assert (told["mood"], told["clear"], told["place"], told["unclassified"]) == (None, False, None, 1)
    assert told["sentence"] == "None of the newest plays has a mood. Of the others, 1 have no mood."
    assert {one["share"] for one in told["moods"]} == {None}


def test_a_listener_without_plays_is_not_found(client: TestClient) -> None:
    for listener in ("nobody", "%00", "a%2Fb", "%ff", "x" * 128):
        for what in KINDS:
            answer = client.get(f"/api/v1/listeners/{listener}/{what}")
            assert answer.status_code == 404
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert "has played nothing yet" in answer.json()["detail"]


def test_a_listener_may_be_called_anything(client: TestClient, database_settings: Settings) -> None:
    for listener in WEIRD:
        store(database_settings, *moods_of(Mood.CALM, Mood.SAD, listener=listener), make_playlist(listener=listener))
        place = f"/api/v1/listeners/{quote(listener, safe='')}"
        assert [client.get(f"{place}/{what}").status_code for what in KINDS] == [200] * len(KINDS)
        first = client.get(f"{place}/moods?limit=1").json()
        second = client.get(first["next"]).json()
        assert [play["mood"] for page in (first, second) for play in page["plays"]] == ["Calm", "Sad"]
        assert second["next"] is None


def test_the_history_of_moods_is_read_page_by_page_while_plays_come_in(
    client: TestClient, database_settings: Settings
) -> None:
    messages = moods_of(*[Mood.CALM, None, Mood.SAD] * 3)
    store(database_settings, *messages)
    store(database_settings, make_play(make_song("waits"), played_at=NOW - DAY))
    seen, address = [], "/api/v1/listeners/anna/moods?limit=4"
    while address:
        page = client.get(address).json()
        seen += page["plays"]
        store(database_settings, make_play(make_song(f"new-{len(seen)}"), played_at=NOW + timedelta(seconds=1)))
        address = page["next"]
    assert [play["play_id"] for play in seen[:9]] == [str(message.event_id) for message in messages[:9]]
    assert [play["mood"] for play in seen] == ["Calm", None, "Sad"] * 3 + [None]
    assert (seen[1]["reason"], seen[1]["classified_at"] is not None) == ("not known: tempo", True)
    assert (seen[-1]["song_id"], seen[-1]["reason"], seen[-1]["classified_at"]) == ("waits", None, None)


def test_a_filter_by_time_goes_along_with_the_pages(client: TestClient, database_settings: Settings) -> None:
    store(database_settings, *moods_of(*[Mood.CALM] * 8))
    since, until = ((NOW - ago * MINUTE).isoformat() for ago in (5, 2))
    query = f"since={quote(since)}&until={quote(until)}&limit=3"
    first = client.get(f"/api/v1/listeners/anna/moods?{query}").json()
    second = client.get(first["next"]).json()
    assert [len(first["plays"]), len(second["plays"]), second["next"]] == [3, 1, None]
    assert second["plays"][0]["song_id"] == "song-5"
    nothing = client.get("/api/v1/listeners/anna/moods?until=1999-01-01T00:00").json()
    assert nothing == {"plays": [], "next": None}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "query.limit"),
        ("limit=501", "query.limit"),
        ("limit=99999999999999999999", "query.limit"),
        ("limit=x", "query.limit"),
        ("cursor=", "query.cursor"),
        ("cursor=%00", "query.cursor"),
        ("cursor=" + "z" * 46, "query.cursor"),
        ("cursor=" + "f" * 46, "query.cursor"),
        ("cursor=" + "0" * 47, "query.cursor"),
        ("since=yesterday", "query.since"),
        ("until=9999-01-01", "query.until"),
        ("since=2026-01-02&until=2026-01-01", "query"),
        ("offset=3", "query.offset"),
    ],
)
def test_what_cannot_be_understood_is_named(query: str, field: str) -> None:
    client = asking(listeners)
    for what in ("moods", "playlists"):
        answer = client.get(f"/api/v1/listeners/anna/{what}?{query}")
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == field


def test_a_name_that_is_too_long_is_refused() -> None:
    for what in KINDS:
        answer = asking(listeners).get(f"/api/v1/listeners/{'x' * 129}/{what}")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "path.listener")


def test_any_place_may_be_asked_for(client: TestClient, database_settings: Settings) -> None:
    store(database_settings, *moods_of(Mood.CALM))
    assert client.get(f"/api/v1/listeners/anna/moods?cursor={'0' * 46}").json()["plays"] == []
    assert len(client.get(f"/api/v1/listeners/anna/moods?cursor=1{'f' * 45}").json()["plays"]) == 1


def test_the_favourite_artists_come_with_what_was_said_of_them(client: TestClient, database_settings: Settings) -> None:
    store(database_settings, *(played(number) for number in range(6)))
    store(database_settings, make_feedback(song_id="song-2", reacted_at=NOW))
    told = client.get("/api/v1/listeners/anna/artists?limit=2").json()
    assert [one["artist"] for one in told["artists"]] == ["Artist 2", "Artist 0"]
    assert (told["artists"][0]["likes"], told["artists"][0]["plays"]) == (1, 2)
    assert (told["of"], told["plays"], told["without_artist"]) == (3, 6, 0)
    assert datetime.fromisoformat(told["since"]) == NOW - 5 * MINUTE
    for limit in ("0", "501"):
        assert client.get(f"/api/v1/listeners/anna/artists?limit={limit}").status_code == 422


def test_playlists_come_newest_first_with_their_reasons(client: TestClient, database_settings: Settings) -> None:
    track = Track(song_id="song-1", title="Title", artist="Artist", score=0.5, reason="You liked it", mood=Mood.CALM)
    made = [make_playlist(track, made_at=NOW - number * MINUTE, mood=Mood.CALM) for number in range(3)]
    store(database_settings, *made, played(1))
    first = client.get("/api/v1/listeners/anna/playlists?limit=2").json()
    second = client.get(first["next"]).json()
    told = first["playlists"] + second["playlists"]
    assert [one["playlist_id"] for one in told] == [str(one.event_id) for one in made]
    assert told[0]["tracks"] == [
        {"song_id": "song-1", "title": "Title", "artist": "Artist", "score": 0.5, "reason": "You liked it"}
        | {"link": "urn:moodstream:song:song-1", "mood": "Calm", "duration_ms": None}
    ]
    assert (told[0]["mood"], second["next"]) == ("Calm", None)
    store(database_settings, make_play(listener="bela"))
    assert client.get("/api/v1/listeners/bela/playlists").json() == {"playlists": [], "next": None}


def test_a_database_that_is_away_is_said_with_503() -> None:
    settings = Settings(_env_file=None, mysql_port=1)
    client = asking(listeners, history=History(lambda: Database(settings, "dashboard"), 1))
    answer = client.get("/api/v1/listeners/anna/mood")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


@pytest.fixture
def forecaster(history: Asked) -> Iterator[TestClient]:
    workers = Workers("test", 1)
    yield asking(trends, history=history, workers=workers)
    workers.close()


def test_trends_tell_where_each_feature_is_heading_and_are_kept(
    forecaster: TestClient, history: Asked, database_settings: Settings
) -> None:
    rising = [
        make_play(
            make_song(f"song-{day}", features=make_features(valence=0.9 - 0.005 * day, energy=0.5)),
            played_at=NOW - day * DAY,
        )
        for day in range(0, 100)
    ]
    store(database_settings, *rising)
    told = forecaster.get("/api/v1/listeners/anna/trends").json()
    assert told["plays"] == 99
    assert told["today"] == NOW.date().isoformat()
    valence = told["features"]["valence"]
    assert (valence["direction"], valence["better_than_naive"], len(valence["forecast"])) == ("rising", True, 7)
    assert valence["change"]["change"] == pytest.approx(0.035, abs=1e-3)
    assert told["features"]["energy"]["direction"] == "steady"
    assert told["features"]["loudness"]["sentence"] == "Too little history: 0 days with plays, and 28 are needed."
    asked = history.asked
    assert forecaster.get("/api/v1/listeners/anna/trends").json() == told
    assert history.asked == asked
    assert len(forecaster.get("/api/v1/listeners/anna/trends?horizon=3").json()["features"]["tempo"]["forecast"]) == 3
    assert history.asked > asked


def test_who_began_today_has_too_little_history_and_nobody_has_none(
    forecaster: TestClient, database_settings: Settings
) -> None:
    store(database_settings, make_play(played_at=NOW, listener="a/b"))
    told = forecaster.get("/api/v1/listeners/a%2Fb/trends").json()
    assert {one["days"] for one in told["features"].values()} == {0}
    assert forecaster.get("/api/v1/listeners/nobody/trends").status_code == 404
    for horizon in ("0", "29", "x"):
        assert forecaster.get(f"/api/v1/listeners/a%2Fb/trends?horizon={horizon}").status_code == 422
