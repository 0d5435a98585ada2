"""pylast itself asks a Last.fm on this machine: each listening becomes one play, whatever happens in between."""

import hashlib
import logging
import shelve
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from types import SimpleNamespace

import pylast
import pytest

from moodstream.audio.library import Analysis, File, Heard, Library
from moodstream.audio.tags import Tags
from moodstream.backoff import backoff
from moodstream.errors import ConfigurationError
from moodstream.messages import Play, decode, encode
from moodstream.settings import Settings
from moodstream.sources import Report
from moodstream.sources.lastfm import FIRST_PAUSE, LONGEST_PAUSE, POLL_SECONDS, Follower, memory
from moodstream.sources.lastfm.client import connected
from moodstream.sources.lastfm.memory import Memory
from tests.factories import NOON, make_features
from tests.sources import lastfm_server
from tests.sources.lastfm_server import Answer, LastFm, info, refusal, tracks
from tests.sources.running import run, settings_in

NOW = int(NOON.timestamp())


def scrobble(title: str, uts: int | str | None, artist: str | None = "Ann", album: str = "") -> lastfm_server.Heard:
    return lastfm_server.Heard(title, artist, uts, album)


class Listener:
    """Somebody with an account: `follow` starts the source anew, as after a restart, and `now` is what time it is."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.now, self.slept = settings, NOON, list[float]()
        self.report = Report()
        self._open = ExitStack()

    def follow(self, lastfm: LastFm, *, once: bool = False) -> Iterator[Play]:
        transport = self._open.enter_context(lastfm_server.serving(lastfm))
        library = self._open.enter_context(closing(Library(self.settings.cache_dir)))
        user = self._open.enter_context(connected(self.settings, transport))
        follower = Follower(user, library, memory(self.settings), "ann", self.report, lambda: self.now, self._sleep)
        return follower.plays(once)

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    def close(self) -> None:
        self._open.close()


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Listener]:
    someone = Listener(settings_in(tmp_path, lastfm_api_key="k" * 32, lastfm_username="anna"))
    yield someone
    someone.close()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pylast that does not wait between its questions."""
    monkeypatch.setattr(pylast, "time", SimpleNamespace(time=time.time, sleep=lambda _: None))


def titles(plays: Iterator[Play], count: int | None = None) -> list[str]:
    return [play.song.title for play in islice(plays, count)]


def test_scrobbles_become_plays_at_their_own_times_the_oldest_first(listener: Listener) -> None:
    lastfm = LastFm(tracks(scrobble("Sun", NOW - 60, album="One"), scrobble("Rain & <Co> 💔", NOW - 300)))
    rain, sun = listener.follow(lastfm, once=True)
    assert (rain.song.title, rain.song.artist, rain.played_at) == (
        "Rain & <Co> 💔",
        "Ann",
        NOON - timedelta(seconds=300),
    )
    assert (sun.song.album, sun.listener, sun.source) == ("One", "ann", "lastfm")
    assert all(decode("song_stream", encode(play)) == play for play in (rain, sun))


def test_a_song_whose_sound_is_not_known_is_played_without_features(listener: Listener) -> None:
    lastfm = LastFm(tracks(scrobble("Rain", NOW)), info=info(215_000))
    [play] = listener.follow(lastfm, once=True)
    assert (play.song.features, play.song.origin, play.song.duration_ms) == (None, None, 215_000)
    assert play.song.song_id.startswith("name-")
    assert str(listener.report) == "1 plays whose sound is not known"


def keep(settings: Settings, artist: str, title: str) -> None:
    with closing(Library(settings.cache_dir)) as library:
        analysis = Analysis(features=make_features(), duration_ms=200_000)
        library.keep_file(File(Path("/a.ogg"), 1, 1), Heard("file-1", Tags(title, artist), analysis))


def test_the_sound_is_looked_up_in_the_analysed_library_by_name(listener: Listener) -> None:
    keep(listener.settings, "ÁNN", "rain")
    [play] = listener.follow(LastFm(tracks(scrobble("Rain!", NOW))), once=True)
    assert (play.song.song_id, play.song.features) == ("file-1", make_features())


