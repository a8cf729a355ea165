"""Addresses of the figures of members by place: the form, and everything that was typed."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from outreach.extensions import db
from outreach.features.intake import baselines, baselines_presenter
from outreach.features.intake.baselines import TYPES
from outreach.web.access import current_actor, requires, today, utc_now
from outreach.web.i18n import t
from outreach.web.lists import UrlArgs

pages = Blueprint("intake_baselines", __name__, url_prefix="/intake/members")


@pages.get("")
@requires(TYPES)
def show() -> str:
    """The form and the history; of one place where the address asks."""
    return figures_page({"place": request.args.get("in", "")}, {})


@pages.post("")
@requires(TYPES)
def keep() -> ResponseReturnValue:
    """Keep a figure; or the form again with what is wrong, and what was typed."""
    session, actor, form = db.session(), current_actor(), request.form.to_dict()
    places = baselines_presenter.codes(actor)
    most = baselines.most_members(session, actor.regency)
    typed, faults = baselines.read_typed(form, places, most, today())
    if typed is None:
        return figures_page(form, faults), 422
    is_new = baselines.keep(session, actor, typed, utc_now())
    flash(t("intake.baseline.kept" if is_new else "intake.baseline.same"), "ok")
    there: UrlArgs = {"in": typed.place}
    return redirect(url_for(".show", **there), 303)


def figures_page(typed: Mapping[str, str], faults: Mapping[str, str]) -> str:
    """The page."""
    shown = baselines_presenter.page(current_actor(), typed, faults, today())
    return render_template("intake/members.html", **shown)
