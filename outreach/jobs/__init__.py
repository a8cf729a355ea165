"""Room: jobs. Commands that keep the server's data: backup, restore, erasure."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add the commands to the app."""
    from outreach.jobs import commands_audit, commands_backup, commands_erase, commands_restore

    app.cli.add_command(commands_audit.audit)
    app.cli.add_command(commands_backup.backup)
    app.cli.add_command(commands_restore.restore)
    app.cli.add_command(commands_erase.erase)
