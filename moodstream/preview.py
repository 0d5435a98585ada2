"""A play for a person to read: what is known of its sound, how that is known, and its mood."""

from collections.abc import Iterator

import msgspec

from moodstream.messages import Classification, Features, Play, Song
from moodstream.moods import UNCLASSIFIED
from moodstream.printable import printable

KEYS = ("C", "C sharp", "D", "D sharp", "E", "F", "F sharp", "G", "G sharp", "A", "A sharp", "B")
MODES = {0: " minor", 1: " major", None: ""}


def lines(said: Classification) -> Iterator[str]:
    """The lines on a play and its mood; control characters, which a terminal would obey, are replaced."""
    song = said.song
    yield printable(f"{song.artist} - {song.title}: {_verdict(said)}")
    for how, names in _provenance(song).items():
        if known := [text for name in names if (text := _feature(song.features, name))]:
            yield printable(f"    {how:<10}{', '.join(known)}")


def json_line(play: Play, said: Classification) -> str:
    """The message of the play as one line of JSON, and beside its fields what is said of its mood."""
    verdict = {name: getattr(said, name) for name in ("mood", "confidence", "probabilities", "reason", "model")}
    return msgspec.json.encode(msgspec.structs.asdict(play) | verdict).decode()


def _verdict(said: Classification) -> str:
    if said.mood is None:
        return f"{UNCLASSIFIED}, {said.reason}"
    ranked = sorted((said.probabilities or {}).items(), key=lambda pair: -pair[1])
    others = ", ".join(f"{mood} {share:.0%}" for mood, share in ranked if share >= 0.01)
    return f"{said.mood} by {said.model} ({others or f'confidence {said.confidence:.2f}'})"


def _provenance(song: Song) -> dict[str, list[str]]:
    """The names of features by how they are known: measured, modelled, estimated, or as a catalogue says."""
    names = Features.__struct_fields__
    told = {
        "modelled": [n for n in names if n in song.modelled],
        "estimated": [n for n in names if n in song.estimates],
    }
    rest = [name for name in names if not any(name in others for others in told.values())]
    return {"measured" if song.origin == "audio" else "given": rest, **told}


def _feature(features: Features | None, name: str) -> str | None:
    value = getattr(features, name, None)
    if value is None or name == "mode":
        return None
    if name == "key":
        return "no key" if value < 0 else f"key {KEYS[value]}{MODES[features.mode if features else None]}"
    if name == "time_signature":
        return f"{value} beats a bar"
    units = {"tempo": " BPM", "loudness": " dB"}
    return f"{name} {value:.1f}{units[name]}" if name in units else f"{name} {value:.2f}"
