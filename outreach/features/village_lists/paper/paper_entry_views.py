"""Addresses where a sheet of paper is entered by line number, twice, and then counts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from outreach.core.record.rights import NotAllowed
from outreach.core.register import look_audit
from outreach.extensions import db
from outreach.features.village_lists.paper import (
    paper_counting,
    paper_entering,
    paper_entry_presenter,
    paper_typed,
)
from outreach.features.village_lists.paper.paper_entering import Which
from outreach.features.village_lists.paper.paper_views import PAPER_ROLES, sheets_page
from outreach.web.access import current_actor, requires, today, utc_now
from outreach.web.i18n import t

pages = Blueprint("paper_entry", __name__)
WITH_PEOPLE = ("line", "entered", "differing")


def this_login() -> str:
    """What tells one login from the next, without being of use to anybody."""
    return hashlib.sha256(str(current_user.get_id()).encode()).hexdigest()


@pages.post("/village-lists/<list_id>/paper/sheets")
@requires(*PAPER_ROLES)
def start(list_id: str) -> ResponseReturnValue:
    """Begin or go on with the sheet in somebody's hand; 422 with the form where it is not clear."""
    which = Which(
        *(request.form.get(name, "")[:200] for name in ("code", "version", "page", "label"))
    )
    try:
        entry = paper_entering.start(db.session(), current_actor(), list_id, which, utc_now())
    except NotAllowed as refused:
        return sheets_page(list_id, wrong=refused.code, typed=which), 422
    return redirect(url_for(".sheet", list_id=list_id, entry=entry), 303)


@pages.get("/village-lists/<list_id>/paper/sheets/<entry>")
@requires(*PAPER_ROLES)
def sheet(list_id: str, entry: str) -> str:
    """One sheet: the next line to type, or what has to be decided."""
    return page_of(list_id, entry, request.args.get("no", ""), request.args.get("answer", ""))


def page_of(
    list_id: str, entry: str, no: str, answer: str = "", wrong: NotAllowed | None = None
) -> str:
    """The sheet's page with a line on it, and what is wrong; a page with people on it is a look,
    noted in the audit."""
    session, actor = db.session(), current_actor()
    found = paper_entering.open_sheet(session, actor, list_id, entry)
    shown = paper_entry_presenter.sheet_page(found, actor, no, answer, today(), wrong, request.form)
    if any(shown[part] for part in WITH_PEOPLE):
        detail = {"list": list_id, "entry": entry}
        look_audit.note_look(session, actor, "list_sheet", utc_now(), detail=detail)
    return render_template("village_lists/paper_sheet.html", **shown)


@pages.post("/village-lists/<list_id>/paper/sheets/<entry>/lines")
@requires(*PAPER_ROLES)
def line(list_id: str, entry: str) -> ResponseReturnValue:
    """Keep what is read beside a line, and go to the next; 422 with what is wrong."""
    form, session, actor = request.form, db.session(), current_actor()
    no, key = form.get("no", ""), form.get("answer", "")
    found = paper_entering.open_sheet(session, actor, list_id, entry)
    said = paper_typed.said_of(found, key, form)
    if said is None or not paper_typed.number_of(no):
        abort(400)
    try:
        paper_entering.answer(
            session,
            actor,
            list_id,
            entry,
            paper_typed.number_of(no),
            said,
            utc_now(),
            replace=form.get("replace") == "1",
        )
    except NotAllowed as refused:
        return page_of(list_id, entry, no, key, refused), 422
    return redirect(url_for(".sheet", list_id=list_id, entry=entry), 303)


@pages.post("/village-lists/<list_id>/paper/sheets/<entry>/finish")
@requires(*PAPER_ROLES)
def finish(list_id: str, entry: str) -> ResponseReturnValue:
    """End the entry that is being made, or the deciding of differences."""
    session, actor, now = db.session(), current_actor(), utc_now()
    state = paper_entering.open_sheet(session, actor, list_id, entry).entry.state
    if state == "first":
        return act(
            list_id,
            entry,
            lambda: paper_entering.finish_first(session, actor, list_id, entry, this_login(), now),
        )
    if state == "differs":
        return act(
            list_id,
            entry,
            lambda: paper_counting.finish_settling(session, actor, list_id, entry, now),
        )
    return act(
        list_id, entry, lambda: paper_counting.finish_second(session, actor, list_id, entry, now)
    )


@pages.post("/village-lists/<list_id>/paper/sheets/<entry>/second")
@requires(*PAPER_ROLES)
def second(list_id: str, entry: str) -> ResponseReturnValue:
    """Begin the second entry, which does not see the first."""
    session, actor, now = db.session(), current_actor(), utc_now()
    return act(
        list_id,
        entry,
        lambda: paper_entering.start_second(session, actor, list_id, entry, this_login(), now),
    )


@pages.post("/village-lists/<list_id>/paper/sheets/<entry>/settle")
@requires(*PAPER_ROLES)
def settle(list_id: str, entry: str) -> ResponseReturnValue:
    """Take one of two readings of a line."""
    turn, line_id = request.form.get("turn", ""), request.form.get("line", "")
    if turn not in ("1", "2"):
        abort(400)
    session, actor, now = db.session(), current_actor(), utc_now()
    return act(
        list_id,
        entry,
        lambda: paper_entering.settle(session, actor, list_id, entry, line_id, int(turn), now),
    )


@pages.post("/village-lists/<list_id>/paper/sheets/<entry>/waive")
@requires(*PAPER_ROLES)
def waive(list_id: str, entry: str) -> ResponseReturnValue:
    """The signer does without the second entry."""
    names = {
        name.removeprefix("name."): value[:200]
        for name, value in request.form.items()
        if name.startswith("name.")
    }
    session, actor, now = db.session(), current_actor(), utc_now()
    return act(
        list_id,
        entry,
        lambda: paper_counting.waive(session, actor, list_id, entry, names, now),
    )


def act(list_id: str, entry: str, do: Callable[[], object]) -> ResponseReturnValue:
    """Do it and go back to the sheet; 422 with the sheet and what is wrong."""
    try:
        do()
    except NotAllowed as refused:
        return page_of(list_id, entry, "", "", refused), 422
    session, actor = db.session(), current_actor()
    state = paper_entering.open_sheet(session, actor, list_id, entry).entry.state
    flash(t(f"village_lists.paper.now.{state}"), "ok")
    return redirect(url_for(".sheet", list_id=list_id, entry=entry), 303)
