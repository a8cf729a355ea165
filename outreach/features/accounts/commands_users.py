"""``flask users``: make, list, reset and end accounts from the server's terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from flask.cli import AppGroup
from sqlalchemy import select

from outreach.commands import of_regency
from outreach.core.accounts import accounts
from outreach.core.accounts.refusals import Refused
from outreach.domain import catalogue
from outreach.domain.actor import ROLES
from outreach.extensions import db
from outreach.storage.accounts import Office, User

users = AppGroup("users", help="Accounts: create, list, reset, deactivate, reactivate.")
say: Callable[[str], None] = click.echo


@contextmanager
def tell_refusals() -> Iterator[None]:
    """Ends the command with the refusal's sentence in both languages."""
    try:
        yield
    except Refused as refused:
        key = f"accounts.refused.{refused.code}"
        both = [catalogue.translate(lang, key, **refused.params) for lang in catalogue.LANGS]
        raise click.ClickException(" / ".join(both)) from refused


def by_name(username: str) -> User:
    """The user of this name; ends the command when there is none."""
    user = db.session.scalar(select(User).where(User.username == username.strip().lower()))
    if user is None:
        raise Refused("user_unknown")
    return user


def office_named(regency: str, name: str | None) -> str | None:
    """Id of the office of this name; raises Refused when there is none or more than one."""
    if not name:
        return None
    these = (Office.regency == regency, Office.name == name)
    ids = db.session.scalars(select(Office.id).where(*these)).all()
    if len(ids) != 1:
        raise Refused("office_unknown", "office")
    return ids[0]


@users.command("create")
@click.argument("username")
@click.option("--name", required=True, help="The person's name as it is printed.")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--office", default=None, help="Name of the office.")
@click.option("--lang", default="id", type=click.Choice(catalogue.LANGS))
@of_regency
def create(
    username: str, name: str, role: str, office: str | None, lang: str, regency: str
) -> None:
    """Make an account and print its one-time password."""
    now = datetime.now(UTC)
    with tell_refusals():
        profile = accounts.Profile(username, name, role, office_named(regency, office), lang)
        user_id = accounts.create_user(db.session(), regency, None, profile, now)
        password = accounts.first_password(db.session(), None, user_id, now)
    say(f"Akun dibuat / account made: {username}")
    say(f"Kata sandi sekali pakai / one-time password: {password}")


@users.command("list")
@click.option("--role", default=None, type=click.Choice(ROLES))
@click.option("--all", "everyone", is_flag=True, help="Inactive ones too.")
def list_users(role: str | None, everyone: bool) -> None:
    """Print accounts, one a line."""
    query = select(User).order_by(User.username)
    if role:
        query = query.where(User.role == role)
    if not everyone:
        query = query.where(User.active)
    rows = db.session.scalars(query).all()
    for user in rows:
        state = "" if user.active else "  nonaktif/inactive"
        office = user.office.name if user.office else "-"
        say(f"{user.username:<33}{user.role:<12}{user.name}  [{office}]{state}")
    say(f"{len(rows)} akun / accounts")


@users.command("reset")
@click.argument("username")
@click.option("--slip", is_flag=True, help="A new one-time password instead of a code.")
def reset(username: str, slip: bool) -> None:
    """Print a code (30 minutes, one use) with which the user sets a new password at /reset."""
    now = datetime.now(UTC)
    with tell_refusals():
        user_id = by_name(username).id
        if slip:
            password = accounts.first_password(db.session(), None, user_id, now)
            say(f"Kata sandi sekali pakai / one-time password: {password}")
            return
        code = accounts.issue_reset_code(db.session(), None, user_id, now)
    say(f"Kode / code: {code} (30 menit / minutes, /reset)")


@users.command("deactivate")
@click.argument("username", required=False)
@click.option("--demo", is_flag=True, help="Every demo account.")
def deactivate(username: str | None, demo: bool) -> None:
    """End an account (or all demo accounts); open sessions end at once."""
    now = datetime.now(UTC)
    if demo:
        count = accounts.end_demo_accounts(db.session(), now)
        say(f"{count} akun demo dinonaktifkan / demo accounts deactivated")
        return
    if not username:
        raise click.UsageError("Sebut nama pengguna atau --demo. / Name a user or --demo.")
    with tell_refusals():
        accounts.deactivate_user(db.session(), None, by_name(username).id, now)
    say(f"Akun dinonaktifkan / account deactivated: {username}")


@users.command("reactivate")
@click.argument("username")
def reactivate(username: str) -> None:
    """Open an ended account again."""
    with tell_refusals():
        accounts.reactivate_user(db.session(), None, by_name(username).id, datetime.now(UTC))
    say(f"Akun diaktifkan lagi / account reactivated: {username}")
