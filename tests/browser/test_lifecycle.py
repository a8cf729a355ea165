"""The worker's life in a real browser: install, offline, update, failed update, kill switch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from outreach.web.headers import STRICT
from tests.support.browser import (
    has_all,
    headers_of,
    install_app,
    nudge,
    open_browser,
    poll,
    wait_for_all,
    wait_for_app,
)
from tests.support.database import ROOT
from tests.support.form import Officer, log_in
from tests.support.server import RunningServer, build, copy_project

pytestmark = pytest.mark.browser

CACHES = "async () => (await caches.keys()).sort()"
WAITING = "(async () => Boolean((await navigator.serviceWorker.ready).waiting))()"
NEWER = "!document.querySelector('[data-update=ready]:not([hidden])') && !window.oldPage"
VERSION = "document.documentElement.dataset.version"
UPDATE = "(async () => { await (await navigator.serviceWorker.ready).update(); })()"
HALF_FILLED = "document.querySelector('main').setAttribute('data-dirty', '')"
CLEAN = "document.querySelector('main').removeAttribute('data-dirty')"
SEEN_AGAIN = "document.dispatchEvent(new Event('visibilitychange'))"
ONLINE = "window.dispatchEvent(new Event('online'))"
OTHER_NIK = "1804045203859002"
# Notes what the page asks of its worker and when the worker changes. The second part comes only
# when the page is about to send, and the page only sends on once that part is about to take over.
WATCH_HAND_OVER = """
  window.asked = [];
  const held = () => document.documentElement.hasAttribute("data-swapping");
  const ask = window.fetch;
  window.fetch = (...what) => { asked.push(held()); return ask(...what); };
  const holding = new Promise((tell) => {
    new MutationObserver(() => {
      if (held()) { window.heldAt ??= performance.now(); tell({ usage: 1, quota: 2 }); }
    }).observe(document, { attributes: true, subtree: true });
  });
  const worker = navigator.serviceWorker;
  const sending = new Promise((tell) => {
    navigator.storage.estimate = () => { tell(); return holding; };
  });
  const register = worker.register.bind(worker);
  if (worker.controller) worker.register = (...what) => sending.then(() => register(...what));
  worker.addEventListener("controllerchange", () => { window.takenAt = performance.now(); });
"""
# The page's second script is three seconds late.
LATE_SCRIPT = """
  const append = Element.prototype.append;
  Element.prototype.append = function (...what) {
    setTimeout(() => append.apply(this, what), this === document.head ? 3000 : 0);
  };
  new MutationObserver(() => {
    if (!document.documentElement.hasAttribute("data-swapping")) return;
    window.wholeWhenHeld ??= "htmx" in window;
  }).observe(document, { attributes: true, subtree: true });
"""
SHELL = "outreach/templates/field/explain.html"
EXPLAIN = "/field/explain"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the product in which a test makes new versions."""
    root = copy_project(tmp_path_factory.mktemp("project") / "jangkau")
    build(root)
    return root


@pytest.fixture(scope="module")
def module_server(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningServer]:
    """The app served from the copy, prepared once."""
    folder = tmp_path_factory.mktemp("lifecycle")
    running = RunningServer(f"sqlite:///{folder / 'app.sqlite3'}", folder / "server", root=project)
    running.prepare()
    yield running
    running.kill()


@pytest.fixture
def server(module_server: RunningServer) -> RunningServer:
    """The app, freshly started."""
    module_server.restart(KILL_SWITCH="0")
    return module_server


def make_version(server: RunningServer, word: str) -> None:
    """Serve a new version of the product, whose explainer says ``word``."""
    assert server.root != ROOT, "a new version is made of a copy, never of the product itself"
    template = server.root / SHELL
    template.write_text(template.read_text() + f'<p data-testid="version">{word}</p>\n')
    build(server.root)
    server.restart()


def version_shown(page: Page) -> str:
    """What the explainer says its version is."""
    return str(page.evaluate("document.body.innerText"))


def test_first_visit_installs_and_opens_the_same_address(server: RunningServer, page: Page) -> None:
    page.goto(f"{server.url}{EXPLAIN}?u=abc")
    wait_for_app(page)
    wait_for_all(page)
    assert page.url == f"{server.url}{EXPLAIN}?u=abc"
    poll(page, "document.querySelector('main') !== null")


def test_no_field_request_reaches_a_running_server(server: RunningServer, page: Page) -> None:
    install_app(page, server.url)
    server.forget_arrivals()
    for path in ("/field/", EXPLAIN, "/field/no/such/page"):
        page.goto(server.url + path)
        page.evaluate(
            "fetch('/field/_nowhere', {method: 'POST', body: new URLSearchParams('a=1')})"
        )
    assert server.arrived("/field/") == []
    assert server.process is not None
    assert server.process.is_running()


