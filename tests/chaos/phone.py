"""One phone of the run, a process of its own: a real Chromium driven by taps and keys.

It registers and edits until its share is reached, kills its own browser now and then, and writes
down what it meant to save and what the screen then called saved. It asks the screen only; no
address, flag or header is its own.
"""

from __future__ import annotations

import json
import random
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from playwright.sync_api import (
    BrowserContext,
    Error,
    Page,
    Playwright,
    expect,
)

from tests.chaos.arrive import (
    PATIENCE,
    Stuck,
    Who,
    arrive,
    asks_for_login,
    ledger,
    send,
    shown,
    today,
)
from tests.chaos.notes import Notes
from tests.chaos.tokens import name_of, remark_of
from tests.support.browser import (
    EVERYTHING,
    FOR_ROOM,
    UNREADABLE,
    describe,
    kill_browser,
    open_browser,
    throw_away,
)
from tests.support.form import Officer

LOSSES = "[data-testid=note-lost], [data-testid=note-before], [data-testid=note-gone]"
VILLAGES = ("Kubu Perahu", "Sebarus")
TRIES = 12
MOST_LOOKS, SAME_LOOKS = 25, 4
UNHEARD = 5  # saves before which nobody may have heard of the phone, and could miss anything of it
LOGGED = ("--enable-logging",)  # into chrome_debug.log of the profile


@dataclass(frozen=True)
class Plan:
    """What a phone has to do; chances are per save."""

    number: int
    url: str
    username: str
    share: int
    seed: int
    folder: str
    notes: str
    role: str = "officer"
    photos: float = 0.06
    edits: float = 0.15
    kills: float = 0.03
    stops: float = 0.03
    offline: float = 0.04
    evictions: float = 0.006
    glances: float = 0.06
    rests: float = 0.1

    def store(self) -> Path:
        """Write the plan where the phone's process reads it."""
        path = Path(self.folder) / f"plan-{self.number}.json"
        path.write_text(json.dumps(asdict(self)))
        return path


def profile_of(folder: Path, number: int) -> Path:
    """Where a phone's browser keeps everything."""
    return folder / f"profile-{number:02}"


class Killed(Exception):
    """The browser was killed on purpose."""


