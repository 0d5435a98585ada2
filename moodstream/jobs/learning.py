"""`--train` from the corrections that listeners sent: the one way to learn that needs the history."""

from pathlib import Path

import pandas as pd

from moodstream.batch.progress import progress
from moodstream.errors import MoodstreamError
from moodstream.jobs.run import Run
from moodstream.store import review
from moodstream.training.adapting import corrections
from moodstream.training.moods import Training, train


def train_by_feedback(run: Run, out: Path) -> Training:
    """Train on what listeners said the moods of songs are.

    Raises:
        MoodstreamError: nobody has corrected a mood.
        ConfigurationError: as `train`.
    """
    with progress("reading corrections", None) as advance:
        said = []
        for page in run.pages(review.corrections, key="event_id"):
            said += page
            advance(len(page))
    if not said:
        raise MoodstreamError(
            "No listener has corrected a mood yet: "
            "`python user_feedback.py send --listener me --song ID --mood Calm` does."
        )
    return train(corrections(pd.DataFrame(said)), "feedback", out)
