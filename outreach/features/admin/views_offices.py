"""/admin/offices: offices, the terms of their holders, and hand-over in one step."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from outreach.core.accounts import accounts, directory, offices
from outreach.core.accounts import handover as handovers
from outreach.core.accounts.refusals import Refused
from outreach.extensions import db, htmx
from outreach.features.admin import forms
from outreach.features.admin.slip import slip_page
from outreach.storage.accounts import Office
from outreach.web.access import requires, today, utc_now
from outreach.web.i18n import t

pages = Blueprint("admin_offices", __name__)
Answer = Response | str | tuple[str, int]


def kind_choices() -> list[tuple[str, str]]:
    """Kinds of offices in the reader's words."""
    return [(kind, t(f"admin.kind.{kind}")) for kind in offices.KINDS]


def capacity_choices(office: Office, only: frozenset[str] | None = None) -> list[tuple[str, str]]:
    """Capacities as they will be printed for this office."""
    codes = [code for code in offices.CAPACITIES if only is None or code in only]
    return [(code, offices.term_title(office, code)) for code in codes]


def desk_roles() -> list[tuple[str, str]]:
    """Roles that the head of an office of the regency may have."""
    return [(role, t(f"kit.role.{role}")) for role in ("department", "mpp", "supervisor")]


def office_or_404(office_id: str) -> Office:
    """The office's row or 404."""
    return directory.office_of(db.session(), office_id) or abort(404)


@pages.get("/admin/offices")
@requires("admin")
def listing() -> str:
    """Offices by name with today's holder, narrowed by words and kind."""
    args, session = request.args, db.session()
    words, kind = args.get("q", "")[:80], forms.one_of(args, "kind", offices.KINDS)
    page = directory.offices_page(session, words, kind, forms.page_number(args))
    context = {
        "page": page,
        "keep": {name: value for name, value in args.items() if name != "page"},
        "holders": directory.holders(session, [office.id for office, _ in page.rows], today()),
    }
    if htmx:
        return render_template("admin/_offices.html", **context)
    return render_template(
        "admin/offices.html", words=words, kind=kind, kinds=kind_choices(), **context
    )


@pages.route("/admin/offices/new", methods=["GET", "POST"])
@requires("admin")
def new() -> Answer:
    """A form for a new office."""
    if request.method != "POST":
        return form_page(None, {"kind": "dinas", "region_code": "18.04"})
    return save_office(None)


def form_page(office: Office | None, values: Any, refused: Refused | None = None) -> str:
    """The form of an office with what was typed."""
    return render_template(
        "admin/office_form.html",
        office=office,
        values=values,
        refused=refused,
        kinds=kind_choices(),
        regions=directory.region_choices(db.session()),
    )


def save_office(office_id: str | None) -> Answer:
    """Make or change the office, or show the form again."""
    try:
        made = offices.save_office(
            db.session(), current_user.id, forms.office(request.form), utc_now(), office_id
        )
    except Refused as refused:
        return form_page(
            office_or_404(office_id) if office_id else None, request.form, refused
        ), 422
    flash(t("admin.offices.saved"), "good")
    return redirect(url_for(".show_office", office_id=made), 303)


@pages.route("/admin/offices/<office_id>/edit", methods=["GET", "POST"])
@requires("admin")
def edit(office_id: str) -> Answer:
    """The form of an office."""
    office = office_or_404(office_id)
    return form_page(office, office) if request.method != "POST" else save_office(office_id)


@pages.get("/admin/offices/<office_id>")
@requires("admin")
def show_office(office_id: str) -> str:
    """An office with its terms and how it signs today."""
    session, day = db.session(), today()
    return render_template(
        "admin/office.html",
        office=office_or_404(office_id),
        terms=offices.terms_of(session, office_id),
        block=offices.signature_block(session, office_id, day),
        today=day,
    )


@pages.post("/admin/offices/<office_id>/<any(open, close):act>")
@requires("admin")
def set_active(office_id: str, act: str) -> Response:
    """Close an office to new accounts, or open it again."""
    office_or_404(office_id)
    offices.set_office_active(db.session(), current_user.id, office_id, act == "open", utc_now())
    flash(t(f"admin.offices.{act}_done"), "good")
    return redirect(url_for(".show_office", office_id=office_id), 303)


