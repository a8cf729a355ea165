"""Addresses of merging two records of one person, and of parting them again."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from outreach.core.record import merging, parting
from outreach.core.record.rights import NotAllowed
from outreach.core.register import worker_file
from outreach.domain import together
from outreach.domain.rules import fault
from outreach.extensions import db
from outreach.features.review import merge_presenter
from outreach.features.review.worker_presenter import sentence
from outreach.web.access import current_actor, requires, utc_now
from outreach.web.i18n import t
from outreach.web.inputs import whole_number

pages = Blueprint("review_merge", __name__, url_prefix="/workers")


def file_of(worker_id: str) -> worker_file.WorkerFile:
    """Everything known of the worker, noted in the audit; raises NotThere."""
    return worker_file.open_worker(db.session(), current_actor(), worker_id, utc_now())


@pages.get("/<worker_id>/merge/<other_id>")
@requires("supervisor")
def merge(worker_id: str, other_id: str) -> str:
    """Both records side by side: which one stays?"""
    one, other = file_of(worker_id), file_of(other_id)
    if one.row.id == other.row.id or any(
        f.row.merged_into or f.row.deleted_at for f in (one, other)
    ):
        abort(404)
    return render_template("review/merge.html", **merge_presenter.merge_page(one, other))


@pages.post("/<worker_id>/merge/<other_id>")
@requires("supervisor")
def do_merge(worker_id: str, other_id: str) -> ResponseReturnValue:
    """Keep one of the two; the other points at it from now on."""
    keep = request.form.get("keep", "")
    if keep not in (worker_id, other_id):
        abort(400)
    loser = other_id if keep == worker_id else worker_id
    try:
        verdict = merging.merge_workers(
            db.session(),
            current_actor(),
            loser,
            keep,
            utc_now(),
            chosen=chosen(keep),
            seen=seen(worker_id, other_id),
        )
    except NotAllowed as error:
        return refused(error, worker_id, other_id)
    left = len(verdict.conflicts)
    flash(t("review.merge.done_open", n=left) if left else t("review.merge.done"), "ok")
    return redirect(url_for("review_worker.worker", worker_id=keep), 303)


def refused(error: NotAllowed, worker_id: str, other_id: str) -> ResponseReturnValue:
    """Say why nothing was merged: on the choice, made anew, where it can be made again."""
    flash(sentence(fault(error.code)), "warning")
    if error.code in ("merge_changed_since", "merge_breaks_rule"):
        address = url_for("review_merge.merge", worker_id=worker_id, other_id=other_id)
        return redirect(address, 303)
    return redirect(url_for("review_worker.worker", worker_id=worker_id), 303)


def chosen(keep: str) -> dict[str, together.Side]:
    """The record chosen for each group, as the form says."""
    return {
        group: "survivor" if request.form[f"take.{group}"] == keep else "loser"
        for group in together.choices()
        if request.form.get(f"take.{group}")
    }


def seen(*ids: str) -> dict[str, int]:
    """The version of each record that the form showed."""
    versions = {row: whole_number(request.form.get(f"seen.{row}", ""), 18) for row in ids}
    return {row: ver for row, ver in versions.items() if ver is not None}


@pages.get("/<worker_id>/split")
@requires("supervisor")
def split(worker_id: str) -> str:
    """The question before a merged record is parted, with its effects."""
    file = file_of(worker_id)
    if not file.row.merged_into:
        abort(404)
    survivor = file_of(file.row.merged_into)
    plan = parting.plan_of(db.session(), file.row.regency, worker_id, survivor.row.id)
    return render_template("review/split.html", **merge_presenter.split_page(file, survivor, plan))


@pages.post("/<worker_id>/split")
@requires("supervisor")
def do_split(worker_id: str) -> ResponseReturnValue:
    """Part a merged record from its survivor."""
    try:
        parting.split_worker(db.session(), current_actor(), worker_id, utc_now())
    except NotAllowed as error:
        flash(sentence(fault(error.code)), "warning")
    else:
        flash(t("review.split.done"), "ok")
    return redirect(url_for("review_worker.worker", worker_id=worker_id), 303)
