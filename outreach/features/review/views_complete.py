"""Addresses of the one form for everything that an unfinished registration lacks."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from outreach.core.evidence import desk_files
from outreach.core.evidence.blobs import BLOB_MAX
from outreach.core.evidence.pictures import BlobRefused
from outreach.core.record.changes import Errors
from outreach.core.record.worker_edits import edit_worker
from outreach.core.register import look_audit, spoken_texts, worker_file
from outreach.core.register.spoken_texts import SpokenText
from outreach.core.register.worker_file import WorkerFile
from outreach.domain.rules import check_set, fault
from outreach.domain.worker_data import Pair
from outreach.extensions import db
from outreach.features.review import complete_presenter, completing
from outreach.features.review.completing import Lacks
from outreach.features.review.edit_form import read_changes
from outreach.features.review.views_edit import half_heirs, secret, tell_status, unanswered
from outreach.web.access import current_actor, requires, today, utc_now
from outreach.web.i18n import current_lang, t

pages = Blueprint("review_complete", __name__, url_prefix="/workers")
REQUEST_MAX = BLOB_MAX + 1024 * 1024


def open_file(worker_id: str) -> tuple[WorkerFile, Lacks]:
    """The record and what it lacks; 404 for one that was deleted or merged away."""
    file = worker_file.read_worker(db.session(), current_actor(), worker_id)
    if file.row.deleted_at or file.row.merged_into:
        abort(404)
    return file, completing.lacks_of(file, current_actor().role, today())


@pages.get("/<worker_id>/complete")
@requires("supervisor", "mpp")
def complete(worker_id: str) -> ResponseReturnValue:
    """The form; opening it is a look. Back to the person where nothing is missing."""
    file, lacks = open_file(worker_id)
    if not (lacks.fields or lacks.card or lacks.consent):
        flash(t("review.complete.nothing"), "ok")
        return redirect(url_for("review_worker.worker", worker_id=worker_id), 303)
    detail = {"section": "complete"}
    look_audit.note_look(
        db.session(), current_actor(), "edit_form", utc_now(), worker=file.row, detail=detail
    )
    return page(file, lacks, {}, "")


@pages.post("/<worker_id>/complete")
@requires("supervisor", "mpp")
def save(worker_id: str) -> ResponseReturnValue:
    """Save all that was answered; the same form with everything typed where something is wrong."""
    request.max_content_length = REQUEST_MAX
    file, lacks = open_file(worker_id)
    photo, refused = photo_here(worker_id)
    changes, tampered = read_changes(file, lacks.fields, secret(), request.form)
    if tampered:
        abort(400)
    of_card, errors = completing.of_the_card(file.data, changes, request.form)
    changes |= of_card if lacks.card else {}
    if lacks.consent:
        errors |= completing.consent_errors(lacks, request.form, bool(photo)) | refused
        changes |= consent_here(file, photo) if not errors else {}
    if not changes and not errors:
        flash(t("review.edit.nothing"), "warning")
        return redirect(url_for(".complete", worker_id=worker_id), 303)
    return keep(file, lacks, changes, errors, photo)


def keep(
    file: WorkerFile, lacks: Lacks, changes: dict[str, Pair], errors: Errors, photo: str
) -> ResponseReturnValue:
    """Judge and write the changes as one save, and tell what the person is now."""
    actor = current_actor()
    of_visit = completing.of_the_visit(file.data, utc_now())
    changes = completing.in_person(file.data, of_visit | changes)
    errors = check_set(actor.role, {name: list(pair) for name, pair in changes.items()}) | errors
    errors = errors or half_heirs(file, changes) or unanswered(file, changes, request.form)
    if not errors:
        production = current_app.config["OUTREACH"].production
        verdict = edit_worker(
            db.session(), actor, file.row.id, changes, utc_now(), production=production
        )
        errors = verdict.errors if verdict.status == "invalid" else {}
        if not errors:
            kind = "ok" if verdict.status == "applied" else "warning"
            flash(t(f"review.edit.{verdict.status}"), kind)
            tell_status(file)
            return redirect(url_for("review_worker.worker", worker_id=file.row.id), 303)
    return page(file, lacks, errors, photo), 422


def photo_here(worker_id: str) -> tuple[str, Errors]:
    """The hash of the consent's photo, of this try or an earlier one; wrong for no picture."""
    sent = request.files.get("evidence")
    data = sent.read(BLOB_MAX + 1) if sent and sent.filename else b""
    if not data:
        kept = request.form.get("kept_evidence", "")
        return completing.kept_photo(secret(), worker_id, kept), {}
    store, actor = current_app.extensions["blobs"], current_actor()
    try:
        return desk_files.take_picture(db.session(), store, actor, data, utc_now()), {}
    except BlobRefused as no:
        return "", {"evidence": [fault(no.code)]}


def consent_here(file: WorkerFile, photo: str) -> dict[str, Pair]:
    """The consent that was agreed to, in the words of now; nothing where nobody agreed."""
    text = spoken(file)
    if request.form.get("agree") != "1" or text is None:
        return {}
    lang = current_lang()
    consent = completing.consent_of(request.form, text.version, lang, photo, utc_now())
    return {"consent": (file.data.get("consent"), consent)}


def spoken(file: WorkerFile) -> SpokenText | None:
    """The consent's text as it is read out here."""
    place = complete_presenter.spoken_place(file.row.region_code)
    return spoken_texts.consent_text(db.session(), current_actor(), place, current_lang())


def page(file: WorkerFile, lacks: Lacks, errors: Errors, photo: str) -> str:
    """The form, with what was typed where something is wrong."""
    typed = request.form if request.method == "POST" else None
    kept = f"{photo}.{completing.photo_mark(secret(), file.row.id, photo)}" if photo else ""
    shown = complete_presenter.form_page(file, lacks, spoken(file), secret(), typed, errors, kept)
    return render_template("review/complete.html", **shown)
