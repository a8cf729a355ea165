"""Every office screen as each role sees it, on a phone and a desk, in both languages."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from playwright.sync_api import BrowserContext, Page, Playwright

from tests.support.browser import DESK, FLAGS, PHONE, accessibility_faults, chromium_path
from tests.support.carried import signed
from tests.support.form import DEMO_PASSWORD
from tests.support.keys import PhoneKey
from tests.support.server import RunningServer, desk_server

pytestmark = pytest.mark.browser
SIZES = {"phone": PHONE, "desk": DESK}
# A key of the catalogue that stands on a page as it is.
RAW_KEY = re.compile(
    r"\b(?:kit|review|phones|village_lists|field|coverage|counter|accounts|admin|label|error|shell|whats_new|spreadsheets)\.[a-z_]+(?:\.[a-z_]+)*\b"
)
FIRST_ROW = "[data-row-link]"
NUMBERED = {"mid": 1, "key": "019aa000-0000-7000-8000-000000000002"}
PLACES = {
    "supervisor": (
        "/",
        "/workers",
        "/workers?q=zzyx",
        "/conflicts",
        "/holds",
        "/phones",
        "/phones?only=revoked",
        "/phones/call",
        "/gaps",
        "/gaps?done=1",
        "/lists",
        "/lists?only=none",
        "/lists/open",
        "/counter",
        "/receipts",
        "/spreadsheets/",
        "/whats-new",
        "/whats-new/0.1.0",
    ),
    "mpp": ("/", "/counter", "/carried", "/receipts", "/whats-new"),
    "opd": ("/", "/whats-new"),
    "admin": (
        "/",
        "/admin/users",
        "/admin/users/new",
        "/admin/offices",
        "/admin/offices/new",
        "/admin/assignments",
        "/admin/assignments/new",
        "/phones",
        "/whats-new",
    ),
}


@pytest.fixture(scope="module")
def office(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """The app with the demo accounts and sixty invented workers."""
    with desk_server(tmp_path_factory.mktemp("office")) as running:
        yield running


@pytest.fixture
def browser_of(playwright: Playwright) -> Iterator[Any]:
    """A function that opens a browser of a size and language."""
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)

    def of(server: RunningServer, size: str, lang: str) -> BrowserContext:
        context = browser.new_context(viewport=SIZES[size])  # type: ignore[arg-type]
        context.set_default_timeout(20_000)
        context.add_cookies([{"name": "lang", "value": lang, "url": server.url}])
        return context

    yield of
    browser.close()


class Visit:
    """Walks through screens at one size, looks at each in both, and keeps what is wrong."""

    def __init__(self, page: Page, url: str, name: str, lang: str) -> None:
        self.page, self.url, self.name, self.lang = page, url, name, lang
        self.own = page.viewport_size
        self.faults: list[str] = []
        self.seen: list[str] = []

    def go(self, path: str) -> None:
        """Open an address and look."""
        self.page.goto(self.url + path)
        self.look(path)

    def look(self, what: str) -> None:
        """Note the faults of the page that is shown."""
        page, found = self.page, []
        for size, measures in SIZES.items():
            page.set_viewport_size(measures)  # type: ignore[arg-type]
            found += [f"{size}: axe: {fault}" for fault in accessibility_faults(page)]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append(f"{size}: scrolls sideways")
            self.keep(f"{size} {what}")
        page.set_viewport_size(self.own)  # type: ignore[arg-type]
        found += [f"raw key {key}" for key in RAW_KEY.findall(page.inner_text("body"))]
        if not re.fullmatch(r".{3,} · Jangkau", page.title()):
            found.append(f"title {page.title()!r}")
        if page.get_attribute("html", "lang") != self.lang:
            found.append("is in the other language")
        self.faults += [f"{self.name} {what}: {fault}" for fault in found]
        self.seen.append(what)

    def keep(self, what: str) -> None:
        """A picture of the page in the folder that SCREENSHOTS names."""
        folder = os.environ.get("SCREENSHOTS")
        if folder:
            file = re.sub(r"[^a-z0-9]+", "-", f"{self.name} {what}".lower()).strip("-")
            self.page.screenshot(path=Path(folder) / f"{file[:80]}.png", full_page=True)

    def log_in(self, username: str) -> None:
        """Log in by the form, in the language asked for."""
        self.page.goto(f"{self.url}/login")
        self.page.fill("[name=username]", username)
        self.page.fill("[name=password]", DEMO_PASSWORD)
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_url(f"{self.url}/counter" if username == "mpp" else f"{self.url}/")
        self.page.click("[data-testid=account-menu] summary")
        self.page.click(f"button[name=lang][value={self.lang}]")


def people(visit: Visit) -> None:
    """The list's panel and one worker: page, form, wrong answers, a hidden value, slip."""
    page = visit.page
    page.goto(f"{visit.url}/workers")
    address = page.locator(FIRST_ROW).first.get_attribute("href") or ""
    page.locator(FIRST_ROW).first.click()
    page.locator("#panel h2").wait_for()
    visit.look("/workers with panel")
    visit.go(address)
    for section in ("identitas", "kontak"):
        page.goto(f"{visit.url}{address}/edit/{section}")
        visit.look(f"edit {section}")
    page.fill("#i-phone", "12345")
    page.click("form[data-testid=edit] .main-action")
    page.locator("[aria-invalid=true]").first.wait_for()
    visit.look("422")
    visit.go(f"/counter/slip/{address.rsplit('/', 1)[1]}")


