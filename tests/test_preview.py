"""A play for a person to read."""

import msgspec

from moodstream.messages import Play
from moodstream.moods import Mood
from moodstream.preview import json_line, lines
from tests.factories import make_classification, make_features, make_play, make_song

HEARD = make_play(
    make_song(
        title="Rain\x1b[31m",
        artist="Nina",
        origin="audio",
        features=make_features(loudness=-14.25, key=9, mode=0, time_signature=3, speechiness=0.05),
        modelled=("valence", "energy", "danceability", "acousticness"),
        estimates=("speechiness",),
    )
)


def test_features_are_shown_by_how_they_are_known() -> None:
    title, *known = lines(make_classification(HEARD, mood=Mood.CALM))
    assert title == "Nina - Rain\N{REPLACEMENT CHARACTER}[31m: Calm by rules-1 (confidence 0.75)"
    assert [line.strip() for line in known] == [
        "measured  tempo 120.0 BPM, loudness -14.2 dB, key A minor, 3 beats a bar",
        "modelled  valence 0.80, energy 0.70, danceability 0.70, acousticness 0.10",
        "estimated speechiness 0.05",
    ]


def test_what_a_catalogue_says_is_not_called_measured() -> None:
    play = make_play(make_song(features=make_features(key=-1)))
    (_, given) = lines(make_classification(play))
    assert given.strip().startswith("given     valence 0.80")
    assert given.endswith("no key")


def test_probabilities_are_shown_from_the_likeliest_on() -> None:
    said = make_classification(HEARD, probabilities={Mood.SAD: 0.2, Mood.HAPPY: 0.795, Mood.DARK: 0.005})
    assert next(lines(said)).endswith("(Happy 80%, Sad 20%)")


def test_without_a_mood_the_reason_is_shown() -> None:
    play = make_play(make_song(features=None))
    assert list(lines(make_classification(play, mood=None))) == ["Artist - Title: Unclassified, not known: tempo"]


def test_a_line_of_json_is_still_the_message_of_the_play() -> None:
    line = json_line(HEARD, make_classification(HEARD))
    assert msgspec.json.decode(line, type=Play) == HEARD
    said = msgspec.json.decode(line)
    assert (said["mood"], said["confidence"], said["probabilities"], said["model"]) == ("Happy", 0.75, None, "rules-1")
