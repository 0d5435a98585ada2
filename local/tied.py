"""Becomes a command that the kernel ends when its parent ends, however that ends: `tied.py PARENT COMMAND...`.

Done in the child by this file rather than by `preexec_fn`, which is unsafe where the parent has threads.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def tied(command: Sequence[str | os.PathLike[str]]) -> list[str]:
    """A command as a child of this process, and of the thread that starts it, is to be started."""
    # -I and -S: none of the environment's packages is needed, and without them it starts in 20 ms.
    return [sys.executable, "-I", "-S", str(Path(__file__)), str(os.getpid()), *map(str, command)]


def main(parent: str, *command: str) -> None:
    if sys.platform == "linux":  # elsewhere only an orderly end of the parent ends its children
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != int(parent):  # it ended before the line above
            sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main(*sys.argv[1:])
