"""What each job of the batch processor reports: the fields of its JSON, here and in the table `batch_runs`.

Shares are in 0..1; null is what cannot be said. Moods are keys as `moods.Mood` and `Unclassified`.
"""

from collections import Counter
from collections.abc import Mapping
from typing import ClassVar

import msgspec

from moodstream.batch.statistics import ROWS, Confusion, wilson
from moodstream.messages import Reaction
from moodstream.moods import UNCLASSIFIED


class Classify(msgspec.Struct, frozen=True, kw_only=True):
    """What `--classify` did."""

    job: ClassVar[str] = "classify"
    model: str
    songs: int
    unclassified: int
    seconds: float
    songs_per_second: float
    moods: dict[str, int]


class FeedbackOnMood(msgspec.Struct, frozen=True, kw_only=True):
    """How songs of a mood were received. `like_share` is likes among likes and dislikes, with its 95% interval."""

    mood: str
    like: int
    dislike: int
    skip: int
    replay: int
    never: int
    corrections: int
    like_share: float | None
    like_share_low: float | None
    like_share_high: float | None


class Recommended(msgspec.Struct, frozen=True, kw_only=True):
    """How many tracks of a mood all playlists hold."""

    mood: str
    tracks: int
    share: float


class Analyze(msgspec.Struct, frozen=True, kw_only=True):
    """What `--analyze` found."""

    job: ClassVar[str] = "analyze"
    feedback: list[FeedbackOnMood]
    playlists: int
    tracks: int
    recommended: list[Recommended]


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two judges: its distribution over the songs that both know, and its speed.

    `per_second` counts plays in real time, over the seconds in which any was classified, and songs in batch.
    """

    moods: dict[str, int]
    unclassified: int
    per_second: float | None


class Disagreement(msgspec.Struct, frozen=True, kw_only=True):
    """A song that the two hear differently."""

    song_id: str
    title: str | None
    artist: str | None
    real_time: str
    batch: str


class Versus(msgspec.Struct, frozen=True, kw_only=True):
    """Another model that batch has used: `agreement` and `kappa` with the one that is compared, over `songs` of both.

    `confusion` is by the mood of the one that is compared, then that of this one.
    """

    model: str
    songs: int
    agreement: float | None
    kappa: float | None
    confusion: dict[str, dict[str, int]]


class Compare(msgspec.Struct, frozen=True, kw_only=True):
    """What `--compare` found.

    `songs` are known to both, `compared` have a mood from both, which is what `agreement` and `kappa` are of.
    `confusion` is by the mood of real time, then that of batch. `only_*` are the songs that the other does not know.
    `real_time_models` says how many of the songs each model told in real time. `others` are all further models.
    """

    job: ClassVar[str] = "compare"
    window_seconds: float | None
    model: str
    songs: int
    compared: int
    agreed: int
    agreement: float | None
    kappa: float | None
    only_real_time: int
    only_batch: int
    real_time: Side
    real_time_models: dict[str, int]
    batch: Side
    confusion: dict[str, dict[str, int]]
    disagreements: list[Disagreement]
    others: list[Versus]


Report = Classify | Analyze | Compare


def analysis(reactions: Counter[tuple[str, str]], playlists: int, tracks: Counter[str]) -> Analyze:
    """The report on feedback and playlists.

    Args:
        reactions: how often each (mood, reaction) came, where "correction" is a reaction.
        tracks: how many recommended tracks have each mood.
    """
    return Analyze(
        feedback=[_feedback(mood, reactions) for mood in ROWS],
        playlists=playlists,
        tracks=tracks.total(),
        recommended=[
            Recommended(mood=mood, tracks=tracks[mood], share=tracks[mood] / max(1, tracks.total())) for mood in ROWS
        ],
    )


def _feedback(mood: str, reactions: Counter[tuple[str, str]]) -> FeedbackOnMood:
    kinds: tuple[Reaction, ...] = ("like", "dislike", "skip", "replay", "never")
    counts = {kind: reactions[mood, kind] for kind in kinds}
    share = wilson(counts["like"], counts["like"] + counts["dislike"])
    return FeedbackOnMood(
        mood=mood,
        **counts,
        corrections=reactions[mood, "correction"],
        like_share=share and share.share,
        like_share_low=share and share.low,
        like_share_high=share and share.high,
    )


def comparison(
    *,
    model: str,
    window_seconds: float | None,
    confusion: Confusion,
    only_real_time: int,
    in_batch: int,
    real_time_models: Mapping[str, int],
    per_second: tuple[float | None, float | None],
    disagreements: list[Disagreement],
    others: list[Versus],
) -> Compare:
    """The report on real time and batch, the two judges of `confusion`, each with its speed."""
    real_time, batch = (
        Side(moods=moods, unclassified=moods[UNCLASSIFIED], per_second=speed)
        for moods, speed in zip(confusion.distributions(), per_second, strict=True)
    )
    return Compare(
        window_seconds=window_seconds,
        model=model,
        songs=confusion.songs,
        compared=confusion.compared,
        agreed=confusion.agreed,
        agreement=confusion.agreement,
        kappa=confusion.kappa,
        only_real_time=only_real_time,
        only_batch=in_batch - confusion.songs,
        real_time=real_time,
        real_time_models=dict(real_time_models),
        batch=batch,
        confusion=confusion.table(),
        disagreements=disagreements,
        others=others,
    )
