"""Hears plays on `song_stream` and says their mood on `mood_classified`, a batch at a time."""

import argparse
import logging
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from moodstream import cli, service
from moodstream.classifiers import KINDS, Current, classified
from moodstream.messages import Play
from moodstream.records import Received
from moodstream.service import Outcome, Service
from moodstream.settings import Settings

EXAMPLES = """\
  python mood_classifier.py                  by the trained model
  python mood_classifier.py --model rules    by the published thresholds
  LOG_LEVEL=DEBUG python mood_classifier.py"""

log = logging.getLogger("mood_classifier")


def classify(current: Current, batch: Sequence[Received]) -> Outcome:
    """The mood of each play of a batch, or the reason why it has none. A new model is taken between two batches."""
    plays = [record.message for record in batch if isinstance(record.message, Play)]
    return Outcome(publish=classified(plays, current.classifier, datetime.now(UTC)))


def main(settings: Settings, arguments: argparse.Namespace) -> int:
    current = Current(arguments.model, settings.model_dir)
    log.info("moods are told by %s", current.classifier.name)
    return service.run(Service("mood_classifier", ["song_stream"], partial(classify, current)), settings)


if __name__ == "__main__":
    parser = cli.parser(__doc__, EXAMPLES)
    parser.add_argument("--model", choices=KINDS, default=KINDS[0], help="who tells the moods (default: trained)")
    sys.exit(cli.run(main, parser.parse_args()))
