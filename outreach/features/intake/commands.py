"""``flask intake``: a file of names checked and written from the server's terminal.

Both work as the person whom ``--by`` names, by the same jobs as the pages: a process that serves
may do the work as well, and one that dies leaves it to the next.
"""

from __future__ import annotations

import json
import time
from datetime import datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core.accounts.actors import actor_for, home_of
from outreach.core.workbooks.books import MOST_BYTES, BadBook, Book, open_book
from outreach.domain import catalogue
from outreach.domain.actor import Actor
from outreach.domain.ids import uuid7
from outreach.domain.refusals import AlreadyDecided, NotThere
from outreach.extensions import db
from outreach.features.intake import jobs, queries_runs, runs
from outreach.features.intake.checking import asks_first
from outreach.features.intake.matching.queries_credit import office_of_user
from outreach.features.intake.matching.queries_decisions import count_under
from outreach.features.intake.run_access import READERS, readable_run
from outreach.features.intake.source_form import KINDS, SourceForm, read_source
from outreach.features.intake.tables import ImportRun
from outreach.storage.accounts import Office, User

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("intake")
def intake() -> None:
    """Files of names: check one, and write it as people to visit."""


@intake.command("check")
@click.argument("file", type=FILE)
@click.option("--by", "username", required=True, help="Your own username, for the audit.")
@click.option("--office", required=True, help="Who gave the names: id or name of the office.")
@click.option("--title", default="", help="Name of the list; the file's by default.")
@click.option("--kind", default="opd", show_default=True, type=click.Choice(KINDS))
@click.option("--letter-no", default="", help="Number of the letter it came with.")
@click.option("--letter-date", default="", help="Its day, as 2026-12-03.")
@click.option("--legal-basis", default="", help="By which right it came.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@with_appcontext
def check(file: Path, username: str, office: str, as_json: bool, **typed: str) -> None:
    """Bring a file in and check each of its rows; no name is written."""
    session, clock = db.session(), jobs.clock_of(current_app)
    now = clock.now()
    actor = actor_named(session, username, now)
    giver = office_named(session, actor, office)
    typed["title"] = typed["title"] or file.stem
    form = form_of(typed, now)
    book, content = book_of(file)
    run_id = runs.begin(session, actor, giver, form, file.name, content, book, now)
    finish(session, actor, run_id, "check", as_json)


@intake.command("write")
@click.argument("run_id", metavar="RUN")
@click.option("--by", "username", required=True, help="Your own username, for the audit.")
@click.option("--known", is_flag=True, help="Also where many of the names are known already.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@with_appcontext
def write(run_id: str, username: str, known: bool, as_json: bool) -> None:
    """Write the new names of a checked file as people to visit."""
    session, now = db.session(), jobs.clock_of(current_app).now()
    actor = actor_named(session, username, now)
    try:
        run = readable_run(session, actor, run_id)
    except NotThere:
        raise refused("run_unknown", run=run_id) from None
    if asks_first(run.counts) and not known:
        raise refused("known")
    waits = count_under(session, actor.regency, run_id, "open")
    if waits:
        raise refused("undecided", n=waits)
    finish(session, actor, run_id, "write", as_json)


def finish(session: Session, actor: Actor, run_id: str, kind: jobs.Kind, as_json: bool) -> None:
    """Have the job done, here or by a process that serves, and tell how the run stands then."""
    clock = jobs.clock_of(current_app)
    try:
        job_id = jobs.enqueue(session, actor, run_id, kind, clock.now())
    except AlreadyDecided:
        raise refused("past") from None
    holder = uuid7(clock.now())
    while jobs.job_alive(session, actor.regency, run_id):
        if not jobs.do_next(session, holder, clock):
            time.sleep(jobs.PAUSE)
    session.expire_all()
    done = jobs.last_job(session, actor.regency, run_id)
    if done is None or done.id != job_id or done.state != "done":
        raise refused("stopped", run=run_id)
    tell(readable_run(session, actor, run_id), as_json)


def tell(run: ImportRun, as_json: bool) -> None:
    """Print the run, its state and its counts; ends with an error where the file gave no rows."""
    counts = run.counts if isinstance(run.counts, dict) else {}
    if as_json:
        told = {"run": run.id, "state": run.state, "counts": counts, "columns": run.columns}
        click.echo(json.dumps(told))
    else:
        click.echo(f"{run.id}  {both(f'intake.state.{run.state}')}")
        for name, many in counts.items():
            if isinstance(many, int) and many:
                click.echo(f"{many:>8}  {both(count_word(name))}")
    if run.state in ("refused", "read"):
        raise refused("no_rows")


def count_word(name: str) -> str:
    """The key of a count's words."""
    return "intake.fact.rows" if name == "rows" else f"intake.count.{name}"


def actor_named(session: Session, username: str, now: datetime) -> Actor:
    """Who works; ends the command for an account that brings no names or is closed."""
    user = session.scalar(select(User).where(User.username == username.strip().lower()))
    if user is None or not user.active or user.role not in READERS:
        raise refused("account")
    regency = home_of(session, user, current_app.config["OUTREACH"].regency)
    return actor_for(session, user, regency, jobs.clock_of(current_app).today(now))


def office_named(session: Session, actor: Actor, asked: str) -> Office:
    """The giver by its id or name; any office for a supervisor, for others the own one."""
    own = office_of_user(session, actor.regency, actor.user_id)
    there = queries_runs.offices_of(session, actor.regency)
    mine = [one for one in there if actor.role == "supervisor" or (own and one.id == own.id)]
    found = [one for one in mine if asked in (one.id, one.name)]
    if len(found) != 1:
        raise refused("office", n=len(found))
    return found[0]


def form_of(typed: dict[str, str], now: datetime) -> SourceForm:
    """What is asked of a list; ends the command with a sentence for each field that is wrong."""
    form, faults = read_source(typed, jobs.clock_of(current_app).today(now))
    if faults:
        wrong = (both(f"intake.runs.error.{code}") for code in faults.values())
        raise click.ClickException("\n".join(wrong))
    return form


def book_of(file: Path) -> tuple[Book, bytes]:
    """The file's sheets and bytes; ends the command with a sentence where it is none."""
    with file.open("rb") as stream:
        content = stream.read(MOST_BYTES + 1)
    try:
        return open_book(content, file.name), content
    except BadBook as bad:
        code = "password_unknown_kind" if bad.code.startswith("password_") else bad.code
        raise click.ClickException(both(f"intake.file.{code}", **bad.params)) from None


def refused(code: str, **params: object) -> click.ClickException:
    """The end of a command, with its sentence."""
    return click.ClickException(both(f"intake.command.{code}", **params))


def both(key: str, **params: object) -> str:
    """The sentence in both languages."""
    return " / ".join(catalogue.translate(lang, key, **params) for lang in catalogue.LANGS)
