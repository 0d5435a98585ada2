"""A listener's mood now: what their newest plays say together, and how surely."""

import statistics
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from moodstream.batch.statistics import wilson
from moodstream.moods import Mood
from moodstream.store.queries.listener import Heard
from moodstream.web.routes.listener_models import MoodNow, MoodShare, Spread, Where


def mood_now(plays: Sequence[Heard], now: datetime) -> MoodNow:
    """What plays, newest first and at least one, say of the mood of who plays them."""
    told = [Mood(play.mood) for play in plays if play.mood]
    counts = Counter(told)
    # Of moods that came equally often, the newest first: `counts` has them in the order of the plays.
    moods = sorted(dict.fromkeys([*counts, *Mood]), key=lambda mood: -counts[mood])
    first, second = moods[:2]
    lead = wilson(counts[first], counts[first] + counts[second])
    clear = lead is not None and lead.low > 0.5
    unclassified = sum(play.heard and play.mood is None for play in plays)
    waiting = sum(not play.heard for play in plays)
    shares = [MoodShare.of(mood, counts[mood], wilson(counts[mood], len(told))) for mood in moods]
    return MoodNow(
        mood=first if told else None,
        clear=clear,
        sentence=_sentence(shares, len(told), clear, unclassified, waiting),
        moods=shares,
        plays=len(plays),
        unclassified=unclassified,
        waiting=waiting,
        place=_place(plays),
        newest_at=plays[0].played_at,
        oldest_at=plays[-1].played_at,
        age_seconds=(now - plays[0].played_at).total_seconds(),
    )


def _place(plays: Sequence[Heard]) -> Where | None:
    places = [(play.valence, play.arousal) for play in plays if play.valence is not None and play.arousal is not None]
    if not places:
        return None
    heard = sum(play.told_by_sound for play in plays if play.valence is not None)
    valence, arousal = (_spread([place[axis] for place in places]) for axis in (0, 1))
    return Where(plays=len(places), heard=heard, valence=valence, arousal=arousal)


def _spread(values: list[float]) -> Spread:
    deviation = round(statistics.stdev(values), 4) if len(values) > 1 else None
    return Spread(mean=round(statistics.fmean(values), 4), deviation=deviation)


def _sentence(shares: Sequence[MoodShare], told: int, clear: bool, unclassified: int, waiting: int) -> str:
    first, second = shares[:2]
    others = [f"{number} {what}" for number, what in ((unclassified, "have no mood"), (waiting, "wait")) if number]
    more = f" Of the others, {' and '.join(others)}." if others else ""
    if first.share is None or first.low is None or first.high is None:
        return f"None of the newest plays has a mood.{more}"
    lead = "clearly more often than" if clear else "not clearly more often than"
    return (
        f"{first.mood} came {first.plays} times in the last {told} plays with a mood ({first.share:.0%}; "
        f"95% interval: {first.low:.0%} to {first.high:.0%}), {lead} {second.mood} ({second.plays}).{more}"
    )
