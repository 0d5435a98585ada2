"""The models that are there, training another, and switching back: with programs that pretend to train, and one that
really does."""

import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from starlette.testclient import TestClient

from moodstream import keeping, model
from moodstream.settings import Settings
from moodstream.store.mysql import Database
from moodstream.web.jobs import BROKEN, KEPT, Jobs, environment
from moodstream.web.keyring import Keyring
from moodstream.web.keys import Keys
from moodstream.web.routes import models
from moodstream.web.workers import Workers
from tests.factories import make_features, make_feedback, make_play, make_song
from tests.integration.system import until
from tests.training.songs import make_songs
from tests.web.doors import asking
from tests.web.history import store

CSV = {"Content-Type": "text/csv"}
TABLE = b"mood,valence\nHappy,0.9\n"

TRAINS = """
import json, os, pathlib, stat, sys, time
file = pathlib.Path(sys.argv[2])
print("12:00:00 INFO    stage: judging", file=sys.stderr)
print("12:00:00 INFO    part: fold 1 of 5", file=sys.stderr, flush=True)
deadline = time.monotonic() + 5
while os.nice(0) == 0 and time.monotonic() < deadline:  # it is made nice once it runs
    time.sleep(0.01)
mode = [stat.S_IMODE(place.stat().st_mode) for place in (file, file.parent)]
told = {"table": file.read_text(), "mode": mode, "words": sys.argv[3:], "nice": os.nice(0)}
print(json.dumps(told | {"models": os.environ["MODEL_DIR"]}))
"""
HANGS = """
import sys, time
print("12:00:00 INFO    stage: for ever", file=sys.stderr, flush=True)
time.sleep(600)
"""
REFUSES = """
import sys
sys.exit(f"error: {sys.argv[2]}, line 2: tempo is missing: fill it in.")
"""
BREAKS = "import nonsense"


class Training:
    """A client, with the key of an administrator, of a dashboard that trains by a program."""

    def __init__(self, settings: Settings, folder: Path, program: str | None, longest: float) -> None:
        command = {"command": (sys.executable, "-c", program)} if program else {}
        self.jobs = Jobs(settings, **command, longest=longest)
        self.workers = Workers("test", 2)
        ring = Keyring(folder / "keys.json")
        self.key = {"Authorization": f"Bearer {ring.add('admin')}"}
        self.other = {"Authorization": f"Bearer {ring.add('hers', 'anna')}"}

        class Part:
            router = staticmethod(lambda means: models.router(means, self.jobs))

        self.client = asking(Part, keys=Keys(folder / "keys.json"), workers=self.workers, settings=settings)

    def train(self, body: bytes = TABLE, query: str = "", **more: Any) -> Any:
        return self.client.post(f"/api/v1/models/train{query}", content=body, headers=self.key | CSV, **more)

    def ended(self, answer: Any, seconds: float = 30) -> dict[str, Any]:
        """The job that was started, when it has ended."""
        assert answer.status_code == 202, answer.text

        def look() -> dict[str, Any] | None:
            told: dict[str, Any] = self.client.get(answer.headers["Location"]).json()
            return told if told["state"] in ("done", "failed") else None

        told: dict[str, Any] = until(look, seconds, "a training that has ended")
        return told

    def close(self) -> None:
        self.jobs.close()
        self.workers.close()


Making = Callable[..., Training]


@pytest.fixture
def training(tmp_path: Path) -> Iterator[Making]:
    made: list[Training] = []

    def make(program: str | None, longest: float = 60, **settings: Any) -> Training:
        known = {"model_dir": tmp_path / "models"} | settings
        made.append(Training(Settings(_env_file=None, **known), tmp_path, program, longest))
        return made[-1]

    yield make
    for one in made:
        one.close()


def keep(folder: Path, name: str, file: str = model.FILE) -> None:
    folder.mkdir(exist_ok=True)
    model.save(model.Model(model.load().card | {"name": name}), folder / file)


