"""The registration form as an officer uses it: by taps and keys, counted and timed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from playwright.sync_api import Page, Playwright, TimeoutError, expect

from tests.support.browser import (
    DESK,
    FLAGS,
    chromium_path,
    describe,
    poll,
    wait_for_all,
    wait_for_app,
)

DEMO_PASSWORD = "jangkau-demo"
NIK = "1804044708809001"


def send_login(page: Page, url: str, username: str) -> None:
    """Fill the login's form for a demo account and send it."""
    page.goto(f"{url}/login")
    page.fill("[name=username]", username)
    page.fill("[name=password]", DEMO_PASSWORD)
    page.press("[name=password]", "Enter")


def log_in(page: Page, url: str, username: str = "petugas", whole: bool = True) -> None:
    """Log in by the form and wait for the phone app; all of it, or its first part alone."""
    send_login(page, url, username)
    poll(page, "location.pathname === '/field/'")
    wait_for_app(page)
    if whole:
        wait_for_all(page)
        postpone_pin(page, url)
    expect(page.get_by_test_id("ledger-recorded")).to_be_visible()


def log_in_office(page: Page, url: str, username: str = "supervisor") -> None:
    """Log in by the form as somebody who works at a desk."""
    send_login(page, url, username)
    page.wait_for_url(f"{url}/counter" if username == "mpp" else f"{url}/")


@contextmanager
def desk_page(playwright: Playwright, url: str) -> Iterator[Page]:
    """A supervisor's page on a laptop, in Indonesian."""
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
    try:
        page = browser.new_context(viewport=DESK, locale="id-ID").new_page()  # type: ignore[arg-type]
        log_in_office(page, url)
        yield page
    finally:
        browser.close()


def postpone_pin(page: Page, url: str) -> None:
    """ "Nanti saja" on the page that asks for a PIN at the first Today of the whole app."""
    page.goto(f"{url}/field/")
    later = page.get_by_test_id("pin-later")
    expect(later.or_(page.get_by_test_id("ledger-recorded"))).to_be_visible()
    if later.is_visible():
        later.click()


def all_sent(page: Page, seconds: float = 30) -> None:
    """Wait on Today until the server has said that it has everything of this phone."""
    counter = "document.querySelector('[data-testid=ledger-pending]')"
    poll(page, f"{counter}?.textContent.trim() === '0'", seconds)


HOLD = """
([lock, release]) => new Promise(held => {
  navigator.locks.request(lock, () => new Promise(letGo => {
    window[release] = letGo;
    held();
  }));
})
"""


def hold(page: Page, lock: str, release: str) -> None:
    """This page has the lock once this returns, until ``release()`` or the page is left."""
    page.evaluate(HOLD, [lock, release])


def hold_steps(page: Page) -> None:
    """No step with the server once this returns, until ``letStepsGo()`` or the page is left."""
    hold(page, "jk-page-sync", "letStepsGo")


def open_section(page: Page, slug: str) -> None:
    """Open one of the closed sections of a worker's page."""
    page.locator(f"#s-{slug} > summary").click()


def saved_id(page: Page) -> str:
    """The id that the screen after saving shows, once it is whole."""
    saved = page.locator("#page").get_by_test_id("saved")
    expect(saved).to_be_visible()
    return str(saved.get_attribute("data-saved"))


