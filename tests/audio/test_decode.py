"""Every format and shape of sound comes out alike; what is no sound is refused with one sentence that names it."""

import struct
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from moodstream.audio.decode import Sound, decode, sound
from moodstream.audio.descriptors import RATE, Samples
from moodstream.errors import AudioError
from tests.audio import sounds

WITH_FFMPEG = {"a.m4a": "aac", "a.mp4": "aac", "a.aac": "aac", "a.wma": "wmav2", "a.mka": "ac3", "a.wv": "wavpack"}


def heard(path: Path, window: float | None = None) -> tuple[Samples, Sound]:
    with decode(path, window) as sound:
        return np.concatenate(list(sound.blocks)), sound


def pitch(samples: Samples, rate: int) -> float:
    return float(np.abs(np.fft.rfft(samples)).argmax() * rate / len(samples))


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg", "a.mp3", "a.OGG", "a.aiff"])
def test_every_format_of_libsndfile_gives_the_same_tone(tmp_path: Path, name: str) -> None:
    samples, sound = heard(sounds.write(tmp_path / name))
    assert len(samples) == pytest.approx(2 * RATE, abs=0.1 * RATE)
    assert samples.dtype == np.float32
    assert sound.duration_ms == pytest.approx(2000, abs=100)
    assert pitch(samples, sound.rate) == pytest.approx(440, abs=1)
    assert np.sqrt(np.mean(samples**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.05)
    assert sound.flaws == []


@pytest.mark.parametrize("name", WITH_FFMPEG)
def test_every_other_format_gives_the_same_tone(tmp_path: Path, name: str) -> None:
    samples, sound = heard(sounds.write_with_ffmpeg(tmp_path / name, WITH_FFMPEG[name]))
    assert len(samples) == pytest.approx(2 * RATE, abs=0.1 * RATE)
    assert samples.dtype == np.float32
    assert sound.duration_ms == pytest.approx(2000, abs=100) or name == "a.aac"
    assert pitch(samples, sound.rate) == pytest.approx(440, abs=1)
    assert np.sqrt(np.mean(samples**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.05)
    assert sound.flaws == []


def test_opus_is_read(tmp_path: Path) -> None:
    path = sounds.write(tmp_path / "a.opus", sounds.tone(rate=48_000), 48_000, format="OGG", subtype="OPUS")
    samples, sound = heard(path)
    assert (len(samples), sound.rate) == (2 * 48_000, 48_000)


def test_vorbis_is_read_as_libsndfile_reads_it(tmp_path: Path) -> None:
    path = sounds.write(tmp_path / "a.ogg", np.stack([sounds.noise(), sounds.tone()], axis=1))
    samples, _ = heard(path)
    theirs, _ = soundfile.read(path, dtype="float32")
    np.testing.assert_allclose(samples, theirs.mean(axis=1), atol=1e-4)


@pytest.mark.parametrize(
    ("rate", "channels", "subtype"),
    [(8_000, 1, "PCM_U8"), (11_025, 2, "PCM_16"), (48_000, 6, "PCM_24"), (192_000, 2, "PCM_24"), (44_100, 1, "DOUBLE")],
)
def test_every_rate_depth_and_number_of_channels_becomes_mono(
    tmp_path: Path, rate: int, channels: int, subtype: str
) -> None:
    several = np.tile(sounds.tone(rate=rate)[:, None], channels)
    samples, sound = heard(sounds.write(tmp_path / "a.wav", several, rate, subtype=subtype))
    assert (samples.shape, sound.rate) == ((2 * rate,), rate)
    assert np.abs(samples).max() == pytest.approx(0.5, abs=0.05)


def test_more_channels_than_eight_become_mono_with_ffmpeg_too(tmp_path: Path) -> None:
    several = np.tile(sounds.tone()[:, None], 16)
    samples, sound = heard(sounds.write_with_ffmpeg(tmp_path / "a.wv", "wavpack", several))
    assert len(samples) == 2 * RATE
    np.testing.assert_allclose(samples, several[:, 0], atol=0.02)
    assert sound.flaws == []


def test_samples_of_64_bits_are_read(tmp_path: Path) -> None:
    path = sounds.write(tmp_path / "a.wav", subtype="PCM_16")
    samples = np.round(sounds.tone() * 2.0**62).astype("<i8").tobytes()
    header = bytearray(path.read_bytes()[:44])
    header[28:36] = struct.pack("<IHH", 8 * RATE, 8, 64)
    header[40:44] = struct.pack("<I", len(samples))
    path.write_bytes(header + samples)
    np.testing.assert_allclose(heard(path)[0], sounds.tone() / 2, atol=1e-4)


@pytest.mark.parametrize(("channels", "rate"), [((2, 1), RATE), ((1, 2), RATE), ((1, 1), RATE // 2)])
def test_a_stream_that_changes_midway_is_heard_to_its_end(tmp_path: Path, channels: tuple[int, int], rate: int) -> None:
    before, after = (
        np.tile(sounds.tone(hertz)[:, None], many) for hertz, many in zip((300, 500), channels, strict=True)
    )
    first = sounds.write_with_ffmpeg(tmp_path / "a.aac", "aac", before)
    second = sounds.write_with_ffmpeg(tmp_path / "b.aac", "aac", after[: 2 * rate], rate)
    first.write_bytes(first.read_bytes() + second.read_bytes())
    samples, sound = heard(first)
    assert len(samples) == pytest.approx(4 * RATE, rel=0.05)
    for part, hertz in ((samples[:RATE], 300), (samples[-RATE:-4000], 500 * rate / RATE)):
        assert pitch(part, RATE) == pytest.approx(hertz, abs=2)
        assert np.sqrt(np.mean(part**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.05)
    assert sound.flaws == []


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg", "a.mp3", "a.m4a", "a.wma"])
def test_a_window_is_the_middle_of_the_track(tmp_path: Path, name: str) -> None:
    thirds = np.concatenate([sounds.tone(hertz, 10, level=0.3) for hertz in (300, 500, 700)])
    codec = WITH_FFMPEG.get(name)
    path = tmp_path / name
    _ = sounds.write_with_ffmpeg(path, codec, thirds) if codec else sounds.write(path, thirds)
    samples, sound = heard(path, window=6)
    assert len(samples) == 6 * RATE
    assert {round(pitch(part, RATE)) for part in np.split(samples, 6)} == {500}
    assert sound.duration_ms == pytest.approx(30_000, abs=200)


def test_a_window_wider_than_the_track_is_all_of_it(tmp_path: Path) -> None:
    assert len(heard(sounds.write(tmp_path / "a.wav"), window=30)[0]) == 2 * RATE


def test_of_ten_hours_a_window_is_found_at_once(tmp_path: Path) -> None:
    path, rate, hours = tmp_path / "long.wav", 8_000, 10
    sounds.write(path, np.empty(0), rate, subtype="PCM_U8")
    size = hours * 3600 * rate
    with path.open("r+b") as file:
        file.truncate(44 + size)  # a hole, which costs no room on the disk
        file.seek(4)
        file.write(struct.pack("<I", 36 + size))
        file.seek(40)
        file.write(struct.pack("<I", size))
        file.seek(44 + size // 2)
        file.write(np.round(128 + 100 * sounds.tone(rate=rate)).astype(np.uint8).tobytes())
    samples, sound = heard(path, window=30)
    assert (len(samples), sound.duration_ms) == (30 * rate, hours * 3_600_000)


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
    "is silent": lambda path: sounds.write(path, sounds.tone(level=1e-5), subtype="FLOAT"),
    "0.50 s": lambda path: sounds.write(path, sounds.tone(seconds=0.5)),
    "too short: 0.00 s": lambda path: sounds.write(path, sounds.tone()[:1]),
    "beyond full scale": lambda path: sounds.write(path, sounds.tone(level=1e30), subtype="FLOAT"),
}


@pytest.mark.parametrize("said", DAMAGE)
def test_what_is_no_sound_is_refused_with_a_sentence_that_names_it(tmp_path: Path, said: str) -> None:
    path = tmp_path / "sound.wav"
    DAMAGE[said](path)
    with pytest.raises(AudioError, match=rf"^{path} .*{said}") as refused:
        heard(path)
    assert str(refused.value).endswith(".")


RUBBISH = {
    "text": b"a song of text\n" * 1000,
    "noise": np.random.default_rng(1).bytes(50_000),
    "nothing": bytes(50_000),
    "a playlist": b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n/etc/hostname\n#EXT-X-ENDLIST\n",
    "an Ogg page": b"OggS" + bytes(5000),
}


@pytest.mark.parametrize("rubbish", RUBBISH)
@pytest.mark.parametrize("name", ["a.mp3", "a.ogg", "a.m4a", "a.wma", "a.flac"])
def test_rubbish_is_no_audio_file_whatever_it_is_called(tmp_path: Path, name: str, rubbish: str) -> None:
    (tmp_path / name).write_bytes(RUBBISH[rubbish])
    with pytest.raises(AudioError, match=r"is damaged or no audio file.*\.$"):
        heard(tmp_path / name)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_samples_that_are_no_numbers_are_damage(tmp_path: Path, bad: float) -> None:
    samples = sounds.tone()
    samples[1000] = bad
    with pytest.raises(AudioError, match="damaged"):
        heard(sounds.write(tmp_path / "a.wav", samples, subtype="FLOAT"))


@pytest.mark.parametrize("name", ["a.flac", "a.mp3", "a.ogg", "a.wma"])
def test_of_a_file_that_is_damaged_in_its_middle_the_rest_is_heard_and_that_is_said(tmp_path: Path, name: str) -> None:
    path, samples = tmp_path / name, sounds.noise(20)
    codec = WITH_FFMPEG.get(name)
    _ = sounds.write_with_ffmpeg(path, codec, samples) if codec else sounds.write(path, samples)
    whole = bytearray(path.read_bytes())
    middle, few = len(whole) // 2, len(whole) // 8
    whole[middle : middle + few] = np.random.default_rng(1).bytes(few)
    path.write_bytes(whole)
    samples, sound = heard(path)
    assert 10 * RATE < len(samples) <= 20.1 * RATE
    assert len(sound.flaws) == 1
    assert sound.flaws[0].startswith("is ")


def test_of_a_file_that_is_cut_off_what_is_there_is_heard_and_that_is_said(tmp_path: Path) -> None:
    path = sounds.write(tmp_path / "a.mp3", sounds.noise(20))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    samples, sound = heard(path)
    assert len(samples) == pytest.approx(10 * RATE, rel=0.1)
    assert sound.flaws == ["is cut off: its header promises 20 s and it was judged by the 10 s that are there."]


def test_of_a_file_with_rubbish_behind_it_a_window_is_found(tmp_path: Path) -> None:
    path = sounds.write_with_ffmpeg(tmp_path / "a.wma", "wmav2", sounds.noise(8))
    path.write_bytes(path.read_bytes() + b"x" * 100_000)
    assert len(heard(path, window=3)[0]) == pytest.approx(2 * RATE, rel=0.1)  # its length is told from its size


def test_a_video_without_sound_is_no_audio_file(tmp_path: Path) -> None:
    with av.open(tmp_path / "a.mp4", "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv420p"
        for _ in range(10):
            container.mux(stream.encode(av.VideoFrame(32, 32, "yuv420p")))
        container.mux(stream.encode(None))
    with pytest.raises(AudioError, match="no audio file"):
        heard(tmp_path / "a.mp4")


def test_silence_is_judged_over_all_that_is_heard(tmp_path: Path) -> None:
    late = np.concatenate([np.zeros(20 * RATE, np.float32), sounds.tone()])
    assert len(heard(sounds.write(tmp_path / "a.flac", late))[0]) == len(late)
    with pytest.raises(AudioError, match="is silent"):
        heard(sounds.write(tmp_path / "a.flac", late), window=5)


def test_a_name_that_is_not_utf8_is_no_obstacle(tmp_path: Path) -> None:
    for name, path in (("wav", sounds.write(tmp_path / "a.wav")), ("ogg", sounds.write(tmp_path / "a.ogg"))):
        odd = path.rename(Path(str(tmp_path / "caf") + f"\udce9.{name}"))
        assert len(heard(odd)[0]) == pytest.approx(2 * RATE, abs=1000)


def test_sound_that_is_there_already_is_held_to_the_same() -> None:
    assert len(np.concatenate(list(sound(sounds.tone(), RATE, "a tone", 2000).blocks))) == 2 * RATE
    with pytest.raises(AudioError, match=r"^a tone is silent\.$"):
        list(sound(0 * sounds.tone(), RATE, "a tone", 2000).blocks)
