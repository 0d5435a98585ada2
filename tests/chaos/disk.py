"""A disk that is filled to its last byte."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BLOCK = 2**20


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """Leave no room on the disk of a folder while the block runs."""
    filler = folder / "filler"
    try:
        with filler.open("wb", buffering=0) as file:
            for size in (BLOCK, 4096):
                _fill(file.fileno(), size)
        yield
    finally:
        filler.unlink()


def _fill(file: int, size: int) -> None:
    try:
        while True:
            os.write(file, b"\0" * size)
    except OSError:
        return  # that is what it is for
