"""``asset()`` names built files; ``python -m outreach.build`` builds them.

The running server never imports the build.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TypedDict

import orjson
from flask import Flask

DIST = Path(__file__).parent.parent / "static" / "dist"
PREFIX = "/static/dist/"


class Packed(TypedDict):
    """Sizes of a built file: plain, and as it travels."""

    bytes: int
    gzip: int
    br: int


class Built(Packed):
    """A built file: its address and hash."""

    path: str
    sha256: str


class Manifest(TypedDict, total=False):
    """The result of a build: files by their source names, addresses by set, and the files without
    a name of their own."""

    files: dict[str, Built]
    core: list[str]
    rest: list[str]
    english: list[str]
    version: str
    parts: dict[str, list[str]]
    worker: Packed
    kill: Packed
    away: Packed


@cache
def manifest() -> Manifest:
    """The result of the last build: files, version, the two precache sets; empty before a build."""
    path = DIST / "manifest.json"
    content: Manifest = orjson.loads(path.read_bytes()) if path.exists() else {}
    return content


def asset(name: str) -> str:
    """The address of a built file by its source name; the plain name before the first build."""
    files = manifest().get("files")
    if files is None:
        return PREFIX + name
    return files[name]["path"]


def init_app(app: Flask) -> None:
    """Give templates ``asset(name)``; production refuses to start unbuilt."""
    if app.config["OUTREACH"].production and not manifest():
        raise RuntimeError("Jalankan `make build` dulu. / Run `make build` first.")
    app.jinja_env.globals["asset"] = asset
