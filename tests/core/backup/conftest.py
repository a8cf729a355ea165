"""A server with people and pictures, its backup folder, and an empty server beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.support.backups import Vault
from tests.sync.conftest import Handset, Server, phone, server  # noqa: F401 (fixtures)


@pytest.fixture
def vault(app: Flask, tmp_path: Path) -> Vault:
    """The backup folder of the app."""
    return Vault.at(app, tmp_path / "vault")


@pytest.fixture
def target(
    database_url: str, request: pytest.FixtureRequest, make_app: Any, tmp_path: Path
) -> Iterator[Flask]:
    """Another server of the same kind: migrated, without a row or picture."""
    kind = "postgres" if database_url.startswith("postgresql") else "sqlite"
    with request.getfixturevalue(f"{kind}_template").clone() as url:
        yield make_app(url, blob_dir=tmp_path / "target-blobs")
