"""Says on `user_feedback` what listeners think, simulated ones or one at the keyboard, and shows what comes in."""

import argparse
import hashlib
import logging
import select
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import cast, get_args

import msgspec

from moodstream import cli, service
from moodstream.bus import Producer, ensure_topics, follow
from moodstream.errors import DataError, TransientError
from moodstream.health import Health
from moodstream.lifecycle import Stop, patiently
from moodstream.messages import LATEST, Classification, Feedback, Id, Reaction, derived_id, play_id
from moodstream.moods import LOOKS, Mood
from moodstream.printable import escaped
from moodstream.records import Received
from moodstream.service import Outcome, Service
from moodstream.settings import Settings

log = logging.getLogger(__name__)

NAME = TOPIC = "user_feedback"
EXAMPLES = """\
  python user_feedback.py simulator
  python user_feedback.py send --listener anna --song 0BRjO6ga9RKCKjfDqeFgWV --reaction like
  python user_feedback.py send --listener anna --song 0BRjO6ga9RKCKjfDqeFgWV --mood Calm
  python user_feedback.py collect"""

SAYS = {"never": "never again wants"}
"""What reads otherwise than the reaction with an s."""

# Whose listeners are simulated; those of a folder and of Last.fm are people, who speak for themselves.
SIMULATED = {"simulate", "catalogue"}

# What simulated listeners do: the share of plays that they react to, the share of songs whose mood they hear
# otherwise, how often a reaction is the stronger one of its kind, and how often the strongest there is.
REACTING, CORRECTING, REPLAYING, DISLIKING, BANNING = 1 / 3, 0.05, 0.2, 0.3, 0.03


def simulate(settings: Settings, _: argparse.Namespace) -> int:
    """Run the simulated listeners as a service."""
    return service.run(Service(NAME, ["mood_classified"], react), settings)


def react(batch: Sequence[Received]) -> Outcome:
    """What the simulated listeners of a batch of plays think of them."""
    plays = (record.message for record in batch)
    opinions = (opinion(play) for play in plays if isinstance(play, Classification))
    return Outcome(publish=[feedback for feedback in opinions if feedback])


def opinion(play: Classification) -> Feedback | None:
    """What a simulated listener says of a play, if anything.

    It follows from the listener's name, the play, the song and its mood alone, so a replay gives the same again.
    """
    if play.source not in SIMULATED or _chance("reacts", play.listener, str(play.play_id)) >= REACTING:
        return None
    seconds = 1 + 5 * _chance("waits", play.listener, str(play.play_id))
    return Feedback(
        event_id=derived_id(play.play_id, "feedback"),
        play_id=play.play_id,
        listener=play.listener,
        song_id=play.song.song_id,
        reacted_at=min(play.played_at + timedelta(seconds=seconds), LATEST - timedelta(seconds=1)),
        reaction=_reaction(play),
        mood=_correction(play),
    )


def _reaction(play: Classification) -> Reaction:
    strong = _chance("feels strongly", play.listener, str(play.play_id))
    if _chance("enjoys", play.listener, str(play.play_id)) < liking(play.listener, play.mood, play.song.artist):
        return "replay" if strong < REPLAYING else "like"
    if strong < BANNING:
        return "never"
    return "dislike" if strong < DISLIKING else "skip"


def liking(listener: str, mood: Mood | None, artist: str) -> float:
    """How probably a simulated listener enjoys such a song: their taste in moods counts more than that in artists."""
    return 0.6 * _chance("mood", listener, mood or "") + 0.4 * _chance("artist", listener, artist)


def _correction(play: Classification) -> Mood | None:
    """Now and then, a mood next to the one that was heard; a listener always says the same of a song."""
    if play.mood is None or _chance("corrects", play.listener, play.song.song_id) >= CORRECTING:
        return None
    here = LOOKS[play.mood]
    others = [mood for mood in Mood if mood is not play.mood]
    return min(others, key=lambda m: (LOOKS[m].valence - here.valence) ** 2 + (LOOKS[m].arousal - here.arousal) ** 2)


