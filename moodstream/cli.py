"""What the seven scripts share on the command line: `--help` with examples, one-sentence errors, exit codes."""

import argparse
import errno
import logging
import sys
from collections.abc import Callable, Sequence

from moodstream import tls
from moodstream.errors import MoodstreamError
from moodstream.printable import printable
from moodstream.settings import Settings, load

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# They write passwords down: those of the configuration, and those in the requests that log in.
INDISCREET = ("kafka.admin", "kafka.net", "kafka.protocol", "mysql.connector.plugins")
FOOTER = "settings: docs/configuration.md\nexit codes: 0 done, 1 failed, 2 wrong usage or configuration"


def parser(description: str, examples: str) -> argparse.ArgumentParser:
    """An argument parser that shows `examples`, one command a line, under its options."""
    return argparse.ArgumentParser(
        description=description,
        epilog=f"examples:\n{examples}\n\n{FOOTER}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def run(main: Callable[[Settings, argparse.Namespace], int], arguments: argparse.Namespace) -> int:
    """Run a script's `main` with the settings; a foreseeable fault is one sentence and an exit code."""
    try:
        settings = load()
        log_to_stderr(settings.log_level)
        tls.check(settings)
        code = main(settings, arguments)
        sys.stdout.flush()
        return code
    except MoodstreamError as error:
        print(f"error: {printable(str(error))}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:  # the reader of our output, such as `head`, has enough
        sys.stderr.close()
        return 0
    except OSError as error:
        if error.errno not in FULL:
            raise
        sys.stdout = None  # what it still holds cannot be written at exit either
        print(f"error: the output cannot be written: {error.strerror}: make room, or print elsewhere.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 1


def log_to_stderr(
    level: str, quiet: Sequence[str] = ("kafka", "mysql", "urllib3", "httpx", "httpx2", "pylast")
) -> None:
    """Log to standard error; the client libraries speak only at DEBUG, since their faults reach us as exceptions."""
    handler = logging.StreamHandler()
    handler.setFormatter(_OneLine("%(asctime)s %(levelname)-7s %(message)s", "%H:%M:%S"))
    logging.basicConfig(level=level, handlers=[handler])
    for name in quiet:
        logging.getLogger(name).setLevel(logging.DEBUG if level == "DEBUG" else logging.CRITICAL)
    if level == "DEBUG":
        for name in INDISCREET:
            logging.getLogger(name).setLevel(logging.INFO)


class _OneLine(logging.Formatter):
    """Titles, names and reasons come from anywhere: what a terminal would obey, or would look like a line of ours,
    is replaced. A traceback, which follows the line, is left as it is."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  the name is the library's
        return printable(super().formatMessage(record))
