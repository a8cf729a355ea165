"""Indexes of worker that serve the office's lists and counts; phones need none of them.

SQLite takes any index with an equality, also on NULL, before one that gives the order: the index
on ``merged_into`` therefore holds merged records alone. The regency stands last in those that
answer a query by themselves, for the same reason: it is the same in every row but in a large
installation.
"""

from __future__ import annotations

from sqlalchemy import Index, text

from outreach.domain.statuses import FLAGS
from outreach.storage.workers import Worker

LIVE = text("deleted_at IS NULL AND merged_into IS NULL")
MERGED = text("merged_into IS NOT NULL")

Index(
    "ix_worker_merged_into",
    Worker.merged_into,
    sqlite_where=MERGED,
    postgresql_where=MERGED,
)
Index(
    "ix_worker_kecamatan_created",
    text("substr(region_code, 1, 8)"),
    Worker.created_at,
    Worker.id,
)
Index("ix_worker_name_id", Worker.name_key, Worker.id, Worker.regency)
Index(
    "ix_worker_conflict_created",
    Worker.created_at,
    Worker.id,
    Worker.regency,
    sqlite_where=text("has_conflict = 1"),
    postgresql_where=text("has_conflict"),
)
Index(
    "ix_worker_live_place_status",
    Worker.region_code,
    Worker.status,
    Worker.regency,
    sqlite_where=LIVE,
    postgresql_where=LIVE,
)
Index(
    "ix_worker_live_created_place",
    Worker.created_at,
    Worker.region_code,
    Worker.regency,
    sqlite_where=LIVE,
    postgresql_where=LIVE,
)
for code in FLAGS:
    holds = text(f"(',' || flags || ',') LIKE '%,{code},%' AND {LIVE.text}")
    Index(
        f"ix_worker_flag_{code}",
        Worker.created_at,
        Worker.id,
        Worker.region_code,
        Worker.regency,
        sqlite_where=holds,
        postgresql_where=holds,
    )
