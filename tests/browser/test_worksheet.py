"""The worksheet in a real browser: every page fits its paper, whatever the names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright

from outreach.extensions import db
from tests.features.village_lists.test_paper_printing import browser, page, print_list
from tests.support import factories
from tests.support.browser import FLAGS, accessibility_faults, chromium_path
from tests.support.factories import KUBU_PERAHU
from tests.support.lists import nik, opened
from tests.support.office import make_worker
from tests.sync.conftest import Server

pytestmark = pytest.mark.browser
LONGEST = (
    "MUHAMMAD ABDURRAHMAN HIDAYATULLAH AL FARISI BIN SYARIFUDDIN "
    "ZAINAL ABIDIN HARAHAP SIREGAR NASUTION X"
)
WORK = "buruh angkut pasar, kuli bangunan dan pekerjaan serabutan lain di musim panen"
STATIC = Path(__file__).parents[2] / "outreach" / "static"
OVERFLOWS = """() => [...document.querySelectorAll(".sheet")]
  .map((sheet) => [sheet.scrollHeight - sheet.clientHeight, sheet.scrollWidth - sheet.clientWidth])
  .filter((over) => over[0] > 0 || over[1] > 0)"""
PAPER = {"a4": (210, 297), "f4": (215, 330)}


@pytest.fixture
def sheets(app: Any) -> Any:
    """A function that answers the page of 300 names in a size of paper."""
    with app.app_context():
        factories.add_regions(db.session())
        db.session.commit()
        server = Server(app)
        officer = server.user(KUBU_PERAHU)
        data = {"pemangku": "SUMBER REJO KALIBATA", "rt": "002", "occupation_code": "LAIN"}
        for n in range(300):
            make_worker(
                db.session(),
                officer,
                LONGEST if n % 3 or n < 60 else f"SITI UJI {n}",
                nik=nik(9001 + n),
                status="verifikasi_pekon",
                data={**data, "occupation_text": WORK},
            )
        made, client = opened(server), browser(server)

        def of(size: str) -> str:
            text = page(client, print_list(client, made.id, size))
            return text.replace('href="/static/', f'href="file://{STATIC}/')

        yield of


@pytest.mark.parametrize("size", sorted(PAPER))
def test_300_names_fill_12_pages_of_their_paper(
    built: None, sheets: Any, playwright: Playwright, tmp_path: Path, size: str
) -> None:
    file = tmp_path / "sheet.html"
    file.write_text(sheets(size), encoding="utf-8")
    chromium = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
    try:
        shown = chromium.new_page()
        shown.goto(file.as_uri())
        assert accessibility_faults(shown) == []
        shown.emulate_media(media="print")
        assert shown.evaluate(OVERFLOWS) == []
        pdf = shown.pdf(prefer_css_page_size=True)
    finally:
        chromium.close()
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page>") == 12
    width, height = (round(side / 25.4 * 72) for side in PAPER[size])
    box = pdf.split(b"/MediaBox [")[1].split(b"]")[0].split()
    assert abs(float(box[2]) - width) <= 2
    assert abs(float(box[3]) - height) <= 2
