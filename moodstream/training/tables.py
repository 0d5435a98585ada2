"""A CSV file -> a table whose kind its columns tell, with every fault named in one sentence."""

import csv
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

import numpy as np
import pandas as pd

from moodstream.errors import ConfigurationError
from moodstream.rules import MOODS, NEEDED

Kind = Literal["moods", "ratings", "descriptors", "features"]

RANGES: dict[str, tuple[float, float]] = {
    "valence": (0, 1),
    "energy": (0, 1),
    "danceability": (0, 1),
    "acousticness": (0, 1),
    "instrumentalness": (0, 1),
    "speechiness": (0, 1),
    "liveness": (0, 1),
    "arousal": (0, 1),
    "tempo": (0, 400),
    "loudness": (-100, 20),
}
"""What a column of features may hold. Catalogues go a little above 0 dB."""

COLUMNS: dict[Kind, tuple[str, ...]] = {
    "ratings": ("valence_mean", "arousal_mean", "loudness_mean", "flux_mean", "hnr_std"),
    "descriptors": ("energy", "acousticness", "chroma_stft", "mfcc", "rmse", "zcr"),
    "moods": ("mood", *NEEDED),
    "features": NEEDED,
}
"""The columns that tell a kind, the most telling kind first."""


MOST_COLUMNS, LONGEST_HEAD = 2_000, 2**18
"""FMA's table has 521 columns. A file of 20 MB has room for 20 million, which pandas would take gigabytes for."""


@dataclass(frozen=True)
class Table:
    """What a file holds.

    `kind` is "moods" (features with a mood), "ratings" (DEAM's columns), "descriptors" (FMA's columns) or "features"
    (features alone). `sha256` is that of the file's bytes.
    """

    kind: Kind
    name: str
    sha256: str
    frame: pd.DataFrame


def read(path: Path) -> Table:
    """Read a table for training or evaluation; the case of headers and a byte order mark are forgiven.

    Raises:
        ConfigurationError: it is not there, not a CSV file, has no rows, none of the known sets of columns, a mood
            that is none, or a value that is no number or out of its range (with its line).
    """
    content = _bytes(path)
    frame = _frame(path, content)
    kind = next((kind for kind, needed in COLUMNS.items() if set(needed) <= set(frame.columns)), None)
    if kind is None:
        lacks = ", ".join(name for name in NEEDED if name not in frame)
        raise ConfigurationError(
            f"{path} has the columns of no table to learn from: to be one of moods it lacks {lacks}."
        )
    if kind in ("moods", "features"):
        frame = _checked(path, frame)
    return Table(kind, path.name, hashlib.sha256(content).hexdigest(), frame)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read ({error.strerror}): name a CSV file.") from error


def _check_head(path: Path, content: bytes) -> None:
    rows = csv.reader(io.StringIO(content[:LONGEST_HEAD].decode(errors="replace"), newline=""))
    try:
        head = next((row for row in rows if any(map(str.strip, row)) or len(row) > 1), [])
        ended = next(rows, None) is not None or len(content) <= LONGEST_HEAD
    except csv.Error:  # one name as long as that
        head, ended = [], False
    if len(head) > MOST_COLUMNS or not ended:
        raise ConfigurationError(f"{path} has a header of more than {MOST_COLUMNS:,} columns: name a table of songs.")


def _frame(path: Path, content: bytes) -> pd.DataFrame:
    _check_head(path, content)
    try:
        frame = pd.read_csv(io.BytesIO(content), encoding="utf-8-sig", low_memory=False)
    except pd.errors.EmptyDataError as error:
        raise ConfigurationError(f"{path} is empty: name a CSV file with a header and rows.") from error
    except (pd.errors.ParserError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not a CSV file in UTF-8 ({str(error).strip()}).") from error
    if not isinstance(frame.index, pd.RangeIndex):
        raise ConfigurationError(f"{path} has more values in a row than names in its header: remove what is too much.")
    frame.columns = [str(name).strip().lower() for name in frame.columns]
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise ConfigurationError(f"{path} has two columns named {twice}: remove one.")
    if frame.empty:
        raise ConfigurationError(f"{path} has a header but no rows: name a table with songs.")
    return frame


def _checked(path: Path, frame: pd.DataFrame) -> pd.DataFrame:
    # pandas calls a second column of the same name so.
    if twice := [name for name in ("mood", *RANGES) if f"{name}.1" in frame.columns]:
        raise ConfigurationError(f"{path} has two columns named {twice[0]}: remove one.")
    columns: dict[str, pd.Series] = {
        name: _numbers(path, name, frame[name]) for name in RANGES if name in frame.columns
    }
    # A tempo of 0 is what the streaming services say where they found no beat.
    columns["tempo"] = columns["tempo"].where(columns["tempo"] > 0)
    if "mood" in frame:
        columns["mood"] = _moods(path, frame["mood"])
    return frame.assign(**cast(Mapping[str, pd.Series], columns))


def _numbers(path: Path, name: str, column: pd.Series) -> pd.Series:
    numbers = pd.to_numeric(column, errors="coerce").astype(float)
    low, high = RANGES[name]
    wrong = (numbers.isna() & column.notna()) | (numbers < low) | (numbers > high)
    if wrong.any():
        place = int(np.flatnonzero(wrong)[0])
        raise ConfigurationError(
            f"{path}, line {place + 2}: {name} is {str(column.iloc[place])!r}, "
            f"but must be a number from {low} to {high}; rows at fault: {int(wrong.sum())}."
        )
    return numbers


def _moods(path: Path, column: pd.Series) -> pd.Series:
    moods = column.map(lambda mood: str(mood).strip().capitalize(), na_action="ignore")
    moods = moods.where(moods != "")
    wrong = moods.notna() & ~moods.isin([str(mood) for mood in MOODS])
    if wrong.any():
        place = int(np.flatnonzero(wrong)[0])
        raise ConfigurationError(
            f"{path}, line {place + 2}: {str(column.iloc[place])!r} is not a mood; {', '.join(MOODS)} are."
        )
    return moods
