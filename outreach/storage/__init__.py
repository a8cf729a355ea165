"""Tables, column types and queries. Knows SQL, knows no HTTP."""

from outreach.storage import accounts, audit, indexes_office, regions, sync, workers

__all__ = ["accounts", "audit", "indexes_office", "regions", "sync", "workers"]
