"""`make bench`: all figures, one table; `python -m benchmarks page sink` measures these parts alone."""

import moodstream  # noqa: F401, I001  before all else, so that the database driver's C extension can be loaded

import sys

from benchmarks import classifier, extraction, faces, journeys, model, page, predict, recommender, similar, sink, trends
from benchmarks.figures import show

PARTS = {
    **{"classifier": classifier, "model": model, "sink": sink, "extraction": extraction},
    **{"recommender": recommender, "similar": similar, "journeys": journeys, "trends": trends, "faces": faces},
    **{"predict": predict, "page": page},
}

if __name__ == "__main__":
    unknown = {*sys.argv[1:]} - PARTS.keys()
    if unknown:
        sys.exit(f"error: there is no part {', '.join(sorted(unknown))}: choose from {', '.join(PARTS)}.")
    show([figure for name in sys.argv[1:] or PARTS for figure in PARTS[name].figures()])
