"""`--classify`: the mood of every song anew, beside what real time said of it."""

import time
from collections import Counter
from datetime import UTC, datetime

from moodstream.batch.classify import classified
from moodstream.batch.progress import progress
from moodstream.batch.reports import Classify
from moodstream.batch.statistics import ROWS
from moodstream.jobs.run import Run
from moodstream.messages import play_id
from moodstream.moods import UNCLASSIFIED
from moodstream.store import review


def classify(run: Run) -> Classify:
    """Tell the mood of every song of the history, and keep it by song and model."""
    begun, moods = time.monotonic(), Counter[str]()
    run_id = play_id("batch_processor", "classify", "", datetime.now(UTC))
    with progress("classifying songs", run.ask(review.count, "songs")) as advance:
        for page in run.pages(review.features, run.by.inputs, key="song_id"):
            verdicts = classified(page, run.by)
            rows = [(song_id, run.by.name, run_id.bytes, *said) for song_id, *said in verdicts]
            run.ask(review.store, review.BATCH_CLASSIFIED, rows)
            moods.update(verdict.mood or UNCLASSIFIED for verdict in verdicts)
            advance(len(page))
    seconds = time.monotonic() - begun
    return Classify(
        model=run.by.name,
        songs=moods.total(),
        unclassified=moods[UNCLASSIFIED],
        seconds=round(seconds, 3),
        songs_per_second=round(moods.total() / seconds, 1),
        moods={mood: moods[mood] for mood in ROWS},
    )
