"""What the main job does not use: the place, a picture from a file, several and minor heirs, the
second officer on one phone, photos that wait for a tap, a file carried in by hand, and paper."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.support import second_officer
from tests.support.browser import DESK, accessibility_faults, open_browser, poll
from tests.support.form import DEMO_PASSWORD, NIK, Officer, all_sent, hold_steps, log_in
from tests.support.second_officer import add_second_officer
from tests.support.server import RunningServer

PLACE = {"latitude": -5.0321456, "longitude": 104.0812345, "accuracy": 12.0}
NO_CAMERA = (
    "void (navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('no camera')))"
)
BYTES = "async (one) => [...new Uint8Array(await (await fetch(one)).arrayBuffer())]"


def stored(server: RunningServer, page: Page, worker: str) -> dict[str, Any]:
    """The worker's data on the server, once the phone has sent it."""
    page.goto(f"{server.url}/field/")
    all_sent(page)
    (data,) = server.rows("SELECT data FROM worker WHERE id = ?", worker)[0]
    found: dict[str, Any] = json.loads(data)
    return found


def photo_file(folder: Path) -> Path:
    """A large picture with a place in its EXIF, as a camera app leaves it."""
    picture = Image.effect_noise((3000, 2000), 40).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = "KAMERA UJI"
    exif.get_ifd(0x8825)[1] = "S"
    file = folder / "foto.jpg"
    picture.save(file, exif=exif, quality=95)
    return file


class TestForm:
    def test_the_place_is_kept_in_the_background(
        self, officer: Officer, page: Page, server: RunningServer
    ) -> None:
        page.context.grant_permissions(["geolocation"])
        page.context.set_geolocation(PLACE)  # type: ignore[arg-type]
        officer.start()
        officer.honest_path()
        worker = officer.save()
        place = stored(server, page, worker)["gps"]
        assert place == {"lat": -5.03215, "lon": 104.08123, "acc": 12}

    def test_without_a_camera_a_file_is_taken_made_small_and_loses_its_exif(
        self, officer: Officer, page: Page, server: RunningServer, tmp_path: Path
    ) -> None:
        officer.start()
        officer.type("nik", NIK)
        officer.choose("nik_match", "Ya")
        page.evaluate(NO_CAMERA)
        box = page.get_by_test_id("ktp_photo")
        box.locator("[data-camera-open]").click()
        expect(box.locator("[data-camera-says]")).to_contain_text("Kamera")
        broken = tmp_path / "bukan-foto.jpg"
        broken.write_bytes(b"bukan foto")
        file = page.get_by_test_id("ktp_photo-file")
        file.set_input_files(broken)
        expect(box.locator("[data-camera-says]")).to_contain_text("gagal dibaca")
        assert box.locator("[data-camera-picture] img").count() == 0
        file.set_input_files(photo_file(tmp_path))
        picture = box.locator("[data-camera-picture] img")
        expect(picture).to_be_visible()
        kept = page.evaluate(BYTES, picture.get_attribute("src"))
        small = tmp_path / "kept.jpg"
        small.write_bytes(bytes(kept))
        assert len(kept) <= 200_000
        with Image.open(small) as image:
            assert max(image.size) == 1280
            assert not image.getexif()
        officer.go_on("nama")

    def test_several_heirs_one_of_them_a_minor(
        self, officer: Officer, page: Page, server: RunningServer
    ) -> None:
        officer.start()
        officer.honest_path()
        page.goto(page.url.replace("/izin", "/waris"))
        page.get_by_test_id("go-heir_add").click()
        officer.type("heir1_name", "BUDI")
        officer.choose("heir1_relation", "Anak")
        officer.choose("heir1_minor", "18")
        page.get_by_test_id("next").click()
        expect(page.get_by_test_id("heir1_guardian")).to_be_focused()
        assert accessibility_faults(page) == []
        officer.type("heir1_guardian", "SARI")
        page.get_by_test_id("go-heir_add").click()
        officer.type("heir2_name", "CICI")
        page.get_by_test_id("go-heir_drop_2").click()
        expect(page.get_by_test_id("heir2_name")).to_have_count(0)
        officer.go_on("setuju")
        officer.go_on("izin")
        worker = officer.save()
        heirs = stored(server, page, worker)["heirs"]
        assert [(h["name"], h["relation"], h.get("guardian")) for h in heirs] == [
            ("AHMAD", "pasangan", None),
            ("BUDI", "anak", "SARI"),
        ]
        page.goto(f"{server.url}/field/w/{worker}")
        expect(page.get_by_text("BUDI")).to_contain_text("SARI")


def register_unsent(officer: Officer) -> str:
    """One worker saved without signal; the id."""
    officer.page.context.set_offline(True)
    officer.start()
    officer.honest_path()
    return officer.save()


