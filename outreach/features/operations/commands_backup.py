"""``flask backup``: make an archive; keygen, verify, confirm, list and prune."""

from __future__ import annotations

import secrets
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from outreach import __version__
from outreach.core.backup import backup_archive as archives
from outreach.core.backup import backup_create as backups
from outreach.core.backup import backup_folder as folders
from outreach.core.backup import backup_promises
from outreach.core.backup import backup_restore as restores
from outreach.core.backup.backup_folder import Folder
from outreach.core.backup.backup_load import Loaded, Step
from outreach.core.exchange import journals
from outreach.extensions import db
from outreach.features.operations.bilingual import (
    both,
    megabytes,
    say,
    shown_progress,
    tell_refusals,
    warn,
)
from outreach.features.operations.migrations import migrate
from outreach.storage import queries_backups as queries

FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)


def session() -> Session:
    """The app's database session."""
    return db.session()


def folder() -> Folder:
    """The configured backup folder."""
    return Folder(current_app.config["OUTREACH"].backup_dir)


@click.group("backup", invoke_without_command=True)
@click.pass_context
@with_appcontext
def backup(context: click.Context) -> None:
    """Write an encrypted archive of everything into BACKUP_DIR."""
    if context.invoked_subcommand is not None:
        return
    config = current_app.config["OUTREACH"]
    place = backups.Place(
        folder(), config.backup_recipient, current_app.extensions["blobs"], __version__
    )
    with tell_refusals(), shown_progress("backup") as progress:
        made = backups.make(session(), place, datetime.now(UTC), secrets.token_hex(16), progress)
    file = place.folder.archive(made.stamp)
    say(
        "backup.made",
        file=file,
        size=megabytes(made.size),
        rows=f"{made.rows:,}",
        pictures=f"{made.pictures:,}",
        packs=made.new_packs,
    )
    if made.lost:
        raise click.ClickException(both("backup.lost", n=made.lost, folder=config.blob_dir))


@backup.command("keygen")
@click.argument("file", type=FILE, default="jangkau-identity.txt")
def keygen(file: Path) -> None:
    """Write a new identity FILE that its owner alone can read; keep it away from the server."""
    with tell_refusals():
        recipient = archives.write_identity(file, both("backup.identity"))
    say("backup.keygen_written", file=file.name)
    warn("backup.keygen", recipient=recipient)


@backup.command("verify")
@click.argument("file", type=FILE)
@click.option("--identity", required=True, type=FILE, help="The secret key's file.")
@click.option("--packs", type=FOLDER, help="Where the packs lie; default: beside the archive.")
@click.option("--confirm", "here", is_flag=True, help="Confirm in this server's database too.")
@with_appcontext
def verify(file: Path, identity: Path, packs: Path | None, here: bool) -> None:
    """Open an archive to its end, load it into a scratch database, and compare everything."""
    with tell_refusals():
        loaded, counted = tried(file, identity, packs or file.parent / "packs")
    rows, pictures = f"{loaded.rows:,}", f"{loaded.pictures:,}"
    say("backup.verified", file=file.name, rows=rows, pictures=pictures)
    tell_counted(counted)
    if loaded.manifest["lost"]:
        warn("backup.verified_lost", n=len(loaded.manifest["lost"]))
    token = backups.token(loaded.header["stamp"], loaded.manifest["proof"])
    if here:
        confirm_here(token)
    else:
        say("backup.confirm_with", token=token)


def tell_counted(counted: journals.Counted) -> None:
    """Say the count of the phones' journals in the archive, number by number."""
    say(
        "backup.counted",
        phones=f"{counted.phones:,}",
        numbers=f"{counted.numbers:,}",
        missing=f"{counted.missing:,}",
        erased=f"{counted.erased:,}",
    )
    for device, mids in counted.broken.items():
        listed = ", ".join(map(str, mids[:20]))
        warn("backup.counted_broken", device=device, n=len(mids), list=listed)


def tried(file: Path, identity: Path, packs: Path) -> tuple[Loaded, journals.Counted]:
    """The archive loaded into a database of its own that is deleted again, and its journals counted
    anew there with today's tables."""
    from outreach import create_app

    with tempfile.TemporaryDirectory(prefix="jangkau-check-") as name:
        scratch = Path(name)
        app = create_app(
            {
                "database_url": f"sqlite:///{scratch / 'check.sqlite3'}",
                "instance": scratch,
                "blob_dir": scratch / "blobs",
            }
        )
        with app.app_context(), shown_progress("verify") as progress:
            keys = archives.secret_keys(identity)
            now = datetime.now(UTC)
            order = restores.Order(
                file, keys, packs, scratch / "none", now, 0, app.config["OUTREACH"].regency
            )
            try:
                loaded = restores.check(db.engine, order, migrate, steps(progress, file))
                migrate("head")
                return loaded, journals.count_all(session())
            finally:
                db.session.remove()
                db.engine.dispose()


def steps(progress: Callable[[int, int], None], file: Path) -> Step:
    """A step function that knows the whole from the archive's slip, where there is one."""
    slip = folders.read_slip(file.with_suffix(folders.SLIP)) or {}
    whole = int(slip.get("rows", 0)) + int(slip.get("pictures", 0))
    return lambda done: progress(done, max(whole, 1))


@backup.command("confirm")
@click.argument("token")
@with_appcontext
def confirm(token: str) -> None:
    """Tell the server that an archive was verified elsewhere; phones may then forget."""
    confirm_here(token)


def confirm_here(token: str) -> None:
    """Confirm and say for how many phones that is news."""
    with tell_refusals():
        stamp, phones = backups.confirm(session(), token, datetime.now(UTC))
        backup_promises.write(session(), folder(), stamp)
    say("backup.confirmed", stamp=stamp, n=phones)


@backup.command("list")
@with_appcontext
def list_archives() -> None:
    """Print the archives in BACKUP_DIR, the newest first."""
    archives = folders.archives(folder())
    verified = queries.verified_stamps(session())
    for archive in archives:
        state = (
            verified[archive.stamp].strftime("%Y-%m-%d %H:%M") if archive.stamp in verified else "-"
        )
        rows = archive.slip["rows"] if archive.slip else "?"
        pictures = archive.slip["pictures"] if archive.slip else "?"
        click.echo(
            f"{archive.stamp}{folders.ARCHIVE}  {megabytes(archive.size):>10} MB  "
            f"{rows:>9} baris/rows  {pictures:>7} foto/pictures  "
            f"diperiksa/verified: {state}"
        )
    say("backup.listed", n=len(archives), folder=folder().root)


@backup.command("prune")
@click.option("--keep", default=30, show_default=True, type=click.IntRange(1))
@with_appcontext
def prune(keep: int) -> None:
    """Delete older archives (never the last verified one) and packs that none needs."""
    place = folder()
    if not place.root.is_dir():
        raise click.ClickException(both("backup.listed", n=0, folder=place.root))
    with tell_refusals(), folders.locked(place):
        verified = queries.last_verified(session())
        always = {verified} if verified else set()
        in_use = {pack.name for pack in queries.all_packs(session())}
        done = folders.prune(place, keep, always, in_use)
    say("backup.pruned", n=len(done.archives), packs=len(done.packs))
    if done.unsure:
        warn("backup.unsure")
        sys.exit(1)
