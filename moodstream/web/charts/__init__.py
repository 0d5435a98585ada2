"""The cards in the order of the page, one file for each. To add one, write its file and its row here."""

from moodstream.web.charts import agreement, distribution, feedback, movement, now, playlist, sound

CARDS = (
    now.CARD,
    playlist.CARD,
    movement.CARD,
    distribution.CARD,
    sound.CARD,
    feedback.CARD,
    agreement.CARD,
)
