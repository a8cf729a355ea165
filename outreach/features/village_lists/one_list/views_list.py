"""Addresses of one list: its page, its lines, and what a head or a supervisor does with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from outreach.core.record.changes import Errors
from outreach.core.record.rights import NotAllowed
from outreach.core.register import look_audit
from outreach.domain.refusals import AlreadyDecided, NotThere
from outreach.domain.village_decisions import REFUSED, UNDONE, VERDICTS
from outreach.extensions import db, htmx
from outreach.features.village_lists.checking import desk, opening
from outreach.features.village_lists.checking.desk import Say
from outreach.features.village_lists.checking.list_file import (
    ListFile,
    compare,
    line_in,
    open_list_file,
)
from outreach.features.village_lists.display import display_presenter, displaying
from outreach.features.village_lists.one_list import faces, list_presenter, task_presenter
from outreach.features.village_lists.overview import files
from outreach.features.village_lists.overview.views import take_in_lists
from outreach.features.village_lists.overview.words import sentence_of
from outreach.features.village_lists.records import display_queries, task_queries
from outreach.features.village_lists.records.membership import VISIT
from outreach.features.village_lists.records.minutes_queries import WAITS
from outreach.web.access import current_actor, requires, today, utc_now
from outreach.web.i18n import t

pages = Blueprint("village_list", __name__, url_prefix="/lists/<list_id>")
READERS = ("supervisor", "mpp", "head")


def file_of(list_id: str) -> ListFile:
    """The list, or 404."""
    return open_list_file(db.session(), current_actor(), list_id)


def back(list_id: str) -> Response:
    """The way back to the list."""
    args = list_presenter.only_args(filter_of(request.form))
    return redirect(url_for("village_list.show", list_id=list_id, **args), 303)


def filter_of(typed: Mapping[str, str]) -> str:
    """The filter of the list that is asked for; empty for none."""
    only = typed.get("only", "")
    return only if only in list_presenter.ONLY else ""


@pages.get("")
@requires(*READERS)
def show(list_id: str) -> str:
    """The list; opening it is noted in the audit, for it shows many people."""
    session, actor, file = db.session(), current_actor(), file_of(list_id)
    if any(one.state == WAITS for one in file.versions):
        take_in_lists(frozenset({file.row.region_code}))
        file = file_of(list_id)
    only = filter_of(request.args)
    shown = list_presenter.list_page(actor, file, only)
    tasks = task_queries.tasks_of_list(session, actor.regency, list_id)
    shown["tasks"] = task_presenter.section(actor, file, tasks)
    if file.row.purpose == displaying.FUND:
        period = displaying.period_of(session, file.row)
        objections = display_queries.objections_of(session, actor.regency, list_id)
        shown["display"] = display_presenter.section(actor, file.row, period, objections)
    note_look("list", file, lines=len(file.lines))
    return render_template("village_lists/list.html", **shown)


@pages.post("/export")
@requires("supervisor", "head")
def export(list_id: str) -> Response:
    """The list as a file, with masked NIKs."""
    file = file_of(list_id)
    kind = "xlsx" if request.form.get("kind") == "xlsx" else "csv"
    table, name = files.lines(file), files.name_of(file)
    note_look("export", file, kind=kind, rows=len(table.rows), what="village_list")
    return files.answer(table, kind, f"{name}-{today().isoformat()}")


@pages.route("/close", methods=["GET", "POST"])
@requires("supervisor")
def close(list_id: str) -> ResponseReturnValue:
    """Asks whether the list is to be closed, and closes it."""
    file = file_of(list_id)
    if request.method != "POST":
        shown = {"head": list_presenter.head_of(file), "state": file.row.state}
        shown |= {"progress": list_presenter.progress(file)}
        return render_template("village_lists/close.html", **shown)
    try:
        returned = opening.close_list(db.session(), current_actor(), list_id, utc_now())
    except AlreadyDecided:
        flash(t("field.lists.closed"), "error")
    except NotAllowed as refused:
        flash(t(f"error.{refused.code}"), "error")
    else:
        flash(t("village_lists.closed", n=returned), "ok")
    return back(list_id)


@pages.post("/meeting")
@requires("head")
def meet(list_id: str) -> Response:
    """The meeting begins."""
    return done(
        list_id,
        "village_lists.meeting_begun",
        lambda: desk.begin_meeting(db.session(), current_actor(), list_id, utc_now()),
    )


def done(list_id: str, word: str, act: Callable[[], object]) -> Response:
    """Do it and say so, or say why not; either way back to the list."""
    try:
        act()
    except NotAllowed as refused:
        flash(sentence_of(refused), "error")
    else:
        flash(t(word), "ok")
    return back(list_id)


@pages.post("/together")
@requires("head")
def together(list_id: str) -> Response:
    """The open names of one hamlet and RT, decided in one row."""
    file = file_of(list_id)
    place = (request.form.get("hamlet", ""), request.form.get("rt", ""))
    verdict = list_presenter.MAIN_VERDICT[file.row.purpose]
    return done(
        list_id,
        "village_lists.decided",
        lambda: desk.decide_together(
            db.session(), current_actor(), file, place, verdict, utc_now()
        ),
    )


@pages.post("/names")
@requires("head")
def add_name(list_id: str) -> Response:
    """Somebody is missing."""
    return done(
        list_id,
        "village_lists.name_added",
        lambda: desk.add_name(db.session(), current_actor(), list_id, request.form, utc_now()),
    )


@pages.post("/tasks/<task_id>")
@requires("supervisor")
def finish(list_id: str, task_id: str) -> Response:
    """A task of the supervisor's own is done."""
    return done(
        list_id,
        "village_lists.task.finished",
        lambda: desk.finish_task(db.session(), current_actor(), list_id, task_id, utc_now()),
    )


