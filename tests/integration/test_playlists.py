"""The playlist manager on a real broker and a real database: what it publishes, and what it knows after a restart."""

import json
import signal
import time
from collections.abc import Sequence
from datetime import timedelta
from xml.etree import ElementTree

import msgspec

from moodstream.messages import Classification, Feedback, Track
from moodstream.moods import Mood
from moodstream.recommend.listener import PLAYS, REACTIONS, Event, Listener
from moodstream.settings import Settings
from moodstream.store import history
from moodstream.store.mysql import Database
from tests.factories import NOON, make_classification, make_features, make_feedback, make_play, make_song
from tests.integration.system import System, until

STORED = "playlist_recommendations"


def heard(
    number: int, listeners: int = 5, songs: int = 40, start: int = 0, moods: Sequence[Mood] = tuple(Mood)
) -> list[Classification]:
    """Plays, one a minute, with their moods."""
    said = []
    for n in range(start, start + number):
        name = f"song-{n % songs}"
        song = make_song(
            name,
            title=f"Title {name}",
            artist=f"Artist {n % songs % 7}",
            features=make_features(valence=n % songs / songs),
            duration_ms=100_000 + 1000 * (n % songs),
            genre="Jazz" if n % 2 else "Rock",
        )
        play = make_play(song, listener=f"listener-{n % listeners}", played_at=NOON + timedelta(minutes=n))
        said.append(make_classification(play, mood=moods[n % songs % len(moods)]))
    return said


def published(settings: Settings) -> set[str]:
    """The listeners whose present picture has a playlist in the database."""
    database = Database(settings, "dashboard")
    found = set()
    for name in history.listeners(database, 1000):
        listener = Listener()
        listener.fold(Event(*said) for said in history.said(database, name, PLAYS, REACTIONS))
        if history.published(database, [listener.picture.bytes]):
            found.add(name)
    database.close()
    return found


def everybody(listeners: int = 5) -> set[str]:
    return {f"listener-{n}" for n in range(listeners)}


def stored(system: System, *messages: Classification | Feedback) -> None:
    """Publish, and wait until the connector has stored it, songs included."""
    system.publish(*messages)
    plays = [
        make_play(m.song, listener=m.listener, played_at=m.played_at) for m in messages if isinstance(m, Classification)
    ]
    system.publish(*plays)
    for table, kind in (("mood_classified", Classification), ("user_feedback", Feedback)):
        system.until_stored(table, sum(isinstance(message, kind) for message in messages))
    system.until_stored("song_stream", len(plays))


def test_moods_and_likes_become_playlists_with_songs_and_reasons(system: System) -> None:
    system.start("mysql_connector.py")
    system.start("playlist_manager.py")
    stored(
        system,
        *heard(200, moods=[Mood.HAPPY]),
        make_feedback(listener="listener-1", song_id="song-12", reacted_at=NOON + timedelta(minutes=300)),
        make_feedback(
            listener="listener-1", song_id="song-7", reaction="dislike", reacted_at=NOON + timedelta(minutes=301)
        ),
    )
    until(lambda: published(system.settings) == everybody(), what="a playlist of everybody's present picture")
    newest = system.rows(f"SELECT tracks FROM {STORED} WHERE listener = 'listener-1' ORDER BY made_at DESC LIMIT 1")
    tracks = msgspec.json.decode(newest[0]["tracks"], type=list[Track])
    assert len(tracks) == 20
    assert "song-7" not in {track.song_id for track in tracks}
    assert {track.song_id: track.reason for track in tracks}["song-12"] == "you like it"
    assert any("Title song-12 by Artist 5" in track.reason for track in tracks)


def test_a_restart_publishes_only_what_nobody_has_published(system: System) -> None:
    system.start("mysql_connector.py")
    manager = system.start("playlist_manager.py")
    stored(system, *heard(100))
    until(lambda: published(system.settings) == everybody(), what="everybody's playlist")
    assert manager.stop() == 0
    before = system.count(STORED)
    again = system.start("playlist_manager.py")
    again.says("40 songs and 5 listeners are known from the history")
    time.sleep(3)
    assert system.count(STORED) == before
    assert "Traceback" not in manager.output


def test_what_came_while_manager_and_connector_were_away_is_known_after_a_restart(system: System) -> None:
    connector = system.start("mysql_connector.py")
    manager = system.start("playlist_manager.py")
    stored(system, *heard(100))
    until(lambda: published(system.settings) == everybody(), what="everybody's playlist")
    for service in (connector, manager):
        assert service.stop() == 0
    before = system.count(STORED)
    system.publish(make_feedback(listener="listener-2", song_id="song-2", reacted_at=NOON + timedelta(days=1)))
    system.start("playlist_manager.py").says("5 listeners are known from the history")
    time.sleep(3)
    system.start("mysql_connector.py")
    system.until_stored(STORED, before + 1)
    assert published(system.settings) == everybody()


