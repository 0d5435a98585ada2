"""A photograph to a mood, or a sentence that says why not."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np
import pytest

from moodstream.errors import DataError
from moodstream.faces import headers, load, picture
from moodstream.faces.moods import EMOTIONS, table
from moodstream.faces.reader import Reader
from moodstream.settings import Settings
from tests.faces.drawn import NONE, ONE, TWO, Image, cmyk, encoded, face, photograph, png_that_says, tagged

MOODS = table(Settings(_env_file=None).face_moods)
ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load()


def refused(reader: Reader, data: bytes) -> str:
    with pytest.raises(DataError) as told:
        reader.read(data, MOODS)
    return str(told.value)


def test_a_face_gives_emotions_and_a_mood(reader: Reader) -> None:
    read = reader.read(encoded(ONE), MOODS)
    assert list(read.emotions) == list(EMOTIONS)
    assert sum(read.emotions.values()) == pytest.approx(1)
    assert all(0 <= probability <= 1 for probability in read.emotions.values())
    assert read.verdict.mood == MOODS[max(read.emotions, key=lambda name: read.emotions[name])]
    assert sum(read.verdict.probabilities.values()) == pytest.approx(1)
    assert (read.width, read.height, read.background) == (1200, 900, 0)


def test_the_face_is_where_it_is_told_to_be_in_pixels_of_the_picture(reader: Reader) -> None:
    box = reader.read(encoded(photograph((1800, 900, 900), width=3000, height=2000)), MOODS).face
    assert box.x + box.width / 2 == pytest.approx(1800 + 450, abs=40)
    assert box.y + box.height / 2 == pytest.approx(900 + 450, abs=70)
    assert 500 < box.width < 700


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "gif"])
@pytest.mark.parametrize("colours", ["grey", "colour", "transparent"])
def test_pictures_of_every_kind_are_read(reader: Reader, kind: str, colours: str) -> None:
    to = {"grey": cv2.COLOR_BGR2GRAY, "colour": cv2.COLOR_BGR2BGRA, "transparent": cv2.COLOR_BGR2BGRA}
    image = np.asarray(cv2.cvtColor(ONE, to[colours]), np.uint8)
    if colours == "colour":
        image = image[:, :, :3]
    box = reader.read(encoded(np.ascontiguousarray(image), kind), MOODS).face
    assert box.x + box.width / 2 == pytest.approx(600, abs=20)


def test_a_jpeg_for_the_press_is_read(reader: Reader) -> None:
    inks = cmyk(ONE)
    assert headers.size(inks) == (1200, 900)
    assert reader.read(inks, MOODS).face == reader.read(encoded(ONE), MOODS).face


def test_sixteen_bits_are_read(reader: Reader) -> None:
    deep = ONE.astype(np.uint16) * 257
    assert reader.read(encoded(np.asarray(deep), "png"), MOODS).width == 1200


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_as_its_exif_says(reader: Reader, orientation: int) -> None:
    image = photograph((300, 100, 400), width=900, height=1200)
    lying: dict[int, Image] = {
        1: image,
        2: image[:, ::-1],
        3: image[::-1, ::-1],
        4: image[::-1],
        5: image.transpose(1, 0, 2),
        6: np.rot90(image),
        7: np.rot90(image.transpose(1, 0, 2), 2),
        8: np.rot90(image, -1),
    }
    read = reader.read(tagged(encoded(np.ascontiguousarray(lying[orientation])), orientation), MOODS)
    assert (read.width, read.height) == (900, 1200)
    assert read.face.x + read.face.width / 2 == pytest.approx(500, abs=25)
    assert read.face.y + read.face.height / 2 == pytest.approx(300, abs=35)


@pytest.mark.parametrize("image", [face()[::-1], np.rot90(ONE), NONE], ids=["upside down", "on its side", "none"])
def test_without_an_upright_face_there_is_no_mood(reader: Reader, image: Image) -> None:
    assert refused(reader, encoded(np.ascontiguousarray(image))).startswith("No face was found: send a picture of one")


def test_noise_and_plain_grounds_have_no_face(reader: Reader) -> None:
    noise = np.random.default_rng(2).integers(0, 256, (800, 800, 3), np.uint8)
    for image in (noise, np.zeros_like(noise), np.full_like(noise, 255)):
        assert "No face was found" in refused(reader, encoded(image))


def test_of_more_than_one_face_it_says_how_many(reader: Reader) -> None:
    assert refused(reader, encoded(TWO)) == "2 faces were found: send a picture of one face alone."


def test_smaller_faces_behind_are_left_out_and_counted(reader: Reader) -> None:
    read = reader.read(encoded(photograph((200, 50, 800), (1050, 60, 220), width=1400)), MOODS)
    assert (read.background, read.face.width > 400) == (1, True)


def test_a_small_face_is_read_and_said_to_be_small(reader: Reader) -> None:
    read = reader.read(encoded(face(90), "png"), MOODS)
    assert (read.face.width < 64, read.verdict.confidence) == (True, "low")


@pytest.mark.parametrize(
    "data", [b"", b"x", b"%PDF-1.7", b"<svg/>", b"BM" + b"\0" * 60, b"II*\0" + b"\0" * 60, b"\0" * 999]
)
def test_what_is_no_picture_is_said_to_be_none(reader: Reader, data: bytes) -> None:
    assert refused(reader, data) == "This is not a picture that can be read: send a JPEG, PNG, WebP or GIF file."


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "gif"])
@pytest.mark.parametrize("share", [0.0005, 0.01, 0.5, 0.99])
def test_a_picture_of_which_the_end_is_missing_is_refused(reader: Reader, kind: str, share: float) -> None:
    whole = encoded(ONE, kind)
    told = refused(reader, whole[: max(12, int(share * len(whole)))])
    assert told in (
        "The picture is damaged or not whole: send it again.",
        "The picture ends too early: send the whole file.",
    )


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "gif"])
def test_damaged_pictures_never_break_it(reader: Reader, kind: str) -> None:
    whole, random = encoded(ONE, kind), np.random.default_rng(3)
    for _ in range(40):
        damaged = bytearray(whole)
        for place in random.integers(0, len(whole) if random.random() < 0.5 else 64, 8):
            damaged[place] = random.integers(256)
        with suppress(DataError):  # and nothing else
            assert reader.read(bytes(damaged), MOODS).verdict.mood in MOODS.values()


def test_a_small_file_that_would_fill_the_memory_is_refused_before_it_is_decoded(reader: Reader) -> None:
    started = time.perf_counter()
    assert "30000 x 30000 pixels" in refused(reader, png_that_says(30_000, 30_000))
    assert "2147483647 x 2147483647 pixels" in refused(reader, png_that_says(2**31 - 1, 2**31 - 1))
    assert "65535 x 65535 pixels" in refused(reader, b"GIF89a" + b"\xff" * 20)
    assert time.perf_counter() - started < 0.1


def test_a_jpeg_of_endless_scans_is_refused(reader: Reader) -> None:
    assert "501 scans" not in refused(reader, encoded(ONE) + b"\xff\xda" * 501)
    assert "more than 500 scans" in refused(reader, encoded(ONE) + b"\xff\xda" * 501)


def test_a_picture_that_is_too_small_or_a_mere_line_is_refused(reader: Reader) -> None:
    for height, width in ((1, 1), (47, 500), (500, 1)):
        told = refused(reader, encoded(np.zeros((height, width, 3), np.uint8), "png"))
        assert told == f"The picture is {width} x {height} pixels: it needs 48 each way at least."


@pytest.mark.parametrize(
    "options", [(), (cv2.IMWRITE_JPEG_PROGRESSIVE, 1), (cv2.IMWRITE_JPEG_RST_INTERVAL, 4)], ids=str
)
def test_the_size_is_read_from_the_header(options: tuple[int, ...]) -> None:
    image = np.zeros((70, 300, 3), np.uint8)
    for data in (
        encoded(image, "jpg", *options),
        tagged(encoded(image, "jpg", *options), 6),
        encoded(image, "png"),
        encoded(image, "gif"),
        encoded(image, "webp", cv2.IMWRITE_WEBP_QUALITY, 50),
        encoded(image, "webp", cv2.IMWRITE_WEBP_QUALITY, 101),
        encoded(np.dstack([image, image[:, :, 0]]), "webp", cv2.IMWRITE_WEBP_QUALITY, 50),
    ):
        assert headers.size(data) == (300, 70)


def test_a_large_photograph_is_looked_at_small() -> None:
    seen = picture.read(encoded(photograph((1000, 500, 1800), width=4000, height=3000)))
    assert seen.grey.shape == (480, 640)


def test_two_who_ask_at_once_get_what_one_alone_gets(reader: Reader) -> None:
    pictures = [encoded(ONE), encoded(photograph((100, 50, 800)), "png")]
    alone = [reader.read(data, MOODS) for data in pictures]
    gate = threading.Barrier(4)

    def ask(number: int) -> bool:
        gate.wait()
        return all(reader.read(pictures[number % 2], MOODS) == alone[number % 2] for _ in range(5))

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(ask, range(4)))


def test_nothing_of_a_picture_is_written_anywhere(reader: Reader, capfd: pytest.CaptureFixture[str]) -> None:
    reader.read(encoded(ONE), MOODS)
    refused(reader, encoded(ONE, "gif")[:900])
    refused(reader, encoded(TWO))
    assert capfd.readouterr() == ("", "")


def test_without_the_extra_one_sentence_says_what_to_run() -> None:
    script = (
        "import sys; sys.modules['cv2'] = None\n"
        "import moodstream.web.app\n"  # works without
        "from moodstream import faces\n"
        "try: faces.load()\n"
        "except faces.ConfigurationError as error: print(error)\n"
    )
    said = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said == ("Faces cannot be read: cv2 is not installed; `make face` installs requirements-face.txt.\n")


def test_it_imports_none_of_the_frameworks() -> None:
    script = "import sys; from moodstream import faces; faces.load(); print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert not {"fer", "tensorflow", "torch", "keras", "matplotlib", "PIL"} & {*said.split()}
    assert "cv2" in said.split()
