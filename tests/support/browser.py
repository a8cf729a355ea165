"""A real Chromium as a phone: the system's browser, a profile that survives, a strict CSP.

A strict CSP breaks Playwright's wait_for_function and script tags, so waiting is done by asking
again (``poll``) and axe runs as an evaluated source.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
from playwright._impl._sync_base import SyncBase
from playwright.sync_api import BrowserContext, Error, Page, Playwright

from tests.support import day
from tests.support.database import ROOT

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Chromium reads only the last list of features to leave out: Playwright's own, then two popups of
# the address bar that it makes ready at each start, which is more than half of a start's work.
WITHOUT = (
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxPopup",
)
FLAGS = [
    "--disable-features=" + ",".join(WITHOUT),
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]
PHONE = {"width": 360, "height": 640}
DESK = {"width": 1280, "height": 800}
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


def chromium_path() -> str:
    """Where the system's Chromium is; raises RuntimeError when there is none."""
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    raise RuntimeError("no Chromium on this machine; `sh tools/chromium.sh` installs one")


@contextmanager
def open_browser(
    playwright: Playwright,
    profile: Path,
    viewport: dict[str, int] | None = None,
    flags: tuple[str, ...] = (),
    **options: Any,
) -> Iterator[BrowserContext]:
    """A browser on ``profile``, which a later browser may open again; ``flags`` besides those of
    every browser, options as Playwright's."""
    context = playwright.chromium.launch_persistent_context(
        str(profile),
        executable_path=chromium_path(),
        args=[*FLAGS, *flags],
        headless=True,
        viewport=viewport or PHONE,  # type: ignore[arg-type]
        locale="id-ID",
        **options,
    )
    context.set_default_timeout(15_000)
    day.give_pages_the_day(context, day.shift())
    try:
        yield context
    finally:
        with suppress(Error):  # a test may have killed the browser
            context.close()


def kill_browser(profile: Path) -> None:
    """SIGKILL every process of the browser on this profile, as Android does when memory ends."""
    for process in psutil.process_iter(["cmdline"]):
        if any(str(profile) in word for word in process.info["cmdline"] or []):
            with suppress(psutil.NoSuchProcess):
                process.kill()


LONGEST = 90  # seconds; longer than anything is waited for on purpose
wait_for_answer = SyncBase._sync


def answered(self: SyncBase, question: Any) -> Any:
    """What a call answers, or Error after a while.

    Chromium now and then never answers what was asked of a page in the moment in which another
    document takes its place, and Playwright then waits for ever, whatever time limit is set.
    """

    async def in_time() -> Any:
        try:
            return await asyncio.wait_for(question, LONGEST)
        except TimeoutError:
            raise Error(f"no answer within {LONGEST} s") from None

    return wait_for_answer(self, in_time())


SyncBase._sync = answered  # type: ignore[method-assign]


def ask(page: Page, expression: str, seconds: float = 5) -> Any:
    """The value of an expression, or TimeoutError."""
    question = page._impl_obj.evaluate(expression=expression, arg=None)
    return page._sync(asyncio.wait_for(question, seconds))


def nudge(page: Page, statement: str) -> None:
    """Let a statement run that may put another page in the place of this one.

    The page is asked to run it right after it has answered: what is asked of a page while it is
    being replaced ends in an error or, now and then, is never answered at all.
    """
    with suppress(Error, TimeoutError):
        ask(page, f"void setTimeout(() => {{ {statement}; }})")


def poll(page: Page, expression: str, seconds: float = 10) -> Any:
    """The first truthy value of an expression; raises AssertionError after ``seconds``."""
    until = time.monotonic() + seconds
    value: Any = None
    while time.monotonic() < until:
        try:
            value = ask(page, expression)
            if value:
                return value
        except TimeoutError:
            with suppress(Error):
                page.goto(page.url)  # a page that answers nothing any more
        except Error:
            pass  # the page is being replaced: ask the next one
        time.sleep(0.05)
    raise AssertionError(f"still {value!r} after {seconds} s: {expression}\n{describe(page)}")


