"""What the tests' apps share (``tests/support/once.py``) is what each would have made itself."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.routing import Map, Rule

from tests.support import once

PRODUCTION = {"environment": "production", "secret_key": "d9f2" * 16, "secure_cookies": True}


def parts(rule: Rule) -> tuple[Any, ...]:
    """What an address is matched and made by."""
    converters = {name: type(found) for name, found in rule._converters.items()}
    return rule.rule, rule._parts, rule._trace, converters, rule.arguments


def test_second_app_finds_in_every_address_what_werkzeug_finds(sqlite_app: Flask) -> None:
    url_map = sqlite_app.url_map
    assert all(rule._parts for rule in url_map.iter_rules())
    for rule in url_map.iter_rules():
        alone = rule.empty()
        alone.map = Map(converters=url_map.converters)
        once.compile_rule(alone)
        assert parts(rule) == parts(alone)


def test_built_file_has_the_headers_of_its_own_app(make_app: Any, tmp_path: Any) -> None:
    answered = []
    for settings in ({}, PRODUCTION, {}):
        app = make_app(f"sqlite:///{tmp_path / 'app.sqlite3'}", **settings)
        path = next(path for path in app.wsgi_app.files if path.endswith(".css"))
        with app.test_client().get(path) as answer:
            answered.append("Strict-Transport-Security" in answer.headers)
    assert answered == [False, True, False]
