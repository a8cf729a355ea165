"""Each guard of a village's list, turned off, is missed by a named test."""

from __future__ import annotations

import inspect

import pytest

from outreach.extensions import db
from tests.mutants.lists import MUTANTS
from tests.mutants.server import Mutant
from tests.mutants.test_server import NOTICED, killer
from tests.sync.conftest import Server, server  # noqa: F401

pytestmark = pytest.mark.prove


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.guard.replace(" ", "-"))
def test_guard_is_missed(
    server: Server,  # noqa: F811
    mutant: Mutant,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    test = killer(mutant)
    wanted = [name for name in inspect.signature(test).parameters if name not in mutant.args]
    parts = {name: request.getfixturevalue(name) for name in wanted}
    mutant.apply(monkeypatch)
    with pytest.raises(NOTICED):
        test(**parts, **mutant.args)
    db.session.rollback()
