"""``flask erase``: take a person out for good, at that person's lawful request."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core.backup import erasure, erasure_register
from outreach.core.backup.backup_errors import BackupRefused
from outreach.core.backup.backup_folder import Folder
from outreach.domain.regency import regency_of
from outreach.extensions import db
from outreach.features.operations.bilingual import both, say, tell_refusals, warn
from outreach.storage.accounts import User


@click.command("erase")
@click.argument("name")
@click.option("--letter", required=True, help="Number and date of the person's written request.")
@click.option("--by", "username", required=True, help="Your own username, for the audit.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def erase(name: str, letter: str, username: str, yes: bool) -> None:
    """Erase the record with this id or code: its data, saves and pictures."""
    session = db.session()
    user = session.scalar(select(User.id).where(User.username == username.strip().lower()))
    if user is None:
        raise click.ClickException(both("accounts.refused.user_unknown"))
    people = erasure.find(session, name.strip())
    if len(people) != 1:
        raise click.ClickException(both("backup.erase_unknown", name=name, n=len(people)))
    [person] = people
    question = both("backup.erase_ask", name=person.full_name, village=person.region_code)
    if not yes:
        click.confirm(question, abort=True)
    blobs = current_app.extensions["blobs"]
    now = datetime.now(UTC)
    regency = regency_of(person.region_code)
    done = erasure.erase(session, blobs, regency, person.id, letter.strip(), user, now)
    say("backup.erased", n=done.records, saves=done.saves, pictures=done.pictures)
    note_beside_archives(session)


def note_beside_archives(session: Session) -> None:
    """Copy the register to the backup folder, where there is one."""
    place = Folder(current_app.config["OUTREACH"].backup_dir)
    if not place.root.is_dir():
        return
    try:
        with tell_refusals():
            erasure_register.write_all(session, place)
    except (BackupRefused, click.ClickException) as error:
        warn("backup.register_unwritten", why=getattr(error, "message", str(error)))
