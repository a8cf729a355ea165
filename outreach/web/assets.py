"""``asset()`` names built files; ``python -m outreach.web.assets`` builds them.

The build itself is in outreach/web/build.py, which the running server never imports.
"""

from __future__ import annotations

import argparse
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
    """Give templates ``asset(name)`` and ``u(name, **kw)``; production refuses to start unbuilt."""
    from outreach.web.addresses import u

    if app.config["OUTREACH"].production and not manifest():
        raise RuntimeError("Jalankan `make build` dulu. / Run `make build` first.")
    app.jinja_env.globals["asset"] = asset
    app.jinja_env.globals["u"] = u


def main() -> None:
    """Build, unless nothing changed; ``--sizes`` prints what a phone downloads."""
    from outreach.web.build import BuildFailed, build, sizes
    from outreach.web.compiler import TemplateRefused

    parser = argparse.ArgumentParser(prog="python -m outreach.web.assets")
    parser.add_argument("--out", type=Path, default=DIST, help="folder to build into")
    parser.add_argument("--sizes", action="store_true", help="print what a phone downloads")
    parser.add_argument("--readable", action="store_true", help="source maps, nothing minified")
    options = parser.parse_args()
    try:
        made = build(options.out.absolute(), options.readable)
    except (BuildFailed, TemplateRefused) as error:
        raise SystemExit(f"the build stopped: {error}") from None
    print(f"{made['version']}: {len(made['files'])} files in {options.out}")
    if options.sizes:
        print(sizes(made))


if __name__ == "__main__":
    main()
