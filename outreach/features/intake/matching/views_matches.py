"""Addresses of the rows of a list that may be somebody registered, and what is decided of them."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from outreach.domain.refusals import AlreadyDecided
from outreach.extensions import db
from outreach.features.intake.matching import deciding, matches_presenter, queries_decisions
from outreach.features.intake.run_access import DECIDER, READERS, readable_run
from outreach.web.access import current_actor, requires, utc_now
from outreach.web.i18n import t
from outreach.web.lists import UrlArgs, page_number

pages = Blueprint("intake_matches", __name__, url_prefix="/intake/<run_id>/matches")


@pages.get("")
@requires(*READERS)
def listing(run_id: str) -> str:
    """Rows that wait, were decided, or whose number was mended; givers see no registered person."""
    session, actor = db.session(), current_actor()
    run = readable_run(session, actor, run_id)
    tab, page = tab_here(), page_number(request.args)
    size = matches_presenter.PAGE
    place = (session, actor.regency, run.id)
    lines = queries_decisions.lines_under(*place, tab, (page - 1) * size, size)
    counts = {name: queries_decisions.count_under(*place, name) for name in matches_presenter.TABS}
    workers = {}
    if actor.role == DECIDER:
        ids = {match.worker_id for line in lines for match in deciding.matches_of(line)}
        workers = queries_decisions.workers_of(session, actor.regency, ids)
    shown = matches_presenter.page(actor, run, tab, page, lines, counts, workers)
    return render_template("intake/matches.html", **shown)


def tab_here() -> str:
    """The tab of this address; the open rows for any other word."""
    tab = request.args.get("tab", "")
    return tab if tab in matches_presenter.TABS else matches_presenter.TABS[0]


@pages.post("/<row_id>")
@requires(DECIDER)
def decide(run_id: str, row_id: str) -> ResponseReturnValue:
    """One row: new, same (as ``worker``), skip or later."""
    decision, worker = request.form.get("decision", ""), request.form.get("worker", "")
    session, actor, now = db.session(), current_actor(), utc_now()

    def act() -> str:
        deciding.decide(session, actor, run_id, row_id, decision, worker, now)
        return t(f"intake.matches.said.{decision}")

    return done(run_id, act)


@pages.post("/clear")
@requires(DECIDER)
def decide_clear(run_id: str) -> ResponseReturnValue:
    """Every row with one clear match at once."""
    session, actor, now = db.session(), current_actor(), utc_now()
    return done(
        run_id,
        lambda: t(
            "intake.matches.said.clear", n=deciding.decide_clear(session, actor, run_id, now)
        ),
    )


@pages.post("/<row_id>/repair/back")
@requires(DECIDER)
def take_back_repair(run_id: str, row_id: str) -> ResponseReturnValue:
    """Take a mended number away again."""
    session, actor, now = db.session(), current_actor(), utc_now()

    def act() -> str:
        deciding.take_back_repair(session, actor, run_id, row_id, now)
        return t("intake.matches.said.taken_back")

    return done(run_id, act)


def done(run_id: str, act: Callable[[], str]) -> Response:
    """Do it, say so, and go back to the page one came from."""
    try:
        flash(act(), "ok")
    except AlreadyDecided:
        db.session.rollback()
        flash(t("intake.matches.closed"), "warning")
    args: UrlArgs = {name: request.form.get(name) or None for name in ("tab", "page")}
    return redirect(url_for(".listing", run_id=run_id, **args), 303)
