"""A client of ListenBrainz, as it is, sends what somebody listens to here, and it is in the history once."""

import time
from datetime import UTC, datetime, timedelta

import liblistenbrainz
import pytest
from liblistenbrainz.errors import InvalidAuthTokenException, ListenBrainzAPIException

from local import ports
from moodstream.identity import name_id
from tests.factories import make_features, make_play, make_song
from tests.integration.system import System

LISTENS = 250
BEGUN = int(time.time()) - 86_400


@pytest.fixture
def here(system: System) -> str:
    """The address of a dashboard with a connector and a classifier beside it."""
    port = ports.free()
    settings = system.settings.model_copy(update={"dashboard_port": port})
    system.start("mysql_connector.py")
    system.start("mood_classifier.py")
    dashboard = system.start("dashboard.py", settings=settings)
    dashboard.says("health and metrics at ")
    return f"http://127.0.0.1:{port}"


def key(system: System, *arguments: str) -> str:
    """A key made while the dashboard runs."""
    made = system.run("dashboard.py", "--add-key", *arguments)
    assert made.returncode == 0
    return made.stdout.strip()


def scrobbler(here: str, token: str) -> liblistenbrainz.ListenBrainz:
    client = liblistenbrainz.ListenBrainz(here)
    client.set_auth_token(token)
    return client


def listen(number: int, **more: object) -> liblistenbrainz.Listen:
    info = {"duration_ms": 180_000, "media_player": "a player"}
    return liblistenbrainz.Listen(
        f"Titel {number} 😀", "Björk", BEGUN + number, release_name="Début", tags=["pop"], additional_info=info, **more
    )


def test_what_a_client_submits_is_stored_once_however_often_it_is_sent(system: System, here: str) -> None:
    known = make_play(make_song("file-1", title="Jóga", artist="Björk", features=make_features(), origin="audio"))
    system.publish(known)
    system.until_stored("song_stream", 1)
    client = scrobbler(here, key(system, "phone", "--listener", "anna"))
    assert client.submit_playing_now(liblistenbrainz.Listen("Jóga", "Björk")) == {"status": "ok"}
    for _ in range(2):
        assert client.submit_multiple_listens([listen(number) for number in range(LISTENS)]) == {"status": "ok"}
        heard = liblistenbrainz.Listen("joga", "BJÖRK", BEGUN + 10_000)
        assert client.submit_single_listen(heard) == {"status": "ok"}
    assert client.remaining_requests is not None
    # The plays of a listener stay in order: with the last one, all that was sent before has been dealt with.
    assert client.submit_single_listen(listen(LISTENS)) == {"status": "ok"}
    system.until_stored("song_stream", LISTENS + 3)
    stored = system.rows("SELECT song_id, listener, played_at FROM song_stream WHERE source = 'listenbrainz'")
    assert {row["listener"] for row in stored} == {"anna"}
    assert {row["played_at"].replace(tzinfo=UTC) for row in stored} == {
        datetime.fromtimestamp(BEGUN, UTC) + timedelta(seconds=n) for n in (*range(LISTENS + 1), 10_000)
    }
    assert {row["song_id"] for row in stored} == {
        "file-1",
        *(name_id("Björk", f"Titel {number} 😀") for number in range(LISTENS + 1)),
    }
    system.until_stored("mood_classified", LISTENS + 3)
    moods = system.rows("SELECT mood, song_id FROM mood_classified WHERE source = 'listenbrainz'")
    assert {row["song_id"] for row in moods if row["mood"]} == {"file-1"}
    [song] = system.rows(
        f"SELECT title, album, duration_ms FROM songs WHERE song_id = '{name_id('Björk', 'Titel 7 😀')}'"
    )
    assert (song["title"], song["album"], song["duration_ms"]) == ("Titel 7 😀", "Début", 180_000)
    assert system.count("dead_letters") == 0


def test_a_client_with_a_wrong_token_is_told_so(system: System, here: str) -> None:
    client = liblistenbrainz.ListenBrainz(here)
    with pytest.raises(InvalidAuthTokenException):
        client.set_auth_token("wrong")
    with pytest.raises(ListenBrainzAPIException) as refusal:
        client.submit_single_listen(listen(1))
    assert (refusal.value.status_code, "not a key" in str(refusal.value.message)) == (401, True)
    client = scrobbler(here, key(system, "anna"))
    with pytest.raises(ListenBrainzAPIException) as refusal:
        client.submit_single_listen(liblistenbrainz.Listen("Titel", "Björk", 12))
    assert (refusal.value.status_code, "listened_at is 12" in str(refusal.value.message)) == (400, True)
    assert client.submit_single_listen(listen(1)) == {"status": "ok"}
    system.until_stored("song_stream", 1)
    assert system.rows("SELECT listener FROM song_stream") == [{"listener": "anna"}]
