"""Addresses of acts on one person that no section of the form holds: moving to another village,
withdrawing consent, taking the record away and bringing it back."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from outreach.core.record import worker_edits
from outreach.core.record.verdicts import Verdict
from outreach.core.register import look_audit, worker_file
from outreach.domain.consents import standing_consents
from outreach.extensions import db
from outreach.features.review.presenter import places
from outreach.features.review.worker_presenter import sentence
from outreach.web import display
from outreach.web.access import current_actor, requires, utc_now
from outreach.web.field_values import reference
from outreach.web.i18n import t

pages = Blueprint("review_acts", __name__, url_prefix="/workers")


def file_of(worker_id: str, act: str, deleted: bool = False) -> worker_file.WorkerFile:
    """The record with its opening noted, or 404: also for one that was merged, or that is (not)
    deleted when the act needs the other."""
    file = worker_file.read_worker(db.session(), current_actor(), worker_id)
    if file.row.merged_into or (file.row.deleted_at is not None) != deleted:
        abort(404)
    detail = {"act": act}
    look_audit.note_look(
        db.session(), current_actor(), "act_form", utc_now(), worker=file.row, detail=detail
    )
    return file


def back_to(worker_id: str, words: str, kind: str = "ok") -> Response:
    """The worker's page, with a sentence on top."""
    flash(words, kind)
    return redirect(url_for("review_worker.worker", worker_id=worker_id), 303)


def is_production() -> bool:
    """True on a server that keeps real people."""
    return bool(current_app.config["OUTREACH"].production)


@pages.get("/<worker_id>/move")
@requires("supervisor", "mpp")
def move(worker_id: str) -> str:
    """To which village?"""
    return move_page(file_of(worker_id, "move"))


def move_page(file: worker_file.WorkerFile, error: str = "") -> str:
    """The form with every village of the regency."""
    region = file.row.region_code
    return render_template(
        "review/move.html",
        w={"id": file.row.id, "name": file.row.full_name, "region": region},
        village=reference().place_name(region),
        kecamatan=reference().place_name(region[:8]),
        places=places(),
        error=error,
    )


@pages.post("/<worker_id>/move")
@requires("supervisor", "mpp")
def do_move(worker_id: str) -> ResponseReturnValue:
    """Move the record; its old village's phones are told that it left."""
    village = request.form.get("village", "")
    seen = request.form.get("from", "")
    file = file_of(worker_id, "move")
    if not village:
        return move_page(file, t("review.move.choose")), 422
    if village == file.row.region_code:
        return move_page(file, t("review.move.same")), 422
    verdict = worker_edits.move_worker(
        db.session(),
        current_actor(),
        worker_id,
        village,
        utc_now(),
        seen=seen,
        production=is_production(),
    )
    if verdict.status == "invalid":
        return move_page(file, first_error(verdict)), 422
    if verdict.status != "applied":
        return back_to(worker_id, t(f"review.edit.{verdict.status}"), "warning")
    return back_to(worker_id, t("review.move.done", village=reference().place_name(village)))


def first_error(verdict: Verdict) -> str:
    """The first sentence of what a refused act breaks."""
    return sentence(next(error for of_field in verdict.errors.values() for error in of_field))


@pages.get("/<worker_id>/withdraw")
@requires("supervisor", "mpp")
def withdraw(worker_id: str) -> str:
    """Which consents does the person take back?"""
    return withdraw_page(file_of(worker_id, "withdraw"))


def withdraw_page(file: worker_file.WorkerFile, error: str = "") -> str:
    """The form with the purposes that stand."""
    standing = standing_consents(file.data)
    if not standing:
        abort(404)
    return render_template(
        "review/withdraw.html",
        w={"id": file.row.id, "name": file.row.full_name},
        purposes=[(name, display.label("purpose", name)) for name in standing],
        error=error,
    )


@pages.post("/<worker_id>/withdraw")
@requires("supervisor", "mpp")
def do_withdraw(worker_id: str) -> ResponseReturnValue:
    """Note the withdrawal of each ticked purpose, at the server's time."""
    file = file_of(worker_id, "withdraw")
    chosen = set(request.form.getlist("purpose"))
    if not chosen:
        return withdraw_page(file, t("review.withdraw.choose")), 422
    if not chosen <= set(standing_consents(file.data)):
        return back_to(worker_id, t("review.withdraw.not_standing"), "warning")
    verdict = worker_edits.withdraw_consent(
        db.session(),
        current_actor(),
        worker_id,
        chosen,
        utc_now(),
        production=is_production(),
    )
    if verdict.status == "applied":
        return back_to(worker_id, t("review.withdraw.done"))
    return back_to(worker_id, t(f"review.edit.{verdict.status}"), "warning")


@pages.get("/<worker_id>/delete")
@requires("supervisor")
def delete(worker_id: str) -> str:
    """The question before a record is taken away, with its effects."""
    file = file_of(worker_id, "delete")
    w = {"id": file.row.id, "name": file.row.full_name}
    village = reference().place_name(file.row.region_code)
    return render_template("review/delete.html", w=w, village=village)


@pages.post("/<worker_id>/delete")
@requires("supervisor")
def do_delete(worker_id: str) -> Response:
    """Take the record away; it can be brought back on its page."""
    file_of(worker_id, "delete")
    worker_edits.delete_worker(db.session(), current_actor(), worker_id, utc_now())
    return back_to(worker_id, t("review.delete.done"))


@pages.post("/<worker_id>/restore")
@requires("supervisor")
def do_restore(worker_id: str) -> Response:
    """Bring a deleted record back into its village."""
    file_of(worker_id, "restore", deleted=True)
    worker_edits.restore_worker(db.session(), current_actor(), worker_id, utc_now())
    return back_to(worker_id, t("review.restore.done"))
