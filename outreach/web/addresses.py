"""``u(name, **kw)``: addresses by name from one table that Flask and the phone's worker read.

``asset`` is the one name outside the table: a built file by its source name.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from urllib.parse import quote

import orjson
from flask import Flask

from outreach.web.assets import asset

TABLE = Path(__file__).parent / "addresses.json"
PARAMETER = re.compile(r"\{(\w+)\}")


@cache
def addresses() -> dict[str, str]:
    """Name → pattern with ``{parameter}``."""
    return dict(orjson.loads(TABLE.read_bytes()))


def parameters(name: str) -> set[str]:
    """The parameters an address takes; raises KeyError for an unknown name."""
    return {"name"} if name == "asset" else set(PARAMETER.findall(addresses()[name]))


def u(name: str, /, **kw: object) -> str:
    """The address of ``name`` with its parameters percent-encoded.

    Raises KeyError for an unknown name, ValueError for missing, extra or unusable parameters:
    ``.`` and ``..`` would be folded away by browsers, an empty one would name another page.
    """
    if name == "asset":
        return asset(str(kw["name"]))
    pattern = addresses()[name]
    if set(kw) != parameters(name):
        raise ValueError(f"address {name}: wants {sorted(parameters(name))}, got {sorted(kw)}")
    return PARAMETER.sub(lambda match: encode(name, kw[match[1]]), pattern)


def encode(name: str, value: object) -> str:
    """One parameter, percent-encoded."""
    text = str(value)
    if value is None or text in ("", ".", ".."):
        raise ValueError(f"address {name}: parameter {text!r} cannot stand in an address")
    return quote(text, safe="")


def init_app(app: Flask) -> None:
    """Give templates ``u(name, **kw)``."""
    app.jinja_env.globals["u"] = u
