"""Address of a list's undo: first who would go and who stays, then the act."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from outreach.domain.refusals import AlreadyDecided
from outreach.extensions import db
from outreach.features.intake import jobs, undo_presenter, undoing
from outreach.features.intake.queries import source_of
from outreach.features.intake.run_access import READERS, readable_run
from outreach.features.intake.views_runs import wake
from outreach.storage.queries_touches import quiet_phones
from outreach.web.access import current_actor, requires, today, utc_now
from outreach.web.i18n import t

pages = Blueprint("intake_undo", __name__, url_prefix="/intake/<run_id>/undo")


@pages.get("")
@requires(*READERS)
def show(run_id: str) -> ResponseReturnValue:
    """How many go, how many stay and why, and which phones are silent; or back with a sentence."""
    session, actor, now = db.session(), current_actor(), utc_now()
    run = readable_run(session, actor, run_id)
    refused = jobs.refusal(session, run, "undo")
    if refused is not None:
        return say_refused(run_id, refused)
    told = undoing.outlook(session, undoing.listed_run(session, run))
    source = source_of(session, actor.regency, run.source_id)
    since = run.made_at
    phones = quiet_phones(session, actor.regency, told.villages, since, now, today())
    shown = undo_presenter.page(run, source, told, phones, sees=actor.role == "supervisor")
    return render_template("intake/undo.html", **shown)


@pages.post("")
@requires(*READERS)
def undo(run_id: str) -> ResponseReturnValue:
    """Have the list taken back, and go to its page."""
    session, actor = db.session(), current_actor()
    readable_run(session, actor, run_id)
    try:
        jobs.enqueue(session, actor, run_id, "undo", utc_now())
    except AlreadyDecided as refused:
        db.session.rollback()
        return say_refused(run_id, refused)
    wake()
    flash(t("intake.undo.said"), "ok")
    return redirect(url_for("intake_runs.show", run_id=run_id), 303)


def say_refused(run_id: str, refused: AlreadyDecided) -> ResponseReturnValue:
    """Back to the run with the reason: already taken back, at work, or nothing written yet."""
    flash(t(undo_presenter.refusal_word(refused)), "warning")
    return redirect(url_for("intake_runs.show", run_id=run_id), 303)
