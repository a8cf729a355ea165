"""``flask restore``: an archive back into an empty database and picture folder."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from outreach.core.backup import backup_archive as archives
from outreach.core.backup import backup_promises
from outreach.core.backup import backup_restore as restores
from outreach.extensions import db
from outreach.features.operations.bilingual import say, shown_progress, tell_refusals, warn
from outreach.features.operations.commands_backup import FILE, FOLDER, steps
from outreach.features.operations.migrations import migrate

JUMP = 1_000_000


@click.command("restore")
@click.argument("file", type=FILE)
@click.option("--identity", required=True, type=FILE, help="The secret key's file.")
@click.option("--packs", type=FOLDER, help="Where the packs lie; default: beside the archive.")
@click.option("--erasures", type=FILE, help="Register of erasures; default: beside the archive.")
@with_appcontext
def restore(file: Path, identity: Path, packs: Path | None, erasures: Path | None) -> None:
    """Restore FILE into the empty database of DATABASE_URL and the empty BLOB_DIR."""
    session = db.session()
    newer = backup_promises.newer_than(file)
    if newer:
        warn("backup.restore_newer", newer=newer, file=file.name)
    with tell_refusals(), shown_progress("restore") as progress:
        order = restores.Order(
            file,
            archives.secret_keys(identity),
            packs or file.parent / "packs",
            erasures or file.parent / "erasures.jsonl",
            datetime.now(UTC),
            secrets.randbelow(JUMP),
            current_app.config["OUTREACH"].regency,
        )
        blobs = current_app.extensions["blobs"]
        done = restores.restore(session, blobs, order, migrate, steps(progress, file))
    say(
        "backup.restored",
        file=file.name,
        rows=f"{done.rows:,}",
        pictures=f"{done.pictures:,}",
        epoch=done.epoch,
        erased=done.erased,
    )
    if done.gone.saves:
        warn("backup.restored_gone", n=done.gone.saves, phones=done.gone.phones, newer=newer or "?")
    if done.lost:
        warn("backup.restored_lost", n=done.lost)
    made = done.made[:16].replace("T", " ") + " UTC"
    warn("backup.restored_passwords", made=made)
    if done.slips:
        warn("backup.restored_slips", names=", ".join(done.slips))
    warn("backup.restored_next", made=made)