@dataclass
class Officer:
    """Fills in the form. ``entries`` counts answers given, ``keys`` the characters typed."""

    page: Page
    entries: int = 0
    keys: int = 0
    steps: list[str] = field(default_factory=list)

    def start(self, village: str = "Kubu Perahu") -> None:
        """Begin a new worker in a village."""
        self.page.get_by_test_id("add-worker").click()
        choice = self.page.get_by_test_id("choose-village").filter(has_text=village).first
        form = self.page.locator("form[data-step=nik]")
        expect(choice.or_(form)).to_be_visible()
        if choice.count():
            choice.click()
        self.at("nik")

    def at(self, step: str) -> None:
        """Wait until the screen of this step is shown."""
        try:
            self.page.wait_for_url(f"**/{step}")
        except TimeoutError:
            raise AssertionError(f"{step} never came: {describe(self.page)}") from None
        expect(self.page.locator(f"form[data-step={step}]")).to_be_visible()
        self.steps.append(step)

    def type(self, testid: str, text: str) -> None:
        """One typed answer, once its box is seen: the screen before may have it hidden."""
        box = self.page.get_by_test_id(testid)
        expect(box).to_be_visible()
        box.press_sequentially(text)
        self.entries += 1
        self.keys += len(text)

    def choose(self, testid: str, label: str) -> None:
        """One tapped answer; tapped again where the screen moved under the finger."""
        group = self.page.get_by_test_id(testid)
        answer = group.locator("label.pick").filter(has_text=label).first
        for _ in range(3):
            answer.click()
            with suppress(AssertionError):
                expect(answer.locator("input")).to_be_checked(timeout=3000)
                break
        self.entries += 1

    def photo(self, testid: str) -> None:
        """One picture through the viewfinder; tapped again, as a person would, when the answer
        about the NIK moved the button away under the finger or the camera was still busy."""
        box = self.page.get_by_test_id(testid)
        picture = box.locator("[data-camera-picture] img")
        for _ in range(4):
            box.locator("[data-camera-open]").click()
            try:
                self.page.get_by_test_id(f"{testid}-shoot").click(timeout=8000)
                picture.wait_for(timeout=8000)
                break
            except TimeoutError:
                continue
        expect(picture).to_be_visible()
        self.entries += 1

    def sign(self, height: int = 25) -> None:
        """One signature with the finger; of another ``height`` it is another one."""
        pad = self.page.locator("[data-pen] canvas")
        pad.evaluate("pad => pad.scrollIntoView({block: 'center'})")
        area = pad.bounding_box()
        assert area is not None
        mouse = self.page.mouse
        mouse.move(area["x"] + 30, area["y"] + 60)
        mouse.down()
        for i in range(1, 12):
            mouse.move(area["x"] + 30 + i * 18, area["y"] + 60 + (i % 3) * height)
        mouse.up()
        expect(self.page.locator("[name=signature]")).not_to_have_value("")
        self.entries += 1

    def go_on(self, step: str | None = None) -> None:
        """Tap the main button; wait for the next step where one is named."""
        self.page.get_by_test_id("next").click()
        if step:
            self.at(step)

    def honest_path(self, name: str = "SITI AMINAH", nik: str = NIK) -> None:
        """Everything that a worker with the card in hand is asked, until just before the save."""
        self.until_consent(name, nik)
        self.consent()

    def until_consent(self, name: str = "SITI AMINAH", nik: str = NIK) -> None:
        """Everything before the last screen, on which the worker agrees."""
        self.type("nik", nik)
        self.choose("nik_match", "Ya")
        self.photo("ktp_photo")
        self.go_on("nama")
        self.type("full_name", name)
        self.home()
        self.go_on("kerja")
        self.choose("occupation_code", "Petani kopi")
        self.go_on("majikan")
        self.choose("employment_relation", "Kebun/usaha sendiri")
        self.choose("already_member", "Belum")
        self.go_on("hasil")
        self.choose("income", "Sampai Rp1.099.000")
        self.choose("no_phone", "Tidak punya HP")
        self.go_on("waris")
        self.type("heir0_name", "AHMAD")
        self.choose("heir0_relation", "Suami/istri")
        self.go_on("setuju")

    def home(self) -> None:
        """Where the person lives: a hamlet met before is one tap, else it is typed."""
        known = self.page.get_by_test_id("domicile").locator("label.pick").filter(has_text="RT 0")
        if known.count():
            known.first.click()
            self.entries += 1
            return
        self.type("here_at", "1/2")

    def consent(self) -> None:
        """Agreed; then the other purposes one by one, and signed."""
        self.choose("agree", "Setuju")
        self.go_on("izin")
        self.choose("p_wa", "Ya")
        self.choose("p_foto", "Tidak")
        self.choose("p_opd", "Ya")
        self.sign()

    def save(self) -> str:
        """Save; the worker's id, once the whole screen is there."""
        self.page.get_by_test_id("next").click()
        return saved_id(self.page)
