"""Addresses of files of names: the list with the form that takes a new one, and each run."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from outreach.core.workbooks.books import MOST_BYTES, BadBook, Book, open_book
from outreach.domain.refusals import AlreadyDecided
from outreach.extensions import db
from outreach.features.intake import jobs, queries_runs, runs, runs_presenter
from outreach.features.intake.checking import asks_first
from outreach.features.intake.matching.queries_credit import office_of_user
from outreach.features.intake.matching.queries_decisions import count_under
from outreach.features.intake.queries import source_of
from outreach.features.intake.queries_lines import count_written
from outreach.features.intake.refused_file import refused_file, refused_lines
from outreach.features.intake.run_access import DECIDER, READERS, readable_run
from outreach.features.intake.source_form import read_source
from outreach.storage.accounts import Office
from outreach.web.access import current_actor, requires, today, utc_now
from outreach.web.i18n import t
from outreach.web.lists import page_number

pages = Blueprint("intake_runs", __name__, url_prefix="/intake")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# The file with the fields beside it; what is longer is not read at all.
REQUEST_MAX = 20 * 1024 * 1024


@pages.get("/")
@requires(*READERS)
def listing() -> str:
    """The form for a file, and the files that came before."""
    return runs_page({}, {})


def runs_page(typed: dict[str, str], errors: dict[str, str]) -> str:
    """The page with what was typed and what is wrong with it."""
    session, actor = db.session(), current_actor()
    number, size = page_number(request.args), runs_presenter.PAGE
    rows = queries_runs.runs_of(session, actor, (number - 1) * size, size)
    jobs = queries_runs.newest_jobs(session, actor.regency, [row.run.id for row in rows])
    total = queries_runs.count_runs(session, actor)
    shown = runs_presenter.page(rows, jobs, offices(), number, total, typed, errors)
    return render_template("intake/runs.html", **shown)


def offices() -> list[Office]:
    """Who may be the giver: any office for a supervisor, for others the own one."""
    session, actor = db.session(), current_actor()
    if actor.role == "supervisor":
        return list(queries_runs.offices_of(session, actor.regency))
    own = office_of_user(session, actor.regency, actor.user_id)
    return [own] if own else []


@pages.post("/")
@requires(*READERS)
def upload() -> ResponseReturnValue:
    """Take a file in and go to its run; or the form again with what is wrong."""
    request.max_content_length = REQUEST_MAX
    typed = request.form.to_dict()
    form, faults = read_source(typed, today())
    office = chosen_office(typed.get("office", ""))
    errors = {name: t(f"intake.runs.error.{code}") for name, code in faults.items()}
    if office is None:
        errors["office"] = t("intake.runs.error.office_missing")
    name, content = sent_file()
    book = read_book(name, content, errors)
    if errors or book is None or office is None:
        return runs_page(typed, errors), 422
    actor, now = current_actor(), utc_now()
    run_id = runs.begin(db.session(), actor, office, form, name, content, book, now)
    jobs.enqueue(db.session(), actor, run_id, "check", now)
    wake()
    flash(t("intake.runs.said.read"), "ok")
    return redirect(url_for(".show", run_id=run_id), 303)


def chosen_office(asked: str) -> Office | None:
    """The giver that was chosen; the only one where there is no choice."""
    there = offices()
    if len(there) == 1:
        return there[0]
    return next((office for office in there if office.id == asked), None)


def sent_file() -> tuple[str, bytes]:
    """The file's name and its bytes, one more than may be taken; blank where none was chosen."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return "", b""
    with sent.stream as stream:
        return sent.filename, bytes(stream.read(MOST_BYTES + 1))


def read_book(name: str, content: bytes, errors: dict[str, str]) -> Book | None:
    """The file's sheets; None with the reason among the errors where it gives none."""
    if not name:
        errors["file"] = t("intake.runs.error.file_missing")
        return None
    try:
        return open_book(content, name)
    except BadBook as bad:
        locked = bad.code.startswith("password_")
        code = "password_unknown_kind" if locked else bad.code
        errors["file"] = t(f"intake.file.{code}", **bad.params)
        return None


