"""``flask phones``: find officers' phones and stop one from the server's terminal, where the page
cannot be reached: before the first login after a restore."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from flask.cli import AppGroup
from sqlalchemy import select

from outreach.extensions import db
from outreach.features.phones.phone_board import ACTS
from outreach.storage.accounts import User
from outreach.storage.sync import Device

phones = AppGroup("phones", help="Officers' phones: list, revoke, lose, restore.")
DONE = {
    "revoke": "HP dicabut / phone revoked",
    "lose": "HP ditandai hilang / phone marked as lost",
    "restore": "HP boleh mengambil data lagi / phone may fetch again",
}
NOTHING = "Tidak ada yang berubah: sudah begitu / nothing changed: it already was so"
UNKNOWN = "HP tidak dikenal; lihat `flask phones list` / no such phone; see `flask phones list`"


@phones.command("list")
@click.argument("username", required=False)
def list_phones(username: str | None) -> None:
    """Print phones, one a line, the last seen first: id, user, last contact (UTC), state, name."""
    query = select(Device, User.username).join(User, User.id == Device.user_id)
    query = query.where(Device.kind == "phone").order_by(Device.seen_at.desc(), Device.id)
    if username:
        query = query.where(User.username == username.strip().lower())
    rows = db.session.execute(query).all()
    for device, name in rows:
        seen = f"{device.seen_at:%Y-%m-%d %H:%M}"
        click.echo(f"{device.id}  {name:<33}{seen}  {state_of(device):<16}  {device.name}")
    click.echo(f"{len(rows)} HP / phones")


def state_of(device: Device) -> str:
    """Lost, revoked, ended or in use, in both languages."""
    if device.lost_at is not None:
        return "hilang/lost"
    if device.revoked_at is not None:
        return "dicabut/revoked"
    return "selesai/ended" if device.ended_at is not None else "dipakai/in use"


def act(name: str, device_id: str) -> None:
    """Do it and say so; ends with an error for a phone that there is not."""
    device = db.session.get(Device, device_id)
    if device is None or device.kind != "phone":
        raise click.ClickException(UNKNOWN)
    regency = device.regency
    db.session.rollback()
    done = ACTS[name](db.session(), regency, None, device_id, datetime.now(UTC))
    click.echo(DONE[name] if done else NOTHING)


@phones.command("revoke")
@click.argument("device_id")
def revoke(device_id: str) -> None:
    """Stop a phone from fetching; it may still send what it holds. Ends its user's logins."""
    act("revoke", device_id)


@phones.command("lose")
@click.argument("device_id")
def lose(device_id: str) -> None:
    """Mark a phone as lost or stolen: it destroys its keys when it calls."""
    act("lose", device_id)


@phones.command("restore")
@click.argument("device_id")
def restore(device_id: str) -> None:
    """Let a revoked or lost phone fetch again, after its user's login on it."""
    act("restore", device_id)
