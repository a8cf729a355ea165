"""Tables, column types and queries. Knows SQL, knows no HTTP."""

from outreach.storage import accounts, audit, regions, sync, workers

__all__ = ["accounts", "audit", "regions", "sync", "workers"]
