"""White space of a template: what stands between elements goes, what a person reads stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import Environment

from outreach import PHONE_TEMPLATES
from outreach.build.compiler import TemplateRefused, build_environment
from tests.support.templates import compiled, environment, same

SAID = {"x": "X", "y": "", "list": [1, 2]}


@pytest.mark.parametrize(
    ("template", "html"),
    [
        ("<ul>\n  <li>\n    <a>1</a>\n  </li>\n</ul>\n", "<ul><li><a>1</a></li></ul>"),
        ("<p>\n  <b>1</b> <i>2</i>\n</p>", "<p><b>1</b> <i>2</i></p>"),
        ("<p>a\n  b</p>", "<p>a b</p>"),
        ("<p>a \t  b</p>", "<p>a b</p>"),
        ("<b>1</b>\n  and\n  <i>2</i>", "<b>1</b> and <i>2</i>"),
        ("<b>1</b>\n  {{ x }}\n  <i>2</i>", "<b>1</b> X <i>2</i>"),
        ("<b>{{ x }}</b>\n<b>{{ x }}</b>", "<b>X</b><b>X</b>"),
        ("<p>\n  {% if x %}\n  <b>1</b>\n  {% endif %}\n</p>", "<p><b>1</b></p>"),
        ("<p>{% if x %} <b>1</b>{% endif %}</p>", "<p> <b>1</b></p>"),
        ("<p>{{ x }}{% if y %} {{ y }}{% endif %}</p>", "<p>X</p>"),
        ("<p>{{ x }}\n  {% if x %}\n  {{ x }}\n  {% endif %}\n</p>", "<p>X X </p>"),
        (
            "<ul>\n  {% for n in list %}\n  <li>{{ n }}</li>\n  {% endfor %}\n</ul>",
            "<ul><li>1</li><li>2</li></ul>",
        ),
        ("<i>\n{# note #}\n</i>", "<i></i>"),
        ("a{# note #} b", "a b"),
        ("<i>\n  <!-- it's -->\n  <b>1</b></i>", "<i><!-- it's --><b>1</b></i>"),
        ('<a\n  class="b"\n  id="c"\n>1</a>', '<a class="b" id="c" >1</a>'),
        ('<a class="b\n  c" title=\'d\n  "e\'>1</a>', '<a class="b\n  c" title=\'d\n  "e\'>1</a>'),
        ('<a{% if x %}\n  title="{{ x }}\n  1"{% endif %}>\n<b>', '<a title="X\n  1"><b>'),
        (
            "<pre>\n  a\n  <b>1</b>\n  {{ x }}\n</pre>\n<p>",
            "<pre>\n  a\n  <b>1</b>\n  X\n</pre><p>",
        ),
        ("<textarea>\n  {{ x }}\n  a\n</textarea>\n<p>", "<textarea>\n  X\n  a\n</textarea><p>"),
        ("<TEXTAREA>\n\n</TEXTAREA>\n<p>", "<TEXTAREA>\n\n</TEXTAREA><p>"),
        ("<previous>\n\n</previous>\n<p>", "<previous></previous><p>"),
        ("1 < 2\n  <b>", "1 < 2 <b>"),
        ("a\u00a0\n\u2028 b", "a\u00a0 \u2028 b"),
    ],
)
def test_white_space_of_a_template(template: str, html: str) -> None:
    assert same({"main.html": template}, SAID) == html


def test_a_text_of_a_person_keeps_its_white_space() -> None:
    assert same({"main.html": "<p>\n{{ x }}\n</p>"}, {"x": "a\n  b"}) == "<p> a\n  b </p>"


def test_a_refusal_still_names_its_line() -> None:
    source = "<ul>\n\n  <li>\n\n    {{ x|safe }}"
    with pytest.raises(TemplateRefused, match=r"^main\.html:5: "):
        compiled(environment({"main.html": source}), ["main.html"])


def test_flask_collapses_what_it_shares_with_the_phone_alone(sqlite_app: Flask) -> None:
    flask: Any = sqlite_app.jinja_env
    assert flask.collapsed == PHONE_TEMPLATES
    assert {type(extension) for extension in flask.extensions.values()} >= {
        type(extension) for extension in build_environment(Path(".")).extensions.values()
    }


def test_a_template_of_the_office_stays_as_it_is_written() -> None:
    env: Environment = environment({"field/a.html": "<a>\n<b>", "review/a.html": "<a>\n<b>"})
    env.collapsed = PHONE_TEMPLATES  # type: ignore[attr-defined]
    assert env.get_template("field/a.html").render() == "<a><b>"
    assert env.get_template("review/a.html").render() == "<a>\n<b>"
