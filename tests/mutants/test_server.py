"""Each of the server's guards, turned off, is missed by a named test."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from types import MappingProxyType

import pytest
from _pytest.outcomes import Failed
from sqlalchemy.exc import NoResultFound

from outreach.extensions import db
from tests.mutants.server import MUTANTS, Mutant
from tests.sync.conftest import Server, other, phone, server  # noqa: F401

# A test fails by what it asserts, by what it expected to be raised, or by what is not there.
NOTICED = (AssertionError, Failed, LookupError, ValueError, NoResultFound)


def killer(mutant: Mutant) -> Callable[..., None]:
    """The test that must fail, bound to an instance of its class."""
    module, _, path = mutant.killer.partition(":")
    owner, found = None, importlib.import_module(module)
    for name in path.split("."):
        owner, found = found, getattr(found, name)
    return found if not inspect.isclass(owner) else getattr(owner(), path.split(".")[-1])


def is_missed(
    mutant: Mutant,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    known: Mapping[str, object] = MappingProxyType({}),
) -> None:
    """Turn the guard off, and have its test fail; ``known``: arguments that are no fixtures."""
    test = killer(mutant)
    wanted = [name for name in inspect.signature(test).parameters if name not in mutant.args]
    parts = {name: known.get(name) or request.getfixturevalue(name) for name in wanted}
    mutant.apply(monkeypatch)
    with pytest.raises(NOTICED):
        test(**parts, **mutant.args)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.guard.replace(" ", "-"))
def test_guard_is_missed(
    server: Server,  # noqa: F811
    mutant: Mutant,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    if mutant.only not in ("", db.engine.dialect.name):
        pytest.skip(f"needed on {mutant.only} alone")
    if mutant.alters_tables and db.engine.dialect.name == "postgresql":
        request.getfixturevalue("postgres_template").spoil(db.engine.url.database)
    is_missed(mutant, monkeypatch, request)
    db.session.rollback()
