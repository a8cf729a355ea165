"""``flask audit seal`` and ``flask audit verify``: the chain over the audit."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click
from flask.cli import AppGroup, with_appcontext

from outreach.core.audit import audit_seals
from outreach.extensions import db
from outreach.features.operations.bilingual import both, say, warn

audit = AppGroup("audit", help="The chain over the audit: seal, verify.")


@audit.command("seal")
@with_appcontext
def seal() -> None:
    """Seal every line written so far; print the value to keep elsewhere."""
    session = db.session()
    done = audit_seals.seal(session, datetime.now(UTC))
    say("backup.audit_sealed", n=done.lines, last=done.last_id, value=done.head.hex())


@audit.command("verify")
@click.option("--kept", help="The value that an earlier sealing printed.")
@with_appcontext
def verify(kept: str | None) -> None:
    """Check every sealed line; ends with an error where one is not as it was."""
    session = db.session()
    check = audit_seals.verify(session, value_from(kept))
    say(
        "backup.audit_stands",
        n=check.lines,
        seals=check.seals,
        open=check.open,
        value=check.head.hex(),
    )
    if check.broken:
        warn("backup.audit_broken", first=check.broken[0], last=check.broken[1])
    if not check.known:
        warn("backup.audit_unknown")
    if check.broken or not check.known:
        sys.exit(1)


def value_from(text: str | None) -> bytes | None:
    """The bytes of a printed value; refuses what is none."""
    if text is None:
        return None
    try:
        value = bytes.fromhex(text.strip())
    except ValueError:
        value = b""
    if len(value) != 32:
        raise click.BadParameter(both("backup.audit_kept"), param_hint="--kept")
    return value