def test_a_training_is_a_job_that_ends_with_a_report(training: Making, tmp_path: Path) -> None:
    here = training(TRAINS)
    answer = here.train(query="?labels=kmeans")
    begun = answer.json()
    assert (begun["state"] in ("queued", "running"), begun["labels"], begun["report"]) == (True, "kmeans", None)
    told = here.ended(answer)
    assert (told["state"], told["stage"], told["fault"]) == ("done", "judging: fold 1 of 5", None)
    assert told["created_at"] <= told["started_at"] <= told["finished_at"]
    assert told["report"] == {
        "table": TABLE.decode(),
        "mode": [0o600, 0o700],
        "words": ["--labels", "kmeans", "--json"],
        "nice": 10,
        "models": str(tmp_path / "models"),
    }


def test_feedback_is_learned_from_without_a_table(training: Making) -> None:
    here = training("import json, sys; print(json.dumps({'words': sys.argv[1:]}))")
    said = here.client.post("/api/v1/models/train", json={"labels": "feedback"}, headers=here.key)
    assert here.ended(said)["report"] == {"words": ["--train", "--labels", "feedback", "--json"]}


@pytest.mark.parametrize("printed", ["", "[]", "nonsense", "{"])
def test_a_training_without_a_report_is_a_failure_and_lets_the_next_one_begin(training: Making, printed: str) -> None:
    here = training(f"print({printed!r})")
    assert here.ended(here.train())["fault"] == BROKEN
    assert here.train().status_code == 202


def test_one_training_at_a_time_and_nothing_is_switched_meanwhile(training: Making) -> None:
    here = training(HANGS)
    first = here.train()
    until(lambda: here.client.get(first.headers["Location"]).json()["stage"] == "for ever", what="a stage")
    for path in ("train", "default", "previous"):
        answer = here.client.post(f"/api/v1/models/{path}", content=TABLE, headers=here.key | CSV)
        assert answer.status_code == 409
        assert first.json()["job_id"] in answer.json()["detail"]
    assert here.client.get("/api/v1/models").json()["training"] == first.json()["job_id"]
    job = here.jobs.find(UUID(first.json()["job_id"]))
    here.jobs.close()
    assert job is not None
    told = here.client.get(first.headers["Location"]).json()
    assert (told["state"], told["fault"]) == ("failed", "The dashboard was ended before the training was.")
    assert here.train().status_code == 409


def test_a_training_that_hangs_is_ended(training: Making) -> None:
    here = training(HANGS, longest=1.0)
    told = here.ended(here.train())
    assert (told["state"], told["fault"]) == ("failed", "The training was ended: it may take 1 s.")
    assert here.ended(here.train())["state"] == "failed"


def test_what_is_wrong_with_a_table_is_said_without_where_it_lay(training: Making) -> None:
    here = training(REFUSES)
    told = here.ended(here.train())
    assert (told["state"], told["report"]) == ("failed", None)
    assert told["fault"] == "The table, line 2: tempo is missing: fill it in."


def test_a_training_that_breaks_is_a_failure(training: Making) -> None:
    told = (here := training(BREAKS)).ended(here.train())
    assert told["fault"] == BROKEN


def test_a_program_that_cannot_be_started_is_a_failure(training: Making, tmp_path: Path) -> None:
    here = training(TRAINS)
    here.jobs.close()
    jobs = Jobs(Settings(_env_file=None), [str(tmp_path / "nowhere")])
    job = jobs.start("tags", TABLE)
    assert job is not None
    ended = until(lambda: (told := jobs.find(job.job_id)) and told.ended and told, what="the end")
    assert "could not be started" in ended.fault


def test_only_the_newest_trainings_are_remembered() -> None:
    jobs = Jobs(Settings(_env_file=None), (sys.executable, "-c", "print('{}')"))
    first = jobs.start("tags", TABLE)
    assert first is not None
    for _ in range(KEPT):
        until(lambda: not jobs.running(), what="the end of a training")
        assert jobs.start("tags", TABLE) is not None
    assert jobs.find(first.job_id) is None
    jobs.close()


def test_a_training_knows_the_account_of_the_batch_processor() -> None:
    told = environment(Settings(_env_file=None, mysql_batch_password="secret", mysql_port=3307))
    assert (told["MYSQL_BATCH_PASSWORD"], told["MYSQL_PORT"], told["TELEMETRY_PORT"]) == ("secret", "3307", "0")


