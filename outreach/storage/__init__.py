"""Tables, column types and queries. Knows SQL, knows no HTTP."""

from outreach.storage import (
    accounts,
    audit,
    backups,
    identity,
    indexes_office,
    regions,
    sync,
    workers,
)

__all__ = [
    "accounts",
    "audit",
    "backups",
    "identity",
    "indexes_office",
    "regions",
    "sync",
    "workers",
]
