"""What the server says below /field/, and at /sw.js and /manifest.webmanifest."""

from __future__ import annotations

import gzip
import re

import brotli
import pytest
from flask import Flask

from outreach.features.field.browsers import in_app_browser
from outreach.web import assets
from outreach.web.headers import STRICT
from tests.support.database import ROOT
from tests.support.server import build

CHROME = "Mozilla/5.0 (Linux; Android 11; A1) AppleWebKit/537.36 Chrome/119.0 Mobile Safari/537.36"


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    """The build whose files the room serves."""
    build(ROOT)
    assets.manifest.cache_clear()


@pytest.mark.parametrize("path", ["/field/", "/field/w/abc", "/field/form/x/1", "/field/?u=abc"])
def test_every_get_is_the_boot_page(sqlite_app: Flask, path: str) -> None:
    answer = sqlite_app.test_client().get(path, headers={"User-Agent": CHROME})
    assert answer.status_code == 200
    assert b"data-boot" in answer.data
    assert b"<noscript>" in answer.data
    assert b'href="/login"' in answer.data


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_writes_are_409_and_say_that_nothing_was_taken(sqlite_app: Flask, method: str) -> None:
    client = sqlite_app.test_client()
    answer = client.open("/field/form/x/save", method=method)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "not_here")
    page = client.open("/field/form/x/save", method=method, headers={"Accept": "text/html"})
    assert page.status_code == 409
    assert b'data-testid="not-here"' in page.data


@pytest.mark.parametrize(
    ("encoding", "unpack"),
    [("", bytes), ("gzip", gzip.decompress), ("br, gzip", brotli.decompress)],
)
@pytest.mark.parametrize(("name", "scope"), [("sw.js", "/field/"), ("away.js", "/")])
def test_a_worker_comes_packed_fresh_and_for_its_scope(
    sqlite_app: Flask, encoding, unpack, name: str, scope: str
) -> None:  # type: ignore[no-untyped-def]
    client = sqlite_app.test_client()
    answer = client.get(f"/{name}", headers={"Accept-Encoding": encoding})
    assert unpack(answer.data) == (assets.DIST / name).read_bytes()
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Service-Worker-Allowed"] == scope
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert "Accept-Encoding" in answer.headers["Vary"]
    again = client.get(
        f"/{name}", headers={"Accept-Encoding": encoding, "If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304


def test_the_kill_switch_replaces_worker_and_boot_page(make_app, sqlite_template) -> None:  # type: ignore[no-untyped-def]
    with sqlite_template.clone() as url:
        client = make_app(url, kill_switch=True).test_client()
        for name in ("/sw.js", "/away.js"):
            assert client.get(name).data == (assets.DIST / "kill.js").read_bytes()
        page = client.get("/field/", headers={"User-Agent": CHROME}).data
    assert b'data-testid="boot-stopped"' in page
    assert b"<script" not in page


def test_the_kill_switch_never_names_the_records() -> None:
    assert "indexedDB" not in (assets.DIST / "kill.js").read_text()


def test_the_manifest_names_icons_that_exist(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    found = client.get("/manifest.webmanifest").get_json(force=True)
    assert (found["scope"], found["start_url"], found["display"]) == ("/", "/field/", "standalone")
    assert {icon["purpose"] for icon in found["icons"]} == {"any", "maskable"}
    assert {icon["sizes"] for icon in found["icons"]} == {"192x192", "512x512"}
    for icon in found["icons"]:
        with client.get(icon["src"], buffered=True) as image:
            assert image.headers["Content-Type"] == "image/png"


def test_built_files_are_immutable_strict_and_packed(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    address = assets.asset("css/field.css")
    answer = client.get(address, headers={"Accept-Encoding": "gzip"}, buffered=True)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "immutable" in answer.headers["Cache-Control"]
    assert {name: answer.headers.get(name) for name in STRICT} == STRICT
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    "name",
    ["sw.js", "away.js", "kill.js", "manifest.json", ".inputs", "../../config.py", "nothing.css"],
)
def test_nothing_else_is_served_as_a_built_file(sqlite_app: Flask, name: str) -> None:
    assert sqlite_app.test_client().get(f"/static/dist/{name}").status_code == 404


@pytest.mark.parametrize(
    ("agent", "app"),
    [
        (CHROME, None),
        ("Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0", None),
        (CHROME + " WhatsApp/2.24.1", "WhatsApp"),
        (CHROME + " [FB_IAB/FB4A;FBAV/440.0]", "Facebook"),
        ("Mozilla/5.0 (iPhone) Mobile [FBAN/FBIOS;FBAV/1]", "Facebook"),
        (CHROME + " Instagram 300.0", "Instagram"),
        (CHROME + " Line/13.1 IAB", "Line"),
        (CHROME + " musical_ly_2023 BytedanceWebview/d8a", "TikTok"),
        ("Mozilla/5.0 (Linux; Android 11; A1; wv) Chrome/119", ""),
    ],
)
def test_web_views_of_other_apps_are_known(agent: str, app: str | None) -> None:
    assert in_app_browser(agent) == app


def test_an_in_app_page_keeps_the_address_and_escapes_it(sqlite_app: Flask) -> None:
    answer = sqlite_app.test_client().get(
        '/field/w/a"><b>?u=1', headers={"User-Agent": CHROME + " WhatsApp/2"}
    )
    assert b"intent://localhost/field/w/" in answer.data
    assert b"<b>" not in answer.data
    assert b"data-boot" not in answer.data


@pytest.mark.parametrize("code", [404, 405])
def test_error_pages_explain_and_lead_on(sqlite_app: Flask, code: int) -> None:
    client = sqlite_app.test_client()
    answer = client.get("/no/such/page") if code == 404 else client.post("/sw.js")
    assert answer.status_code == code
    assert f'data-code="{code}"'.encode() in answer.data


def test_what_scrolls_on_a_phones_screen_can_be_reached_by_keyboard() -> None:
    screens = sorted((ROOT / "outreach/templates/field").glob("*.html"))
    mains = {s.name: re.findall("<main [^>]*>", s.read_text()) for s in screens}
    assert sum(len(found) for found in mains.values()) > 20
    assert [
        name for name, found in mains.items() if any('tabindex="0"' not in m for m in found)
    ] == []
