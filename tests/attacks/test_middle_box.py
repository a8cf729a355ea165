"""Somebody between phone and server who answers in the server's place.

The attacker is a hotel's network, a school's filter or a thief's router with a certificate that the
phone trusts: it sees requests, stops them and answers anything with any status, but has no key of
the server. It wants the phone to forget its work, to call sent what is not, or to accuse somebody.
tests/js/middle_box.test.mjs tries every status and shape; here a browser shows the kind.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import built, prepared
from tests.browser.officer.conftest import Arrived, arrived, home, officer, page, phone, server
from tests.support.browser import describe
from tests.support.form import Officer, all_sent
from tests.support.server import RunningServer

__all__ = ["Arrived", "arrived", "built", "home", "officer", "page", "phone", "prepared", "server"]

pytestmark = pytest.mark.browser
NAME = "ZULAIKHA PERWANGI"
HTML = ("text/html", "<!doctype html><title>Wi-Fi</title>")
OURS = ("application/json", '{"code": "device_ended", "params": {}}')
Box = Callable[..., None]


@pytest.fixture
def box(server: RunningServer, tmp_path: Path) -> Box:
    """A function that lets the box answer so from now on; without a status it is gone."""
    file = tmp_path / "box.json"
    server.wsgi = "tests.support.box:app"
    server.restart(MIDDLE_BOX=str(file))

    def answer(status: int = 0, what: tuple[str, str] = HTML) -> None:
        said = {"paths": ["/sync/v1/"] if status else [], "status": status}
        file.write_text(json.dumps({**said, "type": what[0], "body": what[1]}))

    return answer


def send(page: Page, words: str) -> None:
    """ "Kirim sekarang" until the screen says it: a tap during a step, or right after one, asks
    nobody."""
    for _ in range(8):
        page.get_by_test_id("sync-now").click()
        with suppress(AssertionError):
            expect(page.get_by_test_id("sync-says")).to_contain_text(words, timeout=3000)
            return
    raise AssertionError(f"{words} was never said: {describe(page)}")


@pytest.mark.parametrize(("status", "what"), [(410, HTML), (410, OURS), (403, OURS)])
def test_a_box_that_calls_the_phone_lost_takes_no_form_and_no_list(
    box: Box,
    page: Page,
    officer: Officer,
    server: RunningServer,
    status: int,
    what: tuple[str, str],
) -> None:
    officer.start()
    officer.type("nik", "1804044708809001")
    officer.choose("nik_match", "Ya")
    officer.photo("ktp_photo")
    officer.go_on("nama")
    officer.type("full_name", NAME)
    officer.home()
    officer.go_on("kerja")
    box(status, what)
    page.goto(f"{server.url}/field/")
    send(page, "Server tidak menjawab.")
    expect(page.locator("[data-lock]")).to_have_count(0)
    expect(page.get_by_text("dilaporkan hilang")).to_have_count(0)
    expect(page.get_by_text("dinonaktifkan")).to_have_count(0)
    page.reload()
    expect(page.get_by_text(NAME)).to_be_visible()
    expect(page.get_by_text("Kubu Perahu").first).to_be_visible()
    box()
    page.get_by_text(NAME).click()
    expect(page.locator("form[data-step=kerja]")).to_be_visible()


def test_the_screen_tells_no_signal_a_network_s_login_and_a_silent_server_apart(
    box: Box, page: Page, officer: Officer, server: RunningServer
) -> None:
    box(502)
    officer.start()
    officer.honest_path(NAME)
    officer.save()
    page.goto(f"{server.url}/field/")
    send(page, "Server tidak menjawab. 1 simpanan aman di HP ini")
    box(200)
    send(page, "Jaringan ini minta masuk dulu.")
    server.kill()
    send(page, "Tidak ada sinyal.")
    server.start()
    box()
    send(page, "Semua sudah sampai di server.")
    all_sent(page)
