"""What an officer types stays as it was typed until it is understood, or named as wrong."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.form import Officer


def paste(page: Page, testid: str, text: str) -> None:
    """The text into an empty field at once, as from the clipboard: no key is pressed."""
    page.get_by_test_id(testid).click()
    page.keyboard.insert_text(text)


def test_a_nik_with_a_digit_too_many_keeps_it_and_says_how_many(
    officer: Officer, page: Page
) -> None:
    officer.start()
    officer.type("nik", "18040447088090017")
    expect(page.get_by_test_id("nik")).to_have_value("180404 470880 9001 7")
    expect(page.locator("#live")).to_contain_text("yang diketik 17 angka")
    expect(page.locator("#live .note-good")).to_have_count(0)
    page.get_by_test_id("next").click()
    expect(page.locator("#f-nik-error")).to_contain_text("yang diketik 17 angka")
    expect(page.get_by_test_id("nik")).to_have_value("180404 470880 9001 7")


@pytest.mark.parametrize(
    ("pasted", "shown"),
    [
        ("1804 0447 0880 9001", "180404 470880 9001"),
        (" 1804.0447-0880/9001 ", "180404 470880 9001"),
        ("18O4 0447 0880 9001", "18O4 0447 0880 9001"),
    ],
)
def test_a_pasted_nik_is_cleaned_before_it_is_counted(
    officer: Officer, page: Page, pasted: str, shown: str
) -> None:
    officer.start()
    paste(page, "nik", pasted)
    expect(page.get_by_test_id("nik")).to_have_value(shown)
    says = "Perempuan" if shown[2] == "0" else "Ada huruf “O”"
    expect(page.locator("#live")).to_contain_text(says)


def at_money(officer: Officer, page: Page) -> None:
    """On the screen of income and telephone, "Tulis jumlahnya" chosen."""
    officer.start()
    page.goto(page.url.rsplit("/", 1)[0] + "/hasil")
    officer.choose("income", "Tulis jumlahnya")
    officer.choose("no_phone", "Tidak punya HP")


def test_a_sum_is_shown_as_it_is_read_and_never_changed_in_the_field(
    officer: Officer, page: Page
) -> None:
    at_money(officer, page)
    for typed, read in {
        "1,5 juta": "= Rp1.500.000",
        "1.500.000,00": "= Rp1.500.000",
        "1,5": "",
    }.items():
        page.get_by_test_id("income_amount").fill("")
        officer.type("income_amount", typed)
        expect(page.get_by_test_id("income_amount")).to_have_value(typed)
        expect(page.locator("[data-reads]").first).to_have_text(read)
    officer.choose("income_per", "sebulan")
    page.get_by_test_id("next").click()
    expect(page.locator("#f-income_amount-error")).to_contain_text("Belum terbaca sebagai rupiah")
    expect(page.get_by_test_id("income_amount")).to_have_value("1,5")


def test_twelve_a_harvest_is_asked_about_and_sacks_are_reckoned(
    officer: Officer, page: Page
) -> None:
    at_money(officer, page)
    officer.type("income_amount", "12")
    officer.choose("income_per", "sekali panen")
    officer.type("income_harvests", "1")
    page.get_by_test_id("next").click()
    expect(page.locator("#f-income_amount-error")).to_contain_text("Itu berarti Rp1 sebulan")
    expect(page.get_by_test_id("sure_income_amount")).to_be_visible()
    page.get_by_test_id("income_amount").fill("")
    page.locator("summary").filter(has_text="karung").click()
    officer.type("sack_n", "12")
    officer.type("sack_price", "2,5 juta")
    page.get_by_test_id("go-sacks").click()
    expect(page.get_by_test_id("income_amount")).to_have_value("30000000")
    officer.go_on("waris")


def test_an_implausible_sum_is_taken_after_one_question_and_asked_again_when_changed(
    officer: Officer, page: Page
) -> None:
    at_money(officer, page)
    officer.type("income_amount", "15")
    officer.choose("income_per", "sebulan")
    page.get_by_test_id("next").click()
    officer.choose("sure_income_amount", "Ya, memang begitu")
    page.get_by_test_id("income_amount").fill("16")
    page.get_by_test_id("next").click()
    expect(page.locator("#f-income_amount-error")).to_contain_text("Itu berarti Rp16 sebulan")
    officer.choose("sure_income_amount", "Ya, memang begitu")
    officer.go_on("waris")


def test_letters_in_a_telephone_number_are_named_and_kept(officer: Officer, page: Page) -> None:
    officer.start()
    page.goto(page.url.rsplit("/", 1)[0] + "/hasil")
    officer.choose("income", "Tidak tahu")
    officer.type("phone", "08l2 3456 7890")
    page.get_by_test_id("next").click()
    expect(page.locator("#f-phone-error")).to_contain_text("Ada huruf “l”")
    expect(page.get_by_test_id("phone")).to_have_value("08l2 3456 7890")


def test_a_legal_name_of_one_letter_is_taken_after_one_question(
    officer: Officer, page: Page
) -> None:
    officer.start()
    page.goto(page.url.rsplit("/", 1)[0] + "/nama")
    officer.type("full_name", "O")
    officer.type("here_at", "1/2")
    page.get_by_test_id("next").click()
    expect(page.locator("#f-full_name-error")).to_contain_text("Namanya hanya satu huruf: “O”")
    officer.choose("sure_full_name", "Ya, memang begitu")
    officer.go_on("kerja")


def test_a_stored_answer_is_removed_on_the_phone_only_after_a_yes(
    officer: Officer, page: Page
) -> None:
    officer.start()
    officer.until_consent()
    page.goto(page.url.rsplit("/", 1)[0] + "/hasil")
    page.get_by_test_id("no_phone").locator("label.pick").click()
    officer.type("phone", "0812 3456 7890")
    officer.go_on("waris")
    officer.go_on("setuju")
    officer.consent()
    worker = officer.save()
    page.goto(page.url.rsplit("/saved", 1)[0] + f"/w/{worker}")
    page.get_by_test_id("edit-kontak").or_(page.get_by_test_id("edit-hasil")).first.click()
    page.get_by_test_id("phone").fill("")
    page.get_by_test_id("next").click()
    expect(page.locator("#f-phone-error")).to_contain_text("Yang tersimpan (+6281234567890)")
    officer.choose("sure_phone", "Ya, memang begitu")
    page.get_by_test_id("next").click()
    page.wait_for_url(f"**/field/w/{worker}")


@pytest.mark.parametrize(("typed", "offered"), [("toko", "Pedagang"), ("penderes", "Buruh tani")])
def test_work_is_found_by_what_people_call_it(
    officer: Officer, page: Page, typed: str, offered: str
) -> None:
    officer.start()
    page.goto(page.url.rsplit("/", 1)[0] + "/kerja")
    page.get_by_test_id("find").press_sequentially(typed)
    expect(page.locator("#found label.pick").first).to_contain_text(offered)
    expect(page.locator("#found label.pick").last).to_have_text(f"Lainnya, tulis: {typed}")


def test_work_that_no_list_knows_is_taken_as_it_is_typed(officer: Officer, page: Page) -> None:
    officer.start()
    page.goto(page.url.rsplit("/", 1)[0] + "/kerja")
    page.get_by_test_id("find").press_sequentially("juru kunci makam")
    page.locator("#found label.pick").last.click()
    officer.go_on("majikan")
    page.get_by_test_id("step-back").click()
    expect(page.get_by_test_id("occupation_text")).to_have_value("juru kunci makam")


@pytest.mark.parametrize("here", ["Pemangku 1 RT 2", "rt 02 pmk 1"])
def test_where_somebody_lives_is_kept_with_a_card_from_elsewhere(
    officer: Officer, page: Page, here: str
) -> None:
    officer.start()
    page.goto(page.url.rsplit("/", 1)[0] + "/nama")
    officer.type("full_name", "SUTINI UJI")
    officer.choose("domicile", "Tidak")
    officer.type("here_at", here)
    officer.go_on("kerja")
    page.get_by_test_id("save-later").click()
    officer.choose("facts_from", "sendiri")
    page.get_by_test_id("save-draf").click()
    page.get_by_test_id("open-worker").click()
    expect(page.locator("#main")).to_contain_text("Pemangku 1, RT 002")
