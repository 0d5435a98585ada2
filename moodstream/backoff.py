"""How long to wait before trying again."""

import random
from collections.abc import Iterator


def backoff(first: float = 0.2, most: float = 10.0) -> Iterator[float]:
    """Seconds to wait before each next attempt: doubling, with jitter so that services do not march in step."""
    delay = first
    while True:
        yield delay * random.uniform(0.5, 1.0)
        delay = min(delay * 2, most)
