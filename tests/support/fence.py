"""The fence: no statement of the product reaches rows of a regency without naming the regency.

It hears every statement that a process of the suite executes, on either database. A table with
``regency`` needs it compared in WHERE or ON, or named among the columns of an INSERT. What tests
and migrations ask themselves is theirs. Where the product may do without stands in fence_gates.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest
from sqlalchemy import Engine, event

from outreach.storage.base import Base
from tests.support.fence_gates import GATES
from tests.support.statement import unbounded_tables

ROOT = Path(__file__).parent.parent.parent
PRODUCT = f"{ROOT}/outreach/"
OURS = (PRODUCT, f"{ROOT}/tests/", f"{ROOT}/migrations/")
# They execute what others have made: the place is their caller's.
MESSENGERS = ("outreach/storage/statements.py", "outreach/storage/bulk.py")
QUERIES = ("outreach/storage/queries_*.py", "outreach/features/*/queries.py")
ASKERS = ("session", "connection")
VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
MANY = re.compile(r"(\?|%\(\w+\)s)(?:::\w+)?(?:, (?:\?|%\(\w+\)s)(?:::\w+)?)+")
LONG = 2000
# An account's own office says its regency, which the account itself does not have.
OWN_OFFICE = re.compile(r"JOIN office AS (\w+) ON \1\.id = \w+\.office_id")
BUILT = ("ColumnElement", "Select", "Exported")  # parts of statements that somebody else has asked
# Who works nowhere is everybody's: whether somebody works elsewhere is asked of the others alone.
NOWHERE_ELSE = re.compile(r"(NOT \(EXISTS \(SELECT [^()]*assignment\.regency) !=")
FLUSH = "sqlalchemy/orm/persistence.py"
ENOUGH = 95  # per cent of the query functions have to run, or the fence has heard too little

asking: set[CodeType] = set()
heard: dict[str, set[str]] = {"asked": set(), "passed": set()}
broken: list[str] = []
known: dict[str, frozenset[str]] = {}


def begin() -> None:
    """Hear every engine of this process from now on."""
    event.listen(Engine, "before_cursor_execute", hear)


def hear(_conn: Any, _cursor: Any, statement: str, *_more: Any) -> None:
    """Look at a statement on its way to the database; what breaks the rule is told at the test's
    end, since the product may catch what is raised here."""
    walk(sys._getframe(1))
    if not statement.startswith(VERBS):
        return
    text = MANY.sub(r"\1", statement) if len(statement) > LONG else statement
    if text not in known:
        told = NOWHERE_ELSE.sub(r"\1 =", OWN_OFFICE.sub(r"\g<0> AND \1.regency = ?", text))
        known[text] = unbounded_tables(told, tables_of_one(len(Base.metadata.tables)))
    if known[text]:
        judge(text, known[text], place_of(sys._getframe(1)))


def judge(statement: str, tables: frozenset[str], place: str) -> None:
    """Note what a place of the product asks of any regency, unless it has a gate for that."""
    if not place:
        return
    gate = GATES.get(place, "").split()
    left = tables.difference(tables if gate == ["*"] else gate)
    if left:
        broken.append(f"{place} asks {', '.join(sorted(left))} of any regency:\n{statement}")
    else:
        heard["passed"].add(place)


@cache
def tables_of_one(_known: int) -> frozenset[str]:
    """Names of the tables whose rows belong to a regency, asked anew once there are more tables."""
    return frozenset(t.name for t in Base.metadata.tables.values() if "regency" in t.c)


def place_of(frame: FrameType | None) -> str:
    """``file:function`` of the product that has the statement executed; "" where a test or a
    migration does, and for a row that was loaded and is written back by its key."""
    for file, name in frames(frame):
        if file.endswith(FLUSH):
            return ""
        short = file.removeprefix(f"{ROOT}/")
        if file.startswith(OURS) and short not in MESSENGERS and file != __file__:
            return f"{short}:{name}" if file.startswith(PRODUCT) else ""
    return ""


def walk(frame: FrameType | None) -> None:
    """Note every function on the way to a statement; its name is asked at the end."""
    while frame is not None:
        asking.add(frame.f_code)
        frame = frame.f_back


def asked() -> set[str]:
    """``file:function`` of every function of the product that came to a statement."""
    return {
        f"{code.co_filename.removeprefix(f'{ROOT}/')}:{name_of(code)}"
        for code in asking
        if code.co_filename.startswith(PRODUCT)
    }


def name_of(code: CodeType) -> str:
    """The function's name with its class; of one inside another, the outer one's."""
    return code.co_qualname.partition(".<locals>")[0]


def frames(frame: FrameType | None) -> Iterator[tuple[str, str]]:
    """(file, function) of a frame and of those that called it."""
    while frame is not None:
        yield frame.f_code.co_filename, name_of(frame.f_code)
        frame = frame.f_back


def fail_at_breaks() -> None:
    """Fail the test in which the rule was broken."""
    found, broken[:] = list(dict.fromkeys(broken)), []
    if found:
        pytest.fail("\n\n".join(found), pytrace=False)


# --- the whole suite ---------------------------------------------------------------------------


def functions_of(file: Path) -> Iterator[tuple[str, ast.FunctionDef]]:
    """(name with its class, function) of everything that a file defines."""
    for node in ast.parse(file.read_text()).body:
        inside = node.body if isinstance(node, ast.ClassDef) else [node]
        before = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
        for one in inside:
            if isinstance(one, ast.FunctionDef):
                yield f"{before}{one.name}", one


def query_functions() -> set[str]:
    """``file:function`` of what asks the database: it takes a session or a connection and has it do
    something. What only builds a statement is asked by its caller."""
    files = [file for pattern in QUERIES for file in ROOT.glob(pattern)]
    return {
        f"{file.relative_to(ROOT)}:{name}"
        for file in files
        for name, function in functions_of(file)
        if function.args.args and function.args.args[0].arg in ASKERS and asks(function)
    }


def asks(function: ast.FunctionDef) -> bool:
    """True for a function that has a session or a connection do something, itself or by a call."""
    builds = any(isinstance(node, ast.Yield) for node in ast.walk(function))
    told = ast.unparse(function.returns) if function.returns else ""
    return not builds and not any(word in told for word in BUILT)


def tell(config: pytest.Config) -> None:
    """Give what this process heard to the one that began it, where there is one."""
    heard["asked"] |= asked()
    if hasattr(config, "workeroutput"):
        config.workeroutput["heard"] = {kind: sorted(names) for kind, names in heard.items()}


def take(node: Any) -> None:
    """Take what a worker heard."""
    for kind, names in getattr(node, "workeroutput", {}).get("heard", {}).items():
        heard[kind] |= set(names)


def is_whole(session: pytest.Session) -> bool:
    """True for a run of every test there is, to its end."""
    config = session.config
    chosen = config.args_source is not pytest.Config.ArgsSource.TESTPATHS
    fewer = config.option.keyword or config.option.deselect or config.getoption("--fast")
    ended = session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
    return ended and not (chosen or fewer or hasattr(config, "workeroutput"))


def faults() -> list[str]:
    """What a whole run shows of the fence itself: gates that nobody needs, and too little heard."""
    found = [
        f"nobody needs the gate of {place}" for place in sorted(GATES.keys() - heard["passed"])
    ]
    wanted = query_functions()
    silent = sorted(wanted - heard["asked"])
    if len(silent) * 100 > (100 - ENOUGH) * len(wanted):
        found.append(f"{len(silent)} of {len(wanted)} query functions did not run: {silent}")
    return found


def finish(session: pytest.Session) -> None:
    """Fail a whole run for a fault of the fence."""
    tell(session.config)
    if is_whole(session) and faults():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def say(terminalreporter: Any) -> None:
    """The faults of the fence, at the end of a whole run."""
    for fault in faults() if is_whole(terminalreporter._session) else ():
        terminalreporter.write_line(f"fence: {fault}", red=True)
