"""Addresses of a death that a village reported: a second person confirms it, or it is undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from outreach.core.record.changes import Errors
from outreach.core.record.rights import NotAllowed
from outreach.core.register import look_audit
from outreach.core.register.worker_file import WorkerFile, read_worker
from outreach.domain.refusals import AlreadyDecided
from outreach.extensions import db
from outreach.features.village_lists.checking import death_confirming
from outreach.features.village_lists.checking.death_confirming import Word
from outreach.features.village_lists.one_list import death_presenter
from outreach.features.village_lists.overview.words import sentence_of
from outreach.web.access import current_actor, requires, utc_now
from outreach.web.i18n import t

pages = Blueprint("list_deaths", __name__, url_prefix="/workers/<worker_id>/death")


@pages.get("")
@requires(*death_confirming.CONFIRMERS)
def show(worker_id: str) -> str:
    """What was reported, and the form to confirm or undo it; the look is noted."""
    return death_page(file_of(worker_id))


def file_of(worker_id: str) -> WorkerFile:
    """The worker's file, its opening noted; or 404."""
    session, actor = db.session(), current_actor()
    file = read_worker(session, actor, worker_id)
    detail = {"act": "death"}
    look_audit.note_look(session, actor, "act_form", utc_now(), worker=file.row, detail=detail)
    return file


def death_page(file: WorkerFile, errors: Errors | None = None) -> str:
    """The page, with what is wrong with a form."""
    shown = death_presenter.death_page(current_actor(), file, request.form, errors or {})
    return render_template("village_lists/death.html", **shown)


@pages.post("")
@requires(*death_confirming.CONFIRMERS)
def confirm(worker_id: str) -> ResponseReturnValue:
    """The second word: date and source."""
    source = " ".join(request.form.get("source", "").split())
    word, now = Word(day_in(request.form.get("date", "")), source), utc_now()
    return done(
        worker_id,
        "village_lists.death.confirmed_done",
        lambda: death_confirming.confirm(db.session(), current_actor(), worker_id, word, now),
    )


@pages.post("/undo")
@requires("supervisor")
def undo(worker_id: str) -> ResponseReturnValue:
    """The report was wrong."""
    reason, now = request.form.get("reason", ""), utc_now()
    return done(
        worker_id,
        "village_lists.death.undone_done",
        lambda: death_confirming.undo(db.session(), current_actor(), worker_id, reason, now),
    )


def day_in(text: str) -> date | None:
    """The day that was typed; None for none."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def done(worker_id: str, word: str, act: Callable[[], None]) -> ResponseReturnValue:
    """Do it and say so on the worker's page; the form again where something is missing."""
    try:
        act()
    except AlreadyDecided:
        return back(worker_id, t("village_lists.death.nothing_open"), "warning")
    except NotAllowed as refused:
        db.session.rollback()
        if refused.code == "death_form":
            return death_page(file_of(worker_id), refused.errors), 422
        return back(worker_id, sentence_of(refused), "error")
    return back(worker_id, t(word), "ok")


def back(worker_id: str, said: str, kind: str) -> Response:
    """The way back to the worker's page."""
    flash(said, kind)
    return redirect(url_for("review_worker.worker", worker_id=worker_id), 303)
