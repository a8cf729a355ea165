"""The honest path at the door: how many answers, how long, and how far the screens scroll.

The bound on scrolling holds with room: letters of this machine are wide ones, and of 1,600 px
some 1,000 are used. A screen that grows by one more question of two lines stays within it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Page, expect

from tests.support.browser import PHONE
from tests.support.form import Officer

MOST_ENTRIES = 17
MOST_SECONDS = 180
MOST_SCROLLING = 1_600  # pixels, of all screens of one person together
CHARACTERS_A_SECOND = 3
SECONDS_A_TAP = 4  # read the question, decide, tap
STEPS = ["nik", "nama", "kerja", "majikan", "hasil", "waris", "setuju", "izin"]
NARROW = {"width": 277, "height": 492}  # 360 x 640 whose owner sees everything at 130 %
HIDDEN = "(() => { const m = document.querySelector('#main'); \
return m.scrollHeight - m.clientHeight; })()"
# What is wider than its place: the page, or an answer and the words of a button.
CUT = """
() => {
  const wide = document.documentElement.scrollWidth > innerWidth ? ["the page"] : [];
  const parts = "#main, #page :is(input.in, .pick, button, a, h1, dd)";
  for (const part of document.querySelectorAll(parts)) {
    const visible = part.checkVisibility({ visibilityProperty: true });
    if (visible && !part.matches(".unseen") && part.scrollWidth > part.clientWidth + 1)
      wide.push(part.outerHTML.slice(0, 90));
  }
  return wide;
}
"""


@dataclass
class Watched(Officer):
    """An officer whose screens are measured as they are left, filled in."""

    hidden: dict[str, int] = field(default_factory=dict)

    def measure(self, name: str) -> None:
        """Note how far this screen scrolls, and see that a narrow display cuts nothing of it."""
        self.hidden[name] = self.page.evaluate(HIDDEN)
        self.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        assert self.page.evaluate(CUT) == [], name
        self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]

    def go_on(self, step: str | None = None) -> None:
        """Measure what is left, then go on."""
        self.measure(self.steps[-1])
        super().go_on(step)

    def save(self) -> str:
        """Measure the last screen, save, and measure what it says then."""
        self.measure(self.steps[-1])
        saved = super().save()
        self.measure("saved")
        return saved


def test_the_honest_path_is_short(page: Page) -> None:
    first = Watched(page)  # nobody of this hamlet is known yet
    first.start()
    first.honest_path("SRI WAHYUNI", "1804045201759002")
    first.save()
    judge(first)
    page.get_by_test_id("add-another").click()
    second = Watched(page)
    second.at("nik")
    second.honest_path()
    second.save()
    judge(second)


def judge(officer: Watched) -> None:
    """Hold what one registration cost against the budget."""
    taps = officer.entries + len(STEPS)
    seconds = officer.keys / CHARACTERS_A_SECOND + taps * SECONDS_A_TAP
    scrolled = sum(officer.hidden.values())
    print(f"{officer.entries} entries, {officer.keys} characters, {seconds:.0f} s of screen time")
    print(f"{scrolled} px of scrolling: {officer.hidden}")
    assert officer.steps == STEPS
    assert officer.entries <= MOST_ENTRIES
    assert seconds <= MOST_SECONDS
    assert list(officer.hidden) == [*STEPS, "saved"]
    assert scrolled <= MOST_SCROLLING


def test_a_form_that_an_earlier_app_left_at_consent_goes_on(officer: Officer, page: Page) -> None:
    officer.start()
    officer.honest_path()
    # There consent was one screen: everything answered, and the form left at it.
    page.goto(page.url.replace("/izin", "/setuju"))
    expect(page.get_by_test_id("agree").get_by_label("Setuju", exact=True)).to_be_checked()
    page.get_by_role("link", name="Kembali").click()
    officer.at("waris")
    officer.go_on("setuju")
    page.goto(page.url.split("/field/")[0] + "/field/")
    page.get_by_test_id("draft").click()
    officer.at("setuju")
    officer.go_on("izin")
    expect(page.get_by_test_id("p_wa").get_by_label("Ya")).to_be_checked()
    expect(page.locator("[name=signature]")).not_to_have_value("")
    officer.save()
    expect(page.get_by_test_id("saved")).to_contain_text("Calon peserta")


def test_purposes_are_asked_of_nobody_who_has_not_agreed(officer: Officer, page: Page) -> None:
    officer.start()
    page.goto(page.url.replace("/nik", "/izin"))
    officer.at("setuju")
    officer.choose("agree", "Tidak setuju")
    officer.go_on()
    expect(page.get_by_test_id("confirm-discard")).to_be_visible()
