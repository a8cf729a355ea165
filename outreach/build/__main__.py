"""``python -m outreach.build``: build what phones and desks download."""

from __future__ import annotations

import argparse
from pathlib import Path

from outreach.build.bundles import BuildFailed, build, sizes
from outreach.build.compiler import TemplateRefused
from outreach.web.assets import DIST


def main() -> None:
    """Build, unless nothing changed; ``--sizes`` prints what a phone downloads."""
    parser = argparse.ArgumentParser(prog="python -m outreach.build")
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
