"""Each guard that the long proof turns off stands where its mutant says, and so does its killer.

The proof itself takes long and runs seldom: a guard that was rewritten since would go unproven.
"""

from __future__ import annotations

import re

import pytest

from tests.mutants import (
    attacker,
    identity,
    journals,
    list_desk,
    list_links,
    list_order,
    list_paper,
    lists,
    phone,
    server,
)
from tests.mutants.phone import JS, Mutant
from tests.mutants.rewriting import rewritten
from tests.mutants.test_server import killer
from tests.support.database import ROOT

OF_LISTS = [one for part in (list_desk, list_links, list_order, list_paper) for one in part.MUTANTS]
OF_SERVER = [one for part in (attacker, identity, journals, lists, server) for one in part.MUTANTS]


def name_of(mutant: Mutant | server.Mutant) -> str:
    return mutant.guard.replace(" ", "-")


@pytest.mark.parametrize("mutant", OF_LISTS, ids=name_of)
def test_guard_of_lists_stands_once(mutant: Mutant) -> None:
    rewritten(mutant)  # raises where the place is not there, or there twice
    file, *_, test = mutant.killer.partition("[")[0].split("::")
    assert f"def {test}(" in (ROOT / "tests" / file).read_text()


@pytest.mark.parametrize("mutant", phone.MUTANTS, ids=name_of)
def test_guard_of_the_phone_stands_once(mutant: Mutant) -> None:
    assert (ROOT / JS / mutant.file).read_text().count(mutant.old) == 1
    file, _, test = mutant.killer.partition(":")
    titles = re.findall(r"""test\(\s*["`](.+?)["`],""", (ROOT / "tests/js" / file).read_text())
    assert any(re.fullmatch(re.sub(r"\\\$\\{.+?\\}", ".+", re.escape(one)), test) for one in titles)


@pytest.mark.parametrize("mutant", OF_SERVER, ids=name_of)
def test_killer_of_a_guard_of_the_server_is_there(mutant: server.Mutant) -> None:
    assert callable(killer(mutant))
