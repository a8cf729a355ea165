"""What htmx puts on a phone's screen never takes a form's token away."""

from __future__ import annotations

import re

from tests.support.database import ROOT

FIELD = ROOT / "outreach" / "templates" / "field"
FORM = re.compile(r'<form\b[^>]* id="([^"]+)"')
INSIDE = re.compile(r'<[^>]* hx-target="#([^"]+)"[^>]* hx-swap="innerHTML"')


def emptied(source: str) -> set[str]:
    """Ids of forms whose whole inside an answer replaces, and the token with it."""
    return set(FORM.findall(source)) & set(INSIDE.findall(source))


def test_no_answer_replaces_the_whole_inside_of_a_form() -> None:
    every = sorted(FIELD.glob("*.html"))
    assert any(INSIDE.search(path.read_text(encoding="utf-8")) for path in every)
    found = {path.name: emptied(path.read_text(encoding="utf-8")) for path in every}
    assert {name: ids for name, ids in found.items() if ids} == {}


def test_the_test_sees_a_form_that_is_emptied() -> None:
    search = '<input hx-target="#rows" hx-swap="innerHTML">'
    assert emptied(f'{search}<form action="/a" id="rows"></form>') == {"rows"}
    assert emptied(f'{search}<form action="/a"><div id="rows"></div></form>') == set()
