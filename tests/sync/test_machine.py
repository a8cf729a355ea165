"""Random lives of three phones over the real server: nothing lost, nothing twice, all agree."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from outreach.extensions import db
from tests.support.lives import Lives
from tests.sync.conftest import Server

EVERY = 50


def run(
    server: Server, examples: int, steps: int, told: Callable[[int], None] | None = None
) -> Counter[str]:
    """So many random lives on this server; answers what happened in them."""
    tally: Counter[str] = Counter()
    parts: dict[str, Any] = {"server": server, "tally": tally}
    if told is not None:

        def teardown(machine: Lives) -> None:
            Lives.teardown(machine)
            told(tally["lives"])

        parts["teardown"] = teardown
    run_state_machine_as_test(
        type("LivesHere", (Lives,), parts),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
    return tally


def test_random_lives_of_three_phones(server: Server) -> None:
    tally = run(server, 50, 15)
    assert tally["saves"] > 500
    assert tally["requests that went wrong"] > 50


@pytest.mark.prove
@pytest.mark.timeout(7200)
def test_many_long_lives_of_three_phones(server: Server, capfd: pytest.CaptureFixture[str]) -> None:
    name, began = db.engine.dialect.name, time.monotonic()

    def told(lives: int) -> None:
        if lives % EVERY == 0:
            with capfd.disabled():
                print(f"{name}: {lives} lives in {time.monotonic() - began:.0f} s", flush=True)

    tally = run(server, 700, 40, told)
    with capfd.disabled():
        print(f"\n{name}, {time.monotonic() - began:.0f} s:")
        for what, count in sorted(tally.items()):
            print(f"  {count:>8,} {what}")
        print(flush=True)
    for what in ("conflict", "held", "invalid", "replays", "new device ids", "server crashes"):
        assert tally[what], what
    for what in ("accident: server_is_restored", "saves let go after a backup", "office: merge"):
        assert tally[what], what
