"""What every app makes anew and a process of the tests makes once: compiled templates, addresses
and statements, the list of built files, and the description of the phones' door.

Each is made by the product's own code, at the first app that needs it. Of the time of a server test
half went into making them again.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from apispec import APISpec
from flask import Flask
from flask_smorest import Blueprint
from flask_smorest.spec import APISpecMixin, openapi_cli
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule
from whitenoise import WhiteNoise

from outreach.extensions import db


class Compiled(BytecodeCache):
    """Compiled templates, by their key and checksum, as long as the process lives."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket where its template was compiled before."""
        known = self.known.get((bucket.key, bucket.checksum))
        if known:
            bucket.load_bytecode(BytesIO(known))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Remember what was compiled."""
        written = BytesIO()
        bucket.write_bytecode(written)
        self.known[bucket.key, bucket.checksum] = written.getvalue()


COMPILED = Compiled()
compile_builder = Rule._compile_builder
builders: dict[tuple[Any, ...], Callable[..., tuple[str, str]]] = {}


def known_builder(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    """The function that makes addresses of a rule; it takes the rule itself as its first value."""
    defaults = tuple(sorted((rule.defaults or {}).items()))
    key = (rule.rule, tuple(rule._trace), defaults, append_unknown)
    if key not in builders:
        builders[key] = compile_builder(rule, append_unknown)
    return builders[key]


Rule._compile_builder = known_builder  # type: ignore[method-assign]

compile_rule = Rule.compile
compiled: dict[tuple[Any, ...], tuple[Any, Any, dict[str, Any]]] = {}


def known_rule(rule: Rule) -> None:
    """Give an address the parts that the first app with the same one found in it."""
    told = (rule.rule, rule.subdomain, rule.host, rule.merge_slashes, rule.map.host_matching)
    key = (*told, frozenset(rule.map.converters.items()))
    if key not in compiled:
        compile_rule(rule)
        compiled[key] = (rule._parts, rule._trace, rule._converters)
        return
    rule._parts, rule._trace, rule._converters = compiled[key]
    rule.arguments.update(rule._converters)
    rule._build = known_builder(rule, False).__get__(rule)
    rule._build_unknown = known_builder(rule, True).__get__(rule)


Rule.compile = known_rule  # type: ignore[method-assign]

add_files = WhiteNoise.add_files
files: dict[tuple[Any, ...], dict[str, Any]] = {}


def known_files(static: WhiteNoise, root: str, prefix: str) -> None:
    """Give an app the files that the first one found in this build with the same headers."""
    headers = Headers([])
    static.add_headers_function(headers, "", "")
    key = (root, prefix, Path(root).stat().st_mtime_ns, tuple(headers.items()))
    if key not in files:
        add_files(static, root, prefix)
        files[key] = dict(static.files)
    static.files.update(files[key])


WhiteNoise.add_files = known_files  # type: ignore[method-assign]

# SQLAlchemy keeps compiled statements by engine and dialect, of which every app has its own.
STATEMENTS: LRUCache[Any, Any] = LRUCache(4000)
DefaultDialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]
DefaultDialect.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]

begin_spec = APISpecMixin._init_spec
describe = Blueprint.register_views_in_doc
begun: dict[tuple[str, str], tuple[APISpec, Any, Any]] = {}
described: set[tuple[int, str]] = set()


def known_spec(api: Any, **options: Any) -> None:
    """Give an app the OpenAPI that the first one of this title and version began."""
    key = (api.config["API_TITLE"], api.config["API_VERSION"])
    if key not in begun:
        begin_spec(api, **options)
        begun[key] = (api.spec, api.flask_plugin, api.ma_plugin)
    else:
        api.spec, api.flask_plugin, api.ma_plugin = begun[key]
        api._app.cli.add_command(openapi_cli)


def known_views(blueprint: Any, api: Any, app: Flask, spec: APISpec, **parts: Any) -> None:
    """Describe a blueprint's addresses where no app before has."""
    key = (id(spec), parts["name"])
    if key not in described:
        describe(blueprint, api, app, spec, **parts)
        described.add(key)


def tag_once(spec: APISpec, tag: dict[str, Any]) -> APISpec:
    """The tag of a blueprint, which every app brings."""
    if tag not in spec._tags:
        spec._tags.append(tag)
    return spec


APISpecMixin._init_spec = known_spec
Blueprint.register_views_in_doc = known_views
APISpec.tag = tag_once


def share(app: Flask) -> Flask:
    """Let the app use the templates and statements that others have compiled."""
    app.jinja_env.bytecode_cache = COMPILED
    with app.app_context():
        for engine in db.engines.values():
            engine._compiled_cache = STATEMENTS
    return app
