"""``asset()`` names built files; ``python -m outreach.build`` builds them.

The running server never imports the build.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import orjson
from flask import Flask

DIST = Path(__file__).parent.parent / "static" / "dist"
PREFIX = "/static/dist/"


@cache
def manifest() -> dict[str, Any]:
    """What the last build made: files, version, the two precache sets; empty before a build."""
    path = DIST / "manifest.json"
    return dict(orjson.loads(path.read_bytes())) if path.exists() else {}


def asset(name: str) -> str:
    """The address of a built file by its source name; the plain name before the first build."""
    files = manifest().get("files")
    if files is None:
        return PREFIX + name
    return str(files[name]["path"])


def init_app(app: Flask) -> None:
    """Give templates ``asset(name)``; production refuses to start unbuilt."""
    if app.config["OUTREACH"].production and not manifest():
        raise RuntimeError("Jalankan `make build` dulu. / Run `make build` first.")
    app.jinja_env.globals["asset"] = asset
