"""Office pages are written in one dialect: these are its rules for the code."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from flask import Flask

from outreach.core.accounts.refusals import Refused
from outreach.core.record.rights import NotAllowed
from outreach.core.register.listing import DigitsInAddress
from outreach.domain.refusals import NotThere, Refusal
from outreach.wiring import REFUSALS

PACKAGE = Path(__file__).parents[2] / "outreach"
SOURCES = sorted(PACKAGE.rglob("*.py"))


def test_htmx_is_known_by_its_extension_alone() -> None:
    asked = [str(path) for path in SOURCES if "hx-request" in path.read_text().lower()]
    assert SOURCES
    assert not asked, "ask outreach.extensions.htmx"


def error_pages_by_hand(source: str) -> list[int]:
    """Lines of handlers that only turn an exception into an error page."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ExceptHandler)
        and isinstance(node.body[0], ast.Expr)
        and isinstance(node.body[0].value, ast.Call)
        and ast.unparse(node.body[0].value.func) == "abort"
    ]


def test_a_view_leaves_to_the_kit_what_it_only_turns_into_an_error_page() -> None:
    views = sorted((PACKAGE / "features").rglob("*.py"))
    found = {str(path): error_pages_by_hand(path.read_text()) for path in views}
    assert views
    assert not {name: lines for name, lines in found.items() if lines}, "see wiring.REFUSALS"


REFUSED = [
    (NotThere("x"), 404),
    (NotAllowed("decision_forbidden"), 403),
    (Refused("user_unknown"), 422),
    (DigitsInAddress(), 400),
]


@pytest.mark.parametrize(("refusal", "status"), REFUSED, ids=lambda value: type(value).__name__)
def test_a_refusal_that_no_view_catches_is_an_error_page(
    sqlite_app: Flask, refusal: Exception, status: int
) -> None:
    @sqlite_app.get("/static/refuses")
    @sqlite_app.get("/sync/v1/refuses", endpoint="sync_refuses")
    def refuses() -> str:
        raise refusal

    client = sqlite_app.test_client()
    page = client.get("/static/refuses")
    assert page.status_code == status
    assert f'data-code="{status}"' in page.text
    part = client.get("/static/refuses", headers={"HX-Request": "true"})
    assert part.status_code == status
    assert "<html" not in part.text
    assert client.get("/sync/v1/refuses").json == {"code": f"http_{status}", "params": {}}


def test_every_refusal_of_pages_that_is_registered_is_one_of_the_family() -> None:
    assert all(issubclass(refusal, Refusal) for refusal in REFUSALS)
