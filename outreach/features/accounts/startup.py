"""Accounts with which production refuses to start."""

from __future__ import annotations

import click
from flask import Flask
from sqlalchemy.exc import OperationalError, ProgrammingError

from outreach.core.accounts import accounts
from outreach.core.backup import backup_restore
from outreach.extensions import db


def refuse_demo_in_production(app: Flask) -> None:
    """Raise UnsafeConfig when production would serve with active demo accounts, or in the middle
    of a restore.

    Flask commands go on (but for ``flask run``): they migrate an empty database and are the way
    to end the demo accounts. A database that is away or has no tables yet holds no accounts.
    """
    if not app.config["OUTREACH"].production or is_a_command():
        return
    with app.app_context():
        try:
            accounts.refuse_demo_accounts(db.session())
            backup_restore.refuse_unfinished(db.session())
        except (OperationalError, ProgrammingError) as error:
            app.logger.warning("start not checked: %s", type(error).__name__)
        finally:
            # A refused app is thrown away, and one that serves forks: neither keeps a connection.
            db.session.remove()
            db.engine.dispose()


def is_a_command() -> bool:
    """True when a flask command other than ``run`` makes the app."""
    context = click.get_current_context(silent=True)
    return context is not None and context.info_name != "run"
