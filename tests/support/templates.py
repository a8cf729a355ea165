"""Renders one template twice: by Jinja2 as Flask does, and by the compiled JavaScript."""

from __future__ import annotations

import json
from typing import Any

import quickjs
from jinja2 import DictLoader, Environment
from jinja2.exceptions import UndefinedError

from outreach.build.bundles import JS
from outreach.build.compiler import Compiler
from outreach.web.addresses import addresses, u
from outreach.web.white_space import CollapseSpace

SETTINGS = {
    "autoescape": True,
    "trim_blocks": True,
    "lstrip_blocks": True,
    "extensions": [CollapseSpace],
}
JS_ADDRESSES = (JS / "field" / "addresses.js").read_text()


class Differs(AssertionError):
    """The two renderings are not the same bytes."""


def sentence(key: str, **kw: Any) -> str:
    """A stand-in for the catalogue that shows exactly what reached it."""
    return f"[{key}{''.join(f'|{name}={value}' for name, value in sorted(kw.items()))}]"


JS_SENTENCE = """
const t = (key, kw = {}) => "[" + key + Object.keys(kw).sort()
  .map((name) => "|" + name + "=" + String(kw[name])).join("") + "]";
"""


def without_modules(source: str) -> str:
    """A module's source as plain script: imports dropped, exports made ordinary."""
    lines = [line for line in source.splitlines() if not line.startswith("import ")]
    return "\n".join(lines).replace("export default ", "").replace("export ", "")


def environment(templates: dict[str, str]) -> Environment:
    """Jinja2 over ``templates``, set as the Flask app sets it, with t and u."""
    env = Environment(loader=DictLoader(templates), **SETTINGS)  # type: ignore[arg-type]
    env.globals.update(t=sentence, u=u)
    return env


def compiled(env: Environment, names: list[str]) -> quickjs.Context:
    """A JavaScript engine with the compiled templates and ``show(name, json)``."""
    module = Compiler(env).module(names, "./runtime.js")
    parts = [
        without_modules((JS / "field" / "runtime.js").read_text()),
        f"const table = {json.dumps(addresses())}; const assets = {{}};",
        f"const u = (() => {{ {without_modules(JS_ADDRESSES)}; return u; }})();",
        JS_SENTENCE,
        without_modules(module),
        "const show = (name, ctx) => render(name, JSON.parse(ctx), { t, u });",
    ]
    engine = quickjs.Context()
    engine.eval("\n".join(parts) + "\nglobalThis.show = show;")
    return engine


def same(templates: dict[str, str], context: dict[str, Any], name: str = "main.html") -> str:
    """What both render; raises Differs when they do not agree, or only one fails."""
    env = environment(templates)
    return same_in(env, compiled(env, [name]), name, context)


def same_in(env: Environment, engine: quickjs.Context, name: str, context: dict[str, Any]) -> str:
    """As ``same``, with templates compiled before."""
    ours = by_javascript(engine, name, context)
    theirs = by_jinja(env, name, context)
    if ours != theirs:
        raise Differs(f"Jinja2 {theirs!r}\nJavaScript {ours!r}")
    if isinstance(ours, Exception):
        raise ours
    return str(ours)


class Refused(Exception):
    """Both sides refuse to render this."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Refused)

    def __hash__(self) -> int:
        return 0


def by_javascript(engine: quickjs.Context, name: str, context: dict[str, Any]) -> str | Refused:
    """The compiled template's bytes, or Refused."""
    try:
        return str(engine.eval(f"show({json.dumps(name)}, {json.dumps(json.dumps(context))})"))
    except quickjs.JSException:
        return Refused()


def by_jinja(env: Environment, name: str, context: dict[str, Any]) -> str | Refused:
    """Jinja2's bytes, or Refused."""
    try:
        return env.get_template(name).render(context)
    except (UndefinedError, TypeError, ValueError, KeyError):
        return Refused()
