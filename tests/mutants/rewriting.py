"""Turns guards off by rewriting one place of a module, one after another in one process, and says
how the test ended that should miss it.

``python -m tests.mutants.rewriting tests.mutants.list_links`` collects all killers once. While a
guard is off, the functions of the rewritten place have other code, so whoever imported them has it
too. One line of JSON for each guard is printed.
"""

from __future__ import annotations

import gc
import importlib
import json
import re
import sys
from pathlib import Path
from types import CodeType, FunctionType

import pytest
from _pytest.runner import runtestprotocol

from tests.mutants.phone import Mutant
from tests.support.database import ROOT

LISTS = "features/village_lists"
FAILED, STANDS, BROKEN = "failed", "stands", "broken"
Codes = dict[str, CodeType]


def guard_of_lists(name: str, off: str, file: str, old: str, new: str, killer: str) -> Mutant:
    """A mutant of the feature of villages' lists."""
    return Mutant(name, off, f"{LISTS}/{file}", old, new, killer)


def codes_of(code: CodeType) -> Codes:
    """The code of a module's functions and methods, by name; what stands inside of one is its."""
    found: Codes = {}
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            is_class = "__qualname__" in inner.co_names
            found |= codes_of(inner) if is_class else {inner.co_qualname: inner}
    return found


def shape(code: CodeType) -> tuple[object, ...]:
    """What a code does, wherever it stands in its file."""
    inner = (shape(one) if isinstance(one, CodeType) else repr(one) for one in code.co_consts)
    return (code.co_code, code.co_names, code.co_varnames, tuple(inner))


def path_of(mutant: Mutant) -> Path:
    """The file in which a guard stands."""
    return (ROOT / "outreach" / mutant.file).resolve()


def rewritten(mutant: Mutant) -> tuple[str, Codes]:
    """The file, and the functions in it that have other code, by name."""
    path = path_of(mutant)
    source, file = path.read_text(), str(path)
    if source.count(mutant.old) != 1:
        raise ValueError(f"stands {source.count(mutant.old)} times: {mutant.old}")
    before = codes_of(compile(source, file, "exec"))
    after = codes_of(compile(source.replace(mutant.old, mutant.new), file, "exec"))
    return file, {name: code for name, code in after.items() if shape(code) != shape(before[name])}


class TurningOff:
    """A plugin of pytest that runs killers with their guards off, and no other test."""

    def __init__(self, mutants: list[Mutant]) -> None:
        self.mutants = mutants
        self.functions: list[FunctionType] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """One guard after another."""
        for module in {path_of(mutant).relative_to(ROOT) for mutant in self.mutants}:
            importlib.import_module(".".join(module.with_suffix("").parts))
        self.functions = [one for one in gc.get_objects() if isinstance(one, FunctionType)]
        items = {bare(item.nodeid): item for item in session.items}
        for mutant in self.mutants:
            how, why = self._turn_off(mutant, items.get(f"tests/{mutant.killer}"))
            print(json.dumps({"guard": mutant.guard, "ended": how, "why": why}), flush=True)
        return True

    def _turn_off(self, mutant: Mutant, item: pytest.Item | None) -> tuple[str, str]:
        """How the killer ended while the guard was off, and what it said."""
        if item is None:
            return BROKEN, f"no such test: {mutant.killer}"
        try:
            file, codes = rewritten(mutant)
        except (ValueError, SyntaxError) as problem:
            return BROKEN, str(problem)
        with pytest.MonkeyPatch.context() as patch:
            swapped = [one for one in self.functions if swap(patch, one, file, codes)]
            reports = runtestprotocol(item, log=False, nextitem=None)
        return outcome(reports) if swapped else (BROKEN, "no function was rewritten")


def swap(patch: pytest.MonkeyPatch, function: FunctionType, file: str, codes: Codes) -> bool:
    """True for a function that has got other code."""
    was = function.__code__
    if was.co_filename != file or was.co_qualname not in codes:
        return False
    patch.setattr(function, "__code__", codes[was.co_qualname])
    return True


def outcome(reports: list[pytest.TestReport]) -> tuple[str, str]:
    """Whether the killer failed by itself: by a fault of its fixtures nothing is missed."""
    bad = [one for one in reports if one.failed]
    how = STANDS if not bad else FAILED if any(one.when == "call" for one in bad) else BROKEN
    return how, bad[0].longreprtext[-2000:] if bad else ""


def bare(nodeid: str) -> str:
    """The name of a test without its database."""
    return nodeid.replace("[sqlite]", "").replace("[sqlite-", "[")


def main(modules: list[str]) -> int:
    """Turn off every guard of these modules; 0 where that went to its end."""
    mutants: list[Mutant] = []
    for name in modules:
        mutants += importlib.import_module(name).MUTANTS
    files = sorted({re.sub("::.*", "", f"tests/{one.killer}") for one in mutants})
    told = ["-q", "-p", "no:cacheprovider", "--show-capture=no", "-k", "not postgresql"]
    return int(pytest.main([*told, *files], plugins=[TurningOff(mutants)]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
