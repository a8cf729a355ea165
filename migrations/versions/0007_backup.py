"""verified backups, durable numbers and the register of erasures

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from outreach.storage.base import JsonText, UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Four tables; nothing that exists changes."""
    op.create_table(
        "backup",
        sa.Column("stamp", sa.String(16), nullable=False),
        sa.Column("made_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("pictures", sa.BigInteger(), nullable=False),
        sa.Column("mids", JsonText(), nullable=False),
        sa.Column("proof_hash", sa.String(64), nullable=False),
        sa.Column("verified_at", UTCDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("stamp", name=op.f("pk_backup")),
    )
    op.create_table(
        "backup_pack",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(200), nullable=False),
        sa.Column("made_at", UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_backup_pack")),
    )
    op.create_table(
        "backup_blob",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("pack", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(
            ["pack"], ["backup_pack.name"], name=op.f("fk_backup_blob_pack_backup_pack")
        ),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_backup_blob")),
    )
    op.create_index(op.f("ix_backup_blob_pack"), "backup_blob", ["pack"])
    op.create_table(
        "erasure",
        sa.Column("worker_id", sa.String(36), nullable=False),
        sa.Column("at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(36), nullable=True),
        sa.Column("letter", sa.String(80), nullable=False),
        sa.Column("region_code", sa.String(13), nullable=True),
        sa.Column("blobs", JsonText(), nullable=False),
        sa.PrimaryKeyConstraint("worker_id", name=op.f("pk_erasure")),
    )


def downgrade() -> None:
    """Gone with what they say; the archives themselves stay in their folder."""
    op.drop_table("erasure")
    op.drop_table("backup_blob")
    op.drop_table("backup_pack")
    op.drop_table("backup")
