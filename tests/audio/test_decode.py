"""Every format and shape of sound comes out alike; what is no sound is refused with one sentence that names it."""

import struct
from pathlib import Path

import numpy as np
import pytest

from moodstream.audio.decode import RATE, decode
from moodstream.errors import AudioError
from tests.audio import sounds


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg", "a.mp3", "a.OGG"])
def test_every_format_gives_the_same_tone(tmp_path: Path, name: str) -> None:
    sound = decode(sounds.write(tmp_path / name))
    assert abs(len(sound.samples) - 2 * RATE) < 0.1 * RATE
    assert sound.samples.dtype == np.float32
    assert sound.duration_ms == pytest.approx(2000, abs=100)
    assert np.abs(np.fft.rfft(sound.samples)).argmax() * RATE / len(sound.samples) == pytest.approx(440, abs=1)


def test_opus_is_read(tmp_path: Path) -> None:
    path = sounds.write(tmp_path / "a.opus", sounds.tone(rate=48_000), 48_000, format="OGG", subtype="OPUS")
    assert len(decode(path).samples) == 2 * RATE


@pytest.mark.parametrize(
    ("rate", "channels", "subtype"),
    [(8_000, 1, "PCM_U8"), (11_025, 2, "PCM_16"), (48_000, 6, "PCM_24"), (192_000, 2, "PCM_24"), (44_100, 1, "DOUBLE")],
)
def test_every_rate_depth_and_number_of_channels_becomes_mono(
    tmp_path: Path, rate: int, channels: int, subtype: str
) -> None:
    samples = np.tile(sounds.tone(rate=rate)[:, None], channels)
    sound = decode(sounds.write(tmp_path / "a.wav", samples, rate, subtype=subtype))
    assert sound.samples.shape == (2 * RATE,)
    assert np.abs(sound.samples).max() == pytest.approx(0.5, abs=0.05)


def test_of_ten_hours_only_thirty_seconds_are_decoded(tmp_path: Path) -> None:
    path, rate, hours = tmp_path / "long.wav", 8_000, 10
    sounds.write(path, sounds.tone(rate=rate, seconds=60), rate, subtype="PCM_U8")
    size = hours * 3600 * rate
    with path.open("r+b") as file:
        file.truncate(44 + size)  # a hole, which costs no room on the disk
        file.seek(4)
        file.write(struct.pack("<I", 36 + size))
        file.seek(40)
        file.write(struct.pack("<I", size))
    sound = decode(path)
    assert (len(sound.samples), sound.duration_ms) == (30 * RATE, hours * 3_600_000)


def header_only(path: Path) -> None:
    sounds.write(path, np.empty(0, np.float32))


def cut_off(path: Path) -> None:
    path.write_bytes(sounds.write(path.with_suffix(".flac")).read_bytes()[:60])


def absurd_rate(path: Path) -> None:
    sounds.write(path)
    path.write_bytes(path.read_bytes()[:24] + struct.pack("<I", 2**31 - 1) + path.read_bytes()[28:])


DAMAGE = {
    "is empty": lambda path: path.write_bytes(b""),
    "no audio file": lambda path: path.write_bytes(bytes(range(256)) * 100),
    "too short": header_only,
    "damaged": cut_off,
    "header says": absurd_rate,
    "No such file": lambda _: None,
    "Is a directory": lambda path: path.mkdir(),
    "silent": lambda path: sounds.write(path, sounds.tone(level=1e-5), subtype="FLOAT"),
    "0.50 s": lambda path: sounds.write(path, sounds.tone(seconds=0.5)),
    "beyond full scale": lambda path: sounds.write(path, sounds.tone(level=1e30), subtype="FLOAT"),
}


@pytest.mark.parametrize("said", DAMAGE)
def test_what_is_no_sound_is_refused_with_a_sentence_that_names_it(tmp_path: Path, said: str) -> None:
    path = tmp_path / "sound.wav"
    DAMAGE[said](path)
    with pytest.raises(AudioError, match=rf"^{path} .*{said}") as refused:
        decode(path)
    assert str(refused.value).endswith(".")


def test_rubbish_named_mp3_is_not_called_a_missing_file(tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_bytes(np.random.default_rng(1).bytes(1000))
    with pytest.raises(AudioError, match=r"a\.mp3 is damaged or no audio file\.$"):
        decode(tmp_path / "a.mp3")


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_samples_that_are_no_numbers_are_damage(tmp_path: Path, bad: float) -> None:
    samples = sounds.tone()
    samples[1000] = bad
    with pytest.raises(AudioError, match="damaged"):
        decode(sounds.write(tmp_path / "a.wav", samples, subtype="FLOAT"))


def test_a_name_that_is_not_utf8_is_no_obstacle(tmp_path: Path) -> None:
    path = Path(str(tmp_path / "caf") + "\udce9.wav")
    sounds.write(tmp_path / "a.wav").rename(path)
    assert len(decode(path).samples) == 2 * RATE
