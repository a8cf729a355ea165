"""Nobody writes workers around the judge, and every address of the door is documented."""

from __future__ import annotations

import ast
from pathlib import Path

import orjson
import pytest
from flask import Flask

import outreach

ROOT = Path(outreach.__file__).parent
# The storage functions that write, the judge's judgement that calls them, the bulk loader of
# invented people, which keeps the same locks and mutations (see its own docstring), and erasure,
# which leaves nothing to judge.
WRITERS = {
    "core/record/judgement.py",
    "core/backup/erasure.py",
    "core/demo/synthetic.py",
    "storage/queries_erasures.py",
    "storage/queries_worker_rows.py",
}
WRITING = {"add_workers", "save_workers", "put_tombstones", "drop_tombstones"}
VERBS = {"insert", "update", "delete"}


def writes(source: str) -> list[int]:
    """Lines that make, insert, update or delete Worker rows, or call what does."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        first = ast.unparse(node.args[0]) if node.args else ""
        table = first in {"Worker", "Worker.__table__", "W", "table_of(Worker)"}
        called = isinstance(node.func, ast.Attribute) and "queries" in ast.unparse(node.func.value)
        if name == "Worker" or (name in VERBS and table) or (name in WRITING and called):
            found.append(node.lineno)
    return found


def test_nobody_writes_workers_around_the_judge() -> None:
    guilty = {
        f"{path.relative_to(ROOT)}:{line}"
        for path in ROOT.rglob("*.py")
        if str(path.relative_to(ROOT)) not in WRITERS
        for line in writes(path.read_text(encoding="utf-8"))
    }
    assert guilty == set()


@pytest.mark.parametrize(
    "line",
    [
        "session.add(Worker(id='x'))",
        "session.execute(update(Worker).values(status='aktif'))",
        "session.execute(insert(Worker), rows)",
        "session.execute(sa.delete(Worker.__table__))",
        "queries_workers.save_workers(session, rows)",
    ],
)
def test_the_border_sees_every_way_around(line: str) -> None:
    assert writes(line) == [1]


def test_every_address_of_the_door_is_in_the_openapi(sqlite_app: Flask) -> None:
    done = sqlite_app.test_cli_runner().invoke(args=["openapi", "print"])
    spec = orjson.loads(done.output)
    assert spec["openapi"] == "3.1.0"
    documented = {
        (path, method.upper())
        for path, methods in spec["paths"].items()
        for method in methods
        if method in {"get", "put", "post", "head"}
    }
    served = {
        (rule.rule.replace("<", "{").replace(">", "}"), method)
        for rule in sqlite_app.url_map.iter_rules()
        if rule.rule.startswith("/sync/")
        for method in (rule.methods or set()) - {"OPTIONS"}
        if not (method == "HEAD" and "GET" in (rule.methods or set()))
    }
    assert served == documented
    assert {path for path, _ in served} >= {"/sync/v1/push", "/sync/v1/pull", "/sync/v1/device"}


def test_published_openapi_is_up_to_date(sqlite_app: Flask) -> None:
    done = sqlite_app.test_cli_runner().invoke(args=["openapi", "print"])
    published = ROOT.parent / "docs" / "openapi.json"
    same = orjson.loads(published.read_bytes()) == orjson.loads(done.output)
    assert same, "FLASK_APP=wsgi .venv/bin/flask openapi print > docs/openapi.json"


def test_every_refusal_has_its_sentence_in_both_languages() -> None:
    from outreach.domain import catalogue

    codes = set()
    mine = [
        "exchange/push",
        "exchange/pull",
        "exchange/late_edits",
        "exchange/devices",
        "record/judge",
        "record/creation",
        "record/changes",
        "record/judgement",
        "record/worker_edits",
        "record/waiting_chains",
        "evidence/blobs",
        "evidence/pictures",
    ]
    for paths in ((ROOT / "sync").glob("*.py"), [ROOT / "core" / f"{n}.py" for n in mine]):
        for path in paths:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                    at = {"Refused": 1, "fault": 0, "DeviceRefused": 0, "UploadRefused": 0}
                    at |= {"BlobRefused": 0, "NotAllowed": 0}
                    if name in at and len(node.args) > at[name]:
                        value = node.args[at[name]]
                        if isinstance(value, ast.Constant):
                            codes.add(value.value)
    for lang in catalogue.LANGS:
        missing = {code for code in codes if f"error.{code}" not in catalogue.load(lang)}
        assert missing == set()
