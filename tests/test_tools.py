"""Tools of who works on the code: what runs prepare for each other, which tests are quick."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import kept
from tests.support.database import ROOT


def write(text: str):  # type: ignore[no-untyped-def]
    return lambda path: path.write_text(text)


def test_what_was_prepared_is_used_until_what_made_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "FOLDER", tmp_path / "kept")
    monkeypatch.setattr(kept, "digest", lambda: "one")
    first = kept.kept("text", write("first"))
    assert kept.kept("text", write("second")).read_text() == "first"
    monkeypatch.setattr(kept, "digest", lambda: "two")
    assert kept.kept("text", write("second")).read_text() == "second"
    assert not first.exists(), "only the newest stays"


def test_one_that_could_not_be_made_is_made_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "FOLDER", tmp_path / "kept")

    def fails(path: Path) -> None:
        path.write_text("half")
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        kept.kept("text", fails)
    assert kept.kept("text", write("whole")).read_text() == "whole"


def test_a_changed_migration_changes_what_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "ROOT", tmp_path)
    versions = tmp_path / "migrations" / "versions"
    versions.mkdir(parents=True)
    (versions / "0001.py").write_text("a")
    before = kept.digest()
    (versions / "0001.py").write_text("b")
    assert kept.digest() != before


@pytest.mark.parametrize(
    ("address", "plugin"),
    [
        ("tests/domain/test_vectors.py", False),
        ("tests/browser/officer/test_pin.py", True),
        ("tests/attacks/test_locked_page.py", True),
    ],
)
def test_one_test_loads_the_browser_only_where_it_drives_one(address: str, plugin: bool) -> None:
    said = subprocess.run(
        [sys.executable, "tools/test_one.py", address, "--collect-only", "-q"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "test" in said.stdout
    chosen = subprocess.run(
        [
            sys.executable,
            "-c",
            f"from tools.test_one import plugins; print(plugins(['{address}']))",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ("playwright" in chosen.stdout) == plugin


def test_the_quick_run_leaves_out_browser_and_postgresql_and_says_so() -> None:
    files = ["tests/attacks/test_cookie_alone.py", "tests/attacks/test_locked_page.py"]
    said = subprocess.run(
        [sys.executable, "-m", "pytest", "--fast", "--collect-only", *files],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "left out: " in said.stdout
    assert "that need PostgreSQL" in said.stdout
    assert "that need browser" in said.stdout
