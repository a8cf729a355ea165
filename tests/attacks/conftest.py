"""The server, an officer's phone and another officer's, as the sync door's own tests have them; and
a day on which something of everything is in the database."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support import desk_day
from tests.sync.conftest import other, phone, server

__all__ = ["busy_day", "other", "phone", "server"]


@pytest.fixture
def busy_day(app: Flask) -> dict[str, str]:
    """Something of everything in the database; answers one id of each."""
    return desk_day.busy_day(app)
