"""A clock the tests move."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support.people import Clock


@pytest.fixture
def clock(app: Flask) -> Clock:
    """The app's time, standing still until moved."""
    app.extensions["clock"] = Clock()
    return app.extensions["clock"]
