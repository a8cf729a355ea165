"""Random lives at doors: no answer of an officer lost or doubled."""

from __future__ import annotations

import pytest

from tests.support.visit_lives import VisitLives
from tests.sync.conftest import Server
from tests.sync.test_machine import prove, run


def test_random_lives_at_doors(server: Server) -> None:
    tally = run(VisitLives, 6, 8, server=server)
    assert tally["visit: answer"]
    assert tally["answers compared"]
    assert tally["visits compared"]


@pytest.mark.prove
@pytest.mark.timeout(7200)
def test_many_long_lives_at_doors(server: Server, capfd: pytest.CaptureFixture[str]) -> None:
    tally = prove(VisitLives, capfd, 200, 30, server=server)
    for what in ("visit: plan", "visit: undo", "answers compared"):
        assert tally[what], what
