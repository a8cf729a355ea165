"""The phone's JavaScript: every `node --test` file passes here too, in one process each."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted(path.name for path in (ROOT / "tests/js").glob("*.test.mjs"))
LIMIT_SECONDS = 180


@pytest.mark.parametrize("name", FILES)
def test_every_javascript_test_passes(name: str) -> None:
    node = shutil.which("node") or shutil.which("node", path=str(ROOT / ".venv/bin"))
    assert node, "node is missing; `make setup` installs it"
    done = subprocess.run(
        [node, "--test-reporter=tap", f"tests/js/{name}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_the_javascript_tests_are_found() -> None:
    assert len(FILES) > 20