def _chance(*what: str) -> float:
    """A number in 0..1 that looks drawn at random, and is always the same for the same words."""
    return int.from_bytes(hashlib.sha256("\0".join(what).encode()).digest()[:8], "big") / 2**64


def send(settings: Settings, arguments: argparse.Namespace) -> int:
    """Publish one reaction; waits for Kafka as long as it takes."""
    now = datetime.now(UTC)
    feedback = Feedback(
        event_id=play_id("feedback", arguments.listener, arguments.song, now),
        listener=arguments.listener,
        song_id=arguments.song,
        reacted_at=now,
        reaction=arguments.reaction,
        mood=Mood(arguments.mood) if arguments.mood else None,
    )
    producer = Producer(settings)
    sent = patiently(lambda: _published(producer, feedback), Stop(), Health(NAME))
    producer.close(timeout=0)
    if not sent:
        log.error("asked to stop before Kafka took it: %s", described(feedback))
        return 1
    print("published:", described(feedback), flush=True)
    return 0


def _published(producer: Producer, feedback: Feedback) -> bool:
    producer.publish([feedback])
    return True


def collect(settings: Settings, _: argparse.Namespace) -> int:
    """Print each reaction that comes in, until asked to stop or nobody reads any more."""
    stop, health = Stop(), Health(NAME)
    while not stop and not _unread():
        try:
            ensure_topics(settings)
            _print_all(settings, stop, health)
        except TransientError as error:
            if health.failing(error):
                log.warning("waiting: %s", error)
            stop.wait(1)
    return 0


def _print_all(settings: Settings, stop: Stop, health: Health) -> None:
    log.info("following %s from now on: Ctrl-C ends", TOPIC)
    for record in follow(settings, TOPIC):
        health.progress()
        if record is not None:
            print(shown(record), flush=True)
        if stop or _unread():
            return


def _unread() -> bool:
    """Whether the reader of our output, such as `head`, has gone: then no more lines are wanted."""
    output = select.poll()
    output.register(sys.stdout, 0)
    return any(event & select.POLLERR for _, event in output.poll(0))


def shown(record: Received) -> str:
    """A line about a record of the topic, whatever is in it."""
    try:
        return described(cast(Feedback, record.message))
    except DataError as error:
        return escaped(f"offset {record.offset} of partition {record.partition} cannot be read: {error}")


def described(feedback: Feedback) -> str:
    """A reaction as a sentence."""
    words = [f"{SAYS.get(feedback.reaction, f'{feedback.reaction}s')} {feedback.song_id}"] if feedback.reaction else []
    words += [f"calls {'it' if words else feedback.song_id} {feedback.mood}"] if feedback.mood else []
    return escaped(f"{feedback.reacted_at:%Y-%m-%d %H:%M:%S} UTC  {feedback.listener} {' and '.join(words)}")


def _id(text: str) -> str:
    try:
        return msgspec.convert(text.encode().decode(), Id)
    except ValueError as error:  # also where the terminal gave bytes that are not UTF-8
        raise argparse.ArgumentTypeError("must have 1 to 128 characters, white space not first or last") from error


def _arguments() -> argparse.Namespace:
    parser = cli.parser(__doc__, EXAMPLES)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("simulator", help="let simulated listeners react to plays").set_defaults(run=simulate)
    commands.add_parser("collect", help="print what comes in, from now on").set_defaults(run=collect)
    sender = commands.add_parser("send", help="publish one reaction")
    sender.set_defaults(run=send)
    sender.add_argument("--listener", metavar="L", type=_id, required=True, help="who says it")
    sender.add_argument("--song", metavar="S", type=_id, required=True, help="the id of the song")
    sender.add_argument("--reaction", choices=get_args(Reaction), help="what they think of it")
    sender.add_argument("--mood", choices=[str(mood) for mood in Mood], help="the mood that they say it has")
    arguments = parser.parse_args()
    if arguments.command == "send" and not (arguments.reaction or arguments.mood):
        sender.error("give --reaction, --mood, or both")
    return arguments


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # it is a stream of the terminal
    given = _arguments()
    sys.exit(cli.run(given.run, given))