def test_a_second_officer_on_the_phone_leaves_the_first_ones_work_alone(
    officer: Officer, page: Page, server: RunningServer
) -> None:
    add_second_officer(server)
    hold_steps(page)  # one on its way would still be when the signal comes back
    worker = register_unsent(officer)
    page.goto("about:blank")  # no page of the first one's is there then
    page.context.set_offline(False)
    log_in(page, server.url, second_officer.NAME)
    expect(page.get_by_test_id("ledger-recorded")).to_have_text("0")
    page.goto(f"{server.url}/field/w/{worker}")
    expect(page.get_by_text("SITI AMINAH")).to_have_count(0)
    page.goto(f"{server.url}/field/users")
    people = page.get_by_test_id("users").locator("li")
    expect(people).to_have_count(2)
    expect(people.filter(has_text="1 ")).to_have_count(1)
    assert accessibility_faults(page) == []
    assert server.rows("SELECT count(*) FROM mutation") == [(0,)]
    page.goto("about:blank")
    log_in(page, server.url)
    assert stored(server, page, worker)["full_name"] == "SITI AMINAH"
    sent_by = "SELECT u.username FROM mutation m JOIN user_account u ON u.id = m.user_id"
    assert server.rows(sent_by) == [("petugas",)]


def test_a_carried_file_arrives_and_the_phone_later_sends_nothing_twice(
    officer: Officer, page: Page, server: RunningServer, playwright: Playwright, tmp_path: Path
) -> None:
    worker = register_unsent(officer)
    page.goto(f"{server.url}/field/carry")
    page.get_by_test_id("carry-make").click()
    with page.expect_download() as download:
        page.get_by_test_id("carry-save").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    with open_browser(playwright, tmp_path / "desk", DESK) as desk:
        counter = desk.pages[0]
        for first_time in (True, False):
            put_in(counter, server, file, login=first_time)
            result = counter.get_by_test_id("carried-result").first
            expect(result).to_contain_text("Petugas")
            assert server.rows("SELECT count(*) FROM mutation") == [(1,)]
        assert accessibility_faults(counter) == []
    assert server.rows("SELECT origin FROM mutation") == [("carried",)]
    page.context.set_offline(False)
    data = stored(server, page, worker)
    assert data["full_name"] == "SITI AMINAH"
    assert server.rows("SELECT count(*), min(origin) FROM mutation") == [(1, "carried")]
    assert server.rows("SELECT count(*) FROM worker") == [(1,)]
    page.goto(f"{server.url}/field/outbox")
    expect(page.get_by_test_id("book-line")).to_contain_text("sampai")


def put_in(page: Page, server: RunningServer, file: Path, login: bool) -> None:
    """Take a file in at the counter."""
    if login:
        page.goto(f"{server.url}/login")
        page.fill("[name=username]", "mpp")
        page.fill("[name=password]", DEMO_PASSWORD)
        page.press("[name=password]", "Enter")
        poll(page, "location.pathname !== '/login'")
    page.goto(f"{server.url}/carried")
    page.locator("#files").set_input_files(file)
    page.get_by_role("button", name="Masukkan").click()
    expect(page.get_by_test_id("carried-result").first).to_be_visible()


def test_photos_wait_for_a_tap_where_the_officer_wants_it_so(
    officer: Officer, page: Page, server: RunningServer
) -> None:
    page.goto(f"{server.url}/field/phone")
    page.get_by_test_id("photos-tap").click()
    expect(page.get_by_test_id("photos-tap")).to_have_attribute("aria-pressed", "true")
    page.goto(f"{server.url}/field/")
    officer.start()
    officer.honest_path()
    officer.save()
    page.goto(f"{server.url}/field/")
    all_sent(page)
    page.wait_for_timeout(2000)
    assert server.rows("SELECT count(*) FROM blob_upload WHERE complete") == [(0,)]
    page.goto(f"{server.url}/field/phone")
    page.locator("[data-sync-photos]").click()
    until_sent = "!document.querySelector('[data-sync-photos]')"
    poll(page, until_sent, 30)
    assert server.rows("SELECT count(*) FROM blob_upload WHERE complete")[0][0] >= 2
    page.goto(f"{server.url}/field/phone")
    expect(page.get_by_test_id("traffic")).to_contain_text("foto 0,1 MB")
    assert accessibility_faults(page) == []


def visible(page: Page, selector: str) -> int:
    """How many elements of a selector take room on the paper."""
    found = "all => all.filter((one) => one.getClientRects().length).length"
    return int(page.locator(selector).evaluate_all(found))


def test_paper_holds_the_record_and_no_buttons(
    officer: Officer, page: Page, server: RunningServer
) -> None:
    officer.start()
    officer.honest_path()
    worker = officer.save()
    page.goto(f"{server.url}/field/")
    all_sent(page)
    page.emulate_media(media="print")
    for path, wanted in (
        (f"saved/{worker}", "[data-testid=code]"),
        ("receipt", "[data-testid=receipt-qr]"),
        ("explain", "section.card"),
    ):
        page.goto(f"{server.url}/field/{path}")
        page.locator("#main").wait_for()
        assert visible(page, "button, .foot a, .bar a") == 0, path
        expect(page.locator(wanted).first).to_be_visible()
        assert len(page.pdf(format="A5")) > 3000


def test_the_offices_papers_hold_no_buttons(phone: BrowserContext, server: RunningServer) -> None:
    page = phone.pages[0]
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.goto(f"{server.url}/login")
    page.fill("[name=username]", "supervisor")
    page.fill("[name=password]", DEMO_PASSWORD)
    page.press("[name=password]", "Enter")
    poll(page, "location.pathname !== '/login'")
    page.emulate_media(media="print")
    for path in ("/", "/workers", "/phones"):
        page.goto(server.url + path)
        page.locator("main").wait_for()
        assert visible(page, ".top, .rooms, main button") == 0, path
