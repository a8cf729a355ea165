"""Brings the app's database to a revision, as ``flask db upgrade`` does."""

from __future__ import annotations

from pathlib import Path

from flask import current_app

import outreach
from outreach.core.backup.backup_errors import BackupRefused

FOLDER = Path(outreach.__file__).parent.parent / "migrations"


def migrate(revision: str) -> None:
    """Up to ``head`` with everything that is there; to another revision only empty tables, made
    anew. Raises BackupRefused for a revision this app does not know."""
    from alembic import command
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    config = current_app.extensions["migrate"].migrate.get_config(str(FOLDER))
    try:
        ScriptDirectory.from_config(config).get_revisions(revision)
    except CommandError:
        raise BackupRefused("newer_revision", revision=revision) from None
    if revision != "head":
        command.downgrade(config, "base")
    command.upgrade(config, revision)
