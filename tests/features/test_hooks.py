"""The house without its features: what lies below names none, and every table has an owner."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest
from flask import Flask

from outreach import FEATURES
from outreach.feature import Feature
from outreach.storage.base import Base
from outreach.storage.hooks import Hooks
from outreach.storage.own_tables import OwnTable

PACKAGE = Path(__file__).parents[2] / "outreach"
JS = PACKAGE / "static" / "js"
BELOW = ("core", "storage", "web")
PHONE = ("domain", "store", "sync", "vault")


def record_of(name: str) -> Feature:
    made: Feature = import_module(f"outreach.features.{name}.feature").FEATURE
    return made


def tables_of(name: str) -> set[str]:
    return {own.table.name for own in record_of(name).tables}


def sources() -> list[Path]:
    """What lies below the features, on the server and on the phone."""
    server = [path for part in BELOW for path in (PACKAGE / part).rglob("*.py")]
    return server + [path for part in PHONE for path in (JS / part).rglob("*.js")]


@pytest.mark.parametrize("name", FEATURES)
def test_core_storage_web_and_the_phones_store_name_no_feature(name: str) -> None:
    words = [rf"features[./]{name}\b", rf"[\"'`]{name}/", *map(re.escape, tables_of(name))]
    if "_" in name:  # a name of one word, such as accounts, is also a package of the core
        words.append(name)
    wanted = re.compile("|".join(words))
    found = {path for path in sources() if wanted.search(path.read_text(encoding="utf-8"))}
    assert {str(path.relative_to(PACKAGE)) for path in found} == set()


def test_every_table_of_a_feature_stands_in_its_record(sqlite_app: Flask) -> None:
    for mapper in Base.registry.mappers:
        module = mapper.class_.__module__.split(".")
        if module[:2] == ["outreach", "features"]:
            assert mapper.local_table.name in tables_of(module[2]), mapper  # type: ignore[attr-defined]
        elif module[0] == "outreach":
            assert module[:2] == ["outreach", "storage"], mapper


def test_app_holds_every_hook_of_its_features(sqlite_app: Flask) -> None:
    hooks = sqlite_app.extensions["hooks"]
    assert isinstance(hooks, Hooks)
    given = [hook for name in FEATURES for hook in record_of(name).hooks]
    assert given
    assert all(hook in hooks.of(type(hook)) for hook in given)
    assert "release_read" in {own.table.name for own in hooks.of(OwnTable)}


def test_no_two_features_claim_one_table() -> None:
    claimed = [table for name in FEATURES for table in tables_of(name)]
    judged = [one.table for name in FEATURES for one in record_of(name).aggregates]
    assert len(claimed) == len(set(claimed))
    assert len(judged) == len(set(judged))
