"""The compiled templates render what Jinja2 renders; everything else is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import quickjs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import DictLoader, Environment, FileSystemLoader, nodes

from outreach.build.bundles import STATIC
from outreach.build.compiler import Compiler, TemplateRefused
from outreach.build.worker_bundles import page_names
from outreach.web.addresses import u
from tests.support.templates import (
    SETTINGS,
    Refused,
    by_javascript,
    compiled,
    environment,
    same,
    same_in,
    sentence,
)

TEMPLATES = STATIC.parent / "templates"
HOSTILE = [
    '"><hx-partial hx-get="/x">',
    "javascript:alert(1)",
    "<script>alert('x')</script>",
    "a & b < c > d \" e ' f",
    "&amp; &#39;",
    "\u2028\u2029",
    "Ñandú 🌾 ｆ",
    "{{ x }} {% if %}",
    "",
    "\x01\x1f",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    "template",
    [
        "{{ x }}",
        "{{ x|e }}",
        "<b title=\"{{ x }}\" data-a='{{ x }}'>{{ x ~ 1 }}</b>",
        '<textarea name="a">{{ x }}</textarea>',
        "{{ x|default('none') }}{{ x|length }}",
        '{{ t("a.b", name=x) }}',
        "{% macro m(a, b='<') %}<i>{{ a }}{{ b }}</i>{% endmacro %}{{ m(x) }}{{ m(x, x) }}",
    ],
)
def test_hostile_text_comes_out_as_jinja_escapes_it(template: str, text: str) -> None:
    html = same({"main.html": template}, {"x": text})
    assert "<hx-partial" not in html
    assert "<script" not in html


@pytest.mark.parametrize("text", [text for text in HOSTILE if text])
def test_an_address_parameter_cannot_leave_its_place(text: str) -> None:
    html = same({"main.html": '<a href="{{ u("worker", id=x) }}">{{ x }}</a>'}, {"x": text})
    assert html.startswith('<a href="/field/w/')
    assert html.count('"') == 2


@pytest.mark.parametrize("text", ["", ".", "..", None])
def test_an_address_parameter_that_browsers_fold_away_is_refused(text: str | None) -> None:
    with pytest.raises(Refused):
        same({"main.html": '{{ u("worker", id=x) }}'}, {"x": text})


@pytest.mark.parametrize(
    ("template", "data", "html"),
    [
        ("{{ a }}|{{ b }}|{{ c.d }}", {"a": None, "c": {}}, "None||"),
        ("{{ a }}{{ b }}", {"a": 0, "b": -9007199254740991}, "0-9007199254740991"),
        ("{{ a }}{{ not a }}", {"a": True}, "TrueFalse"),
        ("{{ a.b.c }}", {"a": {"b": None}}, ""),
        ("{{ a[0] }}{{ a[9] }}{{ a['0'] }}", {"a": {"0": "x"}}, "x"),
        ("{{ a[0] }}{{ a[n] }}{{ a[9] }}", {"a": ["x", "y"], "n": -1}, "xy"),
        ("{% if a %}1{% elif b %}2{% else %}3{% endif %}", {"a": [], "b": {}}, "3"),
        ("{% for x in a %}{{ loop.index }}{{ x }}{{ loop.last }}{% else %}-{% endfor %}", {}, "-"),
        ("{% for x in a %}{{ x }}{% endfor %}{{ x }}", {"a": [1, 2], "x": "o"}, "12o"),
        ("{% for x in x %}{{ x }}{% endfor %}", {"x": [1, 2]}, "12"),
        ("{{ a == b }}{{ a != none }}{{ 1 == true }}", {}, "TrueTrueTrue"),
        ("{{ 'b' in a }}{{ 'z' not in a }}{{ 1 in l }}", {"a": "abc", "l": [True]}, "TrueTrueTrue"),
        ("{{ 2 < 10 }}{{ 3 >= 3 }}", {}, "TrueTrue"),
        ("{{ a or b }}{{ b and c }}", {"a": "", "b": "<", "c": 5}, "&lt;5"),
        ("{{ a|join(', ') }}{{ a|length }}", {"a": ["x", 1, None, True]}, "x, 1, None, True4"),
        ("{{ a|upper }}{{ a|lower }}{{ n|upper }}", {"a": "ß<Éa"}, "SS&lt;ÉAß&lt;éa"),
        ("{{ a|default('d') }}{{ b|default('d', true) }}{{ b|default('d') }}", {"b": ""}, "dd"),
        ("{{ a is none }}{{ a is defined }}{{ b is not defined }}", {"a": None}, "TrueTrueTrue"),
        ("a\n  {% if true %}\n  b\n  {% endif %}\nc\n", {}, "a b c"),
        ("{# note #}{% raw %}{{ x }}{% endraw %}", {}, "{{ x }}"),
        ("{{ '🌾é'|length }}", {}, "2"),
    ],
)
def test_meaning_is_jinja_s(template: str, data: dict[str, Any], html: str) -> None:
    assert same({"main.html": template}, data) == html


def test_include_sees_the_context_and_the_loop_s_names() -> None:
    templates = {
        "main.html": "{% for p in people %}{% include 'row.html' %}{% endfor %}"
        "{% include 'row.html' %}",
        "row.html": "<li>{{ p }}{{ n }}</li>",
    }
    html = same(templates, {"people": ["a", "<"], "n": 3})
    assert html == "<li>a3</li><li>&lt;3</li><li>3</li>"


def test_imported_macros_know_only_their_arguments() -> None:
    templates = {
        "main.html": "{% from 'kit.html' import mark as m %}{{ m(x) }}{{ m(y) }}",
        "kit.html": "{% macro mark(a) %}<i>{{ a }}{{ t('k', n=a) }}</i>{% endmacro %}",
    }
    assert same(templates, {"x": "<", "y": 2}) == "<i>&lt;[k|n=&lt;]</i><i>2[k|n=2]</i>"


@pytest.mark.parametrize(
    ("template", "data"),
    [
        ("{{ a }}", {"a": [1]}),
        ("{{ a }}", {"a": {"b": 1}}),
        ("{{ a }}", {"a": 1.5}),
        ("{{ a }}", {"a": 2**60}),
        ("{{ a == b }}", {"a": [], "b": []}),
        ("{{ a < b }}", {"a": "x", "b": "y"}),
        ("{% for x in a %}{% endfor %}", {"a": "abc"}),
        ("{% for x in a %}{% endfor %}", {"a": {"k": 1}}),
        ("{{ a.title }}", {"a": "text"}),
        ("{{ a[b] }}", {"a": {"x": 1}, "b": "items"}),
        ("{{ a[0] }}", {"a": "text"}),
        ("{{ t('k', a=true) }}", {}),
    ],
)
def test_what_could_differ_stops_the_phone(template: str, data: dict[str, Any]) -> None:
    engine = compiled(environment({"main.html": template}), ["main.html"])
    assert isinstance(by_javascript(engine, "main.html", data), Refused)


REFUSED = {
    "the tag script": "<script>{{ x }}</script>",
    "style element": "<style>{{ x }}</style>",
    "on handler": '<a onclick="{{ x }}">',
    "on handler in capitals": '<a OnClick="{{ x }}">',
    "style attribute": '<a style="{{ x }}">',
    "srcdoc": '<p srcdoc="{{ u("today") }}">',
    "iframe": "<iframe></iframe>",
    "unquoted": "<a title={{ x }}>",
    "unquoted later": "<a title=a{{ x }}>",
    "tag name": "<{{ x }}>",
    "attribute name": "<a {{ x }}>",
    "attribute name after a space": '<a b="c" {{ x }}="d">',
    "comment": "<!-- {{ x }} -->",
    "end tag": "</{{ x }}>",
    "href": '<a href="{{ x }}">',
    "href in capitals": '<a HREF="{{ x }}">',
    "href with spaces": '<a href = "{{ x }}">',
    "href after u": '<a href="{{ u("today") }}{{ x }}">',
    "u not first in href": '<a href="javascript:{{ u("today") }}">',
    "u after branch in href": '<a href="{% if x %}//evil{% endif %}{{ u("today") }}">',
    "src": '<img src="{{ x }}">',
    "action": '<form action="{{ x }}">',
    "formaction": '<button formaction="{{ x }}">',
    "hx-get": '<a hx-get="{{ x }}">',
    "hx-vals": "<a hx-vals='{{ x }}'>",
    "data-hx-post": '<a data-hx-post="{{ x }}">',
    "href by concatenation": '<a href="{{ "/" ~ x }}">',
    "href by t": '<a href="{{ t("a") }}">',
    "meta content": '<meta http-equiv="refresh" content="{{ x }}">',
    "branches in different places": '<a {% if x %}title="{% endif %}">',
    "attribute begun in a branch": '<a {% if x %}href{% endif %}="{{ x }}">',
    "tag name by branch": "<h{% if x %}1{% else %}2{% endif %}>",
    "loop that leaves a tag open": "{% for x in a %}<a {% endfor %}",
    "template that ends in a tag": "<a ",
    "macro that ends in a tag": "{% macro m(a) %}<a {% endmacro %}",
    "macro in an attribute": '{% macro m(a) %}{{ a }}{% endmacro %}<a title="{{ m(x) }}">',
    "macro in a concatenation": "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(x) ~ x }}",
    "macro as a value": "{% macro m(a) %}{{ a }}{% endmacro %}{{ m }}",
    "macro by keyword": "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(a=x) }}",
    "too many arguments": "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(x, x) }}",
    "too few arguments": "{% macro m(a) %}{{ a }}{% endmacro %}{{ m() }}",
    "macro before its definition": "{{ m(x) }}{% macro m(a) %}{{ a }}{% endmacro %}",
    "macro that calls itself": "{% macro m(a) %}{{ m(a) }}{% endmacro %}",
    "macro that reads the context": "{% macro m(a) %}{{ y }}{% endmacro %}",
    "macro in a branch": "{% if x %}{% macro m(a) %}{{ a }}{% endmacro %}{% endif %}",
    "caller": "{% macro m() %}{{ caller() }}{% endmacro %}",
    "varargs": "{% macro m() %}{{ varargs }}{% endmacro %}",
    "call block": "{% macro m() %}{% endmacro %}{% call m() %}{% endcall %}",
    "set": "{% set a = 1 %}",
    "block": "{% block a %}{% endblock %}",
    "extends": "{% extends 'a.html' %}",
    "import": "{% import 'kit.html' as k %}",
    "from with context": "{% from 'kit.html' import m with context %}",
    "from of a missing macro": "{% from 'kit.html' import missing %}",
    "include of a variable": "{% include x %}",
    "include of a list": "{% include ['kit.html'] %}",
    "include without context": "{% include 'kit.html' without context %}",
    "include if present": "{% include 'none.html' ignore missing %}",
    "include of nothing": "{% include 'none.html' %}",
    "include inside a tag": "<a {% include 'kit.html' %}>",
    "include of itself": "{% include 'main.html' %}",
    "with": "{% with a = 1 %}{% endwith %}",
    "filter block": "{% filter upper %}{% endfilter %}",
    "autoescape block": "{% autoescape false %}{{ x }}{% endautoescape %}",
    "do": "{% do x %}",
    "trans": "{% trans %}a{% endtrans %}",
    "for with condition": "{% for a in x if a %}{% endfor %}",
    "for recursive": "{% for a in x recursive %}{% endfor %}",
    "for with two names": "{% for a, b in x %}{% endfor %}",
    "loop outside": "{{ loop.index }}",
    "loop in else": "{% for a in x %}{% else %}{{ loop.index }}{% endfor %}",
    "loop itself": "{% for a in x %}{{ loop }}{% endfor %}",
    "loop.cycle": "{% for a in x %}{{ loop.cycle(1) }}{% endfor %}",
    "safe": "{{ x|safe }}",
    "filter": "{{ x|title }}",
    "escape inside": "{{ x|e ~ x }}",
    "filter with keyword": "{{ x|join(d=',') }}",
    "join by a variable": "{{ x|join(y) }}",
    "join attribute": "{{ x|join(',', 'a') }}",
    "default by keyword": "{{ x|default('', boolean=true) }}",
    "test": "{{ x is odd }}",
    "test with argument": "{{ x is divisibleby 3 }}",
    "sum": "{{ x + 1 }}",
    "product": "{{ x * 2 }}",
    "negative": "{{ -x }}",
    "float": "{{ 1.5 }}",
    "huge number": "{{ 9007199254740993 }}",
    "list": "{{ [1] }}",
    "object": "{{ {'a': 1} }}",
    "tuple": "{{ (1, 2) }}",
    "slice": "{{ x[1:2] }}",
    "two comparisons": "{{ 1 < x < 3 }}",
    "inline if": "{{ 'a' if x }}",
    "method": "{{ x.items() }}",
    "method's name": "{{ x.items }}",
    "method's name as an item": "{{ x['keys'] }}",
    "private name": "{{ x.__class__ }}",
    "private item": "{{ x['__class__'] }}",
    "url_for": "{{ url_for('a') }}",
    "request": "{{ request.path }}",
    "session": "{{ session }}",
    "config": "{{ config }}",
    "range": "{% for a in range(3) %}{% endfor %}",
    "t as a value": "{{ t }}",
    "t with two keys": "{{ t('a', 'b') }}",
    "t with a spread": "{{ t('a', **x) }}",
    "unknown call": "{{ f(x) }}",
    "address by a variable": "{{ u(x) }}",
    "unknown address": "{{ u('nowhere') }}",
    "missing parameter": "{{ u('worker') }}",
    "extra parameter": "{{ u('today', id=1) }}",
    "name t taken": "{% for t in x %}{% endfor %}",
    "broken syntax": "{% if %}",
}


@pytest.mark.parametrize("template", REFUSED.values(), ids=REFUSED.keys())
def test_the_rest_is_refused_with_file_and_line(template: str) -> None:
    templates = {"main.html": "\n" + template, "kit.html": "{% macro m(a) %}{{ a }}{% endmacro %}"}
    with pytest.raises(TemplateRefused, match=r"^main\.html:\d"):
        Compiler(environment(templates)).module(["main.html"], "r")


def test_a_name_that_is_a_macro_of_the_includer_is_refused() -> None:
    templates = {
        "main.html": "{% macro mark(a) %}{{ a }}{% endmacro %}{% include 'row.html' %}",
        "row.html": "{{ mark }}",
    }
    with pytest.raises(TemplateRefused, match="mark is a macro"):
        Compiler(environment(templates)).module(["main.html"], "r")


def test_line_of_a_refusal_is_where_it_stands() -> None:
    with pytest.raises(TemplateRefused, match=r"^main\.html:3: "):
        Compiler(environment({"main.html": "a\nb\n{{ x|safe }}"})).module(["main.html"], "r")


# Random templates from a grammar, rendered by both.

NAMES = st.sampled_from(["a", "b", "c", "d"])
TEXTS = st.sampled_from(HOSTILE) | st.text("abé<>&\"' 🌾", max_size=6)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
CONTEXTS = st.dictionaries(NAMES, VALUES, max_size=4)
LITERALS = st.sampled_from(["'<q>'", '"it\'s"', "0", "7", "true", "''"])


def operators(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """One step of the grammar of expressions."""
    pair = st.tuples(inner, inner)
    return st.one_of(
        st.tuples(
            inner, st.sampled_from(["or", "and", "==", "!=", "<", ">=", "in", "not in", "~"]), inner
        ).map(lambda p: f"({p[0]} {p[1]} {p[2]})"),
        inner.map(lambda e: f"(not {e})"),
        pair.map(lambda p: f"({p[0]})|default({p[1]}, true)"),
        st.tuples(
            inner, st.sampled_from(["length", "upper", "lower", "join('<')", "default(1)"])
        ).map(lambda p: f"({p[0]})|{p[1]}"),
        st.tuples(NAMES, NAMES).map(".".join),
        st.tuples(NAMES, inner).map(lambda p: f"{p[0]}[{p[1]}]"),
        st.tuples(inner, st.sampled_from(["none", "defined"])).map(lambda p: f"({p[0]} is {p[1]})"),
        inner.map(lambda e: f"t('k', n={e})"),
    )


EXPRESSIONS = st.recursive(NAMES | LITERALS, operators, max_leaves=5)
PLACES = st.sampled_from(["%s", '<b title="%s">x</b>', "<i data-a='%s'></i>", "%s\n"])
OUTPUTS = st.tuples(PLACES, EXPRESSIONS).map(lambda p: p[0] % ("{{ " + p[1] + " }}"))
DATA = st.sampled_from(["\n", "  ", "<p>", "</p>\n", "& 'é'", "\u2028", "<br>", "  \n"])


def statements(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """One step of the grammar of templates."""
    return st.one_of(
        st.lists(inner, max_size=3).map("".join),
        st.tuples(EXPRESSIONS, inner, EXPRESSIONS, inner, inner).map(
            lambda p: (
                f"{{% if {p[0]} %}}\n{p[1]}{{% elif {p[2]} %}}{p[3]}\n  "
                f"{{% else %}}{p[4]}{{% endif %}}"
            )
        ),
        st.tuples(NAMES, EXPRESSIONS, inner, inner).map(
            lambda p: (
                f"  {{% for {p[0]} in {p[1]} %}}{p[2]}{{{{ loop.index }}}}"
                f"{{% else %}}{p[3]}{{% endfor %}}\n"
            )
        ),
        st.just("{{ m(a, b) }}"),
        st.just('{% include "row.html" %}'),
        EXPRESSIONS.map(lambda e: '<a href="{{ u("worker", id=' + e + ') }}">a</a>'),
    )


TEMPLATE = st.recursive(OUTPUTS | DATA, statements, max_leaves=8)
MACRO = "{% macro m(a, b=3) %}<u>{{ a }}{{ b }}</u>{% endmacro %}\n"


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEMPLATE, CONTEXTS)
def test_random_templates_render_the_same_bytes(template: str, data: dict[str, Any]) -> None:
    """Both render the same, unless the phone refuses: it must never render something else."""
    templates = {"main.html": MACRO + template, "row.html": "<li>{{ a }}{{ b.c }}</li>"}
    env = environment(templates)
    try:
        engine = compiled(env, ["main.html"])
    except TemplateRefused:
        return
    made = by_javascript(engine, "main.html", data)
    if not isinstance(made, Refused):
        assert same_in(env, engine, "main.html", data) == made


def test_what_replaces_a_value_is_made_even_where_it_is_not_needed() -> None:
    with pytest.raises(Refused):
        same({"main.html": "{{ 'q'|default(a < b, true) }}"}, {})


def names_read(template: str) -> set[str]:
    """The words that a template reads, for contexts that reach its branches."""
    tree = Environment(**SETTINGS).parse(template)  # type: ignore[arg-type]
    attributes = {node.attr for node in tree.find_all(nodes.Getattr)}
    return attributes | {node.name for node in tree.find_all(nodes.Name)}


def shown_address(name: str, /, **kw: Any) -> str:
    """As u, with one address for all built files, so that no build is needed."""
    return "/asset" if name == "asset" else u(name, **kw)


@pytest.fixture(scope="module")
def real() -> tuple[Environment, quickjs.Context]:
    """The phone's own templates, in both renderings."""
    env = Environment(loader=FileSystemLoader(TEMPLATES), **SETTINGS)  # type: ignore[arg-type]
    env.globals.update(t=sentence, u=shown_address)
    engine = compiled(env, page_names(TEMPLATES))
    engine.eval("for (const n of ['ui/field.js', 'css/field.css']) assets[n] = '/asset';")
    return env, engine


