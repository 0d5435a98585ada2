"""The benchmark of the page, on a history that is soon made: it measures what it says."""

from concurrent.futures import ThreadPoolExecutor

from benchmarks import page
from benchmarks.fill import fill
from moodstream.settings import Settings

SMALL = page.Size(plays=5_000, songs=500, visits=1, changes=2, seconds=3, pages=10)


def test_the_page_is_measured_while_plays_come_in(database_settings: Settings) -> None:
    fill(database_settings, plays=SMALL.plays, songs=SMALL.songs, listeners=20, days=60)
    with ThreadPoolExecutor(1) as thread:  # it has a browser of its own, which no thread may have two of
        figures = thread.submit(page.measured, database_settings, SMALL).result()
    paint, drawn, median, slowest, idle, many = figures
    assert 0 < paint.value < drawn.value
    assert 0 < median.value <= slowest.value
    assert idle.value > 0
    assert many.value < 2 * many.limit, "more pages are no more questions"
