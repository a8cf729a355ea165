"""one small index for each flag, in the list's order

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

FLAGGED = sa.text("flags <> ''")
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
)


def upgrade() -> None:
    """Counting the people of one flag read every flagged row; now it reads theirs alone."""
    op.drop_index("ix_worker_flags_created", "worker")
    for code in CODES:
        holds = sa.text(
            f"(',' || flags || ',') LIKE '%,{code},%' "
            "AND deleted_at IS NULL AND merged_into IS NULL"
        )
        op.create_index(
            f"ix_worker_flag_{code}",
            "worker",
            ["created_at", "id", "region_code"],
            sqlite_where=holds,
            postgresql_where=holds,
        )


def downgrade() -> None:
    """The wide index again; no rows are touched."""
    for code in CODES:
        op.drop_index(f"ix_worker_flag_{code}", "worker")
    op.create_index(
        "ix_worker_flags_created",
        "worker",
        ["created_at", "id", "flags"],
        sqlite_where=FLAGGED,
        postgresql_where=FLAGGED,
    )