@pytest.mark.parametrize(
    ("content", "headers", "query", "status", "field"),
    [
        (b"", CSV, "", 422, "body"),
        (b" \n", CSV, "", 422, "body"),
        (TABLE, CSV, "?labels=feedback", 422, "query.labels"),
        (b"{}", {"Content-Type": "application/json"}, "", 422, "body.labels"),
        (b"[1", {"Content-Type": "application/json; charset=utf-8"}, "", 422, "body"),
        (b'{"labels": "tags"}', {"Content-Type": "application/json"}, "", 422, "body.labels"),
        (b'{"labels": "feedback", "out": "/"}', {"Content-Type": "application/json"}, "", 422, "body.out"),
        (b'{"labels": "feedback"}', {"Content-Type": "application/json"}, "?labels=tags", 422, "query.labels"),
        (TABLE, {"Content-Type": "text/plain"}, "", 415, None),
        (TABLE, {}, "", 415, None),
    ],
)
def test_what_cannot_be_learned_from_is_refused(
    training: Making, content: bytes, headers: dict[str, str], query: str, status: int, field: str | None
) -> None:
    here = training(TRAINS)
    answer = here.client.post(f"/api/v1/models/train{query}", content=content, headers=here.key | headers)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert [wrong["field"] for wrong in answer.json().get("errors", [])] == ([field] if field else [])
    assert here.jobs.running() is None


def test_only_an_administrator_trains_and_switches(training: Making) -> None:
    here = training(TRAINS)
    for path in ("train", "default", "previous"):
        address = f"/api/v1/models/{path}"
        assert here.client.post(address, content=TABLE, headers=CSV).status_code == 401
        assert here.client.post(address, content=TABLE, headers=CSV | here.other).status_code == 403
    assert here.jobs.running() is None
    assert here.client.get("/api/v1/models").status_code == 200


def test_a_job_that_is_none_is_not_found(training: Making) -> None:
    client = training(TRAINS).client
    assert client.get(f"/api/v1/models/jobs/{uuid4()}").status_code == 404
    assert client.get("/api/v1/models/jobs/nonsense").status_code == 422


def test_the_models_that_are_there_are_told_with_their_figures(training: Making, tmp_path: Path) -> None:
    client = training(TRAINS).client
    shipped = model.load()
    told = client.get("/api/v1/models").json()
    assert (told["in_use"], told["training"], len(told["models"])) == (shipped.name, None, 1)
    (one,) = told["models"]
    assert (one["place"], one["in_use"], one["fault"]) == ("shipped", True, None)
    assert one["trained_on"]["macro_f1"] == shipped.card["trained_on"]["macro_f1"]
    assert one["figures"]["moods"].keys() == shipped.card["trained_on"]["songs"].keys()
    keep(tmp_path / "models", "mine-2")
    keep(tmp_path / "models", "mine-1", keeping.PREVIOUS)
    (tmp_path / "models" / keeping.CANDIDATE).write_text("{}")
    told = client.get("/api/v1/models").json()
    assert told["in_use"] == "mine-2"
    assert [(one["place"], one["in_use"], one["name"]) for one in told["models"]] == [
        ("shipped", False, shipped.name),
        ("own", True, "mine-2"),
        ("previous", False, "mine-1"),
        ("candidate", False, None),
    ]
    assert "is not a mood model" in told["models"][-1]["fault"]


def test_switching_back_keeps_the_own_model_and_it_can_be_had_again(training: Making, tmp_path: Path) -> None:
    here, folder = training(TRAINS), tmp_path / "models"

    def switch(to: str) -> str:
        return here.client.post(f"/api/v1/models/{to}", headers=here.key).json()["in_use"]

    assert switch("default") == model.load().name
    assert here.client.post("/api/v1/models/previous", headers=here.key).status_code == 404
    keep(folder, "mine-1")
    assert switch("default") == model.load().name
    assert not (folder / model.FILE).exists()
    assert switch("default") == model.load().name
    assert switch("previous") == "mine-1"
    assert switch("previous") == model.load().name
    assert switch("previous") == "mine-1"
    switch("default")
    assert keeping.restore(folder) == "mine-1"


