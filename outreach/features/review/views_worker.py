"""Addresses of one worker: the page, the hidden values, the pictures and the signature."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue

from outreach.core.evidence import blobs
from outreach.core.evidence.pictures import SIGNATURE
from outreach.core.register import look_audit, worker_file
from outreach.extensions import db, htmx
from outreach.features.review.worker_presenter import worker_page
from outreach.storage.blobs_port import FolderBlobs
from outreach.web.access import current_actor, requires, utc_now
from outreach.web.signature import draw

pages = Blueprint("review_worker", __name__, url_prefix="/workers")


@pages.get("/<worker_id>")
@requires("supervisor", "mpp")
def worker(worker_id: str) -> str:
    """The worker's page; htmx gets the side panel. Opening is noted in the audit."""
    file = open_file(worker_id)
    template = "review/_panel.html" if htmx else "review/worker.html"
    return render_template(template, **worker_page(current_actor(), file))


def open_file(worker_id: str) -> worker_file.WorkerFile:
    """Everything known of the worker, or 404."""
    return worker_file.open_worker(db.session(), current_actor(), worker_id, utc_now())


@pages.post("/<worker_id>/unmask")
@requires("supervisor", "mpp")
def unmask(worker_id: str) -> ResponseReturnValue:
    """One hidden value, shown once: never in an address, never kept by a cache."""
    field = request.form.get("field", "nik")
    value = look_audit.unmask(db.session(), current_actor(), worker_id, field, utc_now())
    shown = {"value": value, "field": field.partition(".")[0], "worker_id": worker_id}
    if htmx:
        return render_template("review/_unmasked.html", **shown)
    return render_template("review/unmasked.html", **shown)


@pages.get("/<worker_id>/picture/<field>")
@requires("supervisor", "mpp")
def picture(worker_id: str, field: str) -> Response:
    """A picture re-encoded, or a signature drawn, through the row's permission; noted."""
    now = utc_now()
    folder = FolderBlobs(current_app.config["OUTREACH"].blob_dir)
    blob = blobs.open_for_worker(db.session(), folder, current_actor(), worker_id, field, now)
    if blob is None:
        abort(404)
    mime, content = blob
    if mime == SIGNATURE:
        drawn = draw(content)
        if drawn is None:
            abort(404)
        mime, content = "image/svg+xml", drawn.encode()
    answer = Response(content, mimetype=mime)
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Disposition"] = "inline"
    return answer