class Phone:
    """An officer with a phone, who goes on whatever happens."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.random = random.Random(plan.seed)
        self.notes = Notes(Path(plan.notes) / f"phone-{plan.number}.jsonl")
        self.profile = profile_of(Path(plan.folder), plan.number)
        self.who = Who(plan.url, plan.username, postpones=plan.number % 2 == 1)
        self.said = 0
        self.next = 0
        self.mine: list[str] = []
        self.typed: dict[str, bool] = {}
        self.offline_for = 0
        self.evicted = False

    # --- the day ---------------------------------------------------------------------------------

    def run(self, playwright: Playwright) -> None:
        """Work until the share is reached, then send everything; raises Stuck."""
        failures = 0
        while True:
            before = self.said
            try:
                with open_browser(playwright, self.profile, flags=LOGGED) as context:
                    context.set_default_timeout(PATIENCE * 1000)
                    if self.work(context):
                        return
            except Killed:
                failures = 0
                continue
            except (Error, AssertionError) as error:
                failures = 0 if self.said > before else failures + 1
                self.notes.write("trouble", phone=self.plan.number, words=str(error)[:900])
                kill_browser(self.profile)
                if failures >= TRIES:
                    raise Stuck(str(error)) from error
            finally:
                self.hear_browser()

    def hear_browser(self) -> None:
        """Note what the browser's own log says of its storage: what it cannot open it deletes."""
        log = self.profile / "chrome_debug.log"
        for line in log.read_text(errors="replace").splitlines() if log.exists() else ():
            if "IndexedDB recovering from a corrupted" in line:
                self.notes.write("storage deleted by the browser", phone=self.plan.number)
                self.mine.clear()
            elif "indexeddb" in line.lower():
                self.notes.write("browser said", phone=self.plan.number, words=line[:300])

    def work(self, context: BrowserContext) -> bool:
        """One life of the browser; True once everything is done."""
        page = context.pages[0]
        self.offline_for = 0
        arrive(page, self.who)
        self.take_up_again(page)
        while self.said < self.plan.share:
            self.trouble(context, page)
            self.save_one(page)
        context.set_offline(False)
        self.notes.write("enough", phone=self.plan.number)
        self.send_everything(page)
        return True

    def chance(self, share: float) -> bool:
        """True in this share of cases."""
        return self.random.random() < share

    # --- trouble ---------------------------------------------------------------------------------

    def trouble(self, context: BrowserContext, page: Page) -> None:
        """What happens to a phone between two people: no signal, the worker stopped, a new
        version, an idle look at the first screen."""
        if self.offline_for:
            self.offline_for -= 1
            if not self.offline_for:
                context.set_offline(False)
        elif self.chance(self.plan.offline):
            context.set_offline(True)
            self.offline_for = self.random.randint(2, 15)
            self.notes.write("offline", phone=self.plan.number)
        if self.chance(self.plan.stops):
            session = context.new_cdp_session(page)
            session.send("ServiceWorker.enable")
            session.send("ServiceWorker.stopAllWorkers")
            session.detach()
            self.notes.write("worker stopped", phone=self.plan.number)
        bar = page.locator("[data-update-now]")
        if bar.is_visible() and self.chance(0.3):
            bar.click()
            self.notes.write("update tapped", phone=self.plan.number)
            page.wait_for_timeout(1500)
        if not self.offline_for and asks_for_login(page) and self.chance(0.5):
            arrive(page, self.who, first="/login")
        may = not self.offline_for and not self.evicted and self.said > UNHEARD
        if may and self.chance(self.plan.evictions):
            self.evict(page)
        if self.chance(self.plan.rests):
            page.wait_for_timeout(self.random.uniform(3000, 6000))  # a phone sends 3 s after a save
        if not self.offline_for and self.chance(self.plan.glances):
            send(page, self.who, self.random.uniform(0, 2.5))

    def evict(self, page: Page) -> None:
        """The browser throws away all that it keeps for the app except cookies, as it does with
        what the phone needs room for, or its databases alone, as when it cannot open them any more,
        or cookies and all, as when somebody has it clear the data of the site; whatever had not
        left the phone is gone. Once a phone: of two times it remembers the last, which tells a
        restored server nothing of the first."""
        self.evicted = True
        kinds = self.random.choice((FOR_ROOM, UNREADABLE, EVERYTHING))
        what = "site data cleared" if kinds == EVERYTHING else "storage thrown away"
        self.notes.write(what, phone=self.plan.number, kinds=kinds)
        throw_away(page, self.plan.url, kinds)
        self.mine.clear()
        arrive(page, self.who)
        with suppress(Error):
            page.locator(LOSSES).first.wait_for()
        self.note_losses(page)

    def note_losses(self, page: Page) -> None:
        """Write down what this screen says of losses, if anything."""
        words = page.locator(LOSSES).all_inner_texts()
        if words:
            self.notes.write("told on the phone", phone=self.plan.number, words=words)

    def perhaps_die(self, when: str, share: float = 1.0) -> None:
        """Kill the browser as Android does; raises Killed."""
        if not self.chance(self.plan.kills * share):
            return
        self.notes.write("kill browser", phone=self.plan.number, when=when)
        kill_browser(self.profile)
        raise Killed(when)

    # --- saving ----------------------------------------------------------------------------------

    def save_one(self, page: Page) -> None:
        """A new person, or another remark on one."""
        if self.mine and self.chance(self.plan.edits):
            self.edit(page)
        else:
            self.register(page)

    def register(self, page: Page) -> None:
        """A new person, saved incomplete: the fastest honest way, some with a photo."""
        self.next += 1
        number, photo = self.next, self.chance(self.plan.photos)
        name = name_of(self.plan.number, number)
        officer = Officer(page)
        again = page.get_by_test_id("add-another")
        if again.is_visible():
            again.click()
            officer.at("nik")
        else:
            today(page, self.plan.url)
            officer.start(self.random.choice(VILLAGES))
        self.identify(officer, number, photo)
        self.typed[name] = photo
        officer.type("full_name", name)
        self.perhaps_die("form", 0.4)
        self.finish(page, name, photo)

    def identify(self, officer: Officer, number: int, photo: bool) -> None:
        """The first screen, with the card in hand or without."""
        at = 12 * 28 * self.plan.number + number
        day, month, year = 1 + at % 28, 1 + at // 28 % 12, 60 + at // 336 % 40
        if photo:
            digits = f"180404{day:02}{month:02}{year:02}{9000 + number % 1000:04}"
            officer.type("nik", digits)
            officer.choose("nik_match", "Ya")
            officer.photo("ktp_photo")
        else:
            officer.page.get_by_test_id("go-nik_tiada").click()
            officer.choose("nik_status", "Belum rekam")
            officer.type("birth_date", f"{day:02}-{month:02}-19{year:02}")
            officer.choose("sex", "Laki-laki")
        officer.go_on("nama")

    def finish(self, page: Page, name: str, photo: bool) -> None:
        """From the name to the screen that says saved."""
        page.get_by_test_id("save-later").click()
        page.locator("form[data-step=nanti]").wait_for()
        Officer(page).choose("facts_from", "Orangnya sendiri")
        self.meant("create", name, photo=photo)
        self.tap(page, "save-draf")
        saved = page.get_by_test_id("saved")
        saved.wait_for()
        row = str(saved.get_attribute("data-saved"))
        self.mine.append(row)
        self.called_saved("create", name, row=row, photo=photo)

    def edit(self, page: Page) -> None:
        """Another remark on somebody of one's own, as a section of the worker's page."""
        self.next += 1
        row = self.random.choice(self.mine[-200:])
        remark = remark_of(self.plan.number, self.next)
        page.goto(f"{self.plan.url}/field/w/{row}")
        shown(page)
        page.get_by_test_id("edit-catatan").click()
        page.locator("form[data-step=catatan]").wait_for()
        box = page.get_by_test_id("notes")
        box.fill("")
        box.press_sequentially(remark)
        self.perhaps_die("edit", 0.4)
        self.meant("edit", remark, row=row)
        self.tap(page, "next")
        page.wait_for_url(f"**/field/w/{row}")
        expect(page.locator("main")).to_contain_text(remark)
        self.called_saved("edit", remark, row=row)

    def tap(self, page: Page, testid: str) -> None:
        """The tap that saves; the browser may die while it works."""
        page.get_by_test_id(testid).click()
        if self.chance(self.plan.kills * 0.5):
            time.sleep(self.random.uniform(0, 0.2))
            self.notes.write("kill browser", phone=self.plan.number, when="tap")
            kill_browser(self.profile)
            raise Killed("tap")

    def meant(self, kind: str, token: str, **facts: object) -> None:
        """Note what the next tap is to save."""
        self.notes.write("meant", phone=self.plan.number, kind=kind, token=token, **facts)

    def called_saved(self, kind: str, token: str, **facts: object) -> None:
        """Note what the screen just called saved."""
        self.notes.write("said", phone=self.plan.number, kind=kind, token=token, **facts)
        self.said += 1
        self.perhaps_die("saved", 0.3)

    def take_up_again(self, page: Page) -> None:
        """After a death: finish the form that Today still shows, where the whole name is in it."""
        draft = page.get_by_test_id("draft")
        if not draft.count() or self.chance(0.3):
            return
        draft.first.click()
        form = page.locator("form[data-step]")
        form.wait_for()
        if form.get_attribute("data-step") != "nama":
            return
        name = page.get_by_test_id("full_name").input_value()
        if name in self.typed:
            self.notes.write("taken up again", phone=self.plan.number)
            self.finish(page, name, self.typed[name])

    # --- the end ---------------------------------------------------------------------------------

    def send_everything(self, page: Page) -> None:
        """Until the screen says that all is sent; then, once all phones are, what it shows."""
        folder = Path(self.plan.notes)
        self.until(page, lambda: self.all_sent(page), 600)
        self.notes.write("sent", phone=self.plan.number)
        self.until(page, lambda: (folder / "quiet").exists(), 1800)
        looks: list[object] = []
        while len(looks) < MOST_LOOKS and not self.is_settled(page, looks):
            page.wait_for_timeout(4000)  # asked again within five seconds, a phone does not pull
            send(page, self.who, 6)
            looks.append(ledger(page))
        self.note_losses(page)
        self.notes.write("end", phone=self.plan.number, **ledger(page))

    def is_settled(self, page: Page, looks: list[object]) -> bool:
        """Whether the last looks saw the same, and nothing waits; on a busy machine one step may
        take longer than a look."""
        last = looks[-SAME_LOOKS:]
        return len(last) == SAME_LOOKS and last.count(last[0]) == SAME_LOOKS and self.all_sent(page)

    def until(self, page: Page, done: object, seconds: float) -> None:
        """Ask to send again and again until ``done()``; raises AssertionError."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            send(page, self.who, 3)
            if done():  # type: ignore[operator]
                return
        raise AssertionError(f"not sent after {seconds} s: {describe(page)}")

    def all_sent(self, page: Page) -> bool:
        """Whether the first screen says that nothing waits, no picture either."""
        told = ledger(page)
        words = page.get_by_test_id("sync-says").inner_text()
        calm = (Path(self.plan.notes) / "calm").exists()
        return calm and not told["pending"] and "sudah sampai" in words
