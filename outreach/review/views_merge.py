"""Addresses of merging two records of one person, and of parting them again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from outreach.domain.merge import equal
from outreach.domain.rulebook import FIELDS
from outreach.extensions import db
from outreach.review.worker_presenter import INNER, sentence
from outreach.services import lookups, merging, worker_file
from outreach.services.rights import NotAllowed, NotFound
from outreach.web import show
from outreach.web.access import current_actor, requires, utc_now
from outreach.web.answers import answer, kept
from outreach.web.i18n import t

room = Blueprint("review_merge", __name__, url_prefix="/workers")


def file_of(worker_id: str) -> worker_file.WorkerFile:
    """Everything known of the worker, noted in the audit, or 404."""
    try:
        return worker_file.open_worker(db.session(), current_actor(), worker_id, utc_now())
    except lookups.NotThere:
        abort(404)


@room.get("/<worker_id>/merge/<other_id>")
@requires("supervisor")
def merge(worker_id: str, other_id: str) -> str:
    """Both records side by side: which one stays?"""
    one, other = file_of(worker_id), file_of(other_id)
    if one.row.id == other.row.id or any(
        f.row.merged_into or f.row.deleted_at for f in (one, other)
    ):
        abort(404)
    return render_template(
        "review/merge.html",
        people=[person(one), person(other)],
        lines=[line(name, one, other) for name in FIELDS if is_shown(name, one, other)],
    )


def person(file: worker_file.WorkerFile) -> dict[str, Any]:
    """One of the two, in a few words."""
    return {
        "id": file.row.id,
        "name": file.row.full_name,
        "village": kept().place_name(file.row.region_code),
        "status": file.row.status,
        "officer": file.row.officer or "",
        "created_at": file.row.created_at,
        "saves": len(file.received),
    }


def is_shown(name: str, one: worker_file.WorkerFile, other: worker_file.WorkerFile) -> bool:
    """True for an answer that either record has."""
    return name not in INNER and (name in one.data or name in other.data)


def line(name: str, one: worker_file.WorkerFile, other: worker_file.WorkerFile) -> dict[str, Any]:
    """One answer of both."""
    return {
        "label": show.field_label(name),
        "values": [answer(name, one.data.get(name)), answer(name, other.data.get(name))],
        "differs": not equal(one.data.get(name), other.data.get(name)),
    }


@room.post("/<worker_id>/merge/<other_id>")
@requires("supervisor")
def do_merge(worker_id: str, other_id: str) -> Any:
    """Keep one of the two; the other points at it from now on."""
    keep = request.form.get("keep", "")
    if keep not in (worker_id, other_id):
        abort(400)
    loser = other_id if keep == worker_id else worker_id
    try:
        merging.merge_workers(db.session(), current_actor(), loser, keep, utc_now())
    except NotFound:
        abort(404)
    except NotAllowed as error:
        flash(sentence({"code": error.code}), "warning")
        return redirect(url_for("review_worker.worker", worker_id=worker_id), 303)
    flash(t("review.merge.done"), "ok")
    return redirect(url_for("review_worker.worker", worker_id=keep), 303)


@room.get("/<worker_id>/split")
@requires("supervisor")
def split(worker_id: str) -> str:
    """What parting a merged record will do."""
    file = file_of(worker_id)
    if not file.row.merged_into:
        abort(404)
    survivor = file_of(file.row.merged_into)
    session = db.session()
    return render_template(
        "review/split.html",
        w=person(file),
        survivor=person(survivor),
        plan=merging.plan_of(session, worker_id, survivor.row.id),
    )


@room.post("/<worker_id>/split")
@requires("supervisor")
def do_split(worker_id: str) -> Any:
    """Part a merged record from its survivor."""
    try:
        merging.split_worker(db.session(), current_actor(), worker_id, utc_now())
    except NotFound:
        abort(404)
    except NotAllowed as error:
        flash(sentence({"code": error.code}), "warning")
    else:
        flash(t("review.split.done"), "ok")
    return redirect(url_for("review_worker.worker", worker_id=worker_id), 303)
