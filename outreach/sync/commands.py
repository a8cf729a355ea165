"""``flask sync tidy`` and ``flask sync new-epoch``: upkeep of what the sync door leaves behind."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

sync = AppGroup("sync", help="Upkeep of the phones' door.")


def init_app(app: Flask) -> None:
    """Add the group to the app."""
    app.cli.add_command(sync)


@sync.command("tidy")
@with_appcontext
def tidy() -> None:
    """Delete gone markers older than 180 days and pictures nobody has named for 90; tell rows of
    the files that they missed."""
    from outreach.core.evidence import blobs, file_followers, quotas
    from outreach.core.record import scopes
    from outreach.extensions import db

    now = datetime.now(UTC)
    session = db.session()
    gone = scopes.forget_gone(session, now)
    quotas.tidy(session, now)
    store, regency = current_app.extensions["blobs"], current_app.config["OUTREACH"].regency
    followed = file_followers.follow_missed(session, store, regency, now)
    pictures = blobs.forget_unreferenced(session, store, now)
    click.echo(f"tidy: {gone} gone markers, {pictures} pictures deleted, {followed} files followed")


@sync.command("new-epoch")
@click.confirmation_option(prompt="Only after a restore from backup. Go on?")
@with_appcontext
def new_epoch() -> None:
    """After a restore from backup: let every phone offer again what it kept."""
    from outreach.core.record import scopes
    from outreach.extensions import db

    session = db.session()
    click.echo(f"epoch: {scopes.begin_new_life(session)}")
