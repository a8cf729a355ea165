"""``--fast`` leaves out what needs a browser or PostgreSQL, and says how much that was."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

LEFT = pytest.StashKey[Counter[str]]()
POSTGRES = {"postgres_template"}
BROWSER = {"playwright", "page", "context"}


def need_of(item: pytest.Item) -> str:
    """What a test needs beyond Python and Node; "" for nothing."""
    fixtures = set(getattr(item, "fixturenames", ()))
    if item.get_closest_marker("browser") or BROWSER & fixtures:
        return "browser"
    values = getattr(getattr(item, "callspec", None), "params", {}).values()
    return "PostgreSQL" if "postgresql" in values or POSTGRES & fixtures else ""


def leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take those tests away."""
    if not config.getoption("--fast"):
        return
    left = [item for item in items if need_of(item)]
    items[:] = [item for item in items if not need_of(item)]
    counts = config.stash[LEFT] = Counter(need_of(item) for item in left)
    config.hook.pytest_deselected(items=left)
    if hasattr(config, "workeroutput"):
        config.workeroutput["left"] = dict(counts)


def hear(node: Any, error: object) -> None:
    """What a worker left out; each leaves out the same."""
    node.config.stash[LEFT] = Counter(getattr(node, "workeroutput", {}).get("left", {}))


def say(terminalreporter: Any, config: pytest.Config) -> None:
    """One line at the end of the run."""
    counts = config.stash.get(LEFT, None)
    if counts:
        told = ", ".join(f"{many} that need {what}" for what, many in sorted(counts.items()))
        terminalreporter.write_line(f"left out: {told}")
