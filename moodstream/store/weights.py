"""Sums by which two tables are compared without sorting either: of how often each row counts, times what it weighs.

Where the tables are the same the sums are. Where they are not, the sums are the same too with a chance of about 2^-58,
and of at most 2^-47 (1 in 10^14) whatever the difference, unless somebody has looked for names that make it so.
"""

from collections.abc import Iterable

from moodstream.store.mysql import Row


def weight(*values: str) -> str:
    """What a row weighs, in SQL: a number below 2^64, as good as drawn by lot for each combination of values.

    A CRC alone would not do: it is linear, so that moving a count from one mood to another changes the sum by one of
    some ten thousand numbers, whatever the row, and a move back elsewhere may hide it. The product of two CRCs that
    are independent of each other (together they have the rank 64) is not linear. The values must not be NULL.
    """
    joined = f"CONCAT_WS('\n', {', '.join(values)})"
    return f"CRC32({joined}) * CRC32(REVERSE({joined}))"


def sums(number: str, **weights: Iterable[str]) -> str:
    """The columns of a SELECT that sums up: `number`, and others that are what some weights add up to, as decimals."""
    totals = {name: " + ".join(f"COALESCE(SUM({weight}), 0)" for weight in added) for name, added in weights.items()}
    return ", ".join((f"COALESCE({number}, 0) AS number", *(f"{total} AS {name}" for name, total in totals.items())))


def summed(rows: Iterable[Row]) -> tuple[int, int]:
    """The `number` and the `weight` of parts, added up."""
    number = total = 0
    for row in rows:
        number += int(row["number"])
        total += int(row["weight"])
    return number, total
