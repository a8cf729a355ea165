"""The worker's life in a real browser: install, offline, update, failed update, kill switch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright

from outreach.web.headers import STRICT
from tests.support.browser import headers_of, install_app, open_browser, poll, wait_for_app
from tests.support.server import RunningServer, build, copy_project

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("lifecycle")]

CACHES = "async () => (await caches.keys()).sort()"
WAITING = "(async () => Boolean((await navigator.serviceWorker.ready).waiting))()"
UPDATE = "(async () => { await (await navigator.serviceWorker.ready).update(); })()"
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
    assert page.url == f"{server.url}{EXPLAIN}?u=abc"
    assert page.evaluate("document.querySelector('main') !== null")


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
    assert server.process.poll() is None


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
    other.evaluate("document.querySelector('main').setAttribute('data-dirty', '')")
    make_version(server, "dua")
    page.evaluate(UPDATE)
    poll(page, WAITING)
    page.wait_for_timeout(2500)
    assert page.evaluate(WAITING)
    assert "dua" not in version_shown(page)
    other.evaluate("document.querySelector('main').removeAttribute('data-dirty')")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    for tab in (page, other):
        poll(tab, "document.body.innerText.includes('dua')", 40)


def test_a_tap_on_the_bar_takes_the_new_version(
    server: RunningServer, page: Page, phone: BrowserContext
) -> None:
    install_app(page, server.url)
    page.goto(server.url + EXPLAIN)
    page.evaluate("document.querySelector('main').setAttribute('data-dirty', '')")
    make_version(server, "tiga")
    page.evaluate(UPDATE)
    poll(page, "document.querySelector('[data-update=\"ready\"]')?.hidden === false")
    page.evaluate("document.querySelector('main').removeAttribute('data-dirty')")
    page.click("[data-update-now]")
    poll(page, "document.body.innerText.includes('tiga')", 40)


def test_old_files_go_only_after_the_new_version_is_whole(
    server: RunningServer, page: Page, phone: BrowserContext
) -> None:
    install_app(page, server.url)
    poll(page, "(async () => (await caches.keys()).length === 2)()")
    old = page.evaluate(CACHES)
    page.evaluate("document.querySelector('main').setAttribute('data-dirty', '')")
    make_version(server, "empat")
    page.evaluate(UPDATE)
    poll(page, WAITING)
    assert set(old) < set(page.evaluate(CACHES))
    page.evaluate("document.querySelector('main').removeAttribute('data-dirty')")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
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
    page.evaluate("(async () => { await (await navigator.serviceWorker.ready).update(); })()")
    page.wait_for_timeout(2500)
    assert page.evaluate("navigator.serviceWorker.ready.then((r) => !r.waiting && !r.installing)")
    assert page.evaluate(CACHES) == before
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
    page.evaluate("navigator.serviceWorker.ready.then((r) => r.update().catch(() => {}))")
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
