"""Attributes stand apart in every page, nothing says "None" where a text is meant, and no search
takes the token out of a form."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment

from outreach.build.compiler import TemplateRefused
from tests.support.templates import compiled, environment

TEMPLATES = Path(__file__).parent.parent.parent / "outreach" / "templates"
ENV = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)


def compile_one(source: str) -> None:
    """Compile a template that consists of this source."""
    compiled(environment({"main.html": source}), ["main.html"])


def glued(source: str) -> list[str]:
    """Attribute names that may follow another attribute without a space."""
    found, before, after_block = [], "", False
    for _line, kind, text in ENV.lex(source):
        if kind == "data":
            tag = before[before.rfind("<") :] if before.rfind("<") > before.rfind(">") else ""
            apart = tag and tag.count('"') % 2 == 0
            if after_block and apart and re.match(r"[A-Za-z]", text):
                found.append(text.split()[0][:40])
            before += text
        elif kind == "variable_begin":
            before += "…"
        after_block = kind == "block_end"
    return found


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_no_attribute_touches_the_one_before_it(path: Path) -> None:
    assert glued(path.read_text(encoding="utf-8")) == []


def test_the_test_sees_a_glued_attribute() -> None:
    assert glued('<input a="1"{% if x %}autofocus{% endif %}\nrequired>') == [
        "autofocus",
        "required>",
    ]
    assert glued('<p class="f{% if x %} bad{% endif %}"{% if y %} hidden{% endif %}>') == []


def test_the_login_page_has_its_attributes_apart(sqlite_app: Flask) -> None:
    page = sqlite_app.test_client().get("/login").text
    assert "autofocusrequired" not in page
    assert re.search(r"<input[^>]* autofocus required>", page)


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("field/*.html")), ids=lambda path: path.name)
def test_what_a_search_fills_is_no_form_whose_token_would_go_with_it(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    filled = set(re.findall(r'hx-target="#([\w-]+)"', source))
    forms = set(re.findall(r'<form\b(?:[^>"]|"[^"]*")*? id="([\w-]+)"', source))
    assert not filled & forms


@pytest.mark.parametrize(
    "source",
    [
        "{{ none }}",
        "{{ 'a' ~ none }}",
        "{{ t('k', n=none) }}",
        "{{ none|default('x') }}",
        "{{ x|default(none) }}",
        '<p class="a"id="b"></p>',
        "<p class='a'id='b'></p>",
        '<p class="a"{% if x %}hidden{% endif %}></p>',
    ],
)
def test_the_compiler_refuses_what_reads_none_and_what_is_glued(source: str) -> None:
    with pytest.raises(TemplateRefused):
        compile_one(source)


def test_none_is_still_compared() -> None:
    compile_one("{% if x is none %}a{% endif %}{{ a != none }}")


FORM = re.compile(
    r"<form\b(?P<head>(?:[^>{]|\{\{.*?\}\}|\{%.*?%\})*)>(?P<body>.*?)</form>", re.DOTALL
)
TYPED = re.compile(r"\{\{ field\(|<(?:input|textarea)\b(?![^>]*(?:search|hidden|radio|file))")
# Screens that a PIN or a code opens: six known digits are typed again in a moment.
OPENERS = {"lock.html", "check_code.html", "check_end.html"}


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("field/*.html")), ids=lambda path: path.name)
def test_no_new_version_comes_over_a_form_that_somebody_types_in(path: Path) -> None:
    forms = FORM.finditer(path.read_text(encoding="utf-8"))
    plain = [
        form["head"]
        for form in forms
        if "data-plain" in form["head"] and TYPED.search(form["body"])
    ]
    assert path.name in OPENERS or plain == []
