"""``flask visits age``: what nobody has agreed to is warned of, and then erased."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import with_appcontext

from outreach.core.backup import erasure_register
from outreach.core.backup.backup_errors import BackupRefused
from outreach.core.backup.backup_folder import Folder
from outreach.domain import catalogue
from outreach.extensions import db
from outreach.features.visits import ageing, ageing_queries
from outreach.features.visits.ageing import LISTED_DAYS, Ageing
from outreach.features.visits.ageing_queries import SHORTEST


@click.group("visits")
def visits() -> None:
    """Visits: how long records without a consent are kept."""


@visits.command("age")
@click.option(
    "--listed-days",
    type=click.IntRange(SHORTEST),
    help="Instead of the setting listed_name_days.",
)
@click.option("--dry-run", is_flag=True, help="Only tell what would be erased.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@with_appcontext
def age(listed_days: int | None, dry_run: bool, as_json: bool) -> None:
    """Erase incomplete records 30 days after they came without consent, and listed names."""
    session, blobs = db.session(), current_app.extensions["blobs"]
    regency = current_app.config["OUTREACH"].regency
    now = datetime.now(UTC)
    days = listed_days or ageing_queries.listed_days(session, regency, LISTED_DAYS)
    found = ageing.age_records(session, blobs, regency, now, listed_days=days, dry=dry_run)
    if found.erased and not dry_run:
        keep_register()
    tell(found, dry_run, as_json)


def keep_register() -> None:
    """Copy the register of erasures to the backup folder, where there is one, so that a restore
    brings nobody back."""
    place = Folder(current_app.config["OUTREACH"].backup_dir)
    if not place.root.is_dir():
        return
    try:
        erasure_register.write_all(db.session(), place)
    except BackupRefused as refused:
        raise click.ClickException(both("visits.ageing.register")) from refused


def tell(found: Ageing, dry: bool, as_json: bool) -> None:
    """Say how many were warned of, erased and kept back."""
    numbers = {"warned": len(found.warned), "erased": len(found.erased)}
    numbers["waiting"] = len(found.waiting)
    if as_json:
        click.echo(json.dumps({**numbers, "dry_run": dry}))
    else:
        click.echo(both("visits.ageing.would" if dry else "visits.ageing.done", **numbers))


def both(key: str, **params: object) -> str:
    """The sentence in both languages."""
    return " / ".join(catalogue.translate(lang, key, **params) for lang in catalogue.LANGS)
