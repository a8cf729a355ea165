"""the regency in the narrow indexes of the office's lists

Revision ID: 0064
Revises: 0063
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

LIVE = "deleted_at IS NULL AND merged_into IS NULL"
WHERE = {
    "ix_worker_conflict_created": ("has_conflict = 1", "has_conflict"),
    "ix_worker_live_place_status": (LIVE, LIVE),
    "ix_worker_live_created_place": (LIVE, LIVE),
}
COLUMNS = {
    "ix_worker_name_id": ["name_key", "id"],
    "ix_worker_conflict_created": ["created_at", "id"],
    "ix_worker_live_place_status": ["region_code", "status"],
    "ix_worker_live_created_place": ["created_at", "region_code"],
}
CODES = (
    "nik_kosong",
    "nik_kode_lama",
    "nik_luar_daerah",
    "tgl_lahir_beda",
    "jk_beda",
    "abad_ganda",
    "usia_di_bawah",
    "usia_65",
    "diwakili",
    "nik_ganda",
    "nama_tgl_ganda",
    "foto_ktp_kurang",
    "jam_hp_meleset",
    "nik_uji",
    "wali_kurang",
    "tgl_perkiraan",
)
for code in CODES:
    holds = f"(',' || flags || ',') LIKE '%,{code},%' AND {LIVE}"
    WHERE[f"ix_worker_flag_{code}"] = (holds, holds)
    COLUMNS[f"ix_worker_flag_{code}"] = ["created_at", "id", "region_code"]


def upgrade() -> None:
    """They answer counts and searches of a regency without the table, as they did by village."""
    make(["regency"])


def downgrade() -> None:
    """As they were; no rows are touched."""
    make([])


def make(more: list[str]) -> None:
    """Make them anew with these columns behind their own."""
    for name, columns in COLUMNS.items():
        where = WHERE.get(name)
        partial = {}
        if where:
            partial = {"sqlite_where": sa.text(where[0]), "postgresql_where": sa.text(where[1])}
        op.drop_index(name, "worker")
        op.create_index(name, "worker", [*columns, *more], **partial)