@pages.get("/lines/<line_id>")
@requires(*READERS)
def line(list_id: str, line_id: str) -> str:
    """One line with everything that was said of it; opening it is noted in the audit."""
    return line_page(file_of(list_id), line_id, {})


def line_page(
    file: ListFile, line_id: str, typed: Mapping[str, str], errors: Errors | None = None
) -> str:
    """The line's page, with what was typed and what is wrong: a look either way."""
    actor, row = current_actor(), line_in(file, line_id)
    shown = list_presenter.line_page(actor, file, row, typed, errors)
    shown["face"] = faces.has_face(db.session(), file, row)
    note_look("list_line", file, line=line_id)
    return render_template("village_lists/line.html", **shown)


@pages.get("/lines/<line_id>/face")
@requires(*READERS)
def face(list_id: str, line_id: str) -> Response:
    """The person's face, opened by a click so that the look is an act; noted, never kept."""
    actor, file, store = current_actor(), file_of(list_id), current_app.extensions["blobs"]
    row = line_in(file, line_id)
    shown = faces.open_face(db.session(), store, actor, file, row, utc_now())
    if shown is None:
        abort(404)
    private = {"Cache-Control": "private, no-store", "Content-Disposition": "inline"}
    return Response(shown[1], mimetype=shown[0], headers=private)


def note_look(action: str, file: ListFile, **detail: object) -> None:
    """The audit line of a look at people on a list."""
    told = {"list": file.row.id, **detail}
    look_audit.note_look(db.session(), current_actor(), action, utc_now(), detail=told)


@pages.post("/lines/<line_id>")
@requires("head")
def decide(list_id: str, line_id: str) -> ResponseReturnValue:
    """What the head decides of a line; htmx gets the line's row back."""
    file, typed = file_of(list_id), request.form
    line_in(file, line_id)
    try:
        desk.decide(db.session(), current_actor(), list_id, say_of(file, line_id, typed), utc_now())
    except NotAllowed as refused:
        return line_page(file_of(list_id), line_id, typed, refused.errors), 422
    if htmx:
        return row_again(list_id, line_id, filter_of(typed))
    flash(t("village_lists.decided"), "ok")
    return back(list_id)


def row_again(list_id: str, line_id: str, only: str) -> str:
    """The row as it is now, and how far the list is."""
    actor, file = current_actor(), file_of(list_id)
    decides = list_presenter.may_decide(actor, file)
    row = list_presenter.line_row(file, line_in(file, line_id), decides=decides)
    return render_template(
        "village_lists/_row_again.html",
        row=row,
        decides=decides,
        visit=line_in(file, line_id).part == VISIT,
        head=list_presenter.head_of(file),
        progress=list_presenter.progress(file),
        switches=list_presenter.switches(file, only),
        only=only,
    )


def say_of(file: ListFile, line_id: str, typed: Mapping[str, str]) -> Say:
    """The decision that a form says: an answer, a reason against the name, or that it is taken
    back."""
    answer = typed.get("verdict", "")
    over = [one for one in typed.get("over", "").split(",") if one]
    named = list_presenter.DETAILS
    detail = {name: typed[name].strip() for name in named if typed.get(name, "").strip()}
    if answer == UNDONE:
        return Say([line_id], UNDONE, over=over)
    if answer != REFUSED:
        told = detail if answer in VERDICTS["visit"] + VERDICTS["monthly"] else {}
        return Say([line_id], answer, detail=only_of(answer, told), over=over)
    reason = typed.get("reason", "")
    return Say([line_id], REFUSED, reason or None, only_of(reason, detail), over=over)


def only_of(word: str, detail: Mapping[str, str]) -> dict[str, object]:
    """The details that belong to this word; forms without script send those of all."""
    return {name: detail[name] for name in desk.told_with(word) if name in detail}


@pages.get("/compare/<other_list_id>")
@requires(*READERS)
def beside(list_id: str, other_list_id: str) -> str:
    """Two lists of one village beside each other."""
    one, other = file_of(list_id), file_of(other_list_id)
    if one.row.region_code != other.row.region_code:
        raise NotThere(other_list_id)
    shown = list_presenter.compare_page(one, other, compare(one, other))
    note_look("list_compared", one, other=other_list_id)
    return render_template("village_lists/compare.html", **shown)
