"""Addresses of what is held or invalid: the list, one save with its chain, and the decisions."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from outreach.core.record.changes import Errors
from outreach.core.record.rights import NotAllowed
from outreach.core.register import look_audit
from outreach.core.register.listing import PLACE
from outreach.domain.refusals import AlreadyDecided
from outreach.domain.rules import fault
from outreach.extensions import db, htmx
from outreach.features.review import hold_presenter, holds_of_file, holds_reading
from outreach.features.review.edit_form import can_type, typed_other
from outreach.features.review.worker_presenter import sentence
from outreach.storage.queries_holds import HoldFilter
from outreach.web import display
from outreach.web.access import current_actor, requires, utc_now
from outreach.web.i18n import t
from outreach.web.inputs import whole_number

pages = Blueprint("review_holds", __name__)
PAGE = 50
CHOICES = ("accept", "return", "discard")


def filter_here() -> HoldFilter:
    """The filter in the address; what does not exist finds nothing or is not heard."""
    args, place = request.args, request.args.get("in", "")
    inside = place.startswith(current_actor().regency + ".") and PLACE.fullmatch(place)
    return HoldFilter(
        ended=args.get("done") == "1",
        reason=args.get("reason", "")[:24],
        officer=args.get("officer", "")[:36],
        place=place if inside else "",
    )


@pages.get("/holds")
@requires("supervisor")
def holds() -> str:
    """Holds that wait for a decision, or with ``?done=1`` the decided ones."""
    filters, after = filter_here(), request.args.get("after", "")[:36]
    session, actor = db.session(), current_actor()
    rows, waiting = holds_reading.list_holds(session, actor, filters, after, PAGE + 1)
    counts = holds_reading.by_reason(session, actor)
    whole = not (filters.ended or filters.reason or filters.officer or after)
    files = holds_of_file.list_files(session, actor, filters.place) if whole else []
    return render_template(
        "review/holds.html",
        **hold_presenter.list_page(rows[:PAGE], waiting, counts, filters, len(rows) > PAGE),
        files=hold_presenter.file_list(files),
    )


@pages.get("/holds/files/<file>")
@requires("supervisor")
def unproven(file: str) -> str:
    """One carried file that nobody could prove: what waits of it, and the decision about all."""
    after = whole_number(request.args.get("after", ""), 9) or 0
    page = holds_of_file.open_file(db.session(), current_actor(), file, after, utc_now())
    return render_template("review/hold_file.html", **hold_presenter.unproven_page(page))


@pages.post("/holds/files/<file>")
@requires("supervisor")
def decide_file(file: str) -> ResponseReturnValue:
    """Accept or discard all that waits of the file; 422 with the page again without the reason
    that a discarding needs."""
    choice, words = request.form.get("choice", ""), request.form.get("words", "")
    session, actor = db.session(), current_actor()
    if choice not in ("accept", "discard"):
        abort(400)
    try:
        done = holds_of_file.decide(session, actor, file, choice, words, utc_now())  # type: ignore[arg-type]
    except NotAllowed:  # also for who has never opened it: a look like any other
        page = holds_of_file.open_file(session, actor, file, 0, utc_now())
        shown = hold_presenter.unproven_page(page)
        return render_template("review/hold_file.html", **shown, wrong=True), 422
    left = t("review.hold.file.left", n=display.number(done.left)) if done.left else ""
    message = t(f"review.hold.file.done_{choice}", n=display.number(done.decided))
    flash(f"{message} {left}".strip(), "ok" if done.decided else "warning")
    return redirect(url_for(".unproven", file=file) if done.left else url_for(".holds"), 303)


@pages.post("/holds/files/<file>/undo")
@requires("supervisor")
def undo_file(file: str) -> ResponseReturnValue:
    """Put all that was discarded of the file back among what waits."""
    put = holds_of_file.put_back(db.session(), current_actor(), file, utc_now())
    flash(t("review.hold.file.put_back", n=display.number(put)), "ok")
    return redirect(url_for(".unproven", file=file), 303)


@pages.get("/holds/<key>")
@requires("supervisor")
def hold(key: str) -> str:
    """One held save with its chain; htmx gets the side panel. Opening is noted in the audit."""
    file = holds_reading.open_hold(db.session(), current_actor(), key, utc_now())
    part = "_hold_panel" if htmx else "hold"
    return render_template(f"review/{part}.html", **hold_presenter.file_page(file))


@pages.post("/holds/<key>/show")
@requires("supervisor")
def reveal(key: str) -> str:
    """The same page with the numbers of people in full, noted in the audit."""
    session, actor = db.session(), current_actor()
    file = holds_reading.open_hold(session, actor, key, utc_now())
    look_audit.note_look(session, actor, "unmask", utc_now(), detail={"hold": key})
    return render_template("review/hold.html", **hold_presenter.file_page(file, full=True))


@pages.post("/holds/<key>")
@requires("supervisor")
def decide(key: str) -> ResponseReturnValue:
    """Accept, return with words, or discard with a reason: the save and all that waits for it."""
    choice = request.form.get("choice", "")
    words = request.form.get("words", "").strip()[:500]
    if choice not in CHOICES:
        abort(400)
    if choice != "accept" and not words:
        return wrong(key, t("review.hold.words_needed"), words_missing=True)
    session, actor = db.session(), current_actor()
    return done(
        key,
        lambda: holds_reading.decide(session, actor, key, choice, words, utc_now()),  # type: ignore[arg-type]
        t(f"review.hold.done_{choice}"),
    )


@pages.post("/holds/<key>/correct")
@requires("supervisor")
def correct(key: str) -> ResponseReturnValue:
    """Let a refused save take effect with other values for its wrong answers."""
    form = request.form
    names = [name.removeprefix("fix.") for name in form if name.startswith("fix.")]
    typed = {name: typed_other(name, "fix", form) for name in names if can_type(name)}
    values = {name: value for name, value in typed.items() if value is not None}
    session, actor = db.session(), current_actor()
    return done(
        key,
        lambda: holds_reading.correct(session, actor, key, values, utc_now()),
        t("review.hold.done_correct"),
    )


@pages.post("/holds/<key>/undo")
@requires("supervisor")
def undo(key: str) -> ResponseReturnValue:
    """Put a returned or discarded save back among what waits."""
    session, actor = db.session(), current_actor()
    return done(
        key,
        lambda: holds_reading.put_back(session, actor, key, utc_now()),
        t("review.hold.put_back"),
    )


def done(key: str, act: Callable[[], object], message: str) -> ResponseReturnValue:
    """Do it, say so, and go back to the list; what cannot be done is said on the save's page."""
    try:
        act()
    except NotAllowed as error:
        return wrong(key, sentence(fault(error.code)), error.errors)
    except AlreadyDecided:
        flash(t("review.already_decided"), "warning")
    else:
        flash(message, "ok")
    return redirect(url_for(".holds"), 303)


def wrong(
    key: str, problem: str, errors: Errors | None = None, *, words_missing: bool = False
) -> ResponseReturnValue:
    """The save's page again, with what was typed and what is wrong: a look like any other, since a
    form can be sent by who has never opened it."""
    file = holds_reading.open_hold(db.session(), current_actor(), key, utc_now())
    shown = hold_presenter.file_page(file, typed=request.form, errors=errors or {})
    shown |= {"problem": problem, "words_missing": words_missing}
    return render_template("review/hold.html", **shown), 422