def shapes(words: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Contexts whose names are those the templates read: texts, lists and objects of them."""
    key = st.sampled_from(words)
    leaf = TEXTS | st.integers(0, 3) | st.none() | st.booleans()
    record = st.dictionaries(key, leaf, min_size=len(words) // 2, max_size=len(words))
    value = leaf | record | st.lists(record, max_size=2)
    return st.dictionaries(key, value, min_size=len(words) // 2, max_size=len(words))


@pytest.mark.parametrize("name", page_names(TEMPLATES))
def test_real_templates_render_the_same_bytes(
    name: str, real: tuple[Environment, quickjs.Context]
) -> None:
    env, engine = real
    words = sorted(names_read((TEMPLATES / name).read_text()) - {"t", "u", "loop"}) or ["a"]

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(shapes(words))
    def check(data: dict[str, Any]) -> None:
        made = by_javascript(engine, name, data)
        if not isinstance(made, Refused):
            assert same_in(env, engine, name, data) == made

    check()


def test_loader_of_the_phone_is_set_as_flask_is(sqlite_app: Any) -> None:
    """The build parses with the settings that Flask renders with."""
    from outreach.build.compiler import build_environment

    ours, flask = build_environment(Path(".")), sqlite_app.jinja_env
    for setting in ("trim_blocks", "lstrip_blocks", "keep_trailing_newline", "newline_sequence"):
        assert getattr(ours, setting) == getattr(flask, setting)
    assert sqlite_app.select_jinja_autoescape("a.html") is True
    assert type(flask.undefined) is type(DictLoader) or flask.undefined is ours.undefined