def test_a_killed_manager_leaves_nobody_without_a_playlist(system: System) -> None:
    system.start("mysql_connector.py")
    for part in range(4):
        manager = system.start("playlist_manager.py")
        system.publish(*heard(300, listeners=20, start=300 * part))
        time.sleep(1.5)
        manager.process.send_signal(signal.SIGKILL)
    system.start("playlist_manager.py")
    system.until_stored("mood_classified", 1200)
    until(lambda: published(system.settings) == everybody(20), what="everybody's playlist")


def test_two_managers_share_the_listeners(system: System) -> None:
    system.start("mysql_connector.py")
    both = [system.start("playlist_manager.py") for _ in range(2)]
    for manager in both:
        manager.says("assigned ")
    until(lambda: all(m.output.rsplit("assigned ", 1)[-1].count("/") in (2, 4) for m in both), what="shared partitions")
    system.publish(*heard(200, listeners=30))
    until(lambda: published(system.settings) == everybody(30), what="everybody's playlist")
    assert both[0].stop() == 0
    system.publish(*heard(60, listeners=30, start=200))
    system.until_stored("mood_classified", 260)
    until(lambda: published(system.settings) == everybody(30), what="everybody's playlist")


def test_a_playlist_can_be_exported_in_every_format(system: System) -> None:
    system.start("mysql_connector.py")
    stored(system, *heard(60))
    exported = system.run("playlist_manager.py", "--export", "m3u", "--listener", "listener-1")
    assert (exported.returncode, exported.stdout.splitlines()[0]) == (0, "#EXTM3U")
    assert 10 <= exported.stdout.count("\nurn:moodstream:song:song-") <= 20
    written = system.run("playlist_manager.py", "--export", "xspf", "--listener", "a stranger").stdout
    root = ElementTree.fromstring(written)  # noqa: S314
    assert len(root.findall(".//{http://xspf.org/ns/0/}track")) == 20
    calm = system.run("playlist_manager.py", "--export", "jspf", "--listener", "listener-1", "--mood", "Calm")
    tracks = json.loads(calm.stdout)["playlist"]["track"]
    assert tracks
    assert {track["meta"][0]["urn:moodstream:mood"] for track in tracks} == {"Calm"}
    exact = system.run(
        "playlist_manager.py", "--export", "jspf", "--listener", "anna", "--shortest", "105", "--longest", "115"
    )
    lengths = [track["duration"] for track in json.loads(exact.stdout)["playlist"]["track"]]
    assert lengths
    assert all(105_000 <= length <= 115_000 for length in lengths)
    jazz = system.run(*("playlist_manager.py", "--export", "jspf", "--listener", "anna"), *("--without-genre", "ROCK"))
    titles = [track["title"] for track in json.loads(jazz.stdout)["playlist"]["track"]]
    assert titles
    assert all(int(title.split("-")[1]) % 2 for title in titles)


def test_an_export_that_is_not_possible_says_why(system: System) -> None:
    export = ("playlist_manager.py", "--export", "m3u", "--listener", "anna")
    empty = system.run(*export)
    assert (empty.returncode, empty.stderr.splitlines()[-1][:31]) == (1, "error: No songs are known yet: ")
    system.start("mysql_connector.py")
    stored(system, *heard(1))
    missing = system.run(*export, "--output", "no/such/folder/list.m3u")
    assert (missing.returncode, missing.stderr.splitlines()[-1][:35]) == (1, "error: no/such/folder/list.m3u cann")
    dark = system.run(*export, "--mood", "Dark")
    assert (dark.returncode, dark.stderr.splitlines()[-1]) == (
        1,
        "error: No Dark song is known that anna has not turned down.",
    )
    short = system.run(*export, "--longest", "1")
    assert (short.returncode, short.stderr.splitlines()[-1]) == (
        1,
        "error: No song is known that anna has not turned down and that is within --shortest, --longest and "
        "--without-genre.",
    )
    for limits in (("--longest", "0"), ("--shortest", "nan"), ("--shortest", "9", "--longest", "8")):
        assert system.run(*export, *limits).returncode == 2
    for wrong in (
        ("--export", "m3u"),
        ("--mood", "Calm"),
        ("--longest", "9"),
        ("--without-genre", "Rock"),
        ("--export", "m3u", "--listener", "a", "--mood", "calm"),
    ):
        assert system.run("playlist_manager.py", *wrong).returncode == 2
