"""A field's error goes when its answer comes, whatever kind of field it is; the others' stay."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.browser import accessibility_faults, poll
from tests.support.form import NIK, Officer, open_section

WRONG = """[...document.querySelectorAll("#form .f")]
  .filter((field) => field.querySelector(".error") || field.classList.contains("bad")
    || field.querySelector("[aria-invalid]"))
  .map((field) => field.dataset.testid || field.querySelector("[data-testid]").dataset.testid)"""
# No rule of today's finds a wrong choice in a list; tomorrow's may.
WRONG_CHOICE = """(() => {
  const list = document.querySelector("select[name=occupation2_code]");
  list.insertAdjacentHTML("beforebegin", '<p class="error" id="wrong">Salah.</p>');
  list.setAttribute("aria-invalid", "true");
  list.setAttribute("aria-describedby", "wrong");
})()"""


def refused(page: Page, *fields: str) -> None:
    """Go on too early: these fields are wrong, and the screen says so."""
    page.get_by_test_id("next").click()
    expect(page.get_by_test_id("form-errors")).to_be_visible()
    assert page.evaluate(WRONG) == list(fields)


def left(page: Page, *fields: str) -> None:
    """These errors are left, and as long as there is one, so is the sentence above."""
    assert page.evaluate(WRONG) == list(fields)
    expect(page.get_by_test_id("form-errors")).to_have_count(1 if fields else 0)


def test_the_error_of_each_question_at_the_door_goes_with_its_answer(
    officer: Officer, page: Page
) -> None:
    officer.start()
    refused(page, "nik")
    officer.type("nik", NIK[:1])
    left(page)
    officer.type("nik", NIK[1:])
    refused(page, "nik_match", "ktp_photo")
    officer.choose("nik_match", "Ya")
    left(page, "ktp_photo")
    officer.photo("ktp_photo")
    left(page)
    officer.go_on("nama")
    refused(page, "full_name", "domicile")
    officer.type("here_at", "1/2")
    left(page, "full_name")
    officer.type("full_name", "SITI AMINAH")
    left(page)
    officer.go_on("kerja")
    refused(page, "occupation_code")
    page.get_by_test_id("find").press_sequentially("ojek")
    page.locator("#found label.pick").first.click()
    left(page)
    officer.go_on("majikan")
    refused(page, "employment_relation", "already_member")
    officer.choose("already_member", "Belum")
    left(page, "employment_relation")
    officer.choose("employment_relation", "Kebun/usaha sendiri")
    officer.go_on("hasil")
    refused(page, "income", "phone")
    officer.choose("no_phone", "Tidak punya HP")
    left(page, "income")
    page.locator("summary").filter(has_text="Pilihan lebih besar").first.click()
    page.get_by_test_id("income").nth(1).locator("label.pick").last.click()
    left(page)
    officer.go_on("waris")
    refused(page, "heir0_name", "heir0_relation")
    officer.type("heir0_name", "AHMAD")
    left(page, "heir0_relation")
    officer.choose("heir0_relation", "Suami/istri")
    officer.go_on("setuju")
    refused(page, "agree")
    officer.choose("agree", "Setuju")
    left(page)
    officer.go_on("izin")
    refused(page, "p_wa", "p_foto", "p_opd", "pen")
    page.locator("[data-pen-undo]").click()
    for purpose in ("p_wa", "p_foto", "p_opd", "p_pajang"):
        officer.choose(purpose, "Ya")
    left(page, "pen")
    assert accessibility_faults(page) == []
    officer.sign()
    left(page)
    officer.save()


def test_long_texts_lists_and_questions_too(officer: Officer, page: Page) -> None:
    officer.start()
    officer.honest_path()
    officer.save()
    page.get_by_test_id("open-worker").click()
    page.get_by_test_id("edit-catatan").click()
    officer.at("catatan")
    officer.type("notes", "rumah biru")
    officer.go_on()
    open_section(page, "catatan")
    page.get_by_test_id("edit-catatan").click()
    officer.at("catatan")
    page.get_by_test_id("notes").fill("")
    refused(page, "notes")
    officer.choose("sure_notes", "Ya")
    left(page)
    page.get_by_test_id("sure_notes").locator("input").uncheck()
    refused(page, "notes")
    page.get_by_test_id("notes").fill("rumah hijau")
    left(page)
    officer.go_on()
    page.get_by_test_id("edit-usaha").click()
    officer.at("usaha")
    page.evaluate(WRONG_CHOICE)
    page.get_by_test_id("occupation2_code").select_option(index=3)
    poll(page, f"!({WRONG}).length")


def test_a_recording_answers_for_the_proof(officer: Officer, page: Page) -> None:
    officer.start()
    officer.until_consent()
    officer.choose("agree", "Setuju")
    officer.go_on("izin")
    for purpose in ("p_wa", "p_foto", "p_opd", "p_pajang"):
        officer.choose(purpose, "Tidak")
    page.locator("summary").filter(has_text="Tidak bisa").first.click()
    officer.choose("method", "Lisan")
    refused(page, "voice", "witness")
    button = page.get_by_test_id("voice").locator("[data-voice]")
    button.click()
    page.wait_for_timeout(2500)
    button.click()
    poll(page, "document.querySelector('[name=voice]').value.length === 64")
    left(page, "witness")