def test_pages_open_with_the_server_killed_and_no_network(
    server: RunningServer, page: Page, phone: BrowserContext
) -> None:
    install_app(page, server.url)
    server.kill()
    phone.set_offline(True)
    page.goto(server.url + EXPLAIN)
    assert page.evaluate("document.styleSheets.length") == 1
    assert page.evaluate("document.styleSheets[0].cssRules.length") > 0


def test_offline_answers_carry_the_strict_headers(
    server: RunningServer, page: Page, phone: BrowserContext
) -> None:
    install_app(page, server.url)
    server.kill()
    phone.set_offline(True)
    for path in ("/field/", EXPLAIN, "/field/no/such/page"):
        headers = headers_of(page, path)
        assert {name: headers.get(name.lower()) for name in STRICT} == STRICT
        assert headers["cache-control"] == "no-store"


def test_unknown_address_is_404_and_says_so(server: RunningServer, page: Page) -> None:
    install_app(page, server.url)
    answer = page.goto(f"{server.url}/field/no/such/page")
    assert answer is not None
    assert answer.status == 404
    assert answer.from_service_worker


def test_new_version_waits_while_any_tab_is_half_filled(
    server: RunningServer, page: Page, phone: BrowserContext
) -> None:
    install_app(page, server.url)
    page.goto(server.url + EXPLAIN)
    other = phone.new_page()
    other.goto(server.url + EXPLAIN)
    other.evaluate(HALF_FILLED)
    make_version(server, "dua")
    page.evaluate(UPDATE)
    poll(page, WAITING)
    page.wait_for_timeout(2500)
    assert page.evaluate(WAITING)
    assert "dua" not in version_shown(page)
    other.evaluate(CLEAN)
    nudge(page, SEEN_AGAIN)
    for tab in (page, other):
        poll(tab, "document.body.innerText.includes('dua')", 40)


def test_a_tap_on_the_bar_takes_the_new_version(
    server: RunningServer, page: Page, phone: BrowserContext
) -> None:
    install_app(page, server.url)
    page.goto(server.url + EXPLAIN)
    page.evaluate(HALF_FILLED)
    make_version(server, "tiga")
    page.evaluate(UPDATE)
    poll(page, "document.querySelector('[data-update=\"ready\"]')?.hidden === false", 40)
    page.evaluate(CLEAN)
    page.click("[data-update-now]")
    poll(page, "document.body.innerText.includes('tiga')", 40)


def test_a_new_version_in_the_middle_of_a_registration_costs_no_answer(
    server: RunningServer, page: Page
) -> None:
    log_in(page, server.url)
    officer = Officer(page)
    officer.start()
    officer.type("nik", OTHER_NIK)
    officer.choose("nik_match", "Ya")
    officer.photo("ktp_photo")
    officer.go_on("nama")
    officer.type("full_name", "SRI WAHYUNI")
    asked = page.url
    make_version(server, "tengah isian")
    page.evaluate("void (window.oldPage = true)")
    page.evaluate(UPDATE)
    page.locator("[data-update-now]").click()
    poll(page, NEWER, 40)
    assert page.url == asked
    expect(page.get_by_test_id("full_name")).to_have_value("SRI WAHYUNI")
    page.goto(asked.replace("/nama", "/nik"))
    expect(page.get_by_test_id("nik_match").get_by_label("Ya")).to_be_checked()
    expect(page.get_by_test_id("ktp_photo").locator("img")).to_be_visible()
    page.goto(f"{server.url}{EXPLAIN}")
    expect(page.get_by_text("tengah isian")).to_be_visible()


def test_old_files_go_only_after_the_new_version_is_whole(
    server: RunningServer, page: Page, phone: BrowserContext
) -> None:
    install_app(page, server.url)
    poll(page, "(async () => (await caches.keys()).length === 2)()")
    old = page.evaluate(CACHES)
    page.evaluate(HALF_FILLED)
    make_version(server, "empat")
    page.evaluate(UPDATE)
    poll(page, WAITING)
    assert set(old) < set(page.evaluate(CACHES))
    nudge(page, f"{CLEAN}; {SEEN_AGAIN}")
    poll(page, f"(async () => !(await caches.keys()).some((k) => {old!r}.includes(k)))()", 40)
    assert len(page.evaluate(CACHES)) == 2


