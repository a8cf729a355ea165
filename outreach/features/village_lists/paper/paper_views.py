"""Addresses of lists on paper: which lists there are, a list's sheets, and the pages to print."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from outreach.core.record.rights import NotAllowed
from outreach.extensions import db
from outreach.features.village_lists.paper import paper_on_phones, paper_presenter, paper_printing
from outreach.features.village_lists.paper.paper_entering import Which
from outreach.features.village_lists.records import paper_queries
from outreach.web.access import current_actor, requires, today, utc_now
from outreach.web.i18n import t
from outreach.web.lists import page_number

pages = Blueprint("list_paper", __name__)
PAPER_ROLES = ("supervisor", "mpp", "head")
PAGE = 50
NOTHING = Which()


@pages.get("/village-lists/paper")
@requires(*PAPER_ROLES)
def lists() -> str:
    """Lists of the actor's villages that are not closed."""
    session, actor, page = db.session(), current_actor(), page_number(request.args)
    rows = paper_queries.lists_on_paper(session, actor, PAGE + 1, (page - 1) * PAGE)
    ids = [row.id for row in rows[:PAGE]]
    sheets = paper_queries.unfinished(session, actor.regency, ids)
    shown = paper_presenter.lists_page(rows[:PAGE], sheets, page, more=len(rows) > PAGE)
    return render_template("village_lists/paper_lists.html", list=shown)


@pages.get("/village-lists/<list_id>/paper")
@requires(*PAPER_ROLES)
def sheets(list_id: str) -> str:
    """A list on paper: print it, enter a sheet, see how far the sheets are."""
    return sheets_page(list_id)


def sheets_page(list_id: str, wrong: str = "", typed: Which = NOTHING) -> str:
    """A list's page, with the code of what is wrong with a sheet that somebody would enter."""
    session, actor = db.session(), current_actor()
    row = paper_printing.list_for(session, actor, list_id)
    prints = paper_queries.prints_of(session, actor.regency, list_id)
    lines = paper_queries.paper_lines(session, actor.regency, list_id)
    entries = paper_queries.entries_of(session, actor.regency, list_id)
    told = paper_queries.decided_from_paper(session, actor.regency, list_id)
    phones = paper_on_phones.sheets(told, entries)
    shown = paper_presenter.sheets_page(row, prints, lines, entries, phones)
    said = t(f"error.{wrong}") if wrong else ""
    return render_template("village_lists/paper.html", **shown, wrong=said, typed=typed)


@pages.post("/village-lists/<list_id>/paper/print")
@requires(*PAPER_ROLES)
def make(list_id: str) -> ResponseReturnValue:
    """Number what is printed now, and go to its pages."""
    size = size_of(request.form.get("size", ""))
    try:
        n = paper_printing.make_version(db.session(), current_actor(), list_id, utc_now())
    except NotAllowed as refused:
        flash(t(f"error.{refused.code}"), "warning")
        return redirect(url_for(".sheets", list_id=list_id), 303)
    return redirect(url_for(".printed", list_id=list_id, n=n, size=size), 303)


@pages.get("/village-lists/<list_id>/paper/print/<int:n>")
@requires(*PAPER_ROLES)
def printed(list_id: str, n: int) -> ResponseReturnValue:
    """The pages of a version; where the list changed since, back to print it anew."""
    size = size_of(request.args.get("size", ""))
    session, actor = db.session(), current_actor()
    made = paper_printing.open_print(session, actor, list_id, n, size, utc_now())
    if made is None:
        flash(t("village_lists.paper.no.changed", n=n), "warning")
        return redirect(url_for(".sheets", list_id=list_id), 303)
    shown = paper_presenter.worksheet(made, size, today())
    return render_template("village_lists/worksheet.html", **shown)


def size_of(text: str) -> str:
    """A size of paper; the first where none is asked for."""
    return text if text in paper_printing.SIZES else paper_printing.SIZES[0]
