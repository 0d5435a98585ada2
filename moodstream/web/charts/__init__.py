"""The cards in the order of their pages, one file for each. To add one, write its file and its row here."""

from moodstream.web.charts import (
    agreement,
    disputes,
    drift,
    feedback,
    health,
    hours,
    lag,
    latency,
    letters,
    movement,
    now,
    plane,
    playlist,
    sound,
    throughput,
)

CARDS = (
    now.CARD,
    playlist.CARD,
    movement.CARD,
    plane.CARD,
    hours.CARD,
    sound.CARD,
    feedback.CARD,
    agreement.CARD,
    drift.CARD,
    disputes.CARD,
    health.CARD,
    throughput.CARD,
    latency.CARD,
    lag.CARD,
    letters.CARD,
)
