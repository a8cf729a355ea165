"""The server, an officer's phone and another officer's, as the sync door's own tests have them."""

from tests.sync.conftest import other, phone, server

__all__ = ["other", "phone", "server"]