def describe(page: Page) -> str:
    """Address and text of a page, for failure messages."""
    try:
        return f"{page.url}\n{ask(page, 'document.body.innerText')[:600]}"
    except TimeoutError:
        return f"{page.url}: answers nothing"
    except Error as error:
        return str(error)


def install_app(page: Page, url: str, whole: bool = True) -> None:
    """Visit the phone app for the first time and wait until its worker shows the page.

    Not ``whole``: return as soon as the first part of the worker is there.
    """
    page.goto(f"{url}/field/")
    wait_for_app(page)
    if whole:
        wait_for_all(page)


def wait_for_app(page: Page) -> None:
    """Wait until the page is one that the worker made."""
    poll(
        page,
        "Boolean(navigator.serviceWorker.controller) && document.readyState === 'complete'"
        " && !document.querySelector('[data-boot]')",
        seconds=20,
    )


def has_all(page: Page) -> bool:
    """True when the worker with both parts shows the page."""
    script = page.evaluate("navigator.serviceWorker.controller?.scriptURL ?? ''")
    return str(script).endswith("?all=1")


def wait_for_all(page: Page, seconds: float = 30) -> None:
    """Wait until the worker with both parts has taken over."""
    poll(page, "navigator.serviceWorker.controller?.scriptURL.endsWith('?all=1')", seconds)


def headers_of(page: Page, path: str) -> dict[str, str]:
    """The headers of a same-origin answer as the page sees them, by lower-case name."""
    return dict(page.evaluate("async (p) => Object.fromEntries((await fetch(p)).headers)", path))


AXE_SOURCE = AXE.read_text() if AXE.exists() else ""
# Only what is wrong leaves the page: to carry over what is right takes longer than to find it.
AXE_FAULTS = """axe.run(document, {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"],
}).then((found) => found.violations.map((v) => `${v.id}: ${v.help} (${v.nodes[0].html})`))"""


# What lies half under a foot that stays is scrolled out of it; which row that is, is chance.
FOOT_STAYS = """(stays) => document.querySelectorAll(".office .foot-acts").forEach((foot) => {
  foot.style.position = stays ? "" : "static";
})"""


def accessibility_faults(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA, one sentence each."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE_SOURCE)
    page.evaluate(FOOT_STAYS, False)
    found = list(page.evaluate(AXE_FAULTS))
    page.evaluate(FOOT_STAYS, True)
    return found


def look(page: Page, name: str, faults: list[str], *sizes: dict[str, int]) -> None:
    """Note what axe finds, and what is wider than the screen, at these sizes or a phone's and a
    desk's; keep a picture where SCREENSHOTS names a folder."""
    own, folder = page.viewport_size, os.environ.get("SCREENSHOTS")
    for size in sizes or (PHONE, DESK):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        where = f"{name} {size['width']}"
        faults += [f"{where}: {fault}" for fault in accessibility_faults(page)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            faults.append(f"{where}: scrolls sideways")
        if folder:
            page.screenshot(path=Path(folder) / f"{name}-{size['width']}.png", full_page=True)
    page.set_viewport_size(own)  # type: ignore[arg-type]


# What a browser throws away when a phone needs room, and where it cannot open its databases.
FOR_ROOM, UNREADABLE = "indexeddb,service_workers,cache_storage", "indexeddb"
EVERYTHING = "all"  # cookies too: somebody had it clear the data of the site


def throw_away(page: Page, url: str, kinds: str) -> None:
    """The browser deletes these kinds of what it keeps for the app, with its pages open."""
    session = page.context.new_cdp_session(page)
    session.send("Storage.clearDataForOrigin", {"origin": url, "storageTypes": kinds})
    session.detach()


def visit(page: Page, address: str) -> None:
    """Open an address, also where the page is reloading itself, as it does after a loss; what is
    shown then may reload itself once more, so nothing is waited for."""
    for attempt in range(4):
        try:
            page.goto(address, wait_until="commit")
            return
        except Error as error:
            if attempt == 3 or "interrupted by another navigation" not in error.message:
                raise
