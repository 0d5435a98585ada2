"""`--analyze`: how songs of each mood were received, and which moods were recommended."""

from collections import Counter

import msgspec

from moodstream.batch.progress import progress
from moodstream.batch.reports import Analyze, analysis
from moodstream.errors import MoodstreamError
from moodstream.jobs.run import Run
from moodstream.moods import UNCLASSIFIED
from moodstream.store import review


def analyze(run: Run) -> Analyze:
    """Count feedback by mood, and the moods of recommended tracks.

    Raises:
        MoodstreamError: there is neither feedback nor a playlist.
    """
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
