"""Hears plays on `song_stream` and says their mood on `mood_classified`, a batch at a time."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from moodstream import cli, rules, service
from moodstream.messages import Classification, Play, derived_id
from moodstream.records import Received
from moodstream.service import Outcome, Service

EXAMPLES = """\
  python mood_classifier.py
  LOG_LEVEL=DEBUG python mood_classifier.py"""


def classify(batch: Sequence[Received]) -> Outcome:
    """The mood of each play of a batch, or the reason why it has none."""
    plays = [record.message for record in batch if isinstance(record.message, Play)]
    verdicts = rules.classify(rules.columns(play.song.features for play in plays))
    now = datetime.now(UTC)
    return Outcome(publish=[_said(play, now, *verdict) for play, *verdict in zip(plays, *verdicts, strict=True)])


def _said(play: Play, now: datetime, mood: int, confidence: float, reason: str | None) -> Classification:
    return Classification(
        event_id=derived_id(play.event_id, "mood"),
        play_id=play.event_id,
        listener=play.listener,
        played_at=play.played_at,
        classified_at=now,
        source=play.source,
        song=play.song,
        model=rules.MODEL,
        mood=None if reason else rules.MOODS[mood],
        confidence=None if reason else float(confidence),
        reason=reason,
    )


if __name__ == "__main__":
    arguments = cli.parser(__doc__, EXAMPLES).parse_args()
    classifier = Service("mood_classifier", ["song_stream"], classify)
    sys.exit(cli.run(lambda settings, _: service.run(classifier, settings), arguments))
