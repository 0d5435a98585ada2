"""`make bench`: all figures, one table."""

import moodstream  # noqa: F401  before all else, so that the database driver's C extension can be loaded
from benchmarks import classifier, extraction, model, sink
from benchmarks.figures import show

if __name__ == "__main__":
    show([*classifier.figures(), *model.figures(), *sink.figures(), *extraction.figures()])
