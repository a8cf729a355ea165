"""``flask offices``, ``flask assign`` and ``flask handover``."""

from __future__ import annotations

from datetime import UTC, date, datetime

import click
from flask.cli import AppGroup, with_appcontext

from outreach.commands import of_regency
from outreach.core.accounts import accounts, assignments, directory
from outreach.core.accounts import handover as handovers
from outreach.core.accounts import offices as service
from outreach.core.accounts.refusals import Refused
from outreach.domain.actor import ROLES
from outreach.extensions import db
from outreach.features.accounts.commands_users import by_name, office_named, say, tell_refusals
from outreach.web.access import today

offices = AppGroup("offices", help="Offices: list, create, show.")
DAY = click.DateTime(["%Y-%m-%d"])


def as_date(moment: datetime | None) -> date | None:
    """The day of a parsed option."""
    return moment.date() if moment else None


@offices.command("list")
@click.option("--kind", default="", type=click.Choice(("", *service.KINDS)))
@click.option("--words", default="", help="Part of the name.")
@of_regency
def list_offices(kind: str, words: str, regency: str) -> None:
    """Print offices with today's holder, one a line."""
    number, more = 1, True
    while more:
        page = directory.offices_page(db.session(), regency, words, kind, number)
        ids = [office.id for office, _ in page.rows]
        who = directory.holders(db.session(), regency, ids, today())
        for office, region in page.rows:
            say(f"{office.kind:<10} {office.name}  [{region}]  {who.get(office.id, '-')}")
        number, more = number + 1, page.has_next
    say(f"{page.total} kantor / offices")


@offices.command("create")
@click.argument("name")
@click.option("--kind", required=True, type=click.Choice(service.KINDS))
@click.option("--region", default=None, help="Code of the region; the regency's by default.")
@click.option("--head-title", default="", help="Title of the head; fixed for villages.")
@click.option("--contact", default="")
@of_regency
def create(
    name: str, kind: str, region: str | None, head_title: str, contact: str, regency: str
) -> None:
    """Add an office."""
    form = service.OfficeForm(name, kind, region or regency, head_title, contact)
    with tell_refusals():
        service.save_office(db.session(), regency, None, form, datetime.now(UTC))
    say(f"Kantor ditambah / office added: {name}")


@offices.command("show")
@click.argument("name")
@click.option("--on", "on_day", default=None, type=DAY, help="The day (today by default).")
@of_regency
def show(name: str, on_day: datetime | None, regency: str) -> None:
    """Print how the office signs on a day, and its terms."""
    day = as_date(on_day) or today()
    with tell_refusals():
        this = (regency, needed_office(regency, name))
        for line in service.signature_block(db.session(), *this, day):
            say(f"    {line}")
        for term, holder in service.terms_of(db.session(), *this):
            say(f"{term.starts} – {term.ends or '…'}  {term.title}  {holder}")


def needed_office(regency: str, name: str) -> str:
    """Id of the office of this name; raises Refused when it is not exactly one."""
    office_id = office_named(regency, name)
    if office_id is None:
        raise Refused("office_unknown")
    return office_id


@click.command("assign")
@click.argument("username")
@click.argument("codes", nargs=-1, required=True)
@click.option("--letter", required=True, help="Number of the letter of assignment.")
@click.option("--starts", default=None, type=DAY, help="First day (today by default).")
@click.option("--ends", default=None, type=DAY, help="Last day (open by default).")
@with_appcontext
@of_regency
def assign(
    username: str,
    codes: tuple[str, ...],
    letter: str,
    starts: datetime | None,
    ends: datetime | None,
    regency: str,
) -> None:
    """Assign villages, or all of a kecamatan, by their codes (18.04.04.2002, 18.04.04)."""
    now = datetime.now(UTC)
    period = assignments.Period(as_date(starts) or today(), as_date(ends), letter)
    with tell_refusals():
        of = (regency, None, by_name(username).id)
        done = assignments.assign(db.session(), *of, codes, period, now)
    say(
        f"{len(done.new)} ditugaskan, {len(done.kept)} sudah ada / "
        f"{len(done.new)} assigned, {len(done.kept)} there already"
    )


@click.command("handover")
@click.argument("office")
@click.option("--to", "username", required=True, help="The new holder's username.")
@click.option("--name", default=None, help="The person's name, to make a new account.")
@click.option("--role", default="head", type=click.Choice(ROLES), help="Of a new account.")
@click.option("--capacity", default="definitif", type=click.Choice(sorted(service.HOLDERS)))
@click.option("--letter", default="", help="Number of the decree.")
@click.option("--nip", default="", help="18 digits; required for a Lurah.")
@click.option("--starts", default=None, type=DAY, help="First day (today by default).")
@with_appcontext
@of_regency
def handover(
    office: str,
    username: str,
    name: str | None,
    role: str,
    capacity: str,
    letter: str,
    nip: str,
    starts: datetime | None,
    regency: str,
) -> None:
    """Hand an office over: old term, villages and sessions end, the next holder begins."""
    now = datetime.now(UTC)
    with tell_refusals():
        user_id = "" if name else by_name(username).id
        profile = accounts.Profile(username, name, role) if name else None
        begins = as_date(starts) or today()
        term = service.TermForm(user_id, capacity, begins, None, nip, letter)
        change = handovers.HandOver(term, profile)
        of = (regency, None, needed_office(regency, office))
        done = handovers.hand_over(db.session(), *of, change, now)
    say(f"Serah terima selesai / handed over: {office} → {username}")
    if done.password:
        say(f"Kata sandi sekali pakai / one-time password: {done.password}")
