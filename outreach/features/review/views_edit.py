"""Addresses of corrections: one section of a worker at a time, as a plain form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from outreach.core.record.changes import Errors
from outreach.core.record.worker_edits import edit_worker
from outreach.core.register import look_audit, worker_file
from outreach.domain.rules import check_set, fault, missing_for_door
from outreach.domain.together import present, with_partners
from outreach.domain.worker_data import Data, Pair
from outreach.extensions import db
from outreach.features.review import corrections
from outreach.features.review.edit_form import FormField, form_fields, read_changes
from outreach.features.review.worker_presenter import SECTIONS, editable_fields, sentence
from outreach.web import display
from outreach.web.access import current_actor, requires, today, utc_now
from outreach.web.i18n import t

pages = Blueprint("review_edit", __name__, url_prefix="/workers")


def open_for_edit(worker_id: str, section: str) -> tuple[worker_file.WorkerFile, list[str]]:
    """The worker and the fields this section lets the actor change, or 404."""
    if section not in SECTIONS:
        abort(404)
    names = editable_fields(current_actor().role, section)
    file = worker_file.read_worker(db.session(), current_actor(), worker_id)
    if not names or file.row.deleted_at or file.row.merged_into:
        abort(404)
    return file, names


@pages.get("/<worker_id>/edit/<section>")
@requires("supervisor", "mpp")
def edit(worker_id: str, section: str) -> str:
    """The section's form with the values of now; opening it is a look like any other."""
    file, names = open_for_edit(worker_id, section)
    detail = {"section": section}
    look_audit.note_look(
        db.session(), current_actor(), "edit_form", utc_now(), worker=file.row, detail=detail
    )
    return page(file, section, form_fields(file, names, secret(), None, {}))


@pages.post("/<worker_id>/edit/<section>")
@requires("supervisor", "mpp")
def save_section(worker_id: str, section: str) -> ResponseReturnValue:
    """Save what differs from what the form showed; the same form again where something is wrong."""
    file, names = open_for_edit(worker_id, section)
    actor = current_actor()
    changes, tampered = read_changes(file, names, secret(), request.form)
    if tampered:
        abort(400)
    if not changes:
        flash(t("review.edit.nothing"), "warning")
        return redirect(url_for("review_worker.worker", worker_id=worker_id), 303)
    changes = with_partners(file.data, changes)
    errors = check_set(actor.role, {name: list(pair) for name, pair in changes.items()})
    errors = errors or half_heirs(file, changes) or unanswered(file, changes, request.form)
    if not errors:
        production = current_app.config["OUTREACH"].production
        verdict = edit_worker(
            db.session(), actor, worker_id, changes, utc_now(), production=production
        )
        if verdict.status != "invalid":
            flash(
                t(f"review.edit.{verdict.status}"),
                "ok" if verdict.status == "applied" else "warning",
            )
            tell_status(file)
            return redirect(url_for("review_worker.worker", worker_id=worker_id), 303)
        errors = verdict.errors
    fields = form_fields(file, names, secret(), request.form, errors)
    return page(file, section, fields, errors), 422


def newly_missing(before: Data, after: Data) -> set[str]:
    """The door's fields that only the later state lacks."""
    return set(missing_for_door(after, today())) - set(missing_for_door(before, today()))


def half_heirs(file: worker_file.WorkerFile, changes: Mapping[str, Pair]) -> Errors:
    """The door's question about heirs, where an edit would leave it half answered: a relation, and
    a guardian for a child."""
    after = {**file.data, **{name: new for name, (_, new) in changes.items()}}
    wrong = "heirs" in changes and "heirs" in newly_missing(file.data, present(after))
    return {"heirs": [fault("heirs_incomplete")]} if wrong else {}


def tell_status(before: worker_file.WorkerFile) -> None:
    """Say so where an edit changed the person's status, and what is missing now."""
    after = worker_file.read_worker(db.session(), current_actor(), before.row.id)
    if after.row.status == before.row.status:
        return
    words = {
        "before": display.label("status", before.row.status),
        "after": display.label("status", after.row.status),
    }
    lacks = sorted(display.field_label(name) for name in newly_missing(before.data, after.data))
    text = t("review.edit.status", **words)
    flash(f"{text} {t('review.edit.lacks', what=', '.join(lacks))}" if lacks else text, "warning")


def unanswered(
    file: worker_file.WorkerFile, changes: Mapping[str, Pair], form: Mapping[str, str]
) -> Errors:
    """The questions of ``corrections.questions`` that nobody has said yes to."""
    return {
        name: [error]
        for name, error in corrections.questions(file.data, changes).items()
        if not (form.get(f"sure.{name}") or form.get(f"clear.{name}"))
    }


def secret() -> str:
    """The key that seals the values that a form must not show."""
    return str(current_app.config["SECRET_KEY"])


def page(
    file: worker_file.WorkerFile,
    section: str,
    fields: Sequence[FormField],
    errors: Errors | None = None,
) -> str:
    """The form's page."""
    shown = {field.name for field in fields}
    other = [
        sentence(error)
        for name, of_field in (errors or {}).items()
        if name not in shown
        for error in of_field
    ]
    return render_template(
        "review/edit.html",
        name=file.row.full_name,
        worker_id=file.row.id,
        section=section,
        fields=fields,
        wrong=bool(errors),
        other=other,
    )