def test_failed_precache_keeps_the_old_version_and_its_files(
    server: RunningServer, page: Page, phone: BrowserContext
) -> None:
    install_app(page, server.url)
    page.goto(server.url + EXPLAIN)
    poll(page, "(async () => (await caches.keys()).length === 2)()")
    before = page.evaluate(CACHES)
    style = server.root / "outreach/static/css/field.css"
    style.write_text(style.read_text() + "\n.lima { color: inherit; }\n")
    make_version(server, "lima")
    for file in (server.root / "outreach/static/dist").glob("field.*.css*"):
        file.write_bytes(b"/* cut short */")
    server.restart()
    page.evaluate(UPDATE)
    page.wait_for_timeout(2500)
    assert page.evaluate("navigator.serviceWorker.ready.then((r) => !r.waiting && !r.installing)")
    # The other set may have come whole: it waits for the next try, so that it is not paid twice.
    kept = page.evaluate(CACHES)
    assert set(before) <= set(kept)
    assert [name for name in kept if "core" in name] == [n for n in before if "core" in n]
    server.kill()
    phone.set_offline(True)
    page.goto(server.url + EXPLAIN)
    assert "lima" not in version_shown(page)
    build_again(server)


def build_again(server: RunningServer) -> None:
    """Undo the damage for the tests that follow."""
    (server.root / "outreach/static/dist/.inputs").unlink()
    build(server.root)


def test_first_install_that_fails_offers_to_try_again(server: RunningServer, page: Page) -> None:
    dist = server.root / "outreach/static/dist"
    for file in dist.glob("field.*.css*"):
        file.write_bytes(b"/* cut short */")
    server.restart()
    page.goto(f"{server.url}/field/")
    poll(page, "document.querySelector('[data-boot-says=\"failed\"]')?.hidden === false")
    assert page.evaluate(CACHES) == []
    build_again(server)
    server.restart()
    page.click("[data-boot-retry]")
    wait_for_app(page)


def test_kill_switch_removes_worker_and_files_but_no_records(
    server: RunningServer, page: Page
) -> None:
    install_app(page, server.url)
    page.goto(server.url + EXPLAIN)
    page.evaluate(
        "new Promise((ok, no) => { const r = indexedDB.open('jk-probe', 1);"
        " r.onupgradeneeded = () => r.result.createObjectStore('s');"
        " r.onsuccess = () => { const t = r.result.transaction('s', 'readwrite');"
        " t.objectStore('s').put('kept', 1); t.oncomplete = ok; t.onerror = no; }; })"
    )
    server.restart(KILL_SWITCH="1")
    nudge(page, "navigator.serviceWorker.ready.then((r) => r.update().catch(() => {}))")
    poll(page, "(async () => (await caches.keys()).length === 0)()")
    poll(page, "(async () => (await navigator.serviceWorker.getRegistrations()).length === 0)()")
    page.goto(server.url + EXPLAIN)
    poll(page, "document.querySelector('[data-testid=\"boot-stopped\"]') !== null")
    page.wait_for_timeout(1000)
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((r) => r.length)") == 0
    kept = page.evaluate(
        "new Promise((ok) => { const r = indexedDB.open('jk-probe', 1); r.onsuccess = () => {"
        " const g = r.result.transaction('s').objectStore('s').get(1);"
        " g.onsuccess = () => ok(g.result); }; })"
    )
    assert kept == "kept"


def test_cache_storage_holds_only_built_files(server: RunningServer, page: Page) -> None:
    install_app(page, server.url)
    page.goto(f"{server.url}{EXPLAIN}?u=abc")
    poll(page, "(async () => (await caches.keys()).length === 2)()")
    paths = page.evaluate(
        "async () => (await Promise.all((await caches.keys()).map(async (name) =>"
        " (await (await caches.open(name)).keys()).map((r) => new URL(r.url).pathname)))).flat()"
    )
    assert paths
    assert all(path.startswith("/static/dist/") for path in paths)


class SecondPart:
    """The worker's second part on the server, which a test may take away for a while."""

    def __init__(self, server: RunningServer, aside: Path) -> None:
        self.server, self.aside = server, aside
        aside.mkdir()

    def hide(self) -> None:
        """Serve the first part alone, as when the signal goes right after it."""
        for file in (self.server.root / "outreach/static/dist").glob("more-worker.*"):
            file.rename(self.aside / file.name)
        self.server.restart()

    def bring(self) -> None:
        """Serve both parts."""
        for file in self.aside.iterdir():
            file.rename(self.server.root / "outreach/static/dist" / file.name)
        self.server.restart()


@pytest.fixture
def second_part(server: RunningServer, tmp_path: Path) -> Iterator[SecondPart]:
    """The worker's second part, back in its place after the test."""
    part = SecondPart(server, tmp_path / "aside")
    yield part
    part.bring()


