"""``flask demo accounts``: the demo's accounts, made and shown."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import with_appcontext

from outreach.core.accounts import seeding
from outreach.core.demo import demo_accounts
from outreach.core.demo.demo_accounts import PASSWORD
from outreach.extensions import db


@click.command("accounts")
@click.option("--show", is_flag=True, help="Print names and password as a table.")
@with_appcontext
def make(show: bool) -> None:
    """Make the demo accounts or put them back as they were; refused outside the demo."""
    from outreach.commands import refuse_production

    refuse_production()
    if not current_app.config["OUTREACH"].demo:
        raise click.ClickException(
            "Hanya dalam mode demo: atur DEMO=1. / Only in demo mode: set DEMO=1."
        )
    now = datetime.now(UTC)
    seeding.seed(db.session(), now)
    accounts = demo_accounts.make_demo_accounts(db.session(), now)
    if not show:
        click.echo(f"demo accounts: {len(accounts)}")
        return
    click.echo(f"{'username':<12}{'password':<15}{'role':<12}{'name':<19}villages")
    for account in accounts:
        places = ", ".join(account.villages) or "18.04"
        click.echo(
            f"{account.username:<12}{PASSWORD:<15}{account.role:<12}{account.name:<19}{places}"
        )
