"""A foreign web page in the officer's browser.

The attacker has a page of another origin that the officer opens in the same browser, and knows
every address of the app, even the ids of a person and of a form. The attacker wants the phone's own
server to obey: withdraw a consent, set the first PIN, pass the PIN, hide what is unsent. Browsers
let any page send a form or open an address anywhere, and a worker is not told from where.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import built, prepared
from tests.browser.officer.conftest import Arrived, arrived, home, officer, page, phone, server
from tests.browser.officer.test_away import READY
from tests.support.browser import poll
from tests.support.form import NIK, Officer, all_sent, hold_steps
from tests.support.server import RunningServer

__all__ = ["Arrived", "arrived", "built", "home", "officer", "page", "phone", "prepared", "server"]

pytestmark = pytest.mark.browser
NAME = "ZULAIKHA PERWANGI"
PIN = "271828"


@dataclass
class ForeignSite:
    """Pages of another origin; each path answers the HTML that was put there."""

    url: str
    pages: dict[str, str] = field(default_factory=dict)

    def form(self, action: str, answers: dict[str, str], target: str = "_self") -> str:
        """The address of a page that sends a form to ``action`` as soon as it is opened."""
        inputs = "".join(
            f'<input type="hidden" name="{name}" value="{value}">'
            for name, value in answers.items()
        )
        self.pages["/form"] = (
            f'<iframe name="inside"></iframe><form method="post" action="{action}" '
            f'target="{target}">{inputs}</form><script>document.forms[0].submit()</script>'
        )
        return f"{self.url}/form"

    def script(self, source: str) -> str:
        """The address of a page that runs a script."""
        self.pages["/script"] = f"<p id=done></p><script>{source}</script>"
        return f"{self.url}/script"


@pytest.fixture
def site() -> Iterator[ForeignSite]:
    """A web server of somebody else, on another port of this machine."""
    pages: dict[str, str] = {}

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path, "").encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(b"<!doctype html>" + body)

        def log_message(self, *_: Any) -> None:
            """Nothing: tests read no log of it."""

    running = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    Thread(target=running.serve_forever, daemon=True).start()
    yield ForeignSite(f"http://127.0.0.1:{running.server_port}", pages)
    running.shutdown()
    running.server_close()


# Everything of the app's databases that does not count the time that passes.
EVERYTHING = """async () => {
  const asked = (req) => new Promise((done, failed) => {
    req.onsuccess = () => done(req.result);
    req.onerror = () => failed(req.error);
  });
  const bytes = (name, value) => ArrayBuffer.isView(value) ? `${value.length} bytes` : value;
  const found = {};
  for (const { name } of await indexedDB.databases()) {
    const db = await asked(indexedDB.open(name));
    for (const store of db.objectStoreNames) {
      const tx = db.transaction(store);
      const keys = await asked(tx.objectStore(store).getAllKeys());
      const values = await asked(tx.objectStore(store).getAll());
      for (const [i, key] of keys.entries()) {
        if (store === "vault" && ["session", "lease", "tries"].includes(key)) continue;
        if (store === "meta" && ["sync", "stamp", "traffic"].includes(key)) continue;
        found[`${name} ${store} ${key}`] = JSON.stringify(values[i], bytes);
      }
    }
    db.close();
  }
  return found;
}"""


def sign_for(page: Page, name: str = NAME) -> str:
    """One worker through the whole form; the id."""
    officer = Officer(page)
    officer.start()
    officer.honest_path(name, NIK)
    return officer.save()


def begin_form(page: Page, url: str) -> str:
    """A form with an answer in it, left open on the phone; its id."""
    page.goto(f"{url}/field/")
    officer = Officer(page)
    officer.start()
    officer.type("nik", "180404")
    page.wait_for_timeout(1500)  # what was typed is written a moment later
    return page.url.split("/")[-2]


def everything(page: Page, url: str) -> dict[str, str]:
    """What lies on the phone, seen from one of its own pages that sends nothing meanwhile; but the
    profile, which the server tells anew at each contact."""
    page.goto(f"{url}/field/install")
    hold_steps(page)
    found = dict(page.evaluate(EVERYTHING))
    return {name: value for name, value in found.items() if not name.endswith(" meta profile")}


def posts(worker: str, draft: str) -> list[tuple[str, dict[str, str]]]:
    """What the attacker would have the phone do."""
    village = "18.04.04.2002"
    return [
        (f"w/{worker}/withdraw/pendaftaran", {}),
        ("settings/lang", {"lang": "en"}),
        ("pin", {"pin1": PIN, "pin2": PIN}),
        ("pin/lock", {}),
        ("pin/forgot", {}),
        ("phone/photos", {"photos": "tap"}),
        ("seen", {"what": "lost"}),
        ("trouble/anew", {"n": "0"}),
        ("trouble/anew?u=x", {"n": "0", "u": "x"}),
        ("carry", {"n": "0"}),
        ("form/new", {"village": village}),
        ("form/edit", {"edit": worker, "step": "nama"}),
        (f"form/{draft}/discard", {}),
        ("_sync", {"now": "1", "token": "guessed"}),
    ]


def test_a_form_of_a_foreign_page_changes_nothing(
    page: Page, server: RunningServer, site: ForeignSite
) -> None:
    worker = sign_for(page)
    page.goto(f"{server.url}/field/")
    all_sent(page, 60)
    expect(page.get_by_test_id("ledger-photos")).to_be_empty(timeout=60_000)
    draft = begin_form(page, server.url)
    before = everything(page, server.url)
    for path, answers in posts(worker, draft):
        page.goto(site.form(f"{server.url}/field/{path}", answers))
        page.wait_for_url(f"{server.url}/**")
        expect(page.get_by_text("tidak datang dari layar Jangkau"), path).to_be_visible()
    assert everything(page, server.url) == before


def test_an_open_form_sent_from_outside_is_shown_and_kept_only_by_a_tap(
    page: Page, server: RunningServer, site: ForeignSite
) -> None:
    draft = begin_form(page, server.url)
    before = everything(page, server.url)
    action = f"{server.url}/field/form/{draft}/nik"
    page.goto(site.form(action, {"nik": NIK, "go": "next", "nik_match": "ya"}))
    expect(page.get_by_test_id("form-errors")).to_contain_text("dari luar Jangkau")
    expect(page.get_by_test_id("nik")).to_have_value("180404 470880 9001")
    assert everything(page, server.url) == before
    page.goto(site.form(action, {"nik": NIK, "go": "next", "nik_match": "ya"}))
    page.get_by_test_id("next").click()
    expect(page.get_by_test_id("form-errors")).not_to_contain_text("dari luar Jangkau")
    page.reload()
    expect(page.get_by_test_id("nik")).to_have_value("180404 470880 9001")


def lock(page: Page, url: str) -> None:
    """A PIN is made, and the phone is locked."""
    page.goto(f"{url}/field/pin")
    page.get_by_test_id("pin-1").fill(PIN)
    page.get_by_test_id("pin-2").fill(PIN)
    page.get_by_test_id("pin-save").click()
    expect(page.get_by_test_id("ledger-recorded")).to_be_visible()
    page.goto(f"{url}/field/settings")
    page.get_by_test_id("lock-now").click()
    expect(page.get_by_test_id("lock")).to_be_visible()


def test_no_address_passes_the_pin_and_no_frame_shows_the_app(
    page: Page, server: RunningServer, site: ForeignSite
) -> None:
    page.context.set_offline(True)
    worker = sign_for(page)
    lock(page, server.url)
    before = databases(page)
    for path in ("", "trouble/anew", "trouble", "settings", f"w/{worker}", "outbox", "users"):
        for query in ("u=x", "u=01930000-0000-7000-8000-00000000ffff", "n=0&u=x&e=login"):
            page.goto(f"{server.url}/field/{path}?{query}")
            expect(page.get_by_test_id("lock"), f"{path}?{query}").to_be_visible()
            assert NAME not in page.content()
    page.context.set_offline(False)
    target = f"{server.url}/field/trouble/anew?u=x"
    page.goto(site.form(target, {"n": "0"}, target="inside"))
    page.goto(site.script(REACH.replace("TARGET", json.dumps(target))))
    poll(page, "document.querySelector('#done').textContent === 'done'", 20)
    page.goto(f"{server.url}/field/")
    expect(page.get_by_test_id("lock")).to_be_visible()
    assert databases(page) == before


# A frame of the app, a window of it, and messages to both.
REACH = """
const frame = document.createElement("iframe");
frame.src = TARGET;
document.body.append(frame);
const opened = window.open(TARGET);
for (let i = 0; i < 20; i += 1) setTimeout(() => {
  for (const place of [frame.contentWindow, opened]) {
    for (const type of ["screen", "swap", "key", "lock"]) {
      try { place?.postMessage({ type, path: "/field/trouble/anew", said: "n=0" }, "*"); } catch {}
    }
  }
  if (i === 19) document.querySelector("#done").textContent = "done";
}, i * 100);
"""


def databases(page: Page) -> list[str]:
    """The names of the app's databases."""
    found = page.evaluate("async () => (await indexedDB.databases()).map((one) => one.name)")
    return sorted(found)


def test_a_frame_of_the_app_is_refused_before_anything_is_done(
    page: Page, server: RunningServer, site: ForeignSite
) -> None:
    site.pages["/frame"] = f'<iframe src="{server.url}/field/"></iframe>'
    with page.expect_response(f"{server.url}/field/") as heard:
        page.goto(f"{site.url}/frame")
    assert heard.value.from_service_worker
    assert heard.value.status == 403


def test_no_worker_sends_a_foreign_form_on_as_our_own(
    page: Page, server: RunningServer, site: ForeignSite
) -> None:
    """The server knows a foreign form by what the browser itself says of it."""
    poll(page, READY, 30)
    for path in ("/logout", "/lang"):
        server.forget_arrivals()
        page.goto(site.form(f"{server.url}{path}", {"lang": "en"}))
        page.wait_for_url(f"{server.url}{path}")
        assert server.arrived(path) == [f"POST {path} 403"]
