"""Each guard of identity, seals and carried files, turned off, is missed by a named test."""

from __future__ import annotations

import pytest

from outreach.extensions import db
from tests.attacks.test_stolen_keys import thief, victim  # noqa: F401
from tests.mutants.identity import MUTANTS
from tests.mutants.server import Mutant
from tests.mutants.test_server import is_missed
from tests.sync.conftest import Server, other, phone, server  # noqa: F401

pytestmark = pytest.mark.prove


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.guard.replace(" ", "-"))
def test_guard_is_missed(
    server: Server,  # noqa: F811
    mutant: Mutant,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    is_missed(mutant, monkeypatch, request, {"clerk": server.actor("mpp")})
    db.session.rollback()
