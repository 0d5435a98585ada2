"""Reclassifies all songs, sets real time beside batch, analyses feedback; trains and judges the models."""

import argparse
import logging
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from moodstream import cli, model, telemetry
from moodstream.batch.reports import Report
from moodstream.batch.tables import show
from moodstream.classifiers import KINDS, classifier
from moodstream.errors import MoodstreamError
from moodstream.jobs.analyze import analyze
from moodstream.jobs.classify import classify
from moodstream.jobs.compare import compare
from moodstream.jobs.run import Run
from moodstream.lifecycle import Stop
from moodstream.messages import play_id
from moodstream.settings import Settings
from moodstream.store import review

if TYPE_CHECKING:
    from moodstream.training.evaluation import Evaluation
    from moodstream.training.moods import Training

log = logging.getLogger(__name__)

NAME = "batch_processor"
EXAMPLES = """\
  python batch_processor.py --classify
  python batch_processor.py --analyze
  python batch_processor.py --compare --window 3600      plays of the last hour only
  python batch_processor.py --classify --compare --json
  python batch_processor.py --evaluate songs.csv         the models, by a table of moods or ratings
  python batch_processor.py --evaluate songs.csv --folds 5
  python batch_processor.py --train songs.csv            a model of your own, used if it is not worse
  python batch_processor.py --train --labels feedback    from the corrections that listeners sent
  python batch_processor.py --restore                    the model before"""

NO_FILE = Path()
LABELS = ("tags", "kmeans", "feedback")

JOBS: dict[str, Callable[[Run], Report]] = {"classify": classify, "analyze": analyze, "compare": compare}


def main(settings: Settings, arguments: argparse.Namespace) -> int:
    """Do what needs no server, or else run the jobs that go over the history."""
    if arguments.evaluate is None and arguments.train is None and not arguments.restore:
        return over_history(settings, arguments)
    from moodstream.training import views  # what trains takes seconds to import, which the other jobs shall not pay

    if arguments.restore:
        from moodstream.keeping import restore

        print(f"{restore(arguments.out or settings.model_dir)} is in use again.")
        return 0
    report = evaluated(settings, arguments) if arguments.evaluate else trained(settings, arguments)
    if arguments.json:
        print(msgspec.json.format(msgspec.json.encode(report)).decode())
    else:
        views.show(report)
    return 0


def evaluated(settings: Settings, arguments: argparse.Namespace) -> "Evaluation":
    """Judge the models in use, or the way in which they are trained, by a table."""
    from moodstream.training.evaluation import evaluate

    return evaluate(arguments.evaluate, arguments.folds, model.load(model.in_use(settings.model_dir)))


def trained(settings: Settings, arguments: argparse.Namespace) -> "Training":
    """Train a mood model by a table, or by the corrections that listeners sent."""
    out = arguments.out or settings.model_dir
    if arguments.labels == "feedback":
        from moodstream.jobs.learning import train_by_feedback

        with telemetry.serve(NAME, settings) as health:
            run = Run(settings, Stop(interrupt=True), health, classifier("trained", settings.model_dir))
            return train_by_feedback(run, out)
    from moodstream.training import moods, tables

    return moods.train(tables.read(arguments.train), arguments.labels, out)


def over_history(settings: Settings, arguments: argparse.Namespace) -> int:
    """Run the jobs that were asked for, one after the other."""
    stop, done = Stop(interrupt=True), dict[str, Report]()
    by = classifier(arguments.model, settings.model_dir)
    try:
        with telemetry.serve(NAME, settings) as health:
            run = Run(settings, stop, health, by, arguments.window)
            if not run.ask(review.count, "songs"):
                raise MoodstreamError(
                    "The history has no songs yet: start `python stream_music.py` and `python mysql_connector.py`."
                )
            for job in (job for job in JOBS if getattr(arguments, job)):
                done[job] = _do(job, run)
                if not arguments.json:
                    show(done[job])
    finally:
        if arguments.json and done:
            print(msgspec.json.format(msgspec.json.encode(done)).decode(), flush=True)
    return 0


def _do(job: str, run: Run) -> Report:
    started = datetime.now(UTC)
    try:
        report = JOBS[job](run)
    except KeyboardInterrupt:
        log.warning("--%s was asked to stop: what it wrote so far stays", job)
        raise
    times = (started.replace(tzinfo=None), datetime.now(UTC).replace(tzinfo=None))
    row = (play_id(NAME, job, "", started).bytes, job, *times, msgspec.json.encode(report).decode())
    run.ask(review.store, review.BATCH_RUNS, [row])
    return report


def _seconds(text: str) -> float:
    with suppress(ValueError):
        seconds = float(text)
        if 0 < seconds <= 1e9:
            return seconds
    raise argparse.ArgumentTypeError("must be a number above 0, and at most a thousand million")


def _arguments() -> argparse.Namespace:
    parser = cli.parser(__doc__, EXAMPLES)
    parser.add_argument("--classify", action="store_true", help="tell the mood of every song anew, in its own table")
    parser.add_argument("--analyze", action="store_true", help="feedback by mood, and the moods of what is recommended")
    parser.add_argument("--compare", action="store_true", help="agreement of real time and batch, song by song")
    parser.add_argument("--window", type=_seconds, metavar="SECONDS", help="compare plays of the last so many seconds")
    parser.add_argument("--model", choices=KINDS, help="who classifies, or is compared (default: trained)")
    parser.add_argument("--evaluate", type=Path, metavar="FILE.csv", help="judge the models in use by a table")
    parser.add_argument("--folds", type=int, metavar="N", help="train anew on N - 1 of N parts, and judge by the other")
    parser.add_argument(
        "--train", type=Path, nargs="?", const=NO_FILE, metavar="FILE.csv", help="train a mood model on a table"
    )
    parser.add_argument("--labels", choices=LABELS, help="where the moods come from to train on (default: tags)")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where models are kept (default: MODEL_DIR)")
    parser.add_argument("--restore", action="store_true", help="take the model before back into use")
    parser.add_argument("--json", action="store_true", help="print one JSON document instead of tables")
    arguments = parser.parse_args()
    if fault := _fault(arguments):
        parser.error(fault)
    arguments.labels = arguments.labels or LABELS[0]
    arguments.model = arguments.model or KINDS[0]
    return arguments


def _fault(arguments: argparse.Namespace) -> str | None:
    """What is wrong with the options, if anything."""
    jobs = any(getattr(arguments, job) for job in JOBS)
    alone = [arguments.evaluate is not None, arguments.train is not None, arguments.restore]
    faults = {
        "say what to do: --classify, --analyze, --compare, or several of them; or --evaluate, --train, --restore": not (
            jobs or any(alone)
        ),
        "--evaluate, --train and --restore each go alone": jobs + sum(alone) > 1,
        "--window goes with --compare": arguments.window and not arguments.compare,
        "--model goes with --classify and --compare": arguments.model and not (arguments.classify or arguments.compare),
        "--folds goes with --evaluate": arguments.folds is not None and arguments.evaluate is None,
        "--labels goes with --train": arguments.labels and arguments.train is None,
        "--json goes with what reports, not with --restore": arguments.json and arguments.restore,
        "--out goes with --train and --restore": arguments.out and not (arguments.train or arguments.restore),
        "--train needs a table, except with --labels feedback": arguments.train is NO_FILE
        and arguments.labels != "feedback",
        "--labels feedback reads the history, no table": arguments.labels == "feedback"
        and arguments.train is not NO_FILE,
    }
    return next((fault for fault, there in faults.items() if there), None)


if __name__ == "__main__":
    sys.exit(cli.run(main, _arguments()))
