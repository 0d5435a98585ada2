"""A database that is away is taken for a fault of the data: good plays become dead letters."""

from typing import Any

from moodstream.errors import DataError, MoodstreamError, TransientError
from moodstream.store import mysql

FAULTS = ("lock waits that time out", "MySQL is read-only")


def plant() -> None:
    translate = mysql.translate

    def translated(*given: Any) -> MoodstreamError:
        fault = translate(*given)
        return DataError(str(fault)) if isinstance(fault, TransientError) else fault

    mysql.translate = translated