def one(office: RunningServer, question: str) -> list[str]:
    """The first row that the database answers."""
    return [str(value) for value in office.rows(question)[0]]


def decisions(visit: Visit, office: RunningServer) -> None:
    """What a supervisor decides: held and disputed saves, two records or one, acts on a person."""
    for desk in ("holds", "conflicts"):
        visit.page.goto(f"{visit.url}/{desk}")
        visit.go(visit.page.locator(FIRST_ROW).first.get_attribute("href") or "")
    pair = one(
        office,
        "SELECT a, b FROM duplicate_pair JOIN worker ON id IN (a, b) WHERE state = 'open'"
        " GROUP BY a, b HAVING count(merged_into) + count(deleted_at) = 0",
    )
    visit.go(f"/workers/{pair[0]}/merge/{pair[1]}")
    merged = one(office, "SELECT id FROM worker WHERE merged_into IS NOT NULL")[0]
    visit.go(f"/workers/{merged}/split")
    person = one(
        office,
        """SELECT id FROM worker WHERE data LIKE '%"pendaftaran":true%'"""
        " AND merged_into IS NULL AND deleted_at IS NULL",
    )[0]
    for act in ("move", "withdraw"):
        visit.go(f"/workers/{person}/{act}")
        visit.page.locator("main form .main-action").click()
        visit.page.get_by_role("alert").wait_for()
        visit.look(f"{act} 422")
    visit.go(f"/workers/{person}/delete")
    visit.page.locator("main form .main-action").click()
    visit.page.wait_for_url(f"{visit.url}/workers/{person}")
    visit.look("deleted")
    visit.page.locator("form[action$=restore] button").click()
    visit.page.locator(".note-stop").wait_for(state="detached")


def phones(visit: Visit) -> None:
    """The board's panel and one phone's page."""
    page = visit.page
    page.goto(f"{visit.url}/phones")
    address = page.locator(FIRST_ROW).first.get_attribute("href") or ""
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.locator("#panel h2").wait_for()
    visit.look("/phones with panel")
    visit.go(address)


def desk(visit: Visit) -> None:
    """The counter's answer to a name, and to one that nobody has."""
    for words, shown in (("si", "people"), ("zzyx", "empty")):
        visit.page.goto(f"{visit.url}/counter")
        visit.page.fill("#q", words)
        visit.page.press("#q", "Enter")
        visit.page.get_by_test_id(shown).wait_for()
        visit.look(f"counter {shown}")


def carried(visit: Visit) -> None:
    """Two files of which neither proves anything, sent one by one; a text that is no receipt."""
    page = visit.page
    page.goto(f"{visit.url}/carried")
    start = orjson.dumps(
        {
            "format": "jangkau-outbox-1",
            "device": "019aa000-0000-7000-8000-000000000001",
            "user": "nobody",
            "mutations": [orjson.dumps({**NUMBERED, "kid": "0", "sealed": "AAAA"}).decode()],
            "blobs": [],
        }
    )[:-1]
    files = {
        "jangkau-b.jangkau": b"no file of ours",
        "jangkau-a.jangkau": signed(PhoneKey(), start),
    }
    page.set_input_files(
        "#files",
        [{"name": n, "mimeType": "application/json", "buffer": data} for n, data in files.items()],
    )
    page.click("form[data-receive-files] .main-action")
    page.get_by_test_id("carried-result").nth(1).wait_for()
    assert "jangkau-a" in page.get_by_test_id("carried-result").nth(0).inner_text()
    visit.look("carried results")
    page.goto(f"{visit.url}/receipts")
    page.fill("#receipt", "JKR1.x")
    page.click("form[data-scan] .main-action")
    page.get_by_test_id("receipt-not_one").wait_for()
    visit.look("receipt 422")


