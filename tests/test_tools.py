"""Tools of who works on the code: what runs prepare for each other, which tests are quick."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import kept
from tests.support.database import ROOT
from tools import house as measure


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


BILL = """
from typing import TYPE_CHECKING, Any
from outreach.core.audit import lines
if TYPE_CHECKING:
    from outreach import app


def total(rows: Any) -> Any:
    def one(row):
        return row

    return sum(map(one, rows))
"""
SCREEN = r"""
import { open } from "../store/db.js";
// import "../store/none.js"; function hidden() {}
/** @typedef {import("../store/db.js").Row} Row */
/** @typedef {object} Kept @property {Record<string, any>} rows @property {*} left */
const shape = /[{(]/g;
function show(rows) {
  if (rows && `${["}"].map((x) => x)} {`) {
    // @ts-expect-error
    rows.forEach((row) => {
      open(row);
    });
  }
}
export const double = (/** @type {any} */ n) =>
  n * 2;
"""
HOUSE = {
    "outreach/__init__.py": "import outreach.app\n",
    "outreach/app.py": "from outreach.features.bills import bill\nimport outreach\n",
    "outreach/features/bills/bill.py": BILL,
    "outreach/core/audit/lines.py": "import outreach.core.record.write\n",
    "outreach/core/record/receipts.py": "from outreach.core.record import write\n",
    "outreach/core/record/write.py": "from outreach.core.audit import lines\n",
    "outreach/static/js/store/db.js": 'export { show } from "../field/screen.js";\n',
    "outreach/static/js/field/screen.js": SCREEN,
}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    for name, text in HOUSE.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    subprocess.run(["git", "-C", tmp_path, "add", "."], check=True)
    (tmp_path / "outreach/new.py").write_text("not committed")
    return tmp_path


def test_the_house_is_measured_by_language(house: Path) -> None:
    sources = measure.read_house(house)
    python, scripts = measure.rows(sources["Python"]), measure.rows(sources["JavaScript"])
    assert python["files, lines"].startswith("6, ")
    assert python["the longest function"] == "`total` 5"
    assert python["vague types"] == "2"
    assert scripts["vague types"] == "4", "any twice, * and an ignored error"


def test_functions_of_javascript_end_where_their_brackets_close() -> None:
    assert list(measure.javascript_functions(SCREEN)) == [(8, "show"), (3, "=>"), (2, "double")]


def test_arrows_and_circles_are_found_between_packages_and_modules(house: Path) -> None:
    sources = measure.read_house(house)
    python = measure.module_graph(sources["Python"])
    record, audit = "outreach/core/record/write.py", "outreach/core/audit/lines.py"
    assert python["outreach/features/bills/bill.py"] == {audit}
    assert measure.circles(python) == [
        ["outreach/__init__.py", "outreach/app.py"],
        [audit, record],
    ]
    packages = measure.package_graph(python)
    assert packages["features/bills"] == {"core/audit"}
    assert packages["core/record"] == {"core/audit"}
    with_types = measure.module_graph(sources["Python"], types=True)
    assert len(measure.circles(with_types)[0]) == 3
    scripts = measure.package_graph(measure.module_graph(sources["JavaScript"]))
    assert measure.circles(scripts) == [["field", "store"]]


def test_two_checkouts_stand_beside_each_other(house: Path) -> None:
    said = subprocess.run(
        [sys.executable, "tools/house.py", "--root", ROOT, "--root", ROOT],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    cells = [line.strip("| ").split(" | ") for line in said]
    assert {len(one) for one in cells[2:]} == {3}
    assert all(one[1] == one[2] for one in cells[2:])
