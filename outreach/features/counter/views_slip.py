"""Addresses of the slip: what it says, one print, and the sheet that goes to the printer.

Only the sheet can be printed. It serves the clerk who asked for it, for five minutes; whoever asks
again gets a copy, which says so on the paper and in the audit.
"""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from outreach.core.register import look_audit, worker_file
from outreach.core.register.worker_file import WorkerFile
from outreach.extensions import db
from outreach.features.counter import presenter, slips
from outreach.web.access import current_actor, requires, utc_now
from outreach.web.i18n import current_lang, t

pages = Blueprint("counter_slip", __name__, url_prefix="/counter/slip")


@pages.get("/<worker_id>")
@requires("supervisor", "mpp")
def slip(worker_id: str) -> str:
    """What the slip says, and how often it was printed; opening it is a look."""
    file = worker_file.read_worker(db.session(), current_actor(), worker_id)
    look_audit.note_look(db.session(), current_actor(), "slip", utc_now(), worker=file.row)
    prints = slips.prints_of(db.session(), current_actor(), worker_id)
    shown = presenter.slip_page(file, words_of(file), prints)
    return render_template("counter/slip.html", **shown)


@pages.post("/<worker_id>")
@requires("supervisor", "mpp")
def print_one(worker_id: str) -> ResponseReturnValue:
    """Note one print and go on to its sheet; back to the slip where there is none to hand over."""
    try:
        number = slips.note_print(db.session(), current_actor(), worker_id, utc_now())
    except slips.NoSlip:
        flash(t("counter.slip.none"), "warning")
        return redirect(url_for(".slip", worker_id=worker_id), 303)
    return redirect(url_for(".sheet", worker_id=worker_id, number=number), 303)


@pages.get("/<worker_id>/<int:number>")
@requires("supervisor", "mpp")
def sheet(worker_id: str, number: int) -> ResponseReturnValue:
    """The sheet for the printer; the slip for a sheet of somebody else or of long ago."""
    session, actor = db.session(), current_actor()
    file = worker_file.read_worker(session, actor, worker_id)
    fresh = slips.open_sheet(session, actor, worker_id, number, utc_now())
    if fresh is None or not slips.may_print(file.row):
        return redirect(url_for(".slip", worker_id=worker_id), 303)
    shown = presenter.sheet_page(file, words_of(file), fresh, actor.name)
    return render_template("counter/slip_sheet.html", **shown)


def words_of(file: WorkerFile) -> list[dict[str, str | bool]]:
    """The words for the person in the reader's language."""
    return worker_file.after_saving(db.session(), file, current_lang())
