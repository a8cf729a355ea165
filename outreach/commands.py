"""``flask`` commands: seed, and the ``demo`` group that features add their own commands to.

A command parses, calls one use case and prints what it did; the work lies in the core.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import select

REGENCY_LEVEL = 2
demo = AppGroup("demo", help="Make demo data; refused in production.")


def register(app: Flask) -> None:
    """Add the commands to the app."""
    app.cli.add_command(seed)
    app.cli.add_command(demo)


def of_regency(run: Callable[..., None]) -> Callable[..., None]:
    """The command with ``--regency``; the installation's own where none is named."""

    @click.option("--regency", "chosen", default=None, help="Its code; the server's by default.")
    @wraps(run)
    def command(*args: object, chosen: str | None, **kwargs: object) -> None:
        run(*args, regency=known_regency(chosen), **kwargs)

    return command


def of_each_regency(run: Callable[..., None]) -> Callable[..., None]:
    """The same for one regency, or for all in turn where none is named."""

    @click.option("--regency", "chosen", default=None, help="Its code; all in turn by default.")
    @wraps(run)
    def command(*args: object, chosen: str | None, **kwargs: object) -> None:
        run(*args, regencies=[known_regency(chosen)] if chosen else every_regency(), **kwargs)

    return command


def known_regency(code: str | None) -> str:
    """The code, the server's own for none; ends the command for one that nobody knows."""
    own = str(current_app.config["OUTREACH"].regency)
    if code is not None and code not in every_regency():
        raise click.ClickException(
            f"Kabupaten {code} tidak dikenal. / No regency {code} is known here."
        )
    return code or own


def every_regency() -> list[str]:
    """The codes of the server's own regency and of all others that it holds."""
    from outreach.extensions import db
    from outreach.storage.regions import Region

    found = set(db.session.scalars(select(Region.code).where(Region.level == REGENCY_LEVEL)))
    return sorted(found | {str(current_app.config["OUTREACH"].regency)})


def refuse_production() -> None:
    """End the command where real people's data may be inside."""
    if current_app.config["OUTREACH"].production:
        raise click.ClickException(
            "Perintah demo ditolak di produksi. / Demo commands are refused in production."
        )


@click.command("seed")
@with_appcontext
def seed() -> None:
    """Load regions, offices and reference data; running again changes only what differs."""
    from outreach.core.accounts import seeding
    from outreach.extensions import db

    report = seeding.seed(db.session(), datetime.now(UTC))
    click.echo("seed: " + ", ".join(f"{count} {name}" for name, count in report.items()))


@demo.command("workers")
@click.option("--count", default=3000, show_default=True, help="How many workers to add.")
@click.option("--seed", "start", default=None, type=int, help="Another series of people.")
@with_appcontext
def demo_workers(count: int, start: int | None) -> None:
    """Add synthetic workers to what is there; running again adds as many new ones."""
    from outreach.core.demo import synthetic
    from outreach.extensions import db
    from outreach.storage.engine import know_tables

    refuse_production()
    if count <= 0:
        raise click.ClickException(
            f"--count {count}: isi angka lebih dari 0. / --count {count}: give a number above 0."
        )
    began = time.monotonic()
    seed = synthetic.SEED if start is None else start
    with click.progressbar(length=count, label="workers", file=sys.stderr) as bar:
        report = synthetic.add_workers(
            db.session(),
            count,
            datetime.now(UTC),
            progress=bar.update,
            seed=seed,
        )
    know_tables(db.engine)
    seconds = time.monotonic() - began
    click.echo(
        f"demo workers: {report.added} added (numbers {report.first} to {report.last}), "
        f"{report.total} workers in all, {seconds:.1f} s"
    )


@demo.command("regency")
@click.option("--count", default=600, show_default=True, help="How many workers it has.")
@with_appcontext
def demo_regency(count: int) -> None:
    """Fill an empty demo with a living regency; leaves one that has workers as it is.

    Beyond 600 workers the story stays the same and the rest is stored in bulk.
    """
    from outreach.core.demo import demo_accounts, demo_regency, synthetic
    from outreach.extensions import db
    from outreach.storage.engine import know_tables

    refuse_production()
    parts, now = current_app.extensions, datetime.now(UTC)
    in_story, regency = min(count, demo_regency.TOLD), current_app.config["OUTREACH"].regency
    demo_accounts.make_demo_accounts(db.session(), now)
    try:
        total = demo_regency.make_regency(
            db.session(), parts["keyring"], parts["blobs"], regency, in_story, now
        )
    except demo_regency.HasPeople:
        click.echo("demo regency: there are workers already, nothing changed")
        return
    if count > in_story:
        total = synthetic.add_workers(db.session(), count - in_story, now).total
    know_tables(db.engine)
    click.echo(f"demo regency: {total} workers")
