"""What `--dead-letters` takes on the command line, and what it does."""

import argparse
import string
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from typing import Any

from moodstream import terminal
from moodstream.batch.progress import progress
from moodstream.errors import MoodstreamError
from moodstream.letters import views
from moodstream.letters.replay import Failed, replay
from moodstream.settings import Settings
from moodstream.store import letters
from moodstream.store.migrate import migrate, read
from moodstream.store.mysql import Database

SHOWN = 20
"""Letters, and kinds of letters, in a list."""
NAMED = 3
"""Letters that are named of those that could not be replayed for one reason."""
ALL = "all"


class Task(argparse.Action):
    """Turns `ACTION [ID ...]` into what to do with the settings; what is wrong with them is wrong usage."""

    def __call__(self, _: argparse.ArgumentParser, namespace: Any, values: Any, __: str | None = None) -> None:
        action, *ids = values
        digits = [word.lower().replace("-", "") for word in ids]
        if fault := _fault(action, digits):
            raise argparse.ArgumentError(self, fault)
        setattr(namespace, self.dest, partial(_answer, action, digits))


def _fault(action: str, ids: Sequence[str]) -> str | None:
    every = list(ids) == [ALL] and action == "replay"
    faults = {
        f"there is no action {action!r}: say list, show or replay": action not in ACTIONS,
        "list takes no ids": action == "list" and ids,
        "say which: an id, or the first digits of it, as list shows them": action == "show" and not ids,
        "say which: an id, or the first digits of it, as list shows them, or all": action == "replay" and not ids,
    } | {f"{word!r} is no id: these are up to 32 hexadecimal digits": not (every or _id(word)) for word in ids}
    return next((fault for fault, there in faults.items() if there), None)


def _id(word: str) -> bool:
    return 0 < len(word) <= letters.ID_DIGITS and set(word) <= set(string.hexdigits)


def _answer(action: str, ids: Sequence[str], settings: Settings) -> int:
    with closing(Database(settings, "connector")) as database:
        migrate(database, read())
        ACTIONS[action](settings, database, ids)
    return 0


def _list(_: Settings, database: Database, __: Sequence[str]) -> None:
    found = letters.kinds(database, SHOWN)
    if found.letters:
        terminal.show(views.listing(found, letters.newest(database, SHOWN)))
    else:
        print("There are no dead letters.")


def _show(_: Settings, database: Database, ids: Sequence[str]) -> None:
    for place, letter_id in enumerate(_found(database, ids)):
        print(*([""] if place else []), *views.letter(letters.opened(database, letter_id, views.BYTES_READ)), sep="\n")


def _replay(settings: Settings, database: Database, ids: Sequence[str]) -> None:
    wanted = letters.waiting(database) if list(ids) == [ALL] else _found(database, ids)
    if not wanted:
        print("There is nothing to replay: no dead letter of our topics that was not sent again already.")
        return
    sent, failed = 0, Failed(list)
    try:
        with progress("replay", len(wanted)) as advance:
            for number in replay(settings, database, wanted, failed):
                sent += number
                advance(number)
    finally:
        print(f"{sent:,} of {len(wanted):,} letters were sent again.", flush=True)
    if failed:
        raise MoodstreamError("; ".join(f"{_named(which)} {reason}" for reason, which in failed.items()) + ".")


def _named(letter_ids: Sequence[bytes]) -> str:
    more = len(letter_ids) - NAMED
    return ", ".join(map(views.short, letter_ids[:NAMED])) + (f" and {more:,} more" if more > 0 else "")


def _found(database: Database, ids: Sequence[str]) -> list[bytes]:
    """Each letter once, in the order in which they were asked for."""
    return list(dict.fromkeys(letters.find(database, digits) for digits in ids))


ACTIONS = {"list": _list, "show": _show, "replay": _replay}
