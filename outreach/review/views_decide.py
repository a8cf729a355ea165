"""Addresses of decisions: conflicts and holds, oldest first, each decided in one step."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from outreach.extensions import db
from outreach.review.worker_presenter import conflict_row, sentence, word
from outreach.services import decisions, lookups
from outreach.web import show
from outreach.web.access import current_actor, requires, utc_now
from outreach.web.answers import answer, kept
from outreach.web.i18n import t

room = Blueprint("review_decide", __name__)
PAGE = 25


@room.get("/conflicts")
@requires("supervisor")
def conflicts() -> str:
    """Open conflicts of the regency."""
    after = request.args.get("after", "")[:36]
    lines = decisions.open_conflicts(db.session(), current_actor(), after, PAGE + 1)
    return render_template(
        "review/conflicts.html",
        lines=[conflict_row(line) for line in lines[:PAGE]],
        decides=True,
        next=url_for(".conflicts", after=lines[PAGE - 1].id) if len(lines) > PAGE else "",
    )


@room.post("/conflicts/<conflict_id>")
@requires("supervisor")
def resolve(conflict_id: str) -> Any:
    """Take one of the two values."""
    choice = request.form.get("choice")
    if choice not in ("mine", "theirs"):
        abort(400)
    return decided(
        lambda: decisions.resolve(db.session(), current_actor(), conflict_id, choice, utc_now()),
        t(f"review.conflict.taken_{choice}"),
    )


@room.post("/conflicts/<conflict_id>/undo")
@requires("supervisor")
def undo(conflict_id: str) -> Any:
    """Undo a decision: the other value stands again."""
    return decided(
        lambda: decisions.swap(db.session(), current_actor(), conflict_id, utc_now()),
        t("review.conflict.undone"),
    )


def decided(act: Any, done: str) -> Any:
    """Do it, say so, and go to the worker; a decision somebody else took first is said too."""
    try:
        worker_id = act()
    except lookups.NotThere:
        abort(404)
    except decisions.AlreadyDecided:
        flash(t("review.already_decided"), "warning")
        return redirect(url_for(".conflicts"), 303)
    flash(done, "ok")
    return redirect(url_for("review_worker.worker", worker_id=worker_id) + "#conflicts", 303)


@room.get("/holds")
@requires("supervisor")
def holds() -> str:
    """Open holds of the regency, each with what was sent."""
    after = request.args.get("after", "")[:36]
    lines = decisions.open_holds(db.session(), current_actor(), after, PAGE + 1)
    return render_template(
        "review/holds.html",
        lines=[hold_row(line) for line in lines[:PAGE]],
        next=url_for(".holds", after=lines[PAGE - 1].key) if len(lines) > PAGE else "",
    )


def hold_row(line: Any) -> dict[str, Any]:
    """One held mutation in words."""
    pairs = decisions.visible_set(line.payload, current_actor().role)
    name = (pairs.get("full_name") or [None, ""])[1]
    village = kept().place_name(line.region_code) if line.region_code else ""
    return {
        "key": line.key,
        "name": name or t("review.hold.no_name"),
        "reason": word("review.hold.reason", line.reason),
        "waits": line.reason == "waits",
        "who": ", ".join(part for part in (line.by, line.device, village) if part),
        "at": line.received_at,
        "row_id": line.row_id,
        "changes": [
            {"label": show.field_label(field), "to": answer(field, pair[1])}
            for field, pair in pairs.items()
        ],
    }


@room.post("/holds/<key>")
@requires("supervisor")
def decide(key: str) -> Any:
    """Accept, return with words, or discard with a reason."""
    choice = request.form.get("choice", "")
    words = request.form.get("words", "").strip()[:500]
    if choice not in ("accept", "return", "discard"):
        abort(400)
    if choice != "accept" and not words:
        flash(t("review.hold.words_needed"), "warning")
        return redirect(url_for(".holds"), 303)
    try:
        decisions.decide(db.session(), current_actor(), key, choice, words, utc_now())
    except lookups.NotThere:
        abort(404)
    except decisions.NotAllowed as error:
        flash(sentence({"code": error.code}), "warning")
        return redirect(url_for(".holds"), 303)
    except decisions.AlreadyDecided:
        flash(t("review.already_decided"), "warning")
        return redirect(url_for(".holds"), 303)
    flash(t(f"review.hold.done_{choice}"), "ok")
    return redirect(url_for(".holds"), 303)
