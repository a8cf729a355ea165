"""Addresses of conflicts: the people in dispute, one person's answers side by side, the end."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from outreach.core.record.changes import Errors
from outreach.core.record.rights import NotAllowed
from outreach.core.register import look_audit
from outreach.core.register.listing import PLACE
from outreach.domain.refusals import AlreadyDecided
from outreach.domain.rules import fault
from outreach.domain.worker_data import Pair
from outreach.extensions import db, htmx
from outreach.features.review import conflict_presenter, conflicts_reading, corrections
from outreach.features.review.conflicts_reading import Case, Dispute
from outreach.features.review.edit_form import can_type, typed_other
from outreach.features.review.worker_presenter import sentence
from outreach.web.access import current_actor, requires, utc_now
from outreach.web.i18n import t

pages = Blueprint("review_conflicts", __name__)
PAGE = 50


def secret() -> str:
    """The key that seals the values that a form must not show."""
    return str(current_app.config["SECRET_KEY"])


@pages.get("/conflicts")
@requires("supervisor")
def conflicts() -> str:
    """People in dispute, or with ``?done=1`` what the desk decided."""
    after, place = request.args.get("after", "")[:36], request.args.get("in", "")
    session, actor = db.session(), current_actor()
    if request.args.get("done") == "1":
        rows = conflicts_reading.list_decided(session, actor, after, PAGE + 1)
        return render_template("review/conflicts.html", **conflict_presenter.done_page(rows, PAGE))
    inside = place.startswith(actor.regency + ".") and PLACE.fullmatch(place)
    place = place if inside else ""
    disputed = conflicts_reading.list_disputed(session, actor, place, after, PAGE + 1)
    shown = conflict_presenter.list_page(disputed, place, PAGE)
    return render_template("review/conflicts.html", **shown)


def case_of(worker_id: str, *, noted: bool) -> Case:
    """The person's case, or 404; looking at it is noted once."""
    session, actor = db.session(), current_actor()
    if noted:
        return conflicts_reading.open_case(session, actor, worker_id, utc_now())
    return conflicts_reading.read_case(session, actor, worker_id)


@pages.get("/conflicts/<worker_id>")
@requires("supervisor")
def conflict(worker_id: str) -> str:
    """One person's answers side by side; htmx gets the side panel."""
    case = case_of(worker_id, noted=True)
    part = "_conflict_panel" if htmx else "conflict"
    return render_template(f"review/{part}.html", **conflict_presenter.case_page(case, secret()))


@pages.post("/conflicts/<worker_id>/show")
@requires("supervisor")
def reveal(worker_id: str) -> str:
    """The same page with the numbers of people in full, noted in the audit."""
    case = case_of(worker_id, noted=True)
    detail = {"fields": [d.field for d in case.disputes]}
    look_audit.note_look(
        db.session(), current_actor(), "unmask", utc_now(), worker=case.row, detail=detail
    )
    case = case_of(worker_id, noted=False)
    shown = conflict_presenter.case_page(case, secret(), full=True)
    return render_template("review/conflict.html", **shown)


@pages.post("/conflicts/<worker_id>")
@requires("supervisor")
def decide(worker_id: str) -> ResponseReturnValue:
    """End the conflicts for which a value was chosen; the others stay."""
    case = case_of(worker_id, noted=False)
    pairs = {}
    for dispute in case.disputes:
        if request.form.get(f"pick.{dispute.field}"):
            pairs[dispute.field] = chosen(case, dispute)
    if not pairs:  # also sent by who has never opened the page: a look like any other
        return again(
            case_of(worker_id, noted=True), t("review.conflict.nothing_chosen"), unchosen=True
        )
    try:
        status = conflicts_reading.decide(
            db.session(), current_actor(), worker_id, pairs, utc_now()
        )
    except NotAllowed as error:
        return again(case, sentence(fault(error.code)), error.errors)
    except AlreadyDecided:
        flash(t("review.already_decided"), "warning")
        return redirect(url_for(".conflicts"), 303)
    ended = status == "applied"
    flash(t(f"review.conflict.{'decided' if ended else 'changed'}"), "ok" if ended else "warning")
    here = not ended or len(pairs) < len(case.disputes)
    back = url_for(".conflict", worker_id=worker_id) if here else url_for(".conflicts")
    return redirect(back, 303)


def chosen(case: Case, dispute: Dispute) -> Pair:
    """(what the form showed as standing, what shall stand); 400 for a form that was changed."""
    field, form = dispute.field, request.form
    candidates = [dispute.stands.value, None, *case.values.get(field, ())]
    sealed = form.get(f"base.{field}", "")
    base = corrections.read_base(secret(), case.row.id, field, sealed, candidates)
    if base is corrections.UNKNOWN:
        abort(400)
    pick = form[f"pick.{field}"]
    if pick == "theirs":
        return base, base
    if pick == "other" and can_type(field):
        return base, typed_other(field, "other", form)
    late = next((value for value in dispute.late if value.id == pick), None)
    return (base, late.value) if late else abort(400)


def again(
    case: Case, problem: str, errors: Errors | None = None, *, unchosen: bool = False
) -> ResponseReturnValue:
    """The page again, with what was chosen and what is wrong; ``unchosen`` if no answer was."""
    shown = conflict_presenter.case_page(case, secret(), typed=request.form, errors=errors or {})
    return render_template("review/conflict.html", **shown, problem=problem, unchosen=unchosen), 422


@pages.post("/conflicts/<conflict_id>/undo")
@requires("supervisor")
def undo(conflict_id: str) -> ResponseReturnValue:
    """Undo a decision: what stood before it stands again, and the conflict is open again."""
    try:
        worker_id = conflicts_reading.reopen(db.session(), current_actor(), conflict_id, utc_now())
    except NotAllowed as error:
        flash(sentence(fault(error.code)), "warning")
        return redirect(url_for(".conflicts", done=1), 303)
    flash(t("review.conflict.undone"), "ok")
    return redirect(url_for(".conflict", worker_id=worker_id), 303)
