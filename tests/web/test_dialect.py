"""Office pages are written in one dialect: these are its rules for the code."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "outreach"
SOURCES = sorted(PACKAGE.rglob("*.py"))


def test_htmx_is_known_by_its_extension_alone() -> None:
    asked = [str(path) for path in SOURCES if "hx-request" in path.read_text().lower()]
    assert SOURCES
    assert not asked, "ask outreach.extensions.htmx"
