"""Addresses of named gaps: numbers that never came, what became of them, and the way back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from outreach.core.exchange import gaps
from outreach.domain.ids import is_uuid7
from outreach.extensions import db
from outreach.features.phones import presenter
from outreach.web.access import current_actor, requires, utc_now
from outreach.web.i18n import t

pages = Blueprint("phones_gaps", __name__)
PAGE = 50


@pages.get("/gaps")
@requires("supervisor", "admin")
def listing() -> str:
    """Open gaps, or with ``?done=1`` those that were explained or closed."""
    done, after = request.args.get("done") == "1", request.args.get("after", "")[:36]
    rows = gaps.listed(db.session(), current_actor(), explained=done, after=after, limit=PAGE + 1)
    return render_template("phones/gaps.html", **presenter.gaps_page(rows, PAGE, done=done))


@pages.post("/gaps/<gap_id>")
@requires("supervisor", "admin")
def explain(gap_id: str) -> Response:
    """Write down what became of the numbers."""
    words = request.form.get("words", "")
    try:
        gaps.explain(db.session(), current_actor(), gap_id, words, utc_now())
    except gaps.WordsNeeded:
        flash(t("phones.gap.words_needed"), "warning")
        return back()
    flash(t("phones.gap.explained"), "ok")
    return back()


@pages.post("/gaps/<gap_id>/reopen")
@requires("supervisor", "admin")
def reopen(gap_id: str) -> Response:
    """Undo: the gap waits again."""
    gaps.reopen(db.session(), current_actor(), gap_id, utc_now())
    flash(t("phones.gap.reopened"), "ok")
    return back()


def back() -> Response:
    """To the page that the form stood on: one phone's, or the list. What is no id is not repeated
    in an address."""
    phone, listing = request.form.get("phone", ""), url_for(".listing")
    shown = url_for("phones.show_phone", device_id=phone) if is_uuid7(phone) else listing
    return redirect(shown, 303)
