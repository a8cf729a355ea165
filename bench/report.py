"""The table of budgets: one row a measurement, printed and kept as JSON and Markdown."""

from __future__ import annotations

import json
import os
import platform
import time
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path

import psutil

OUT = Path(__file__).parent / "out"
LOOP = 20_000_000
HEAD = ("what", "peers", "budget", "measured", "beside", "verdict")


@dataclass(slots=True)
class Row:
    """One budget. ``beside`` is what the same run measured for comparison."""

    what: str
    peers: str
    budget: str
    measured: str
    beside: str = ""
    passed: bool | None = None

    @property
    def verdict(self) -> str:
        """pass, miss, or – where there is no budget to hold."""
        return "–" if self.passed is None else "pass" if self.passed else "MISS"


@dataclass(slots=True)
class Report:
    """Rows in the order measured; each is shown as soon as it is there."""

    rows: list[Row] = field(default_factory=list)

    def add(self, row: Row) -> None:
        """Keep and show one row."""
        self.rows.append(row)
        print(f"  {row.verdict:>4}  {row.what}: {row.measured}  (budget {row.budget})", flush=True)

    def fail(self, what: str, budget: str, error: BaseException) -> None:
        """Keep what could not be measured: a missing figure is a miss, never silence."""
        said = str(error).strip().splitlines() or [""]
        self.add(
            Row(
                what,
                "",
                budget,
                f"not measured: {type(error).__name__} {said[0][:120]}",
                passed=False,
            )
        )

    def markdown(self) -> str:
        """The whole table."""
        lines = ["| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD)]
        lines += [
            f"| {r.what} | {r.peers} | {r.budget} | {r.measured} | {r.beside} | {r.verdict} |"
            for r in self.rows
        ]
        return "\n".join(lines)

    def save(self, name: str) -> Path:
        """Write JSON and Markdown into bench/out; returns the Markdown file."""
        OUT.mkdir(exist_ok=True)
        kept = {
            "machine": machine(),
            "rows": [{**asdict(r), "verdict": r.verdict} for r in self.rows],
        }
        (OUT / f"{name}.json").write_text(json.dumps(kept, indent=1, ensure_ascii=False))
        path = OUT / f"{name}.md"
        path.write_text(f"{machine()}\n\n{self.markdown()}\n")
        return path


@cache
def machine() -> str:
    """What the figures were taken on, in neutral words, and how fast it is just now: a share of a
    bigger machine may be half as fast an hour later, so only figures of like speed compare."""
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GB, "
        f"{platform.system()}, Python {platform.python_version()}, "
        f"a bare loop of {LOOP:,} takes {bare_loop(LOOP):.1f} s"
    )


def bare_loop(times: int) -> float:
    """Seconds that Python takes to count to ``times``."""
    began = time.perf_counter()
    counted = 0
    while counted < times:
        counted += 1
    return time.perf_counter() - began
