"""Emotions into moods, by a table that can be changed, and how far to believe them."""

import pytest

from moodstream.errors import ConfigurationError
from moodstream.faces.moods import EMOTIONS, Verdict, table, verdict
from moodstream.moods import Mood
from moodstream.settings import Settings

USUAL = table(Settings(_env_file=None).face_moods)


def face(side: float = 200, **emotions: float) -> Verdict:
    """The verdict on a face that shows so much of some emotions, and of all others the same."""
    rest = (1 - sum(emotions.values())) / (len(EMOTIONS) - len(emotions))
    return verdict({emotion: emotions.get(emotion, rest) for emotion in EMOTIONS}, USUAL, side)


def test_the_usual_table() -> None:
    assert USUAL == {
        "happy": Mood.HAPPY,
        "surprised": Mood.HAPPY,
        "neutral": Mood.CALM,
        "angry": Mood.ENERGETIC,
        "fearful": Mood.ENERGETIC,
        "sad": Mood.SAD,
        "disgusted": Mood.SAD,
    }


def test_a_table_of_ones_own_may_name_any_mood() -> None:
    own = table("angry=Dark,disgusted=Dark,fearful=Dark, happy = Energetic ,sad=Sad,surprised=Neutral,neutral=Neutral,")
    assert own["happy"] == Mood.ENERGETIC
    assert verdict(dict.fromkeys(EMOTIONS, 1 / 7), own, 200).mood == Mood.DARK


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("", "each of angry, disgusted, fearful, happy, sad, surprised, neutral"),
        ("happy=Happy", "each of"),
        (Settings(_env_file=None).face_moods + ", happy=Calm", "once"),
        (Settings(_env_file=None).face_moods.replace("sad", "bored"), "each of"),
        (Settings(_env_file=None).face_moods.replace("=Calm", "=Tired"), "'Tired', which is no mood"),
        (Settings(_env_file=None).face_moods.replace("=Calm", ""), "'', which is no mood"),
        ("a" * 100, "each of"),
    ],
)
def test_a_table_that_is_none_is_refused_with_its_setting_named(wrong: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^FACE_MOODS") as told:
        table(wrong)
    assert said in str(told.value)


def test_the_emotions_of_a_mood_count_together() -> None:
    told = face(sad=0.3, angry=0.25, fearful=0.25)
    assert told.mood == Mood.ENERGETIC
    assert told.probabilities[Mood.ENERGETIC] == pytest.approx(0.5)
    assert list(told.probabilities) == [Mood.ENERGETIC, Mood.SAD, Mood.HAPPY, Mood.CALM]
    assert sum(told.probabilities.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("told", "confidence", "because"),
    [
        (face(happy=0.9), "fair", "A happy face is told well."),
        (face(surprised=0.7), "fair", "A surprised face is told well."),
        (face(neutral=0.9), "fair", "Of a hundred faces 53 to 69 are told right."),
        (face(happy=0.4, neutral=0.35), "low", "More than one mood is likely."),
        (face(fearful=0.99), "low", "A fearful face is told badly."),
        (face(disgusted=0.99), "low", "A disgusted face is told badly."),
        (face(side=63, happy=0.99), "low", "The face is small on the picture."),
    ],
)
def test_low_confidence_is_said_with_its_reason(told: Verdict, confidence: str, because: str) -> None:
    assert (told.confidence, told.because) == (confidence, because)
