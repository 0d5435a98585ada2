"""POST /faces/mood: a picture in, emotions, a mood and a playlist out; or a sentence that says why not."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from moodstream.errors import ConfigurationError, MoodstreamError, TransientError
from moodstream.faces.moods import EMOTIONS
from moodstream.moods import Mood
from moodstream.recommend.library import Library
from moodstream.settings import Settings
from moodstream.store import history
from moodstream.web.routes import faces as route
from moodstream.web.workers import Workers
from tests.faces.drawn import NONE, ONE, TWO, encoded, png_that_says
from tests.factories import NOON
from tests.web.doors import asking, visiting
from tests.web.shelves import History, Shelf, library, songs
from tests.web.test_api import failed

HAPPY = library(songs(60), Mood.HAPPY)
PICTURE = encoded(ONE)
PATH = "/api/v1/faces/mood"


def client_of(held: Library | MoodstreamError = HAPPY, said: Any = (), **settings: Any) -> TestClient:
    past = History(said if isinstance(said, MoodstreamError) else {history.said: list(said)})
    own = Settings(_env_file=None, **settings)
    return asking(route, shelf=Shelf(held), history=past, workers=Workers("test", 1), settings=own)


def told(client: TestClient, picture: bytes = PICTURE, **query: Any) -> dict[str, Any]:
    answer = client.post(PATH, content=picture, params=query, headers={"Content-Type": "image/jpeg"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return dict(answer.json())


def test_a_face_gets_emotions_a_mood_and_a_playlist_in_it() -> None:
    found = told(client_of(), length=5)
    assert sum(found["emotions"].values()) == pytest.approx(1, abs=0.001)
    assert (found["mood"], found["confidence"] in ("fair", "low"), found["background"]) == ("Happy", True, 0)
    assert found["because"].endswith(".")
    assert found["probabilities"]["Happy"] == pytest.approx(
        found["emotions"]["happy"] + found["emotions"]["surprised"], abs=0.001
    )
    assert (found["width"], found["height"]) == (1200, 900)
    assert 400 < found["face"]["x"] < 500
    assert len(found["playlist"]) == 5
    assert {track["mood"] for track in found["playlist"]} == {"Happy"}
    assert all(track["reason"] for track in found["playlist"])


def test_the_kind_of_picture_is_seen_in_the_picture_whatever_is_said_of_it() -> None:
    answer = client_of().post(PATH, content=encoded(ONE, "webp"), headers={"Content-Type": "text/plain"})
    assert answer.status_code == 200


def test_the_mood_follows_from_the_table_that_is_set() -> None:
    dark = ", ".join(f"{emotion}=Dark" for emotion in EMOTIONS)
    found = told(client_of(face_moods=dark))
    assert (found["mood"], found["probabilities"], found["playlist"]) == ("Dark", {"Dark": 1}, [])


def test_a_table_that_is_none_ends_the_start() -> None:
    with pytest.raises(ConfigurationError, match="FACE_MOODS"):
        client_of(face_moods="happy=Happy")


def test_a_listener_gets_no_song_that_they_turned_down() -> None:
    everybodys = {track["song_id"] for track in told(client_of(), length=60)["playlist"]}
    gone = sorted(everybodys)[0]
    said = [(bytes(16), NOON.replace(tzinfo=None), gone, "dislike", None)]
    assert gone not in {
        track["song_id"] for track in told(client_of(said=said), listener="anna", length=60)["playlist"]
    }


def test_without_songs_there_is_a_mood_and_no_playlist() -> None:
    found = told(client_of(Library()))
    assert (found["mood"], found["playlist"]) == ("Happy", [])


@pytest.mark.parametrize(
    ("picture", "detail"),
    [
        (encoded(NONE), "No face was found: send a picture of one face"),
        (encoded(TWO), "2 faces were found: send a picture of one face alone."),
        (PICTURE[:5000], "The picture is damaged or not whole: send it again."),
        (b"", "This is not a picture that can be read: send a JPEG, PNG, WebP or GIF file."),
        (b"--x\r\nContent-Disposition: form-data; name=photo\r\n\r\n", "This is not a picture that can be read"),
        (png_that_says(20_000, 20_000), "The picture is 20000 x 20000 pixels: send one of 50,000,000 pixels at most."),
    ],
    ids=["none", "two", "cut", "empty", "a form", "a bomb"],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(picture: bytes, detail: str) -> None:
    assert failed(client_of().post(PATH, content=picture), 422)["detail"].startswith(detail)


@pytest.mark.parametrize("query", ["length=0", "length=101", "length=x", f"listener={'x' * 129}"])
def test_a_parameter_that_cannot_be_used_is_named(query: str) -> None:
    problem = failed(client_of().post(f"{PATH}?{query}", content=PICTURE), 422)
    assert [wrong["field"] for wrong in problem["errors"]] == [f"query.{query.partition('=')[0]}"]


def test_while_songs_or_history_are_away_it_says_so_and_when_to_come_back() -> None:
    away = TransientError("The songs are still being read.")
    for client in (client_of(away), client_of(said=away)):
        answer = client.post(f"{PATH}?listener=anna", content=PICTURE)
        assert failed(answer, 503)["detail"] == str(away)
        assert int(answer.headers["Retry-After"]) > 0


def test_where_the_extra_is_not_installed_it_says_what_to_install() -> None:
    def missing() -> Any:
        raise ConfigurationError("Faces cannot be read: cv2 is not installed; `make face` installs it.")

    class Part:
        """The route as it is where the extra is not installed."""

        @staticmethod
        def router(means: Any) -> Any:
            return route.router(means, missing)

    client = asking(Part, shelf=Shelf(HAPPY), workers=Workers("test", 1), settings=Settings(_env_file=None))
    assert "make face" in failed(client.post(PATH, content=PICTURE), 501)["detail"]


def test_ten_mebibytes_are_taken_and_no_more() -> None:
    with visiting() as client:
        failed(client.post(PATH, content=PICTURE + bytes(10 * 2**20 + 1 - len(PICTURE))), 413)
        failed(client.post(PATH, content=bytes(10 * 2**20)), 422)


def test_pages_may_use_the_camera_and_nothing_else() -> None:
    with visiting() as client:
        policy = client.get("/").headers["Permissions-Policy"]
    assert policy == "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"
