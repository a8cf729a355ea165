"""Signed versions at the desk, looked at: where they stand, who decides, paper, proof, a death."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, Playwright, expect

from outreach.core.evidence.blobs import BLOB_MAX
from tests.browser.test_office_screens import RAW_KEY, Visit
from tests.support.browser import DESK, FLAGS, PHONE, chromium_path
from tests.support.form import DEMO_PASSWORD
from tests.support.server import desk_server

pytestmark = pytest.mark.browser
DAY = "from tests.support.minutes_day import main; main()"
SHEET_MAX = 600_000  # bytes of a sheet, as the phone takes one
SIZES = {"phone": PHONE, "desk": DESK}
# Words of a pekon, which a kelurahan does not have.
OF_A_PEKON = re.compile(r"\b(pekon|peratin|pemangku|LHP)\b", re.IGNORECASE)


@pytest.fixture(params=[("phone", "id"), ("desk", "en")], ids=["phone-id", "desk-en"])
def visit(
    request: Any, built: None, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Visit]:
    """A supervisor's walk, at a size and in a language, over a day of its own."""
    size, lang = request.param
    folder = tmp_path_factory.mktemp("minutes")
    with desk_server(folder, workers=20, also=DAY) as server:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        context = browser.new_context(viewport=SIZES[size])
        context.set_default_timeout(20_000)
        context.add_cookies([{"name": "lang", "value": lang, "url": server.url}])
        made = Visit(context.new_page(), server.url, f"{lang} minutes", lang)
        made.log_in("supervisor")
        yield made
        browser.close()


def version_of(visit: Visit, server_lists: str, village: str) -> str:
    """The address of the village's signed version, from the matrix."""
    page = visit.page
    page.goto(visit.url + server_lists)
    row = page.get_by_test_id("list").filter(has_text=village)
    return row.locator("a.mark").get_attribute("href") or ""


def test_supervisor_finds_looks_decides_prints_and_proves(visit: Visit, tmp_path: Path) -> None:
    page = visit.page
    paper = version_of(visit, "/lists?only=sign", "Kubu Perahu")
    visit.look("matrix")
    visit.go(paper)
    expect(page.locator("img.stroke")).to_be_visible()
    look_at_the_sheet(visit)
    put_in_a_wrong_photo(visit, paper)
    print_it(visit, paper, tmp_path)
    prove(visit, paper)
    hold(visit, version_of(visit, "/lists?only=sign", "Pasar Liwa"))
    second_word(visit)
    assert visit.faults == []


def look_at_the_sheet(visit: Visit) -> None:
    """The photo of the stamped sheet is seen, and the version counts."""
    page = visit.page
    page.locator("[data-testid=state] .main-action").click()
    expect(page.locator("img.sheet-photo").first).to_be_visible()
    visit.look("look")
    page.locator("[data-testid=acts] .main-action").click()
    expect(page.locator("[data-testid=state] .mark-arrived")).to_be_visible()
    visit.look("counts")


def camera_photo() -> bytes:
    """A photo as a camera app leaves it: larger than the server takes."""
    out = io.BytesIO()
    Image.effect_noise((3200, 2400), 60).convert("RGB").save(out, "JPEG", quality=95)
    assert out.tell() > BLOB_MAX
    return out.getvalue()


def wide_scan() -> bytes:
    """A sheet scanned at 300 dpi: few bytes, and more pixels than the server takes of a PNG."""
    out = io.BytesIO()
    Image.new("RGB", (2480, 3508), "#f4f2ec").save(out, "PNG")
    return out.getvalue()


SENT = "input => [input.files[0].type, input.files[0].size]"


