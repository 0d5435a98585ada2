"""A figure beside its limit, as medians and ratios; compare them within one run only."""

import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results" / "latest.json"
REPEATS = 3


class Figure(NamedTuple):
    """What was measured (`value`), and what it could be at most (`limit`), both in `unit`."""

    figure: str
    value: float
    unit: str
    limit: float
    limit_name: str

    @property
    def ratio(self) -> float:
        return self.value / self.limit


def rate(work: Callable[[], object], number: int, before: Callable[[], object] = lambda: None) -> float:
    """Things a second: the median of a few goes at `number` of them, without what is done `before` each."""
    seconds = []
    for _ in range(REPEATS):
        before()
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return number / statistics.median(seconds)


def show(figures: list[Figure]) -> None:
    """Print the table, and write it to `RESULTS`."""
    table = Table("figure", "value", "limit", "ratio", title=f"medians of {REPEATS}")
    for figure in figures:
        limit = f"{_number(figure.limit)} {figure.unit} ({figure.limit_name})"
        table.add_row(figure.figure, f"{_number(figure.value)} {figure.unit}", limit, f"{figure.ratio:.2f}")
    Console().print(table)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(
        json.dumps([{**f._asdict(), "ratio": f.ratio} for f in figures], indent=2) + "\n", encoding="utf-8"
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2f}"
