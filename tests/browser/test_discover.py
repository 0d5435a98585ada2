"""Discover in a browser: journeys over songs of a real database, and faces that are drawn, by file and by camera."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import httpx2
import numpy as np
import pytest
from playwright.sync_api import BrowserType, Page, expect

from moodstream.faces import headers
from moodstream.moods import LOOKS, Mood
from moodstream.recommend.sounds import SOUND
from moodstream.settings import Settings
from moodstream.store.mysql import Database
from tests.browser.chromium import launch
from tests.browser.conftest import Dashboard, Made
from tests.browser.history import HOSTILE, until_live
from tests.browser.test_access import PHONE, barriers
from tests.faces.drawn import NONE, ONE, TWO, Image, encoded, face, photograph, tagged
from tests.integration.system import until
from tests.proxy import Proxy

Visit = Callable[..., Page]
SONGS = 900
SONG = (
    "INSERT INTO songs (song_id, title, artist, valence, energy, arousal, tempo, danceability, acousticness,"
    " duration_ms, origin, named_at, heard_at) VALUES (%s, %s, %s, %s, %s, %s, %s, 0.5, 0.5, 200000, 'audio',"
    " '2026-01-02 03:04:05', '2026-01-02 03:04:05')"
)
PLAYED = "INSERT INTO songs_played VALUES (%s, %s, '2026-01-02 03:04:05', %s, '0123456789abcdef')"
SMALL = PHONE | {"viewport": {"width": 360, "height": 740}}
DROP = """([frame, bytes]) => {
    const dropped = new DataTransfer();
    dropped.items.add(new File([new Uint8Array(bytes)], 'me.png', {type: 'image/png'}));
    frame.dispatchEvent(new DragEvent('drop', {dataTransfer: dropped, bubbles: true, cancelable: true}));
}"""
KEEP = """const real = fetch;
window.fetch = (path, how) => {
    if (path.includes("faces")) window.sent = how.body;
    return real(path, how);
}"""
# The names of moods that lie under a point; what is drawn is asked, in its own units.
HIDDEN = """plane => {
    const points = [...plane.querySelectorAll(".stop")].map(e => e.transform.baseVal[0].matrix);
    return [...plane.querySelectorAll(".name")].filter(name => {
        const box = name.getBBox();
        const within = (place, start, size) => place > start && place < start + size;
        return points.some(({e, f}) => within(e, box.x, box.width) && within(f, box.y, box.height));
    }).map(name => name.textContent);
}"""
STEP = re.compile(r"\d BPM(\d+% (faster|slower)|the same tempo)")
CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


@pytest.fixture(scope="module")
def shelf(shared_settings: Settings) -> Settings:
    """Songs all over the plane, of the mood that is nearest, with names that mean to be run."""
    random = np.random.default_rng(1)
    with Database(shared_settings, "admin").transaction() as cursor:
        for number, (valence, arousal) in enumerate(random.random((SONGS, 2)).tolist()):
            mood = min(
                LOOKS, key=lambda mood: (LOOKS[mood].valence - valence) ** 2 + (LOOKS[mood].arousal - arousal) ** 2
            )
            names = (HOSTILE[number % len(HOSTILE)], f"Band-{number % 90:02}")
            sound = (valence, arousal, arousal, 70 + 80 * arousal)
            cursor.execute(SONG, (f"{number:04}", *names, *sound))
            cursor.execute(PLAYED, (f"{number:04}", 1, mood.value))
    return shared_settings


@pytest.fixture(scope="module")
def shared(shelf: Settings, tmp_path_factory: pytest.TempPathFactory, shared_port: int) -> Iterator[Dashboard]:
    dashboard = Dashboard(shelf, tmp_path_factory.mktemp("discover"), shared_port)
    yield dashboard
    dashboard.close()


@pytest.fixture
def discover(shared: Dashboard) -> Dashboard:
    """A running dashboard that has read these songs; started anew after a test that ended it."""
    if not shared.is_running():
        shared.start()
        until(lambda: has_songs(shared.url), 30, "songs in memory")
    return shared


def has_songs(url: str) -> bool:
    answer = httpx2.post(f"{url}/api/v1/playlists", json={"length": 1})
    return answer.status_code == 200 and len(answer.json()["tracks"]) == 1


def show(page: Page, image: Image, kind: str = "jpg") -> None:
    """Choose a picture."""
    page.locator("#face-file").set_input_files(
        {"name": "me", "mimeType": f"image/{kind}", "buffer": encoded(image, kind)}
    )


def answers(page: Page, text: str) -> None:
    expect(page.locator("#face-said")).to_contain_text(text, timeout=15_000)


def test_a_way_is_found_drawn_and_saved_by_keyboard_alone(discover: Dashboard, visit: Visit) -> None:
    page = visit(discover.url + "/discover")
    page.locator("#journey-form [name=from]").focus()
    for key in ("D", "Tab", "C", "Tab", "1", "6", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("#journey-said")).to_contain_text("From Dark to Calm in 16 songs, 53 minutes", timeout=15_000)
    expect(page.locator("#journey-songs li")).to_have_count(16)
    expect(page.locator("#journey-way .stop")).to_have_count(16)
    expect(page.locator("#journey-songs li").nth(1)).to_contain_text(STEP)
    assert "From Dark to Calm" in str(page.locator("#journey-plane").get_attribute("aria-label"))
    assert page.evaluate("window.hacked") is None
    with page.expect_download() as saving:
        page.locator("#journey").get_by_role("button", name="XSPF").press("Enter")
    assert saving.value.suggested_filename == "Dark to Calm.xspf"
    assert saving.value.path().read_text(encoding="utf-8").count("<track>") == 16
    assert barriers(page) == []


def test_a_way_that_is_found_shows_all_its_songs_and_hides_no_name(discover: Dashboard, visit: Visit) -> None:
    page = visit(discover.url + "/discover")
    for start, end in (("Sad", "Happy"), ("Dark", "Sad"), ("Energetic", "Calm")):
        page.locator("#journey-form [name=from]").select_option(start)
        page.locator("#journey-form [name=to]").select_option(end)
        page.get_by_role("button", name="Find the way").click()
        expect(page.locator("#journey-said")).to_contain_text(f"From {start} to {end}", timeout=15_000)
        assert page.locator("#journey .body").evaluate("e => e.scrollHeight <= e.clientHeight")
        assert page.locator("#journey-plane").evaluate(HIDDEN) == []
        line = page.locator("#journey-way line").evaluate("e => ['x1', 'y1', 'x2', 'y2'].map(n => e[n].baseVal.value)")
        middles = [(320 * LOOKS[mood].valence, 320 * (1 - LOOKS[mood].arousal)) for mood in (Mood(start), Mood(end))]
        assert line == pytest.approx([*middles[0], *middles[1]])


def test_a_song_marks_its_point_and_a_point_its_song(discover: Dashboard, visit: Visit) -> None:
    page = visit(discover.url + "/discover")
    page.get_by_role("button", name="Find the way").click()
    songs, here = page.locator("#journey-songs li"), page.locator("#journey-way .stop.here")
    songs.nth(4).hover()
    expect(here.locator("text")).to_have_text("5")
    page.mouse.move(0, 0)
    expect(here).to_have_count(0)
    songs.nth(7).locator("button").focus()
    expect(here.locator("text")).to_have_text("8")
    first = page.locator("#journey-way .stop").filter(has_text=re.compile(r"^1\..*1$", re.DOTALL))
    first.locator("circle").hover()
    expect(songs.first).to_have_class("here")
    first.locator("circle").click()
    expect(songs.first.locator("button")).to_be_focused()


def test_a_song_is_chosen_and_what_sounds_like_it_is_told_by_keyboard_alone(discover: Dashboard, visit: Visit) -> None:
    page = visit(discover.url + "/discover")
    box, options = page.get_by_role("combobox", name="Title or artist"), page.locator("#similar-options [role=option]")
    box.focus()
    page.keyboard.type("band-07")
    expect(options).to_have_count(8)
    expect(box).to_have_attribute("aria-expanded", "true")
    assert barriers(page) == []
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    page.keyboard.press("Escape")
    expect(page.locator("#similar-options")).to_be_hidden()
    expect(box).to_have_value("band-07")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#similar-options")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#similar-said")).to_have_text(f"The 12 nearest of {SONGS} songs")
    expect(page.locator("#similar-like")).to_contain_text("Band-07")
    widths = page.locator("#similar-songs .fill").evaluate_all("all => all.map(e => parseFloat(e.style.width))")
    assert widths == sorted(widths)
    assert widths[-1] == 100
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    next_one = str(page.locator("#similar-songs .artist").nth(1).text_content())
    page.keyboard.press("Enter")
    expect(page.locator("#similar-like")).to_contain_text(next_one)
    expect(page.locator("#similar-title")).to_be_focused()
    page.locator("#similar summary").press("Enter")
    expect(page.locator("#similar-space tr")).to_have_count(len(SOUND))
    expect(page.locator("#similar-space tr").first).to_have_text(re.compile(r"^valence1\.0"))
    assert page.evaluate("window.hacked") is None
    assert barriers(page) == []


def test_a_song_that_is_called_otherwise_is_not_found(discover: Dashboard, visit: Visit) -> None:
    page = visit(discover.url + "/discover")
    page.locator("#similar-text").press_sequentially("<b>no such</b>")
    expect(page.locator("#similar-said")).to_have_text("No song is called “<b>no such</b>”.")
    expect(page.locator("#similar-text")).to_have_attribute("aria-expanded", "false")


def test_a_song_of_a_way_is_a_start_for_what_sounds_like_it(discover: Dashboard, visit: Visit) -> None:
    page = visit(discover.url + "/discover")
    page.get_by_role("button", name="Find the way").click()
    song = page.locator("#journey-songs li").nth(2)
    artist = str(song.locator(".artist").text_content())
    song.locator("button").click()
    expect(page.locator("#similar-like")).to_contain_text(f"by {artist}")
    expect(page.locator("#similar-songs li")).to_have_count(12)


def test_what_is_away_is_said_and_asked_again(shelf: Settings, relay: Proxy, dashboard_on: Made, visit: Visit) -> None:
    relay.refuse()
    dashboard = dashboard_on(shelf.model_copy(update={"mysql_port": relay.port}))
    dashboard.start()
    page = visit(dashboard.url + "/discover", may_fail=True)
    page.get_by_role("button", name="Find the way").click()
    expect(page.locator("#journey-said")).to_contain_text("The songs are still being read from the history")
    page.locator("#similar-text").press_sequentially("band")
    expect(page.locator("#similar-said")).to_contain_text("MySQL", timeout=15_000)
    relay.heal()
    until(lambda: has_songs(dashboard.url), 60, "songs in memory")
    page.locator("#journey").get_by_role("button", name="Try again").press("Enter")
    expect(page.locator("#journey-said")).to_contain_text("From Sad to Happy")
    expect(page.locator("#journey-title")).to_be_focused()
    page.locator("#similar").get_by_role("button", name="Try again").click()
    expect(page.locator("#similar-said")).to_have_text("The best 8 to choose from")


def test_what_no_second_try_would_change_offers_none(discover: Dashboard, visit: Visit) -> None:
    page = visit(discover.url + "/discover", may_fail=True)
    show(page, NONE)
    answers(page, "No face was found")
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)


def test_on_a_phone_the_filters_name_what_counts_here(discover: Dashboard, visit: Visit) -> None:
    page = visit(discover.url + "/discover?range=24h&listener=anna&mood=Calm", **PHONE)
    for view, words in {"discover": ": anna", "library": ": Calm", "live": ": 24 h, anna, Calm"}.items():
        page.locator(f"nav [data-view={view}]").tap()
        expect(page.locator("#sheet")).to_have_text(f"Filters{words}")
    page.goto(discover.url + "/discover?range=24h")
    until_live(page)
    expect(page.locator("#sheet")).to_have_text("Filters")
    page.locator("#sheet").tap()
    expect(page.locator("#filters [name=listener]")).to_be_focused()
    expect(page.get_by_role("button", name="Clear filters")).to_be_hidden()


def test_a_way_from_where_one_is_needs_a_listener_whose_mood_is_known(discover: Dashboard, visit: Visit) -> None:
    page = visit(discover.url + "/discover", may_fail=True)
    page.locator("#journey-form [name=from]").select_option("")
    page.get_by_role("button", name="Find the way").click()
    expect(page.locator("#journey-said")).to_contain_text("Choose a listener above")
    page.locator("#filters [name=listener]").fill("nobody")
    page.keyboard.press("Tab")
    page.get_by_label("counted in").select_option("minutes")
    page.get_by_role("button", name="Find the way").click()
    expect(page.locator("#journey-said")).to_contain_text("present mood is not known")


def test_a_picture_is_read_and_its_playlist_stands_beside(discover: Dashboard, visit: Visit) -> None:
    page = visit(discover.url + "/discover")
    show(page, ONE)
    answers(page, "Happy")
    expect(page.locator("#face-emotions li")).to_have_count(7)
    expect(page.locator("#face-emotions li").first).to_have_class("told")
    expect(page.locator("#face-songs li")).to_have_count(20)
    expect(page.locator("#face-songs li .mood").first).to_have_text("Happy")
    assert page.evaluate("window.hacked") is None
    with page.expect_download() as saving:
        page.locator("#face").get_by_role("button", name="M3U8").click()
    assert saving.value.path().read_text(encoding="utf-8").count("urn:moodstream:song:") == 20
    page.locator("#face-picture").evaluate(DROP.replace("[frame, bytes]", "frame, bytes"), [*encoded(face(), "png")])
    answers(page, "Happy")
    expect(page.locator("#face-canvas")).to_have_js_property("width", 400)


def test_low_confidence_is_said(discover: Dashboard, visit: Visit) -> None:
    page = visit(discover.url + "/discover")
    show(page, face(90), "png")
    answers(page, "with low confidence")
    expect(page.locator("#face-because")).to_have_text("The face is small on the picture.")


def test_what_cannot_be_read_is_said_in_words(discover: Dashboard, visit: Visit) -> None:
    page = visit(discover.url + "/discover", may_fail=True)
    for image, words in {"none": (NONE, "No face was found"), "two": (TWO, "2 faces were found")}.values():
        show(page, image)
        answers(page, words)
        expect(page.locator("#face-found")).to_be_hidden()
    page.locator("#face-file").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"no picture"})
    answers(page, "This is not a picture that can be read")
    show(page, ONE, "webp")
    answers(page, "Happy")
    discover.close()
    show(page, ONE)
    answers(page, "The dashboard does not answer")


def test_a_large_photograph_is_sent_small_and_without_what_the_camera_wrote(discover: Dashboard, visit: Visit) -> None:
    page = visit(discover.url + "/discover", init=KEEP)
    upright = encoded(photograph((1200, 700, 1600), width=4000, height=3000))
    page.locator("#face-file").set_input_files({"name": "me", "mimeType": "image/jpeg", "buffer": tagged(upright, 1)})
    answers(page, "Happy")
    sent = bytes(page.evaluate("window.sent.arrayBuffer().then(sent => [...new Uint8Array(sent)])"))
    assert sent[:2] == b"\xff\xd8"
    assert b"Exif" not in sent
    assert headers.size(sent) == (1280, 960)


def test_the_camera_takes_a_picture_and_is_off_afterwards(
    discover: Dashboard, browser_type: BrowserType, tmp_path: Path
) -> None:
    with launch(browser_type, *CAMERA, f"--use-file-for-fake-video-capture={filmed(tmp_path)}") as filming:
        page = filming.new_page()
        page.goto(discover.url + "/discover")
        page.get_by_role("button", name="Use the camera").click()
        expect(page.get_by_role("button", name="Take the picture")).to_be_focused(timeout=15_000)
        page.keyboard.press("Enter")
        answers(page, "Happy")
        expect(page.get_by_role("button", name="Use the camera")).to_be_focused()
        assert page.evaluate("document.getElementById('face-video').srcObject") is None
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Stop")).to_be_visible()
        page.evaluate("window.tracks = document.getElementById('face-video').srcObject.getTracks()")
        page.get_by_role("link", name="Library").click()
        page.wait_for_function("window.tracks.every(track => track.readyState === 'ended')")


def filmed(folder: Path) -> Path:
    """A film of a face that holds still."""
    grey = cv2.cvtColor(photograph((120, 40, 400), width=640, height=480), cv2.COLOR_BGR2GRAY)
    frame = b"FRAME\n" + np.asarray(grey).tobytes() + bytes([128]) * (640 * 480 // 2)
    film = folder / "face.y4m"
    film.write_bytes(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n" + 3 * frame)
    return film


def test_without_a_camera_a_picture_can_still_be_chosen(discover: Dashboard, visit: Visit) -> None:
    page = visit(discover.url + "/discover")
    page.get_by_role("button", name="Use the camera").click()
    answers(page, "choose a picture")
    page.close()
    page = visit(discover.url + "/discover", init="delete Navigator.prototype.mediaDevices")  # as over plain HTTP
    expect(page.get_by_role("button", name="Use the camera")).to_be_hidden()
    show(page, ONE)
    answers(page, "Happy")


@pytest.mark.parametrize("look", [{"color_scheme": "dark"}, SMALL], ids=["dark", "phone"])
def test_it_fits_and_nobody_is_kept_out(discover: Dashboard, visit: Visit, look: dict[str, Any]) -> None:
    page = visit(discover.url + "/discover", **look)
    page.get_by_role("button", name="Find the way").click()
    show(page, ONE)
    answers(page, "Happy")
    expect(page.locator("#journey-songs li")).to_have_count(12, timeout=15_000)
    page.locator("#journey-songs button").first.click()
    expect(page.locator("#similar-songs li")).to_have_count(12)
    page.locator("#similar summary").click()
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if look is SMALL:
        for control in page.locator("#view-discover :is(button:visible, select, [type=number], .file)").all():
            box = control.bounding_box()
            assert box is not None
            assert box["height"] >= 44


def test_the_skip_link_leads_to_what_is_looked_at(discover: Dashboard, visit: Visit) -> None:
    page = visit(discover.url + "/discover")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#view-discover")).to_be_focused()
    page.get_by_role("link", name="Library").click()
    expect(page.locator(".skip")).to_have_attribute("href", "#main")
