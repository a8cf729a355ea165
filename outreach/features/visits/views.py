"""Addresses of visits at the desk: done against planned, whom to send where, and a death that was
told at a door."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from outreach.core.record.changes import Errors
from outreach.core.record.rights import NotAllowed
from outreach.core.register import look_audit
from outreach.core.register.worker_file import WorkerFile, read_worker
from outreach.domain.refusals import AlreadyDecided, NotThere
from outreach.extensions import db
from outreach.features.visits import assigning, death_confirming, people_presenter, presenter
from outreach.features.visits.assigning import SUPERVISOR, AssignForm
from outreach.web import display
from outreach.web.access import current_actor, requires, today, utc_now
from outreach.web.i18n import t
from outreach.web.lists import UrlArgs

pages = Blueprint("visits", __name__)


@pages.get("/visits")
@requires(SUPERVISOR)
def listing() -> str:
    """Done against planned, by officer and village."""
    view = presenter.view_of(request.args, current_actor().regency)
    shown = presenter.progress_page(current_actor(), view, today())
    return render_template("visits/list.html", **shown)


@pages.get("/visits/people")
@requires(SUPERVISOR)
def people() -> str:
    """Whom to see in a village, with the form that sends somebody; the look is noted."""
    return people_page()


def people_page(errors: Errors | None = None) -> str:
    """The page of a village, with what is wrong with its form."""
    session, actor = db.session(), current_actor()
    typed = request.form or request.args
    village = typed.get("in", "")
    if not actor.can_see(village):
        raise NotThere(village)
    shown = people_presenter.people_page(actor, village, typed, errors or {}, today())
    detail = {"what": "visits", "village": village, "rows": shown["count"]}
    look_audit.note_look(session, actor, "list", utc_now(), detail=detail)
    return render_template("visits/people.html", **shown)


@pages.post("/visits/people")
@requires(SUPERVISOR)
def assign() -> ResponseReturnValue:
    """Give visits to an officer and a day, or take people out of the plan."""
    session, actor, typed = db.session(), current_actor(), request.form
    village = typed.get("in", "")
    chosen = frozenset(typed.getlist("person"))
    try:
        if typed.get("do") == "drop":
            n = assigning.drop(session, actor, village, chosen, utc_now())
            flash(t("visits.dropped", n=display.number(n)), "ok")
        else:
            form = AssignForm(
                village,
                typed.get("officer", ""),
                presenter.day_in(typed.get("day", "")),
                chosen,
                everybody=typed.get("do") == "everybody",
                hamlet=typed.get("hamlet", ""),
            )
            n = assigning.assign(session, actor, form, utc_now(), today())
            flash(t("visits.given", n=display.number(n)), "ok")
    except NotAllowed as refused:
        db.session.rollback()
        return people_page(refused.errors), 422
    back: UrlArgs = {"in": village}
    if typed.get("hamlet"):
        back["hamlet"] = typed["hamlet"]
    return redirect(url_for(".people", **back), 303)


@pages.get("/visits/death/<worker_id>")
@requires(SUPERVISOR)
def death(worker_id: str) -> str:
    """What officers were told, and the form to make certain; the look is noted."""
    return death_page(file_of(worker_id), {})


def file_of(worker_id: str) -> WorkerFile:
    """The worker's file, its opening noted; or 404."""
    session, actor = db.session(), current_actor()
    file = read_worker(session, actor, worker_id)
    detail = {"act": "death"}
    look_audit.note_look(session, actor, "act_form", utc_now(), worker=file.row, detail=detail)
    return file


def death_page(file: WorkerFile, errors: Errors) -> str:
    """The page, with what is wrong with a form."""
    shown = presenter.death_page(current_actor(), file, request.form, errors)
    return render_template("visits/death.html", **shown)


@pages.post("/visits/death/<worker_id>")
@requires(SUPERVISOR)
def settle_death(worker_id: str) -> ResponseReturnValue:
    """The second word: it is certain, or the person lives."""
    session, actor, typed = db.session(), current_actor(), request.form
    try:
        if typed.get("do") == "deny":
            death_confirming.deny(session, actor, worker_id, utc_now())
            flash(t("visits.death.denied_done"), "ok")
        else:
            day: date | None = presenter.day_in(typed.get("date", ""))
            source = " ".join(typed.get("source", "").split())
            death_confirming.confirm(session, actor, worker_id, day, source, utc_now())
            flash(t("visits.death.confirmed_done"), "ok")
    except AlreadyDecided:
        flash(t("visits.death.nothing_open"), "warning")
    except NotAllowed as refused:
        db.session.rollback()
        if refused.code == "death_form":
            return death_page(file_of(worker_id), refused.errors), 422
        flash(t(f"error.{refused.code}"), "error")
    return to_worker(worker_id)


def to_worker(worker_id: str) -> Response:
    """The way back to the worker's page."""
    return redirect(url_for("review_worker.worker", worker_id=worker_id), 303)
