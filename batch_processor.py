"""Reclassifies all songs, analyses feedback and playlists, and sets real time beside batch."""

import argparse
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec

from moodstream import cli, rules, telemetry
from moodstream.batch.classify import classified
from moodstream.batch.progress import progress
from moodstream.batch.reports import Analyze, Classify, Compare, Disagreement, Report, analysis, comparison
from moodstream.batch.statistics import ROWS, Confusion
from moodstream.batch.tables import show
from moodstream.errors import MoodstreamError
from moodstream.lifecycle import Stop, patiently
from moodstream.messages import play_id
from moodstream.moods import UNCLASSIFIED
from moodstream.settings import Settings
from moodstream.store import review
from moodstream.store.mysql import Database, Row
from moodstream.telemetry import Health

log = logging.getLogger(__name__)

NAME = "batch_processor"
EXAMPLES = """\
  python batch_processor.py --classify
  python batch_processor.py --analyze
  python batch_processor.py --compare --window 3600      plays of the last hour only
  python batch_processor.py --classify --compare --json"""

SHOWN = 10
"""How many of the songs that real time and batch disagree on are named."""

T = TypeVar("T")


class Run:
    """One call of the script: its database, and its patience with it."""

    def __init__(self, settings: Settings, stop: Stop, health: Health, window: float | None) -> None:
        self.database = Database(settings, "batch")
        self.window = window
        self._stop, self._health = stop, health

    def ask(self, question: Callable[..., T], *details: Any) -> T:
        """Ask the database, again and again while its server is away."""
        answer = patiently(lambda: (question(self.database, *details),), self._stop, self._health)
        if answer is None:
            raise KeyboardInterrupt
        self._health.progress()
        return answer[0]

    def pages(self, question: Callable[..., list[Row]], *details: Any, key: str) -> Iterator[list[Row]]:
        """The pages of a question, whose last detail is the last key of the page before."""
        after = None
        while page := self.ask(question, *details, after):
            yield page
            after = page[-1][key]


def classify(run: Run) -> Classify:
    """Tell the mood of every song anew, beside what real time said of it."""
    begun, moods = time.monotonic(), Counter[str]()
    run_id = play_id(NAME, "classify", "", datetime.now(UTC))
    with progress("classifying songs", run.ask(review.count, "songs")) as advance:
        for page in run.pages(review.features, rules.NEEDED, key="song_id"):
            verdicts = classified(page)
            rows = [(song_id, rules.MODEL, run_id.bytes, *said) for song_id, *said in verdicts]
            run.ask(review.store, review.BATCH_CLASSIFIED, rows)
            moods.update(verdict.mood or UNCLASSIFIED for verdict in verdicts)
            advance(len(page))
    seconds = time.monotonic() - begun
    return Classify(
        model=rules.MODEL,
        songs=moods.total(),
        unclassified=moods[UNCLASSIFIED],
        seconds=round(seconds, 3),
        songs_per_second=round(moods.total() / seconds, 1),
        moods={mood: moods[mood] for mood in ROWS},
    )


def analyze(run: Run) -> Analyze:
    """Count how songs of each mood were received, and which moods were recommended."""
    said, playlists = run.ask(review.count, "user_feedback"), run.ask(review.count, "playlist_recommendations")
    if not said + playlists:
        raise MoodstreamError(
            "There is no feedback and no playlist yet: start `python user_feedback.py simulator` "
            "and `python playlist_manager.py`."
        )
    reactions = _reactions(run, said)
    tracks = Counter[str]()
    decoder = msgspec.json.Decoder(list[_Track])
    with progress("reading playlists", playlists) as advance:
        for page in run.pages(review.playlists, key="event_id"):
            tracks.update(track.mood or UNCLASSIFIED for row in page for track in decoder.decode(row["tracks"]))
            advance(len(page))
    return analysis(reactions, playlists, tracks)


class _Track(msgspec.Struct):
    """What is counted of a recommended track."""

    mood: str | None = None


def _reactions(run: Run, total: int) -> Counter[tuple[str, str]]:
    reactions = Counter[tuple[str, str]]()
    with progress("reading feedback", total) as advance:
        for page in run.pages(review.feedback, key="event_id"):
            for row in page:
                mood = row["mood"] or UNCLASSIFIED
                reactions[mood, row["reaction"]] += 1
                reactions[mood, "correction"] += row["corrected"] is not None
            advance(len(page))
    return reactions


def compare(run: Run) -> Compare:
    """Set the newest mood of each song in real time beside that in batch."""
    since = None if run.window is None else datetime.now(UTC).replace(tzinfo=None) - timedelta(seconds=run.window)
    in_batch = run.ask(review.batch_songs, rules.MODEL)
    if not in_batch:
        raise MoodstreamError("Batch has classified nothing yet: run `python batch_processor.py --classify` first.")
    confusion, only_real_time = Confusion(), 0
    differing: list[Row] = []
    with progress("comparing songs", None) as advance:
        for page in run.pages(review.verdicts, rules.MODEL, since, key="song_id"):
            both = [row for row in page if row["in_batch"]]
            for row in both:
                confusion.add(row["real_time"], row["batch"])
            only_real_time += len(page) - len(both)
            differing += [row for row in both if row["real_time"] != row["batch"]][: SHOWN - len(differing)]
            advance(len(page))
    if not confusion.songs + only_real_time:
        window = "" if run.window is None else f" of the last {run.window:g} s"
        raise MoodstreamError(f"No play{window} is classified in real time: start `python mood_classifier.py`.")
    return comparison(
        model=rules.MODEL,
        window_seconds=run.window,
        confusion=confusion,
        only_real_time=only_real_time,
        in_batch=in_batch,
        per_second=(run.ask(review.real_time_speed, since), _batch_speed(run)),
        disagreements=_named(run, differing),
    )


def _batch_speed(run: Run) -> float | None:
    report = run.ask(review.newest_report, "classify")
    return None if report is None else float(report["songs_per_second"])


def _named(run: Run, rows: Sequence[Row]) -> list[Disagreement]:
    names = run.ask(review.names, [row["song_id"] for row in rows])
    return [
        Disagreement(
            song_id=row["song_id"],
            title=names.get(row["song_id"], {}).get("title"),
            artist=names.get(row["song_id"], {}).get("artist"),
            real_time=row["real_time"] or UNCLASSIFIED,
            batch=row["batch"] or UNCLASSIFIED,
        )
        for row in rows
    ]


JOBS: dict[str, Callable[[Run], Report]] = {"classify": classify, "analyze": analyze, "compare": compare}


def main(settings: Settings, arguments: argparse.Namespace) -> int:
    stop, done = Stop(interrupt=True), dict[str, Report]()
    try:
        with telemetry.serve(NAME, settings) as health:
            run = Run(settings, stop, health, arguments.window)
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
    parser.add_argument("--json", action="store_true", help="print one JSON document instead of tables")
    arguments = parser.parse_args()
    if not any(getattr(arguments, job) for job in JOBS):
        parser.error("say what to do: --classify, --analyze, --compare, or several of them")
    if arguments.window and not arguments.compare:
        parser.error("--window goes with --compare")
    return arguments


if __name__ == "__main__":
    sys.exit(cli.run(main, _arguments()))