def open_lists(visit: Visit) -> None:
    """A supervisor opens lists of a kecamatan: a wrong form, the preview, and how far it came."""
    page = visit.page
    page.goto(f"{visit.url}/lists/open?in=18.04.04")
    if page.locator("#f-in").input_value() != "18.04.04":
        visit.faults.append("/lists/open: does not keep the place")
    page.click("form[data-testid=open] .main-action")
    page.locator("[aria-invalid=true]").first.wait_for()
    visit.look("open 422")
    page.select_option("#f-fund", "apbd_kab")
    page.click("form[data-testid=open] .main-action")
    page.get_by_test_id("confirm").wait_for()
    visit.look("open preview")
    page.locator("[data-testid=confirm] .main-action, .foot-acts a").first.click()
    page.locator("h1").wait_for()
    visit.look("opened")
    visit.go("/lists?sort=progress")
    address = page.locator(FIRST_ROW).first.get_attribute("href") or ""
    visit.go(address)
    visit.go(f"{address}/close")


def head_lists(visit: Visit) -> None:
    """The head checks the list at a desk: an answer in place, a reason without its details, a
    clash, an RT together."""
    page = visit.page
    page.goto(f"{visit.url}/lists")
    page.fill("[name=username]", "peratin")
    page.fill("[name=password]", DEMO_PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{visit.url}/lists")
    page.click("[data-testid=account-menu] summary")
    page.click(f"button[name=lang][value={visit.lang}]")
    visit.look("/lists")
    address = page.locator(FIRST_ROW).first.get_attribute("href") or ""
    page.goto(visit.url + address)
    before = page.get_by_test_id("line").first.inner_text()
    page.get_by_test_id("line").first.locator("form button").click()
    page.get_by_test_id("line").first.locator("form").wait_for(state="detached")
    assert page.get_by_test_id("line").first.inner_text() != before
    visit.look("list answered")
    line = page.locator("[data-testid=line] a[data-row-link]").first.get_attribute("href") or ""
    page.goto(visit.url + line)
    page.locator("details summary").last.click()
    page.check("input[name=reason][value=meninggal]")
    page.click("form[data-testid=refusal] .main-action")
    page.locator("[aria-invalid=true]").first.wait_for()
    visit.look("line 422")
    page.fill("#f-date", "2026-11-01")
    page.fill("#f-source", "Keluarganya")
    page.click("form[data-testid=refusal] .main-action")
    page.wait_for_url(f"{visit.url}{address}")
    visit.go(line)
    page.goto(visit.url + address)
    page.locator("details summary").first.click()
    visit.look("list together")


def accounts(visit: Visit) -> None:
    """One user and one office with what can be done there."""
    page = visit.page
    for folder, ways in (
        ("users", ("", "/edit", "/deactivate", "/slip", "/code")),
        ("offices", ("", "/edit", "/terms/new", "/handover")),
    ):
        page.goto(f"{visit.url}/admin/{folder}")
        links = page.locator(f'a[href^="/admin/{folder}/"]:not([href$="/new"])')
        address = str(links.first.get_attribute("href"))
        for way in ways:
            visit.page.goto(visit.url + address + way)
            visit.look(f"{folder}{way}")


@pytest.mark.parametrize(("size", "lang"), [("phone", "id"), ("desk", "en")])
def test_every_screen_is_whole(
    browser_of: Any, office: RunningServer, size: str, lang: str
) -> None:
    faults: list[str] = []
    for username, places in PLACES.items():
        context = browser_of(office, size, lang)
        visit = Visit(context.new_page(), office.url, f"{lang} {username}", lang)
        if username == "opd":
            visit.go("/login")
            visit.go("/reset")
        visit.log_in(username)
        for path in (*places, "/account", "/account/password"):
            visit.go(path)
        if username == "supervisor":
            people(visit)
            phones(visit)
            open_lists(visit)
            decisions(visit, office)
        elif username == "mpp":
            desk(visit)
            carried(visit)
        elif username == "admin":
            accounts(visit)
        assert len(visit.seen) >= len(places) + 2
        faults += visit.faults
        context.close()
    context = browser_of(office, size, lang)
    visit = Visit(context.new_page(), office.url, f"{lang} peratin", lang)
    head_lists(visit)
    faults += visit.faults
    context.close()
    assert faults == []
