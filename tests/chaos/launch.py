"""Runs a script of the product in a process that is to die at a point, to dawdle, to hang, or to have a planted bug:

python -m tests.chaos.launch [--die "POINT" TIMES] [--dawdle SECONDS INTERVAL] [--hang TIMES PATIENCE]
                             [--bug NAME] script.py ARGUMENTS...
"""

import argparse
import importlib
import runpy
import sys

from moodstream.settings import ROOT
from tests.chaos.points import POINTS, dawdle, die, hang


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--die", nargs=2, metavar=("POINT", "TIMES"))
    options.add_argument("--dawdle", nargs=2, type=float, metavar=("SECONDS", "INTERVAL"))
    options.add_argument("--hang", nargs=2, type=float, metavar=("TIMES", "PATIENCE"))
    options.add_argument("--bug", metavar="NAME")
    options.add_argument("script")
    options.add_argument("arguments", nargs=argparse.REMAINDER)
    given = options.parse_args()
    if given.die:
        POINTS[given.die[0]](die(int(given.die[1])))
    if given.dawdle:
        dawdle(*given.dawdle)
    if given.hang:
        hang(int(given.hang[0]), given.hang[1])
    if given.bug:
        importlib.import_module(f"tests.chaos.mutants.{given.bug}").plant()
    sys.argv = [given.script, *given.arguments]
    runpy.run_path(str(ROOT / given.script), run_name="__main__")


if __name__ == "__main__":
    main()
