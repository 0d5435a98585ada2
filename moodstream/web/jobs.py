"""Training, aside: in a process of its own, one at a time, of which this one keeps the progress and the report.

What trains takes seconds to import and minutes to work, and is never imported here; it is `batch_processor.py --train`.
"""

import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from uuid import UUID, uuid4

import msgspec

from moodstream.settings import ROOT, Settings

log = logging.getLogger(__name__)

Labels = Literal["tags", "kmeans", "feedback"]
State = Literal["queued", "running", "done", "failed"]

KEPT = 20
"""So many jobs are remembered, the newest."""
LONGEST_SECONDS = 1800.0
"""A training that takes longer is ended."""
NICENESS = 10
BROKEN = "The training failed by a fault of its own; the dashboard's log says more."
ENDED = "The dashboard was ended before the training was."
STAGE, PART, ERROR = "stage: ", "part: ", "error: "
"""What a training begins with of what it says: what it does, how far it is with that, what is wrong."""
LONGEST_LINE = 500
SECRETS = {"mysql_batch_password"}
PASSED = ("mysql_host", "mysql_port", "mysql_database", "mysql_batch_user", "mysql_batch_password", "model_dir")
"""The settings that a training needs; whatever else it reads it reads where we did."""


@dataclass(frozen=True)
class Job:
    """A training: what it learns from, how far it has come (`stage`), and in the end its `report`, or its `fault`."""

    labels: Labels
    job_id: UUID = field(default_factory=uuid4)
    state: State = "queued"
    stage: str | None = None
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    started_at: datetime | None = None
    finished_at: datetime | None = None
    report: dict[str, Any] | None = None
    fault: str | None = None

    @property
    def ended(self) -> bool:
        return self.state in ("done", "failed")


class Jobs:
    """The trainings of this dashboard; they end with it. Safe to be used by many threads.

    Args:
        command: what trains, without its options.
        longest: seconds after which a training is ended.
    """

    def __init__(
        self,
        settings: Settings,
        command: Sequence[str] = (sys.executable, str(ROOT / "batch_processor.py")),
        longest: float = LONGEST_SECONDS,
    ) -> None:
        self._settings, self._command, self._longest = settings, command, longest
        self._lock = threading.Lock()
        self._jobs: OrderedDict[UUID, Job] = OrderedDict()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None
        self._closed = self._late = False

    def find(self, job_id: UUID) -> Job | None:
        """A job, as long as it is remembered."""
        with self._lock:
            return self._jobs.get(job_id)

    def running(self) -> Job | None:
        """The one that has not ended yet."""
        with self._lock:
            return self._running()

    def start(self, labels: Labels, table: bytes | None) -> Job | None:
        """Start to train, by a table (CSV) unless by feedback; None where another job has not ended yet."""
        with self._lock:
            if self._running() or self._closed:
                return None
            job = Job(labels)
            self._jobs[job.job_id] = job
            if len(self._jobs) > KEPT:
                self._jobs.popitem(last=False)
            self._thread = threading.Thread(target=self._work, args=(job, table), daemon=True, name="training")
            self._thread.start()
        return job

    def close(self) -> None:
        """End the job that runs, if there is one."""
        with self._lock:
            self._closed = True
        self._end()
        if self._thread:
            self._thread.join()

    def _running(self) -> Job | None:
        newest = next(reversed(self._jobs.values()), None)
        return newest if newest and not newest.ended else None

    def _tell(self, job: Job, **news: Any) -> Job:
        with self._lock:
            self._jobs[job.job_id] = told = replace(self._jobs[job.job_id], **news)
        return told

    def _work(self, job: Job, table: bytes | None) -> None:
        news: dict[str, Any] = {"fault": BROKEN}
        try:
            with tempfile.TemporaryDirectory(prefix="moodstream-") as folder:  # which nobody else may enter
                news = self._trained(job, table, Path(folder))
        except OSError as error:
            why = f"The training could not be started ({error}): make room for it, and try again."
            news = {"fault": ENDED if self._closed else why}
        finally:  # whatever happens, a job that has ended lets the next one begin
            state: State = "failed" if news.get("fault") else "done"
            told = self._tell(job, state=state, finished_at=datetime.now(UTC), **news)
            log.info("training %s: %s", job.job_id, told.fault or "done")

    def _trained(self, job: Job, table: bytes | None, folder: Path) -> dict[str, Any]:
        """The report or the fault of a training."""
        file, report = folder / "table.csv", folder / "report.json"
        if table is not None:
            _write(file, table)
        with report.open("xb") as output:
            process = self._launched(job, file if table is not None else None, output)
        timer = threading.Timer(self._longest, self._give_up)
        timer.daemon = True
        timer.start()
        try:
            fault = self._listen(job, process)
            code = process.wait()
        finally:
            timer.cancel()
        if code:
            return {"fault": self._why(code, fault, str(file))}
        try:
            return {"report": msgspec.json.decode(report.read_bytes(), type=dict[str, Any])}
        except msgspec.DecodeError as error:
            log.error("a training printed no report: %s", error)
            return {"fault": BROKEN}

    def _launched(self, job: Job, table: Path | None, output: Any) -> "subprocess.Popen[bytes]":
        what = ["--train", *([str(table)] if table else []), "--labels", job.labels, "--json"]
        with self._lock:
            if self._closed:
                raise InterruptedError("the dashboard ends")
            self._late = False
            self._process = process = subprocess.Popen(  # noqa: S603  the words are ours, and no shell reads them
                [*self._command, *what],
                cwd=ROOT,
                env=environment(self._settings),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
        self._tell(job, state="running", started_at=datetime.now(UTC))
        return process

    def _listen(self, job: Job, process: "subprocess.Popen[bytes]") -> str:
        """Keep the stages that a training says; what it says last, or calls an error."""
        said = doing = ""
        assert process.stderr is not None  # noqa: S101
        with process.stderr as lines:
            for line in _texts(lines):
                _, stage, what = line.partition(STAGE)
                _, part, place = line.partition(PART)
                doing = what or doing
                if stage or part:
                    self._tell(job, stage=f"{doing}: {place}" if part else doing)
                elif line.strip():
                    said = line
        return said

    def _why(self, code: int, said: str, table: str) -> str:
        if self._closed:
            return ENDED
        if self._late:
            return f"The training was ended: it may take {self._longest:,.0f} s."
        if said.startswith(ERROR):
            return said.removeprefix(ERROR).replace(table, "The table")
        log.error("a training failed with the exit code %d: %s", code, said)
        return BROKEN

    def _give_up(self) -> None:
        self._late = True
        self._end()

    def _end(self) -> None:
        process = self._process
        if process is not None and process.poll() is None:
            with suppress(ProcessLookupError):  # it has just ended
                os.killpg(process.pid, signal.SIGKILL)  # a model is written whole or not at all


def environment(settings: Settings) -> dict[str, str]:
    """What a training is told: the settings that it shares with us, on a port for its health that is free."""
    values = {name: getattr(settings, name) for name in PASSED}
    plain = {
        name.upper(): value.get_secret_value() if name in SECRETS else str(value) for name, value in values.items()
    }
    return {**os.environ, **plain, "TELEMETRY_PORT": "0", "LOG_LEVEL": "INFO", "NO_COLOR": "1"}


def _write(file: Path, content: bytes) -> None:
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:  # noqa: PTH123
        opened.write(content)


def _texts(lines: Iterable[bytes]) -> Iterable[str]:
    return (line.decode(errors="replace").rstrip("\n")[:LONGEST_LINE] for line in lines)
