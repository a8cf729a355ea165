"""Feature: operations. Keeping the server's data: backup, restore, erasure; and its figures."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add figures and commands to the app."""
    from outreach.features.operations import (
        commands_audit,
        commands_backup,
        commands_erase,
        commands_restore,
        figures,
    )
    from outreach.web import metrics

    metrics.add_figures(app, figures.DatabaseFigures(app))
    app.cli.add_command(commands_audit.audit)
    app.cli.add_command(commands_backup.backup)
    app.cli.add_command(commands_restore.restore)
    app.cli.add_command(commands_erase.erase)