@pages.get("/<run_id>")
@requires(*READERS)
def show(run_id: str) -> str:
    """Where a run stands, what its file seems to hold, and what can be done now."""
    return run_page(run_id)


def run_page(run_id: str, error: str = "") -> str:
    """The page of a run; a job that waits is taken up where nobody works on it."""
    session, actor = db.session(), current_actor()
    run = readable_run(session, actor, run_id)
    source = source_of(session, actor.regency, run.source_id)
    job = jobs.last_job(session, actor.regency, run_id)
    rows = runs_presenter.RowsNow(
        count_under(session, actor.regency, run_id, "open"),
        count_written(session, actor.regency, run_id),
    )
    decides = actor.role == DECIDER
    shown = runs_presenter.run_page(run, source, job, rows, utc_now(), error, decides=decides)
    if job is not None and job.state in jobs.LIVE:
        wake()
    return render_template("intake/run.html", **shown)


def wake() -> None:
    """Have a thread of this process do what waits. Tests do jobs by hand."""
    if not current_app.testing:
        jobs.serve(current_app._get_current_object())  # type: ignore[attr-defined]


@pages.get("/<run_id>/refused.xlsx")
@requires(*READERS)
def refused(run_id: str) -> Response:
    """The refused rows as a file that can be mended and brought in again."""
    session, actor = db.session(), current_actor()
    run = readable_run(session, actor, run_id)
    lines = refused_lines(session, actor.regency, run.id)
    file = b"".join(refused_file(lines))
    runs.note_refused(session, actor, run_id, len(lines), utc_now())
    answer = Response(file, mimetype=XLSX)
    answer.headers["Content-Disposition"] = 'attachment; filename="perbaiki.xlsx"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@pages.post("/<run_id>/check")
@requires(*READERS)
def check(run_id: str) -> ResponseReturnValue:
    """Judge every row anew."""
    return ask_for(run_id, "check")


@pages.post("/<run_id>/write")
@requires(*READERS)
def write(run_id: str) -> ResponseReturnValue:
    """Make visits of the new names; asked twice where many are known, never with open rows."""
    session, actor = db.session(), current_actor()
    run = readable_run(session, actor, run_id)
    if asks_first(run.counts) and request.form.get("known") != "1":
        return run_page(run_id, t("intake.runs.error.known")), 422
    if count_under(session, actor.regency, run_id, "open"):
        flash(t("intake.runs.said.undecided"), "warning")
        return redirect(url_for(".show", run_id=run_id), 303)
    return ask_for(run_id, "write")


def ask_for(run_id: str, kind: jobs.Kind) -> ResponseReturnValue:
    """Have a job done and go to the run's page."""
    session, actor = db.session(), current_actor()
    readable_run(session, actor, run_id)
    try:
        jobs.enqueue(session, actor, run_id, kind, utc_now())
        wake()
    except AlreadyDecided:
        db.session.rollback()
        flash(t("intake.runs.said.past"), "warning")
    return redirect(url_for("intake_runs.show", run_id=run_id), 303)


@pages.post("/<run_id>/stop")
@requires(*READERS)
def stop(run_id: str) -> ResponseReturnValue:
    """Stop the job; what is written stays, and the rest can be done later."""
    session, actor = db.session(), current_actor()
    readable_run(session, actor, run_id)
    jobs.cancel(session, actor, run_id, utc_now())
    flash(t("intake.runs.said.stopped"), "ok")
    return redirect(url_for(".show", run_id=run_id), 303)


@pages.post("/<run_id>/cancel")
@requires(*READERS)
def cancel(run_id: str) -> ResponseReturnValue:
    """End a run before it has written anything."""
    try:
        runs.cancel(db.session(), current_actor(), run_id, utc_now())
        flash(t("intake.runs.said.cancelled"), "ok")
    except AlreadyDecided:
        db.session.rollback()
        flash(t("intake.runs.said.too_late"), "warning")
    return redirect(url_for(".show", run_id=run_id), 303)