def test_a_play_keeps_its_identity_when_its_sound_becomes_known(listener: Listener) -> None:
    lastfm = LastFm(tracks(scrobble("Rain", NOW)))
    [before] = listener.follow(lastfm, once=True)
    keep(listener.settings, "Ann", "Rain")
    [after] = listener.follow(lastfm, once=True)
    assert before.song != after.song
    assert before.event_id == after.event_id


def test_a_scrobble_is_one_play_however_often_it_is_told(listener: Listener) -> None:
    lastfm = LastFm(
        tracks(scrobble("Rain", NOW - 300)),
        tracks(scrobble("Rain", NOW - 300)),
        tracks(scrobble("Sun", NOW - 60), scrobble("Rain", NOW - 300)),
        tracks(scrobble("Late", NOW - 600), scrobble("Sun", NOW - 60), scrobble("Rain", NOW - 300)),
    )
    assert titles(listener.follow(lastfm), 3) == ["Rain", "Sun", "Late"]
    assert listener.slept == [POLL_SECONDS] * 3
    assert [question.get("from") for question in lastfm.asked if question["method"] == "user.getRecentTracks"] == [
        None,
        str(NOW - 300 - 3600),
        str(NOW - 300 - 3600),
        str(NOW - 60 - 3600),
    ]


def test_what_is_on_is_played_at_once_and_its_scrobble_is_the_same_listening(listener: Listener) -> None:
    lastfm = LastFm(
        tracks(scrobble("Rain", None)),
        tracks(scrobble("Rain", None)),
        tracks(scrobble("Sun", None), scrobble("rain", NOW - 20)),
        tracks(scrobble("End", NOW + 100), scrobble("Sun", NOW + 30), scrobble("rain", NOW - 20)),
    )
    plays = list(islice(listener.follow(lastfm), 3))
    assert [play.song.title for play in plays] == ["Rain", "Sun", "End"]
    assert plays[0].played_at == NOON


def test_a_restart_shows_nothing_twice(listener: Listener) -> None:
    on = LastFm(tracks(scrobble("Rain", None)))
    assert titles(listener.follow(on, once=True)) == ["Rain"]
    listener.now += timedelta(minutes=2)
    assert titles(listener.follow(on, once=True)) == []
    done = LastFm(tracks(scrobble("Rain", NOW - 20)))
    assert titles(listener.follow(done, once=True)) == []
    assert titles(listener.follow(done, once=True)) == []


def test_a_song_on_repeat_is_a_play_for_each_time(listener: Listener) -> None:
    lastfm = LastFm(
        tracks(scrobble("Rain", None)),
        tracks(scrobble("Rain", None), scrobble("Rain", NOW - 20)),
        tracks(scrobble("Rain", None), scrobble("Rain", NOW + 200), scrobble("Rain", NOW - 20)),
        tracks(scrobble("Sun", None), scrobble("Rain", NOW + 200), scrobble("Rain", NOW - 20)),
        info=info(220_000),
    )
    assert titles(listener.follow(lastfm), 3) == ["Rain", "Rain", "Sun"]


def test_an_earlier_listening_is_not_taken_for_what_is_on(listener: Listener) -> None:
    lastfm = LastFm(
        tracks(scrobble("Rain", None), scrobble("Rain", NOW - 3600)),
        tracks(scrobble("Sun", NOW + 200), scrobble("Rain", NOW - 20), scrobble("Rain", NOW - 3600)),
        info=info(200_000),
    )
    assert titles(listener.follow(lastfm), 3) == ["Rain", "Rain", "Sun"]


def test_the_length_of_a_song_is_asked_once_and_then_remembered(listener: Listener) -> None:
    lastfm = LastFm(tracks(scrobble("Rain", NOW), scrobble("Rain", NOW - 300)), info=info(200_000))
    assert len(list(listener.follow(lastfm, once=True))) == 2
    listener.close()
    again = LastFm(tracks(scrobble("Rain", NOW)), info=refusal(8, "never asked"))
    [play] = listener.follow(again, once=True)
    assert play.song.duration_ms == 200_000
    assert (lastfm.times_asked("track.getInfo"), again.times_asked("track.getInfo")) == (1, 0)


class Bomb:
    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return setattr, ("what unpickles this", "fails")


