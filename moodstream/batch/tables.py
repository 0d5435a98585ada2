"""Reports as tables for a terminal."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table

from moodstream import terminal
from moodstream.batch.reports import Analyze, Classify, Compare, Report
from moodstream.batch.statistics import ROWS
from moodstream.terminal import table


def show(report: Report) -> None:
    """Print a report."""
    terminal.show([*tables(report), ""])


def tables(report: Report) -> Iterator[RenderableType]:
    """What to print for a report, piece by piece."""
    match report:
        case Classify():
            yield from _classify(report)
        case Analyze():
            yield from _analyze(report)
        case Compare():
            yield from _compare(report)


def _classify(report: Classify) -> Iterator[RenderableType]:
    speed = (
        f"{report.songs:,} songs by {report.model} in {report.seconds:.1f} s: {report.songs_per_second:,.0f} a second"
    )
    yield from ("Moods of all songs", speed)
    rows = [(mood, f"{songs:,}", _percent(songs / report.songs)) for mood, songs in report.moods.items()]
    yield table(("mood", "songs", "share"), rows)


def _analyze(report: Analyze) -> Iterator[RenderableType]:
    counted = ("like", "dislike", "skip", "replay", "never", "corrections")
    rows = [
        (
            said.mood,
            *(
                f"{number:,}"
                for number in (said.like, said.dislike, said.skip, said.replay, said.never, said.corrections)
            ),
            _percent(said.like_share),
            f"{_percent(said.like_share_low)} to {_percent(said.like_share_high)}" if said.like + said.dislike else "-",
        )
        for said in report.feedback
    ]
    yield "Feedback by mood (like share: likes among likes and dislikes, with Wilson's interval)"
    yield table(("mood", *counted, "like share", "95% interval"), rows)
    tracks = [(found.mood, f"{found.tracks:,}", _percent(found.share)) for found in report.recommended]
    yield f"Recommended: {report.tracks:,} tracks in {report.playlists:,} playlists"
    yield table(("mood", "tracks", "share"), tracks)


def _compare(report: Compare) -> Iterator[RenderableType]:
    window = "all plays" if report.window_seconds is None else f"plays of the last {report.window_seconds:g} s"
    heard = ", ".join(sorted(report.real_time_models)) or "-"
    yield f"Real time ({window}, by {heard}) beside batch (by {report.model})"
    yield _agreement(report)
    yield "Songs by mood: a row for what real time says, a column for batch"
    yield _confusion(report.confusion)
    yield "Distribution, and throughput"
    yield _sides(report)
    if report.disagreements:
        songs = [
            (song.song_id, song.title or "-", song.artist or "-", song.real_time, song.batch)
            for song in report.disagreements
        ]
        yield "Some that they disagree on"
        yield table(("song", "title", "artist", "real time", "batch"), songs, words=5)
    for other in report.others:
        kappa = "-" if other.kappa is None else f"{other.kappa:.3f}"
        yield (
            f"{report.model} (a row) beside {other.model} (a column), both in batch: "
            f"{_percent(other.agreement)} of {other.songs:,} songs alike, kappa {kappa}"
        )
        yield _confusion(other.confusion)


def _agreement(report: Compare) -> Table:
    kappa = "not defined: nothing but one and the same mood" if report.kappa is None else f"{report.kappa:.3f}"
    rows = [
        ("songs that both know", f"{report.songs:,}"),
        ("with a mood from both", f"{report.compared:,}"),
        ("same mood", f"{report.agreed:,}"),
        ("agreement", _percent(report.agreement)),
        ("Cohen's kappa", kappa if report.compared else "-"),
        ("known to real time only", f"{report.only_real_time:,}"),
        ("known to batch only", f"{report.only_batch:,}"),
    ]
    return table(("", ""), rows)


def _confusion(confusion: dict[str, dict[str, int]]) -> Table:
    rows = [(first, *(f"{songs:,}" for songs in row.values())) for first, row in confusion.items()]
    return table(("", *ROWS), rows)


def _sides(report: Compare) -> Table:
    sides = (report.real_time, report.batch)
    rows = [
        (mood, *(f"{side.moods[mood]:,} ({_percent(side.moods[mood] / max(1, report.songs))})" for side in sides))
        for mood in ROWS
    ]
    speeds = [
        "-" if side.per_second is None else f"{side.per_second:,.0f} {what}"
        for side, what in zip(sides, ("plays", "songs"), strict=True)
    ]
    return table(("mood", "real time", "batch"), [*rows, ("a second", *speeds)])


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"