def test_who_switches_at_once_switches_one_after_the_other(training: Making, tmp_path: Path) -> None:
    here, folder = training(TRAINS), tmp_path / "models"
    keep(folder, "mine-1")
    keep(folder, "mine-2", keeping.PREVIOUS)

    def switch(_: int) -> str | None:
        return here.client.post("/api/v1/models/previous", headers=here.key).json()["in_use"]

    with here.client, ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(switch, range(8))) == ["mine-1"] * 4 + ["mine-2"] * 4
    assert model.load(folder / model.FILE).name == "mine-1"
    assert model.load(folder / keeping.PREVIOUS).name == "mine-2"


def test_a_damaged_model_is_put_aside_and_the_previous_one_kept(training: Making, tmp_path: Path) -> None:
    here, folder = training(TRAINS), tmp_path / "models"
    keep(folder, "mine-1", keeping.PREVIOUS)
    (folder / model.FILE).write_text("{}")
    assert here.client.get("/api/v1/models").json()["in_use"] is None
    here.client.post("/api/v1/models/default", headers=here.key)
    assert (folder / keeping.DAMAGED).read_text() == "{}"
    assert model.load(folder / keeping.PREVIOUS).name == "mine-1"


def test_the_batch_processor_trains_on_a_table_and_a_better_model_is_taken(training: Making, tmp_path: Path) -> None:
    here = training(None)
    told = here.ended(here.train(make_songs(40).to_csv(index=False).encode()), 120)
    assert told["fault"] is None
    report = told["report"]
    assert report["taken"], report["why"]
    assert report["macro_f1"] >= report["in_use_macro_f1"]
    assert told["stage"] == "judging the model in use"
    assert here.client.get("/api/v1/models").json()["in_use"] == report["model"]
    assert model.load(tmp_path / "models" / model.FILE).name == report["model"]


def test_the_batch_processor_names_the_line_of_a_table_that_is_wrong(training: Making) -> None:
    here = training(None)
    table = make_songs(40).to_csv(index=False).replace("Happy", "Groovy")
    told = here.ended(here.train(table.encode()), 60)
    assert told["fault"].startswith("The table, line ")
    assert "'Groovy' is not a mood" in told["fault"]
    assert here.ended(here.train(b"\xff\x00nonsense"), 60)["fault"].startswith("The table ")


def test_the_batch_processor_learns_from_feedback_in_the_database(
    training: Making, database_settings: Settings
) -> None:
    songs = make_songs(12)
    rows = songs.drop(columns=["source", "group", "track_id", "mood"]).to_dict("records")
    plays = [make_play(make_song(f"s{n}", features=make_features(**row))) for n, row in enumerate(rows)]
    said = [make_feedback(song_id=f"s{n}", reaction=None, mood=mood) for n, mood in enumerate(songs["mood"].tolist())]
    store(database_settings, *plays, *said)
    here = training(None, **database_settings.model_dump(include=database_settings.model_fields_set))
    began = time.monotonic()
    answer = here.client.post("/api/v1/models/train", json={"labels": "feedback"}, headers=here.key)
    assert time.monotonic() - began < 2
    told = here.ended(answer, 120)
    assert told["fault"] is None
    assert (told["report"]["labels"], told["report"]["songs"]) == ("feedback", len(songs))


def test_trainings_end_with_the_dashboard(training: Making) -> None:
    here = training(HANGS)
    with TestClient(here.client.app) as client:
        answer = client.post("/api/v1/models/train", content=TABLE, headers=here.key | CSV)
    told = here.client.get(answer.headers["Location"]).json()
    assert told["fault"] == "The dashboard was ended before the training was."


def test_no_training_without_feedback_is_said(training: Making, database_settings: Settings) -> None:
    database = Database(database_settings, "dashboard")
    assert database.query("SELECT 1 FROM user_feedback") == []
    database.close()
    here = training(None, **database_settings.model_dump(include=database_settings.model_fields_set))
    told = here.ended(here.client.post("/api/v1/models/train", json={"labels": "feedback"}, headers=here.key), 60)
    assert told["fault"].startswith("No listener has corrected a mood yet")