def put_in_a_wrong_photo(visit: Visit, paper: str) -> None:
    """A file that is no photo is refused where it was chosen; a photo is made small and kept."""
    page = visit.page
    page.goto(visit.url + paper)
    form = page.get_by_test_id("attach-stamped")
    page.locator("details", has=form).locator("summary").click()
    wrong = {"name": "surat.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    form.locator("input[type=file]").set_input_files([wrong])  # type: ignore[list-item]
    form.locator("button").click()
    page.locator("[aria-invalid=true]").wait_for()
    visit.look("photo 422")
    put_in(visit, "attendance", ("IMG_1.jpg", "image/jpeg", camera_photo()))
    put_in(visit, "stamped", ("pindai.png", "image/png", wide_scan()))


def put_in(visit: Visit, paper: str, photo: tuple[str, str, bytes]) -> None:
    """A photo that is too large is made small before it goes, and is kept."""
    form = visit.page.get_by_test_id(f"attach-{paper}")
    shut = visit.page.locator("details:not([open])", has=form).locator("summary")
    if shut.count():
        shut.click()
    chosen, (name, kind, data) = form.locator("input[type=file]"), photo
    chosen.set_input_files([{"name": name, "mimeType": kind, "buffer": data}])
    expect(form.locator("button")).to_be_enabled()
    sent, size = chosen.evaluate(SENT)
    assert (sent, size <= SHEET_MAX) == ("image/jpeg", True)
    form.locator("button").click()
    visit.page.locator(".said-ok").wait_for()


def print_it(visit: Visit, paper: str, folder: Path) -> None:
    """Both documents in both sizes can be fetched."""
    page = visit.page
    page.goto(visit.url + paper)
    hrefs = page.locator("[data-testid=pdfs] a").evaluate_all(
        "links => links.map(link => link.href)"
    )
    assert len(hrefs) == 4
    for number, href in enumerate(hrefs):
        answer = page.request.get(href)
        assert answer.ok
        assert answer.body().startswith(b"%PDF-")
        (folder / f"{number}.pdf").write_bytes(answer.body())


def prove(visit: Visit, paper: str) -> None:
    """Two blocks from the page are the same; two others are not; a code is read."""
    page = visit.page
    page.goto(visit.url + paper)
    blocks = page.get_by_test_id("blocks").inner_text().split()
    page.locator("[data-testid=acts] a[href$='/check']").click()
    visit.look("blocks")
    places = [int(text) for text in page.locator("[name=asked]").input_value().split(",")]
    for place in places:
        page.fill(f"[name=block_{place}]", blocks[place - 1])
    page.locator("[data-testid=blocks-form] .main-action").click()
    expect(page.locator(".finding-same")).to_be_visible()
    visit.look("same")
    page.locator("[data-testid=blocks-form] .main-action").click()
    page.locator("[aria-invalid=true]").first.wait_for()
    visit.look("blocks 422")
    visit.go("/lists/check")
    page.fill("[name=code]", "JKL1.x")
    page.locator("[data-testid=code-form] .main-action").click()
    page.locator("[aria-invalid=true]").wait_for()
    visit.look("code 422")


def hold(visit: Visit, paper: str) -> None:
    """A held signature: no word is refused, words decide. No word of a pekon stands there."""
    page = visit.page
    visit.go(paper)
    text = page.locator("main").inner_text()
    assert OF_A_PEKON.findall(text) == []
    assert RAW_KEY.findall(text) == []
    page.locator("[data-testid=accept] button").click()
    page.locator("[aria-invalid=true]").wait_for()
    visit.look("accept 422")
    page.locator("details", has=page.get_by_test_id("decline")).locator("summary").click()
    page.fill("#f-decline_words", "Masa jabatan sudah habis")
    page.locator("[data-testid=decline] button").click()
    page.get_by_text("Masa jabatan sudah habis").wait_for()
    visit.look("declined")


def second_word(visit: Visit) -> None:
    """The death that the village reported: in the list of workers, confirmed, undone."""
    page = visit.page
    visit.go("/workers?flag=dilaporkan_meninggal&cols=flags")
    person = page.locator("[data-row-link]").first.get_attribute("href") or ""
    visit.go(person)
    page.locator("[data-testid=notice] a").first.click()
    page.locator("[data-testid=confirm] button").click()
    page.locator("[aria-invalid=true]").first.wait_for()
    visit.look("death 422")
    page.fill("#f-date", "2026-11-01")
    page.fill("#f-source", "Akta kematian")
    page.locator("[data-testid=confirm] button").click()
    page.wait_for_url(visit.url + person)
    page.locator("[data-testid=notice] a").first.click()
    visit.look("death confirmed")
    page.fill("#f-reason", "Bertemu orangnya")
    page.locator("[data-testid=undo] button").click()
    page.wait_for_url(visit.url + person)
    expect(page.get_by_test_id("notice")).to_have_count(0)


def test_head_confirms_by_an_own_login(visit: Visit) -> None:
    page: Page = visit.page
    paper = version_of(visit, "/lists?only=sign", "Kubu Perahu")
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "lang", "value": visit.lang, "url": visit.url}])
    page.goto(visit.url + paper)
    page.fill("[name=username]", "peratin")
    page.fill("[name=password]", DEMO_PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(visit.url + paper)
    page.click("[data-testid=account-menu] summary")
    page.click(f"button[name=lang][value={visit.lang}]")
    visit.look("to be confirmed")
    page.locator("[data-testid=confirm] button").click()
    expect(page.locator("[data-testid=state] .mark-arrived")).to_be_visible()
    visit.look("confirmed")
    assert visit.faults == []
