"""Each guard against an attacker on the way, turned off, is missed by a named test."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.features.phones.test_board import desk, officer  # noqa: F401
from tests.mutants.attacker import MUTANTS
from tests.mutants.server import Mutant
from tests.mutants.test_server import is_missed
from tests.sync.conftest import phone, server  # noqa: F401

pytestmark = pytest.mark.prove


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.guard.replace(" ", "-"))
def test_guard_is_missed(
    app: Flask,  # whose test this is, on either database
    mutant: Mutant,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    is_missed(mutant, monkeypatch, request)
