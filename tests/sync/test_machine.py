"""Random lives of three phones over the real server: nothing lost, nothing twice, all agree."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.support.lives import Lives
from tests.sync.conftest import Server


def run(server: Server, examples: int, steps: int) -> None:
    """Run so many random lives on this server."""
    machine = type("LivesHere", (Lives,), {"server": server})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_random_lives_of_three_phones(server: Server) -> None:
    run(server, 50, 15)


@pytest.mark.prove
@pytest.mark.timeout(7200)
def test_many_long_lives_of_three_phones(server: Server) -> None:
    run(server, 700, 40)
