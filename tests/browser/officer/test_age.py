"""Age at the door: a child, a minor, somebody about to be 65, and who knows only the year."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from playwright.sync_api import Page, expect

from tests.support.form import Officer
from tests.support.server import RunningServer
from tests.support.village_day import before_a_birthday, nik_of, sixty_five

LAMPUNG = timezone(timedelta(hours=7))


def lampung_today() -> date:
    """The day on which this test runs, in Lampung."""
    return datetime.now(UTC).astimezone(LAMPUNG).date()


def without_nik(officer: Officer, page: Page, born: str) -> None:
    """The first screen of somebody without a NIK, filled in."""
    page.get_by_test_id("go-nik_tiada").click()
    officer.choose("nik_status", "Belum rekam")
    officer.type("birth_date", born)
    officer.choose("sex", "Perempuan")


def test_a_child_is_stopped_at_the_first_screen_and_becomes_an_heir(
    officer: Officer, page: Page
) -> None:
    officer.start()
    without_nik(officer, page, f"1-1-{lampung_today().year - 12}")
    page.get_by_test_id("next").click()
    expect(page.locator("#f-birth_date-error")).to_contain_text("Belum 15 tahun")
    page.get_by_test_id("go-as_heir").click()
    expect(page.get_by_text("Sekarang isi data orang tua")).to_be_visible()
    expect(page.get_by_test_id("nik")).to_have_value("")
    page.goto(page.url.rsplit("/", 1)[0] + "/waris")
    expect(page.get_by_test_id("heir0_minor").locator("input")).to_be_checked()
    expect(page.get_by_test_id("heir0_guardian")).to_be_visible()


def test_who_turns_65_tomorrow_is_told_at_the_nik_after_saving_and_on_the_list(
    officer: Officer, page: Page, server: RunningServer
) -> None:
    born = sixty_five(before_a_birthday(lampung_today()) + timedelta(days=1))
    officer.start()
    officer.type("nik", nik_of(born, True, 9321))
    expect(page.locator("#live")).to_contain_text("Akan 65 pada")
    officer.entries = 0
    officer.choose("nik_match", "Ya")
    officer.photo("ktp_photo")
    officer.go_on("nama")
    officer.type("full_name", "SUTINI UJI")
    officer.home()
    officer.go_on("kerja")
    page.get_by_test_id("save-later").click()
    officer.choose("facts_from", "sendiri")
    page.get_by_test_id("save-draf").click()
    expect(page.get_by_test_id("soon-65")).to_contain_text("Akan 65 pada")
    expect(page.get_by_test_id("saved")).not_to_contain_text("Perlindungan mulai")
    page.goto(f"{server.url}/field/v/18.04.04.2002")
    row = page.get_by_test_id("worker-row").filter(has_text="SUTINI")
    expect(row).to_contain_text("akan 65 pada")


def test_a_year_alone_is_taken_and_shown_as_a_year(
    officer: Officer, page: Page, server: RunningServer
) -> None:
    officer.start()
    without_nik(officer, page, "sekitar 1970")
    officer.go_on("nama")
    officer.type("full_name", "PONIMAN UJI")
    page.get_by_test_id("save-later").click()
    officer.choose("facts_from", "sendiri")
    page.get_by_test_id("save-draf").click()
    page.get_by_test_id("open-worker").click()
    expect(page.get_by_test_id("summary")).to_contain_text("sekitar tahun 1970")
    expect(page.get_by_test_id("missing")).not_to_contain_text("Tanggal lahir")


def test_at_sixteen_a_guardian_agrees_by_name(officer: Officer, page: Page) -> None:
    officer.start()
    without_nik(officer, page, f"1-1-{lampung_today().year - 16}")
    officer.go_on("nama")
    expect(page.get_by_test_id("full_name")).to_be_visible()
    page.goto(page.url.rsplit("/", 1)[0] + "/setuju")
    officer.choose("agree", "Setuju")
    expect(page.get_by_text("Umur 15–17 tahun")).to_be_visible()
    page.get_by_test_id("next").click()
    expect(page.locator("#f-guardian-error")).to_contain_text("Ini perlu diisi")