def test_nothing_in_the_cache_is_unpickled(listener: Listener) -> None:
    asked = hashlib.sha1(b"artistAnnmethodtrack.getInfotrackRain", usedforsecurity=False).hexdigest()
    with shelve.open(str(listener.settings.cache_dir / "lastfm-answers")) as older:  # noqa: S301  as pylast would
        older[asked] = Bomb()
    lastfm = LastFm(tracks(scrobble("Rain", NOW)), info=info(200_000))
    [play] = listener.follow(lastfm, once=True)
    assert play.song.duration_ms == 200_000


def test_a_damaged_memory_of_answers_is_named(listener: Listener) -> None:
    (listener.settings.cache_dir / "lastfm-answers.sqlite").write_bytes(b"no database, and long enough" * 50)
    with pytest.raises(ConfigurationError, match=r"lastfm-answers\.sqlite cannot be used"):
        next(listener.follow(LastFm(tracks(scrobble("Rain", NOW)))))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            refusal(10, "Invalid API key - You must be granted a valid key by last.fm", 403),
            r"\(Invalid API key .*\): correct LASTFM_API_KEY\.",
        ),
        (refusal(26, "API key suspended"), "LASTFM_API_KEY"),
        (refusal(6, "User not found", 404), r"anna plays \(User not found\): correct LASTFM_USERNAME\."),
        (refusal(17, "Login: User required to be logged in"), "LASTFM_USERNAME"),
    ],
)
def test_a_key_or_user_that_is_refused_is_a_matter_of_settings(listener: Listener, answer: Answer, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        next(listener.follow(LastFm(answer)))
    assert listener.slept == []


@pytest.mark.parametrize("missing", ["lastfm_api_key", "lastfm_username"])
def test_a_setting_that_is_missing_is_named(tmp_path: Path, missing: str) -> None:
    given = {"lastfm_api_key": "k", "lastfm_username": "anna", missing: ""}
    with pytest.raises(ConfigurationError, match=missing.upper()), connected(settings_in(tmp_path, **given)):
        pass
    with pytest.raises(ConfigurationError, match="LASTFM_API_KEY"):
        run("lastfm", cache_dir=tmp_path)


# pylast itself asks three times, a second apart, before it gives up on an answer.
@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    "fault",
    [
        refusal(29, "Rate Limit Exceeded - Your IP has made too many requests in a short period", 429),
        Answer("<html>Bad Gateway</html>", 502),
        Answer(lastfm_server.UNREADABLE),
        Answer(lastfm_server.XHTML),
        Answer("slow down", 429, (("Retry-After", "1"),)),
        Answer("", 500),
        Answer(""),
        Answer('{"recenttracks": {"track": []}}'),
        Answer('<lfm status="failed"/>'),
        Answer('<lfm status="ok"><recenttracks totalPages="1"><track><name/></track></recenttracks></lfm>'),
        Answer(tracks(scrobble("Rain", NOW)).body[:-40]),
        Answer(tracks(scrobble("Rain", NOW)).body[:-40], headers=(("Content-Length", "999"),)),
        Answer("gone", 302, (("Location", "https://127.0.0.1/elsewhere"),)),
        Answer("late", seconds=60),
    ],
    ids=[
        *("rate limit", "bad gateway", "html", "xhtml", "429", "500", "nothing", "json", "failed"),
        *("a track of nothing", "half", "half a body", "elsewhere", "never"),
    ],
)
def test_a_passing_fault_is_waited_out_and_said_once(
    listener: Listener, fault: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    lastfm = LastFm(*[fault] * 3, tracks(scrobble("Rain", NOW)))
    assert titles(listener.follow(lastfm, once=True)) == ["Rain"]
    ours = [record.message for record in caplog.records if record.name.startswith("moodstream")]
    assert len(ours) == 2
    assert ours[0].startswith("Last.fm: ")
    assert 1 <= len(listener.slept) <= 3  # there are faults that pylast leaves to us


@pytest.mark.usefixtures("hasty")
def test_faults_between_answers_lose_no_scrobble_and_double_none(listener: Listener) -> None:
    half = Answer(tracks(scrobble("Sun", NOW + 60), scrobble("Rain", NOW)).body[:-40])
    lastfm = LastFm(
        tracks(scrobble("Rain", NOW)),
        *[half] * 3,
        tracks(scrobble("Sun", NOW + 60), scrobble("Rain", NOW)),
        *[Answer("", 500)] * 3,
        tracks(scrobble("End", NOW + 120), scrobble("Sun", NOW + 60), scrobble("Rain", NOW)),
    )
    assert titles(listener.follow(lastfm), 3) == ["Rain", "Sun", "End"]


def test_a_network_that_is_down_is_waited_for(listener: Listener) -> None:
    with lastfm_server.serving(LastFm()) as nowhere:
        pass
    lastfm = LastFm(tracks(scrobble("Rain", NOW)))
    with (
        lastfm_server.serving(lastfm) as there,
        closing(Library(listener.settings.cache_dir)) as library,
        connected(listener.settings, nowhere) as user,
    ):

        def comes_back(_: float) -> None:
            user.network.proxy = {"https://": there}

        follower = Follower(user, library, memory(listener.settings), "ann", Report(), lambda: NOON, comes_back)
        assert titles(follower.plays(once=True)) == ["Rain"]


def test_pauses_double_with_jitter_up_to_a_limit() -> None:
    waits = list(islice(backoff(FIRST_PAUSE, LONGEST_PAUSE), 12))
    assert 2.5 <= waits[0] <= 5
    assert all(LONGEST_PAUSE / 2 <= wait <= LONGEST_PAUSE for wait in waits[-3:])


@pytest.mark.parametrize("uts", [0, "", "soon", 10**15])
def test_a_scrobble_from_no_time_is_named_and_harms_no_other(listener: Listener, uts: int | str) -> None:
    lastfm = LastFm(tracks(scrobble("Rain", uts), scrobble("Sun", NOW)))
    assert titles(listener.follow(lastfm, once=True)) == ["Sun"]
    assert listener.report.problems == [f"scrobble of 'Rain' by 'Ann': {str(uts)!r} is no time that it can have had."]


def test_a_scrobble_without_a_name_is_named_by_its_time(listener: Listener) -> None:
    lastfm = LastFm(tracks(scrobble("", NOW), scrobble("Sun", NOW)))
    assert titles(listener.follow(lastfm, once=True)) == ["Sun"]
    assert listener.report.problems == [f"scrobble at {NOW}: it has no artist or no title."]


def test_somebody_who_never_listened_has_no_plays(listener: Listener) -> None:
    assert list(listener.follow(LastFm(tracks()), once=True)) == []


MINUTE, LENGTH = timedelta(minutes=1), timedelta(minutes=4)


@pytest.mark.parametrize(
    ("since", "same"),
    [
        (NOON - 7 * MINUTE, False),
        (NOON - 5 * MINUTE, True),
        (NOON, True),
        (NOON + MINUTE, True),
        (NOON + 3 * MINUTE, False),
    ],
)
def test_a_scrobble_is_of_what_was_on_only_where_its_start_fits(tmp_path: Path, since: datetime, same: bool) -> None:
    shown = Memory(tmp_path / "shown.json")
    shown.show("rain", NOON)
    assert shown.recognise("rain", since, LENGTH) is same
    assert not shown.recognise("sun", since, LENGTH)


def test_each_listening_that_was_on_has_one_scrobble(tmp_path: Path) -> None:
    shown = Memory(tmp_path / "shown.json")
    shown.show("rain", NOON)
    assert shown.recognise("rain", NOON, LENGTH)
    assert not shown.recognise("rain", NOON + MINUTE, LENGTH)
    assert Memory(tmp_path / "shown.json").recognise("rain", NOON, LENGTH)


def test_what_was_on_is_over_once_it_is_scrobbled_or_too_long_ago(tmp_path: Path) -> None:
    shown = Memory(tmp_path / "shown.json")
    shown.show("rain", NOON)
    assert shown.is_on("rain", NOON + MINUTE)
    assert not shown.is_on("sun", NOON + MINUTE)
    assert not shown.is_on("rain", NOON + 31 * MINUTE)
    shown.recognise("rain", NOON, LENGTH)
    assert not shown.is_on("rain", NOON + MINUTE)


def test_damaged_memory_is_named_with_what_to_do(listener: Listener) -> None:
    assert titles(listener.follow(LastFm(tracks(scrobble("Rain", None))), once=True)) == ["Rain"]
    [file] = listener.settings.cache_dir.glob("lastfm-*.json")
    file.write_text("{")
    with pytest.raises(ConfigurationError, match="CACHE_DIR"):
        memory(listener.settings)
