"""``flask users``, ``offices``, ``assign``, ``handover`` and ``demo accounts``.

Each command parses, calls the service that the pages call, and prints in both languages.
"""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the commands to the app."""
    from outreach.commands import demo
    from outreach.features.accounts import (
        commands_access,
        commands_demo,
        commands_offices,
        commands_users,
    )

    app.cli.add_command(commands_access.access)
    app.cli.add_command(commands_users.users)
    app.cli.add_command(commands_offices.offices)
    app.cli.add_command(commands_offices.assign)
    app.cli.add_command(commands_offices.handover)
    demo.add_command(commands_demo.make)
