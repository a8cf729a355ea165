"""Run some tests with the plugins that they need and no others: ``make test-one T=…``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

PLUGINS = ["pytest_timeout"]
BROWSER = ["pytest_playwright.pytest_playwright"]
# What conftest files above a browser test ask for; a test that drives a browser names it itself.
SIGNS = ("playwright", "tests.browser")


def files_of(words: list[str]) -> list[Path]:
    """The test files that are named, with the conftest files above them."""
    found: list[Path] = []
    for word in words:
        path = Path(word.partition("::")[0])
        if path.is_dir():
            found += path.rglob("*.py")
        elif path.is_file():
            found += [path, *(above / "conftest.py" for above in path.parents)]
    return [path for path in found if path.is_file()]


def plugins(words: list[str]) -> list[str]:
    """The plugins of pytest that these tests need."""
    texts = [path.read_text() for path in files_of(words)]
    return PLUGINS + (BROWSER if any(sign in text for sign in SIGNS for text in texts) else [])


def main() -> None:
    words = sys.argv[1:]
    if not words:
        raise SystemExit("make test-one T=tests/folder/test_file.py::test_name")
    options = [part for name in plugins(words) for part in ("-p", name)]
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *options, *words])


if __name__ == "__main__":
    main()
