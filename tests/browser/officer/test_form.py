"""The registration form in a real browser: nothing typed is lost, and it all arrives."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.support.browser import accessibility_faults, open_browser, poll
from tests.support.form import NIK, Officer, hold, hold_steps, log_in, open_section
from tests.support.server import RunningServer

# A draft's turn comes once what the page wrote before is there.
WRITTEN = "draft => navigator.locks.request(`jk-draft-${draft}`, () => {})"


def counters(page: Page) -> list[str]:
    """recorded, received and pending as the screen shows them."""
    return [
        page.get_by_test_id(f"ledger-{name}").inner_text()
        for name in ("recorded", "received", "pending")
    ]


def see_counters(page: Page, url: str, *numbers: str) -> None:
    """Wait until the first screen shows these three numbers."""
    page.goto(f"{url}/field/")
    for name, number in zip(("recorded", "received", "pending"), numbers, strict=True):
        expect(page.get_by_test_id(f"ledger-{name}")).to_have_text(number)


def test_a_worker_recorded_without_signal_arrives_later(
    officer: Officer, page: Page, server: RunningServer
) -> None:
    page.context.set_offline(True)
    server.kill()
    officer.start()
    officer.honest_path()
    officer.save()
    expect(page.get_by_test_id("saved-state")).to_have_text("masih di HP ini")
    assert len(page.get_by_test_id("code").locator("[aria-hidden]").inner_text()) == 9
    see_counters(page, server.url, "1", "0", "1")
    server.start()
    page.context.set_offline(False)
    page.get_by_test_id("sync-now").click()
    expect(page.get_by_test_id("ledger-received")).to_have_text("1")
    expect(page.get_by_test_id("ledger-pending")).to_have_text("0")


def test_killing_the_browser_in_the_viewfinder_reopens_the_same_question(
    playwright: Playwright, server: RunningServer, tmp_path: Path
) -> None:
    profile = tmp_path / "kept"
    with open_browser(playwright, profile) as first:
        page = first.pages[0]
        log_in(page, server.url)
        officer = Officer(page)
        officer.start()
        officer.type("nik", NIK)
        officer.choose("nik_match", "Ya")
        address = page.url
        page.get_by_test_id("ktp_photo").locator("[data-camera-open]").click()
        expect(page.get_by_test_id("ktp_photo-shoot")).to_be_visible()
    with open_browser(playwright, profile) as second:
        page = second.pages[0]
        page.goto(address)
        expect(page.get_by_test_id("nik")).to_have_value("180404 470880 9001")
        expect(page.get_by_test_id("nik_match").get_by_label("Ya")).to_be_checked()
        expect(page.get_by_test_id("ktp_photo").locator("[data-camera-open]")).to_be_visible()


def test_back_and_reload_keep_every_answer(officer: Officer, page: Page) -> None:
    officer.start()
    officer.type("nik", NIK)
    officer.choose("nik_match", "Ya")
    officer.photo("ktp_photo")
    officer.go_on("nama")
    officer.type("full_name", "SITI AMINAH")
    page.go_back()
    expect(page.get_by_test_id("nik")).to_have_value("180404 470880 9001")
    expect(page.get_by_test_id("ktp_photo").locator("img")).to_be_visible()
    page.reload()
    expect(page.get_by_test_id("nik_match").get_by_label("Ya")).to_be_checked()
    officer.go_on("nama")
    expect(page.get_by_test_id("full_name")).to_have_value("SITI AMINAH")


def test_nothing_is_answered_before_a_person_answers(officer: Officer, page: Page) -> None:
    officer.start()
    draft = page.url.rsplit("/", 1)[0]
    for step in ("nik", "nama", "kerja", "majikan", "hasil", "waris", "setuju"):
        page.goto(f"{draft}/{step}")
        expect(page.locator(f"form[data-step={step}]")).to_be_visible()
        chosen = page.locator("form :checked:not([name=facts_from])")
        assert chosen.count() == 0, step
        typed = page.evaluate("[...document.querySelectorAll('input.in')].map(i => i.value)")
        assert not any(typed), step


def test_a_missing_answer_is_named_and_focused(officer: Officer, page: Page) -> None:
    officer.start()
    page.get_by_test_id("next").click()
    expect(page.get_by_test_id("form-errors")).to_be_visible()
    expect(page.get_by_text("Ketik 16 angka NIK dari KTP")).to_be_visible()
    expect(page.get_by_test_id("nik")).to_be_focused()
    officer.type("nik", "1804044708809")
    page.get_by_test_id("next").click()
    expect(page.get_by_text("NIK harus 16 angka")).to_be_visible()
    expect(page.get_by_test_id("nik")).to_have_value("180404 470880 9")


def test_four_digits_typed_again_must_agree(officer: Officer, page: Page) -> None:
    officer.start()
    officer.type("nik", NIK)
    officer.choose("nik_match", "Ya")
    page.get_by_test_id("go-retype").click()
    officer.type("nik_last4", "9010")
    page.get_by_test_id("next").click()
    expect(page.get_by_text("Empat angka ini beda")).to_be_visible()
    page.get_by_test_id("nik_last4").fill("9001")
    officer.go_on("nama")


def test_a_duplicate_warns_once_and_never_blocks(officer: Officer, page: Page) -> None:
    officer.start()
    officer.honest_path()
    first = officer.save()
    page.get_by_test_id("add-household").click()
    officer.at("nik")
    officer.type("nik", NIK)
    twin = page.get_by_test_id("twin")
    expect(twin).to_contain_text("SITI AMINAH")
    assert first in (twin.locator("a").get_attribute("href") or "")
    officer.choose("nik_match", "Ya")
    officer.photo("ktp_photo")
    page.get_by_test_id("next").click()
    expect(page.get_by_test_id("form-errors")).to_contain_text("Mungkin orang yang sama")
    officer.go_on("nama")


def test_someone_of_the_household_gets_the_address_and_nothing_else(
    officer: Officer, page: Page
) -> None:
    officer.start()
    officer.honest_path()
    officer.save()
    page.get_by_test_id("add-household").click()
    officer.at("nik")
    draft = page.url.rsplit("/", 1)[0]
    page.goto(f"{draft}/nama")
    expect(page.get_by_test_id("domicile")).to_contain_text("Pemangku 1 · RT 002")
    expect(page.get_by_test_id("here_at")).to_have_value("")
    expect(page.get_by_test_id("full_name")).to_have_value("")
    assert page.locator("[name=domicile]:checked").count() == 0
    for step in ("kerja", "majikan", "hasil", "waris", "setuju"):
        page.goto(f"{draft}/{step}")
        assert page.locator("form :checked").count() == 0, step


def test_completing_later_saves_a_draf_that_says_what_is_missing(
    officer: Officer, page: Page
) -> None:
    officer.start()
    page.get_by_test_id("go-nik_tiada").click()
    officer.choose("nik_status", "Belum rekam")
    officer.type("birth_date", "7-8-1980")
    officer.choose("sex", "Perempuan")
    officer.go_on("nama")
    officer.type("full_name", "SITI")
    page.get_by_test_id("save-later").click()
    missing = page.get_by_test_id("missing")
    assert "Lokasi kerja" not in missing.inner_text()
    asked = "Alamat di KTP sama dengan di sini?"
    missing.get_by_text(asked).click()
    officer.at("nama")
    expect(page.get_by_text(asked)).to_be_visible()
    page.get_by_test_id("save-later").click()
    page.get_by_test_id("save-draf").click()
    expect(page.get_by_text("Pilih salah satu jawaban.")).to_be_visible()
    officer.choose("facts_from", "Diwakili")
    officer.type("informant_name", "TONO")
    page.get_by_test_id("informant_name").blur()  # kept at once, not when typing has paused
    # The same form in another tab stands for a save whose answer was lost on the way.
    other = page.context.new_page()
    other.goto(f"{page.url.rsplit('/', 1)[0]}/later")
    expect(other.get_by_test_id("informant_name")).to_have_value("TONO")
    page.get_by_test_id("save-draf").click()
    expect(page.get_by_test_id("saved")).to_contain_text("Belum lengkap")
    expect(page.get_by_test_id("saved")).to_contain_text("Pekerjaan utama")
    saved = page.get_by_test_id("saved").get_attribute("data-saved")
    page.get_by_test_id("open-worker").click()
    missing = page.get_by_test_id("missing")
    expect(missing).to_contain_text("Persetujuan")
    missing.get_by_text(asked).click()
    officer.at("nama")
    expect(page.get_by_text(asked)).to_be_visible()
    other.get_by_test_id("save-draf").click()
    expect(other.get_by_test_id("saved")).to_contain_text("Belum lengkap")
    assert other.get_by_test_id("saved").get_attribute("data-saved") == saved


def test_facts_from_another_person_never_become_consent(officer: Officer, page: Page) -> None:
    officer.start()
    officer.honest_path()
    draft = page.url.rsplit("/", 1)[0]
    page.goto(f"{draft}/setuju")
    page.get_by_test_id("go-away").click()
    expect(page.get_by_test_id("facts_from").get_by_label("Diwakili")).to_be_checked()
    officer.type("informant_name", "TONO")
    officer.type("informant_relation", "paman")
    for screen in ("setuju", "izin"):
        page.goto(f"{draft}/{screen}")
        expect(page.get_by_text("persetujuan hanya boleh dari orangnya sendiri")).to_be_visible()
        assert page.locator("[data-pen]").count() == 0
    page.get_by_test_id("next").click()
    expect(page.get_by_test_id("informant_name")).to_have_value("TONO")
    page.get_by_test_id("save-draf").click()
    expect(page.get_by_test_id("saved")).to_contain_text("Belum lengkap")
    # The officer comes again, and the person is there.
    page.get_by_test_id("open-worker").click()
    page.get_by_test_id("missing").get_by_text("Persetujuan").click()
    page.get_by_test_id("go-here").click()
    officer.consent()
    officer.save()
    expect(page.get_by_test_id("saved")).to_contain_text("Calon peserta")


def test_discarding_asks_first_on_a_page_of_its_own(officer: Officer, page: Page) -> None:
    officer.start()
    officer.type("nik", NIK)
    address = page.url
    page.get_by_test_id("discard").click()
    page.get_by_role("link", name="Lanjut mengisi").click()
    expect(page.get_by_test_id("nik")).to_have_value("180404 470880 9001")
    page.get_by_test_id("discard").click()
    page.get_by_test_id("confirm-discard").click()
    expect(page.get_by_test_id("add-worker")).to_be_visible()
    page.goto(address)
    expect(page.get_by_text("Isian ini sudah disimpan atau dibuang")).to_be_visible()


def test_a_form_that_nobody_has_answered_stands_in_no_list(
    officer: Officer, page: Page, server: RunningServer
) -> None:
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": -5.03, "longitude": 104.08})
    officer.start()
    officer.honest_path()
    officer.save()
    page.get_by_test_id("add-household").click()
    officer.at("nik")
    page.locator("[name=gps]").wait_for(state="attached")
    opened = page.url
    draft = opened.split("/")[-2]
    page.evaluate(WRITTEN, draft)
    page.goto(f"{server.url}/field/")
    expect(page.get_by_test_id("add-worker")).to_be_visible()
    expect(page.get_by_test_id("draft")).to_have_count(0)
    page.goto(f"{server.url}/field/outbox")
    expect(page.get_by_role("link", name="Semua 1")).to_be_visible()
    expect(page.get_by_test_id("chip-draft")).to_have_count(0)
    page.goto(opened)
    hold_steps(page)  # nothing shows Today again
    hold(page, f"jk-draft-{draft}", "letWrite")  # it is still writing
    officer.type("nik", "1")
    page.get_by_role("link", name="Kembali").click()
    page.wait_for_timeout(200)
    page.evaluate("letWrite()")
    expect(page.get_by_test_id("draft")).to_have_count(1)


def test_a_sent_record_is_edited_and_sent_again(
    officer: Officer, page: Page, server: RunningServer
) -> None:
    officer.start()
    officer.honest_path()
    worker = officer.save()
    see_counters(page, server.url, "1", "1", "0")
    page.goto(f"{server.url}/field/w/{worker}")
    page.get_by_test_id("edit-diri").click()
    officer.at("diri")
    officer.type("birth_place", "LIWA")
    page.get_by_test_id("next").click()
    open_section(page, "diri")
    expect(page.get_by_text("LIWA")).to_be_visible()
    open_section(page, "consents")
    page.get_by_test_id("withdraw-hubungi_wa").click()
    page.get_by_test_id("confirm-withdraw").click()
    open_section(page, "consents")
    expect(page.get_by_text(re.compile(r"Ditarik \d{1,2} \w+ \d{4}"))).to_be_visible()
    see_counters(page, server.url, "3", "3", "0")
    assert page.get_by_test_id("fix-link").count() == 0


def test_no_request_of_the_form_reaches_the_server(
    officer: Officer, page: Page, server: RunningServer
) -> None:
    server.forget_arrivals()
    officer.start()
    officer.honest_path()
    officer.save()
    assert server.arrived("/field/") == []


def test_search_finds_a_person_and_keeps_the_name_out_of_the_address(
    officer: Officer, page: Page, server: RunningServer
) -> None:
    officer.start()
    officer.honest_path()
    officer.save()
    page.goto(f"{server.url}/field/v/18.04.04.2002")
    before = page.url
    page.get_by_test_id("search").press_sequentially("zzz")
    expect(page.get_by_text("Tidak ada yang cocok")).to_be_visible()
    page.get_by_test_id("search").fill("amin")
    expect(page.get_by_test_id("worker-row")).to_contain_text("SITI AMINAH")
    expect(page.get_by_test_id("worker-row")).to_contain_text("18••••••••••9001")
    assert page.url == before


@pytest.mark.parametrize("lang", ["id", "en"])
def test_every_screen_is_accessible_in_both_languages(
    officer: Officer, page: Page, server: RunningServer, lang: str
) -> None:
    page.goto(f"{server.url}/field/settings")
    page.get_by_test_id(f"lang-{lang}").click()
    expect(page.locator("html")).to_have_attribute("lang", lang)
    page.goto(f"{server.url}/field/choose")
    page.get_by_test_id("choose-village").first.click()
    officer.at("nik")
    draft = page.url.removeprefix(server.url).rsplit("/", 1)[0]
    steps = [f"{draft}/{s}" for s in ("nik", "nama", "kerja", "majikan", "hasil", "waris")]
    others = ["", "choose", "outbox", "fix", "settings", "install", "explain", "v/18.04.04.2002"]
    extra = [f"{draft}/{s}" for s in ("setuju", "later", "discard")]
    for path in [*steps, *extra, *(f"/field/{name}" for name in others)]:
        page.goto(server.url + path)
        poll(page, "document.querySelector('#main')")
        assert accessibility_faults(page) == [], path
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{path} is {wide} px too wide"


@pytest.mark.parametrize("lang", ["id", "en"])
def test_every_screen_of_a_person_is_accessible_in_both_languages(
    officer: Officer, page: Page, server: RunningServer, lang: str
) -> None:
    officer.start()
    officer.honest_path()
    worker = officer.save()
    page.goto(f"{server.url}/field/settings")
    page.get_by_test_id(f"lang-{lang}").click()
    expect(page.locator("html")).to_have_attribute("lang", lang)

    def look(what: str) -> None:
        poll(page, "document.querySelector('#main')")
        assert accessibility_faults(page) == [], what
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{what} is {wide} px too wide"

    for path in ("saved/{}", "w/{}", "w/{}/withdraw/pendaftaran", "w/{}/withdraw/hubungi_wa"):
        page.goto(f"{server.url}/field/{path.format(worker)}")
        look(path)
    page.goto(f"{server.url}/field/w/{worker}")
    found = page.locator("[data-testid^=edit-]").evaluate_all(
        "all => all.map((one) => one.dataset.testid)"
    )
    assert len(found) >= 6, found
    for section in found:
        page.goto(f"{server.url}/field/w/{worker}")
        page.get_by_test_id(section).click()
        page.locator("form[data-step]").wait_for()
        look(section)
    page.goto(f"{server.url}/field/v/18.04.04.2002")
    page.get_by_test_id("search").press_sequentially("siti")
    expect(page.locator("#rows")).to_contain_text("SITI AMINAH")
    look("search")
    for path in ("pin", "phone", "ready", "outbox/people", "outbox/sums", "carry", "receipt"):
        page.goto(f"{server.url}/field/{path}")
        look(path)
    page.goto(f"{server.url}/field/choose")
    page.get_by_test_id("choose-village").first.click()
    officer.at("nik")
    officer.type("nik", "123")
    page.get_by_test_id("next").click()
    page.locator("[aria-invalid=true]").first.wait_for()
    look("a question that has to be mended")
