"""Addresses of the rows of a file, one by one: found, mended where they stand, and taken back."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from outreach.core.register import look_audit
from outreach.domain.refusals import AlreadyDecided, NotThere
from outreach.extensions import db, htmx
from outreach.features.intake import mending, queries_rows, rows_presenter
from outreach.features.intake.gazetteer import village_names
from outreach.features.intake.jobs import job_alive
from outreach.features.intake.matching.queries_decisions import find_line
from outreach.features.intake.queries_rows import RowFilter
from outreach.features.intake.run_access import DECIDER, READERS, readable_run
from outreach.features.intake.tables import ImportRun
from outreach.web.access import current_actor, requires, today, utc_now
from outreach.web.i18n import t
from outreach.web.lists import UrlArgs, page_number

pages = Blueprint("intake_rows", __name__, url_prefix="/intake/<run_id>/rows")
CODE = re.compile(r"[a-z_]{1,32}")
VILLAGE = re.compile(r"\d{2}\.\d{2}\.\d{2}\.\d{4}")
NUMBER = re.compile(r"[0-9]{6}")


@pages.get("")
@requires(*READERS)
def listing(run_id: str) -> str:
    """One page of the rows under a filter; the look is noted."""
    session, actor = db.session(), current_actor()
    run = readable_run(session, actor, run_id)
    asked, page = filter_here(request.args), page_number(request.args)
    size = rows_presenter.PAGE
    rows = queries_rows.page_of_rows(session, run, asked, (page - 1) * size, size)
    shown = rows_presenter.page(run, asked, page, rows, counted(run, asked), open_to_change(run))
    detail = {"what": "intake_rows", "run": run_id, "rows": len(rows)}
    look_audit.note_look(session, actor, "list", utc_now(), detail=detail)
    return render_template("intake/rows.html", **shown)


def counted(run: ImportRun, asked: RowFilter) -> rows_presenter.Counts:
    """How many rows are under each filter as they stand now."""
    session = db.session()
    return rows_presenter.Counts(
        queries_rows.count_rows(session, run, asked),
        queries_rows.counts_by_state(session, run, sees=asked.sees),
        queries_rows.counts_by_cause(session, run),
        queries_rows.counts_by_village(session, run),
    )


def filter_here(args: MultiDict[str, str]) -> RowFilter:
    """The filter of an address; what has not the shape of one asks nothing."""
    sees = current_actor().role == DECIDER
    state, cause, village = (args.get(name, "") for name in ("state", "cause", "in"))
    words = args.get("q", "").strip()[:80]
    return RowFilter(
        state=state if state in queries_rows.states(sees=sees) else "",
        cause=cause if CODE.fullmatch(cause) else "",
        village=village if VILLAGE.fullmatch(village) else "",
        words="" if NUMBER.search(words) else words,
        sees=sees,
    )


def open_to_change(run: ImportRun) -> bool:
    """True where rows of the run may be mended now."""
    return rows_presenter.is_open(run) and not job_alive(db.session(), run.regency, run.id)


@pages.post("/search")
@requires(*READERS)
def search(run_id: str) -> ResponseReturnValue:
    """Go to the address of a filter; a number is searched for nowhere and stands in no address."""
    readable_run(db.session(), current_actor(), run_id)
    if NUMBER.search(request.form.get("q", "")):
        flash(t("intake.rows.said.no_number"), "warning")
    return redirect(rows_presenter.address(run_id, filter_here(request.form)), 303)


@pages.get("/<row_id>")
@requires(*READERS)
def edit(run_id: str, row_id: str) -> ResponseReturnValue:
    """The cells of one row in a form; for htmx in the row itself. The look is noted."""
    session, actor = db.session(), current_actor()
    run = readable_run(session, actor, run_id)
    asked = filter_here(request.args)
    shown = form_of(run, row_id, asked)
    if shown is None:
        return closed(run_id)
    detail = {"what": "intake_row", "run": run_id, "rows": 1}
    look_audit.note_look(session, actor, "list", utc_now(), detail=detail)
    template = "intake/_row_form.html" if htmx else "intake/row.html"
    return render_template(template, **shown)


def form_of(run: ImportRun, row_id: str, asked: RowFilter) -> dict[str, object] | None:
    """The form of a row; None where nobody mends it now."""
    session, actor = db.session(), current_actor()
    line = find_line(session, actor.regency, run.id, row_id)
    if line is None:
        raise NotThere(row_id)
    if not open_to_change(run) or line.fate == "written" or not mending.may_mend(line):
        return None
    names = village_names(session, actor.regency, actor.villages)
    return rows_presenter.row_form(run, line, names, asked)


@pages.post("/<row_id>")
@requires(*READERS)
def mend(run_id: str, row_id: str) -> ResponseReturnValue:
    """Change cells of a row and check it at once."""
    session, actor, now = db.session(), current_actor(), utc_now()
    cells = rows_presenter.cells_sent(request.form)
    return done(
        run_id,
        row_id,
        lambda: mending.mend(session, actor, run_id, row_id, cells, now, today()),
    )


@pages.post("/<row_id>/undo")
@requires(*READERS)
def undo(run_id: str, row_id: str) -> ResponseReturnValue:
    """Take the last change of a row back."""
    session, actor, now = db.session(), current_actor(), utc_now()
    return done(run_id, row_id, lambda: mending.undo(session, actor, run_id, row_id, now, today()))


def done(run_id: str, row_id: str, act: Callable[[], None]) -> ResponseReturnValue:
    """Do it and show the row as it stands now: still in its form where it is still refused."""
    readable_run(db.session(), current_actor(), run_id)
    try:
        act()
    except AlreadyDecided:
        return closed(run_id)
    except mending.TooManyChanges as limit:
        return too_many(run_id, limit.seconds)
    run = readable_run(db.session(), current_actor(), run_id)
    asked = filter_here(request.form)
    if not htmx:
        flash(t("intake.rows.said.checked"), "ok")
        args: UrlArgs = {"page": request.form.get("page") or None}
        return redirect(f"{rows_presenter.address(run_id, asked, **args)}#row-{row_id}", 303)
    row = queries_rows.one_row(db.session(), run, row_id, sees=asked.sees)
    shown = rows_presenter.one(run, row, asked, counted(run, asked), open_to_change(run))
    return render_template("intake/_row_again.html", **shown)


def closed(run_id: str) -> ResponseReturnValue:
    """The row or its run is past that: say so, with nothing changed."""
    db.session.rollback()
    return turned_away(run_id, t("intake.rows.said.closed"))


def too_many(run_id: str, seconds: int) -> ResponseReturnValue:
    """Somebody tries one number after another, or works very fast."""
    return turned_away(run_id, t("intake.rows.said.too_many", minutes=-(-seconds // 60)))


def turned_away(run_id: str, said: str) -> ResponseReturnValue:
    """Why nothing was changed, in the row or above the list."""
    back = url_for(".listing", run_id=run_id)
    if htmx:
        return render_template("intake/_row_closed.html", said=said, back=back)
    flash(said, "warning")
    return redirect(back, 303)
