"""The moods of songs by their features: what is asked, what is told, and that no song decides about another."""

from pathlib import Path
from typing import Any, get_type_hints

import numpy as np
import pytest
from starlette.testclient import TestClient

from moodstream import model
from moodstream.messages import Features
from moodstream.moods import Mood
from moodstream.settings import Settings
from moodstream.web.api_models import SongFeatures
from moodstream.web.routes import moods
from moodstream.web.workers import Workers
from tests.web.doors import asking
from tests.web.test_api import failed

SONG = {"valence": 0.9, "energy": 0.7, "tempo": 120.0, "acousticness": 0.1, "danceability": 0.8}
NAMES = (*SONG, "instrumentalness", "speechiness", "liveness")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    settings = Settings(_env_file=None, model_dir=tmp_path_factory.mktemp("models"))
    return asking(moods, settings=settings, workers=Workers("workers", 1))


def predict(client: TestClient, *songs: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/moods/predict", json={"songs": songs, **more})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def made_up(number: int) -> list[dict[str, Any]]:
    """Songs, one in four of which lacks a feature."""
    random = np.random.default_rng(7)
    songs = [dict(zip(NAMES, random.random(len(NAMES)).tolist(), strict=True)) for _ in range(number)]
    for place, song in enumerate(songs):
        song["tempo"] = 60 + 140 * song["tempo"]
        if place % 4 == 0:
            del song[NAMES[place // 4 % len(NAMES)]]
    return songs


def test_a_song_gets_its_mood_with_the_probabilities_of_all(client: TestClient) -> None:
    told = predict(client, {"id": "mine", **SONG})
    assert told["model"] == model.load().name
    [song] = told["songs"]
    assert (song["id"], song["mood"], song["reason"]) == ("mine", "Happy", None)
    assert song["probabilities"].keys() == {*Mood} - {"Neutral"}
    assert sum(song["probabilities"].values()) == pytest.approx(1, abs=0.001)
    assert song["confidence"] == max(song["probabilities"].values())


def test_the_answer_to_a_song_does_not_depend_on_the_others(client: TestClient) -> None:
    songs = made_up(200)
    together = predict(client, *songs)["songs"]
    backwards = predict(client, *reversed(songs))["songs"]
    assert together == backwards[::-1]
    assert together == [predict(client, song)["songs"][0] for song in songs]


def test_a_song_that_lacks_a_feature_gets_the_reason_and_not_a_guess(client: TestClient) -> None:
    [bare, whole] = predict(client, {"valence": 0.5}, SONG)["songs"]
    assert (bare["mood"], bare["confidence"], bare["probabilities"]) == (None, None, {})
    assert "energy" in bare["reason"]
    assert whole["mood"]


def test_the_rules_can_be_asked_instead(client: TestClient) -> None:
    told = predict(client, SONG, model="rules")
    assert told["model"] == "rules-1"
    assert (told["songs"][0]["mood"], told["songs"][0]["probabilities"]) == ("Happy", {})


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"songs": []}, "body.songs"),
        ({"songs": [SONG] * 1001}, "body.songs"),
        ({}, "body.songs"),
        ({"songs": [SONG, SONG | {"valence": 1.1}]}, "body.songs.1.valence"),
        ({"songs": [SONG | {"tempo": 0}]}, "body.songs.0.tempo"),
        ({"songs": [SONG | {"tempo": "fast"}]}, "body.songs.0.tempo"),
        ({"songs": [SONG | {"loudness": 3}]}, "body.songs.0.loudness"),
        ({"songs": [SONG | {"key": 2**63}]}, "body.songs.0.key"),
        ({"songs": [SONG | {"groove": 1}]}, "body.songs.0.groove"),
        ({"songs": [SONG | {"id": "x" * 129}]}, "body.songs.0.id"),
        ({"songs": [SONG], "model": "best"}, "body.model"),
    ],
)
def test_what_is_no_song_is_refused_by_the_name_of_its_field(client: TestClient, body: Any, field: str) -> None:
    problem = failed(client.post("/api/v1/moods/predict", json=body), 422)
    assert field in [wrong["field"] for wrong in problem["errors"]]


@pytest.mark.parametrize(
    "text", [b"", b"{", b'{"songs": [{"valence": NaN}]}', b'{"songs": [{"valence": 1e999}]}', b"\xff"]
)
def test_what_is_no_json_or_no_number_is_refused(client: TestClient, text: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    assert client.post("/api/v1/moods/predict", content=text, headers=headers).status_code in (400, 422)


def test_a_model_that_is_damaged_is_said_to_be(tmp_path: Path) -> None:
    (tmp_path / model.FILE).write_text("{}")
    client = asking(moods, settings=Settings(_env_file=None, model_dir=tmp_path))
    answer = client.post("/api/v1/moods/predict", json={"songs": [SONG]})
    assert model.FILE in failed(answer, 503)["detail"]


def test_the_features_are_those_of_the_messages() -> None:
    assert SongFeatures.model_fields.keys() == get_type_hints(Features).keys()
    assert SongFeatures(**SONG).known() == Features(**SONG)
