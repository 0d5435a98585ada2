"""`--compare`: real time beside batch, and the models that batch has used beside each other."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from moodstream.batch.progress import progress
from moodstream.batch.reports import Compare, Disagreement, Versus, comparison
from moodstream.batch.statistics import Confusion
from moodstream.errors import MoodstreamError
from moodstream.jobs.run import Run
from moodstream.moods import UNCLASSIFIED
from moodstream.store import review
from moodstream.store.mysql import Row

SHOWN = 10
"""How many of the songs that two judges disagree on are named."""


def compare(run: Run) -> Compare:
    """Set the newest mood of each song in real time beside that in batch, and the other models beside that one.

    Raises:
        MoodstreamError: batch has said nothing by this model, or real time nothing in the window.
    """
    since = None if run.window is None else datetime.now(UTC).replace(tzinfo=None) - timedelta(seconds=run.window)
    in_batch = run.ask(review.batch_songs, run.by.name)
    if not in_batch:
        raise MoodstreamError(
            f"Batch has classified nothing by {run.by.name} yet: run `python batch_processor.py --classify` first."
        )
    confusion, only_real_time, models = Confusion(), 0, Counter[str]()
    differing: list[Row] = []
    with progress("comparing songs", None) as advance:
        for page in run.pages(review.verdicts, run.by.name, since, key="song_id"):
            both = [row for row in page if row["in_batch"]]
            for row in both:
                confusion.add(row["real_time"], row["batch"])
            models.update(row["model"] for row in both)
            only_real_time += len(page) - len(both)
            differing += [row for row in both if row["real_time"] != row["batch"]][: SHOWN - len(differing)]
            advance(len(page))
    if not confusion.songs + only_real_time:
        window = "" if run.window is None else f" of the last {run.window:g} s"
        raise MoodstreamError(f"No play{window} is classified in real time: start `python mood_classifier.py`.")
    return comparison(
        model=run.by.name,
        window_seconds=run.window,
        confusion=confusion,
        only_real_time=only_real_time,
        in_batch=in_batch,
        real_time_models=models,
        per_second=(run.ask(review.real_time_speed, since), _batch_speed(run)),
        disagreements=_named(run, differing),
        others=[_versus(run, other) for other in run.ask(review.batch_models) if other != run.by.name],
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


def _versus(run: Run, other: str) -> Versus:
    """Another model that batch has used, beside the one in use."""
    confusion = Confusion()
    for row in run.ask(review.models_confused, run.by.name, other):
        confusion.add(row["this"], row["other"], row["songs"])
    return Versus(
        model=other,
        songs=confusion.songs,
        agreement=confusion.agreement,
        kappa=confusion.kappa,
        confusion=confusion.table(),
    )
