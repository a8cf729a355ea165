"""Addresses of the answer about somebody not found. They hold a village, and nobody's name."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from outreach.extensions import db
from outreach.features.counter import absence, absence_presenter
from outreach.web.access import current_actor, requires, utc_now
from outreach.web.field_values import reference

pages = Blueprint("counter_absence", __name__, url_prefix="/counter/absent")


@pages.get("")
@requires("supervisor", "mpp")
def ask() -> str:
    """The question in which village the person lives."""
    return page(wrong=False)


@pages.post("")
@requires("supervisor", "mpp")
def answer() -> ResponseReturnValue:
    """Note the service and go on to the village's answer; 422 with the question for no village."""
    village = request.form.get("village", "")
    if not absence.is_village(reference().places.get(village)):
        return page(wrong=True), 422
    absence.note_asked(db.session(), current_actor(), village, utc_now())
    return redirect(url_for(".show", village=village), 303)


@pages.get("/<village>")
@requires("supervisor", "mpp")
def show(village: str) -> str:
    """The village's phones with what they have not sent, and what to do now."""
    held = absence.phones_of(db.session(), current_actor(), village, utc_now())
    shown = absence_presenter.answer_page(village, held)
    return render_template("counter/absent.html", **shown)


def page(*, wrong: bool) -> str:
    """The question, with what is wrong."""
    return render_template(
        "counter/absent_ask.html", places=absence_presenter.choices(), wrong=wrong
    )