@pages.route("/admin/offices/<office_id>/terms/new", methods=["GET", "POST"])
@requires("admin")
def new_term(office_id: str) -> Answer:
    """A form for a term, for example of a Plh. while the head is away."""
    if request.method != "POST":
        return term_page(office_id, {"starts": today().isoformat()})
    try:
        offices.add_term(
            db.session(), current_user.id, office_id, forms.term(request.form), utc_now()
        )
    except Refused as refused:
        return term_page(office_id, request.form, refused), 422
    flash(t("admin.terms.saved"), "good")
    return redirect(url_for(".show_office", office_id=office_id), 303)


def term_page(office_id: str, values: Any, refused: Refused | None = None) -> str:
    """The form of a term with what was typed."""
    office = office_or_404(office_id)
    return render_template(
        "admin/term_form.html",
        office=office,
        values=values,
        refused=refused,
        capacities=capacity_choices(office),
        users=directory.user_choices(db.session()),
    )


@pages.route("/admin/offices/<office_id>/terms/<term_id>/end", methods=["GET", "POST"])
@requires("admin")
def end_term(office_id: str, term_id: str) -> Answer:
    """Asks for the last day of a term, and ends it."""
    office = office_or_404(office_id)
    terms = offices.terms_of(db.session(), office_id)
    term, name = next((row for row in terms if row[0].id == term_id), (None, ""))
    if term is None:
        abort(404)
    page = {"office": office, "title": term.title, "name": name, "term_id": term_id}
    if request.method != "POST":
        return render_template("admin/end_term.html", ends=today().isoformat(), **page)
    try:
        last = forms.needed_day(request.form, "ends")
        offices.end_term(db.session(), current_user.id, term_id, last, utc_now())
    except Refused as refused:
        page["office"] = office_or_404(office_id)
        ends = request.form.get("ends", "")
        return render_template("admin/end_term.html", ends=ends, refused=refused, **page), 422
    flash(t("admin.terms.ended"), "good")
    return redirect(url_for(".show_office", office_id=office_id), 303)


@pages.route("/admin/offices/<office_id>/handover", methods=["GET", "POST"])
@requires("admin")
def handover(office_id: str) -> Answer:
    """Hand an office over: the form, then a page that says what will happen, then the deed."""
    form = request.form
    if request.method != "POST":
        return handover_page(office_id, {"starts": today().isoformat(), "who": "new"})
    if form.get("step") == "back":
        return handover_page(office_id, form)
    try:
        change = hand_over_form(office_or_404(office_id))
        if form.get("step") != "confirmed":
            handovers.check_hand_over(db.session(), office_id, change, utc_now())
            return confirm_page(office_id, change)
        done = handovers.hand_over(db.session(), current_user.id, office_id, change, utc_now())
    except Refused as refused:
        return handover_page(office_id, form, refused), 422
    if done.password:
        return slip_page(done.user_id, done.password)
    flash(t("admin.handover.done"), "good")
    return redirect(url_for(".show_office", office_id=office_id), 303)


def hand_over_form(office: Office) -> handovers.HandOver:
    """What was typed: a chosen account, or a new one."""
    form = request.form
    term = forms.term(form)
    if form.get("who") != "new":
        return handovers.HandOver(term)
    role = "head" if office.kind in offices.VILLAGE_KINDS else form.get("role", "")
    profile = accounts.Profile(form.get("username", ""), form.get("name", ""), role)
    return handovers.HandOver(handovers.replace_user(term, ""), profile)


def confirm_page(office_id: str, change: handovers.HandOver) -> str:
    """What the hand-over will do, with everything typed carried along."""
    session, office = db.session(), office_or_404(office_id)
    if change.new_user:
        name = change.new_user.name
    else:
        name = getattr(directory.user_of(session, change.term.user_id), "name", "")
    return render_template(
        "admin/handover_confirm.html",
        office=office,
        fields=[(k, v) for k, v in request.form.items() if k != "step"],
        name=name,
        made=change.new_user is not None,
        title=offices.term_title(office, change.term.capacity),
        starts=change.term.starts,
        holder=directory.holders(session, [office_id], change.term.starts).get(office_id),
    )


def handover_page(office_id: str, values: Any, refused: Refused | None = None) -> str:
    """The form of a hand-over with what was typed."""
    office, session = office_or_404(office_id), db.session()
    return render_template(
        "admin/handover.html",
        office=office,
        values=values,
        refused=refused,
        capacities=capacity_choices(office, offices.HOLDERS),
        users=directory.user_choices(session),
        roles=[] if office.kind in offices.VILLAGE_KINDS else desk_roles(),
        holder=directory.holders(session, [office_id], today()).get(office_id),
    )
