"""A server with phones, as the door's tests have it."""

from __future__ import annotations

from tests.sync.conftest import other, phone, server  # noqa: F401 (fixtures)
