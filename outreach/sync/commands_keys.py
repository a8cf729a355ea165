"""``flask keys``: the server's own keys from the terminal, and opening again what stayed closed."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from outreach.commands import of_each_regency
from outreach.core.exchange import readable_forms
from outreach.core.keys import sealing, server_keys
from outreach.extensions import db

keys = AppGroup("keys", help="The server's keys: list, rotate, reopen what could not be opened.")
CHANGED = (
    "SECRET_KEY bukan yang membungkus kunci {kids}. Kembalikan SECRET_KEY yang lama; bila sudah "
    "hilang, jalankan: flask keys rotate. / SECRET_KEY is not the one that wrapped {kids}. Put "
    "the old SECRET_KEY back; if it is lost, run: flask keys rotate."
)


def init_app(app: Flask) -> None:
    """Add the group to the app."""
    app.cli.add_command(keys)


@keys.command("list")
@with_appcontext
def list_keys() -> None:
    """Every key, current ones first; an error where SECRET_KEY does not open a current one."""
    ring = current_app.extensions["keyring"]
    server_keys = ring.keys(db.session(), datetime.now(UTC))
    for key in server_keys:
        ends = f"retired {key.retired_at:%Y-%m-%d}" if key.retired_at else "current"
        state = "" if key.private else "  NOT OPENED BY THIS SECRET_KEY"
        click.echo(f"{key.kid}  {key.kind}  {key.created_at:%Y-%m-%d}  {ends}{state}")
    closed = [key.kid for key in server_keys if key.private is None and key.retired_at is None]
    if closed:
        raise click.ClickException(CHANGED.format(kids=", ".join(closed)))


@keys.command("rotate")
@click.option("--kind", type=click.Choice([*server_keys.KINDS, "both"]), default="both")
@with_appcontext
def rotate(kind: str) -> None:
    """Put new keys in the place of the current ones, which stay for what is older."""
    kinds = list(server_keys.KINDS) if kind == "both" else [kind]
    secret = current_app.config["OUTREACH"].secret_key
    made = server_keys.rotate(db.session(), secret, kinds, datetime.now(UTC))
    for name, kid in zip(kinds, made, strict=True):
        click.echo(f"{kid}  {name}  current")


@keys.command("reopen")
@with_appcontext
@of_each_regency
def reopen(regencies: list[str]) -> None:
    """Try again to open what is held sealed, for instance after the old SECRET_KEY came back."""
    config, now = current_app.config["OUTREACH"], datetime.now(UTC)
    opener = sealing.opener(db.session(), current_app.extensions["keyring"], now)
    today = now.astimezone(ZoneInfo(config.timezone)).date()
    opened = closed = 0
    for regency in regencies:
        try:
            done, left = readable_forms.reopen(db.session(), opener, regency, today, now)
        except server_keys.KeysUnreadable as error:
            raise click.ClickException(CHANGED.format(kids=error.kid)) from error
        opened, closed = opened + done, closed + left
    click.echo(f"reopen: {opened} opened and judged, {closed} still closed")