def test_first_part_alone_works_offline_and_the_second_comes_unnoticed(
    server: RunningServer, second_part: SecondPart, playwright: Playwright, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    second_part.hide()
    with open_browser(playwright, profile) as context:
        page = context.pages[0]
        log_in(page, server.url, whole=False)
        page.get_by_test_id("menu").click()
        expect(page.get_by_test_id("awaited")).to_contain_text("masih diunduh")
        assert not has_all(page)
    server.kill()
    # The browser was closed after that one visit, and is opened where there is no signal.
    with open_browser(playwright, profile) as context:
        context.set_offline(True)
        page = context.pages[0]
        page.goto(f"{server.url}/field/")
        wait_for_app(page)
        officer = Officer(page)
        officer.start()
        officer.honest_path()
        officer.save()
        page.goto(f"{server.url}/field/settings")
        expect(page.get_by_test_id("awaited")).to_contain_text("sambungkan HP ke internet")
        page.goto(f"{server.url}/field/")
        assert page.get_by_test_id("ledger-pending").inner_text() == "1"
        officer.start()
        officer.type("nik", OTHER_NIK)
        page.evaluate("window.same = true")
        # Signal in the middle of a form: the second part arrives and nothing on screen moves.
        second_part.bring()
        context.set_offline(False)
        page.evaluate(ONLINE)
        wait_for_all(page)
        assert page.evaluate("window.same")
        assert page.locator("[data-update=ready]").is_hidden()
        assert page.get_by_test_id("nik").input_value().replace(" ", "") == OTHER_NIK
        officer.choose("nik_match", "Ya")
        officer.photo("ktp_photo")
        officer.go_on("nama")
        page.goto(f"{server.url}/field/")
        page.get_by_test_id("pin-later").click()
        expect(page.get_by_test_id("ledger-received")).to_have_text("1")
    server.kill()
    with open_browser(playwright, profile) as context:
        context.set_offline(True)
        page = context.pages[0]
        page.goto(f"{server.url}/field/settings")
        wait_for_app(page)
        assert has_all(page)
        assert page.get_by_test_id("awaited").count() == 0


def test_nothing_is_asked_of_a_worker_while_another_takes_over(
    server: RunningServer, page: Page
) -> None:
    # Chrome forgets the hand-over for minutes when a request comes in just that moment.
    page.add_init_script(WATCH_HAND_OVER)
    log_in(page, server.url, whole=False)
    wait_for_all(page)
    poll(page, "asked.length")
    assert page.evaluate("asked.includes(true)") is False
    # What was asked before has been answered meanwhile.
    assert page.evaluate("takenAt - heldAt") >= 100


def test_a_worker_takes_over_once_the_page_has_its_second_script(
    server: RunningServer, page: Page
) -> None:
    page.add_init_script(LATE_SCRIPT)
    log_in(page, server.url, whole=False)
    wait_for_all(page)
    assert page.evaluate("wholeWhenHeld")


def test_a_page_of_the_second_part_opens_by_itself_once_that_is_there(
    server: RunningServer, second_part: SecondPart, page: Page
) -> None:
    second_part.hide()
    page.goto(server.url + EXPLAIN)
    wait_for_app(page)
    expect(page.get_by_test_id("awaited")).to_be_visible()
    second_part.bring()
    page.evaluate(ONLINE)
    poll(page, "document.querySelector('h1') && !document.querySelector('[data-awaited]')", 30)
    assert has_all(page)


def test_new_version_reaches_a_phone_that_has_the_first_part_alone(
    server: RunningServer, second_part: SecondPart, page: Page
) -> None:
    second_part.hide()
    install_app(page, server.url, whole=False)
    old = page.evaluate(VERSION)
    page.evaluate(HALF_FILLED)
    make_version(server, "enam")
    second_part.hide()
    page.evaluate(UPDATE)
    poll(page, WAITING)
    page.wait_for_timeout(1500)
    assert page.evaluate(VERSION) == old
    nudge(page, f"{CLEAN}; {SEEN_AGAIN}")
    poll(page, f"{VERSION} !== {old!r}", 40)
    assert not has_all(page)
    second_part.bring()
    page.evaluate(ONLINE)
    wait_for_all(page)
    page.goto(server.url + EXPLAIN)
    assert "enam" in version_shown(page)


def test_web_view_of_another_app_is_led_to_chrome(
    server: RunningServer, playwright: Playwright, tmp_path: Path
) -> None:
    agent = "Mozilla/5.0 (Linux; Android 11; A1; wv) AppleWebKit/537.36 Chrome/119 WhatsApp/2.24"
    with open_browser(playwright, tmp_path / "in-app", user_agent=agent) as context:
        page = context.pages[0]
        page.goto(f"{server.url}{EXPLAIN}?u=abc")
        link = page.get_attribute("[data-testid=open-chrome]", "href")
        assert link is not None
        assert link.startswith(
            f"intent://127.0.0.1:{server.port}{EXPLAIN}?u=abc#Intent;scheme=http;"
        )
        assert "WhatsApp" in page.inner_text("main")
        assert page.input_value("[data-copy-from]") == f"{server.url}{EXPLAIN}?u=abc"
        assert (
            page.evaluate("navigator.serviceWorker.getRegistrations().then((r) => r.length)") == 0
        )
