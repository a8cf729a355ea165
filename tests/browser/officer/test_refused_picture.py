"""A picture that reached the server broken: the phone says so, and taking it again ends it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.browser import accessibility_faults, poll
from tests.support.form import NIK, Officer, all_sent
from tests.support.server import RunningServer

# The camera writes only the beginning of a picture, as a phone does whose memory fails.
BREAK = """() => {
  const whole = HTMLCanvasElement.prototype.toBlob;
  HTMLCanvasElement.prototype.toBlob = function (take, ...how) {
    whole.call(this, (blob) => take(window.mended ? blob : blob.slice(0, 900, blob.type)), ...how);
  };
  if (!window.OffscreenCanvas) return;
  const convert = OffscreenCanvas.prototype.convertToBlob;
  OffscreenCanvas.prototype.convertToBlob = async function (...how) {
    const blob = await convert.apply(this, how);
    return window.mended ? blob : blob.slice(0, 900, blob.type);
  };
}"""


def pictures(server: RunningServer) -> list[str]:
    """What became of each picture on the server."""
    query = (
        "SELECT state FROM blob WHERE mime LIKE 'image%' OR state = 'refused' ORDER BY created_at"
    )
    return [state for (state,) in server.rows(query)]


def test_a_refused_picture_is_named_and_taken_again(
    officer: Officer, page: Page, server: RunningServer
) -> None:
    page.evaluate(BREAK)
    officer.start()
    officer.honest_path("SITI AMINAH", NIK)
    officer.save()
    page.goto(f"{server.url}/field/")
    poll(page, "document.querySelector('[data-testid=fix-link]')", 60)
    assert pictures(server) == ["refused"]
    all_sent(page)
    expect(page.get_by_test_id("ledger-photos")).to_have_text("")

    page.get_by_test_id("fix-link").click()
    card = page.get_by_test_id("fix-card")
    expect(card).to_contain_text("SITI AMINAH")
    expect(card).to_contain_text("Foto KTP: Berkas ini rusak")
    expect(card).to_contain_text("ambil lagi")
    assert accessibility_faults(page) == []
    page.evaluate("void (window.mended = true)")
    card.get_by_test_id("fix-nik").click()
    page.locator("form[data-step=nik]").wait_for()
    officer.photo("ktp_photo")
    page.get_by_test_id("next").click()
    page.goto(f"{server.url}/field/fix")
    expect(page.get_by_test_id("fix-card")).to_have_count(0)
    page.goto(f"{server.url}/field/")
    for _ in range(60):
        if len(pictures(server)) == 2:
            break
        page.wait_for_timeout(500)
    assert pictures(server) == ["refused", "complete"]
    expect(page.get_by_test_id("fix-link")).to_have_count(0)
    expect(page.get_by_test_id("ledger-photos")).to_have_text("")
