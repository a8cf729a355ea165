"""Office pages are written in one dialect: these are its rules for the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from flask import Flask

from outreach.core.accounts.refusals import Refused
from outreach.core.record.rights import NotAllowed
from outreach.core.register.listing import DigitsInAddress
from outreach.domain.refusals import NotThere, Refusal
from outreach.web import access
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


# By hand in an office template: a text in quotes that begins as an address of ours does.
IN_A_TEMPLATE = re.compile(r"""["']/(?=[\w"'?#{])""")
# Of the phone's own pages, and the table of what is open to all, which reads addresses.
OTHER_SOURCES = ("features/field/", "web/access.py")


def office_addresses(app: Flask) -> re.Pattern[str]:
    """The first part of every address that the office opens, and of the phone's app."""
    pages = [rule for rule in app.url_map.iter_rules() if "." in rule.endpoint]
    first = {rule.rule.split("/")[1] for rule in pages} | {"lang"}
    names = sorted(name for name in first - {"static", "sync", ""} if name.isalpha())
    assert {"admin", "account", "workers", "login", "field"} <= set(names)
    return re.compile(rf"/(?:{'|'.join(names)})(?:[/?#]|$)")


def declared(tree: ast.Module) -> Iterable[ast.AST]:
    """Where an address is made: routes, prefixes. Docstrings may name it too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield from node.decorator_list
        if isinstance(node, ast.keyword) and node.arg == "url_prefix":
            yield node
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node


def by_hand(source: str, address: re.Pattern[str]) -> list[str]:
    """Addresses written out in Python where they are used."""
    tree = ast.parse(source)
    made = {id(part) for root in declared(tree) for part in ast.walk(root)}
    return [
        f"{node.lineno} {node.value}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in made
        and address.match(node.value)
    ]


def test_office_code_has_its_addresses_from_url_for(sqlite_app: Flask) -> None:
    address = office_addresses(sqlite_app)
    files = {str(path.relative_to(PACKAGE)): path.read_text() for path in SOURCES}
    found = {
        name: by_hand(text, address)
        for name, text in files.items()
        if name.startswith(("features/", "web/")) and not name.startswith(OTHER_SOURCES)
    }
    assert len(found) > 80
    assert not {name: lines for name, lines in found.items() if lines}


def test_the_guard_of_all_addresses_writes_out_only_what_is_open_to_all(sqlite_app: Flask) -> None:
    source = (PACKAGE / "web/access.py").read_text()
    written = {line.partition(" ")[2] for line in by_hand(source, office_addresses(sqlite_app))}
    assert written <= set(access.PUBLIC)


def test_office_templates_have_their_addresses_from_url_for() -> None:
    folder = PACKAGE / "templates"
    files = [path for path in folder.rglob("*.html") if "field" not in path.parts]
    found = [
        f"{path.relative_to(folder)}:{text[: hit.start()].count(chr(10)) + 1}"
        for path in files
        for text in [path.read_text()]
        for hit in IN_A_TEMPLATE.finditer(text)
    ]
    assert len(files) > 60
    assert found == []


# Whatever a dictionary has itself: after a dot, a template would get that and not the entry.
OF_DICTIONARIES = "|".join(name for name in dir(dict) if not name.startswith("_"))
TAKES_A_METHOD = re.compile(rf"\b\w+\.(?:{OF_DICTIONARIES})\b(?!\s*\()")
JINJA, QUOTED = re.compile(r"\{[{%].*?[}%]\}", re.DOTALL), re.compile(r"\"[^\"]*\"|'[^']*'")
ATTRIBUTES = {"line.values", "list.keys"}  # of dataclasses, which have no such methods


def test_no_template_takes_a_method_for_an_entry() -> None:
    """A page once led to the printed name of ``dict.copy``."""
    folder = PACKAGE / "templates"
    found = {
        f"{path.relative_to(folder)}: {hit.group()}"
        for path in folder.rglob("*.html")
        if "field" not in path.parts
        for code in JINJA.findall(path.read_text())
        for hit in TAKES_A_METHOD.finditer(QUOTED.sub("", code))
        if hit.group() not in ATTRIBUTES
    }
    assert not found


def test_what_cannot_be_taken_back_is_no_main_action() -> None:
    both = re.compile(r'class="[^"]*\bmain-action danger\b|class="[^"]*\bdanger main-action\b')
    pages = [path for path in PACKAGE.rglob("*.html") if both.search(path.read_text())]
    assert not pages, "red words on the green of a main action cannot be read"
