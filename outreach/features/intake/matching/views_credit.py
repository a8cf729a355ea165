"""Addresses of what became of an office's names: the month's page, and the same as a PDF."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from outreach.domain.age import jakarta_date
from outreach.domain.refusals import NotThere
from outreach.extensions import db
from outreach.features.intake.matching import credit_presenter, queries_credit
from outreach.features.intake.matching.credit import Credit, credit_of, month_of, span_of
from outreach.features.intake.run_access import READERS
from outreach.storage.accounts import Office
from outreach.web.access import current_actor, requires, utc_now
from outreach.web.lists import page_number

pages = Blueprint("intake_credit", __name__, url_prefix="/intake/credit")


@pages.get("")
@requires(*READERS)
def show() -> str:
    """The month of one giver: figures, and each name with its fate."""
    session, regency = db.session(), current_actor().regency
    office, offices = office_here()
    month, number, size = month_here(), page_number(request.args), credit_presenter.PAGE
    credit = credit_here(office, month)
    names = []
    if office is not None:
        of = (session, regency, office.id, span_of(month))
        names = queries_credit.names_given(*of, (number - 1) * size, size)
    shown = credit_presenter.page(office, offices, month, credit, names, number)
    return render_template("intake/credit.html", **shown)


@pages.get("/month.pdf")
@requires(*READERS)
def pdf() -> Response:
    """The month's figures on paper."""
    office, month = office_here()[0], month_here()
    if office is None:
        raise NotThere("office")
    made = credit_presenter.make_pdf(office, month, credit_here(office, month))
    answer = Response(made, mimetype="application/pdf")
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Disposition"] = f'inline; filename="nama-{month:%Y-%m}.pdf"'
    return answer


def office_here() -> tuple[Office | None, list[Office]]:
    """The giver: a supervisor's choice of those there are, and everybody else's own office."""
    session, actor = db.session(), current_actor()
    if actor.role != "supervisor":
        return queries_credit.office_of_user(session, actor.regency, actor.user_id), []
    offices = list(queries_credit.giving_offices(session, actor.regency))
    asked = request.args.get("office", "")
    if not asked:
        return (offices[0] if offices else None), offices
    found = [office for office in offices if office.id == asked]
    if not found:
        raise NotThere(asked)
    return found[0], offices


def month_here() -> date:
    """The month of this address."""
    return month_of(request.args.get("month", ""), jakarta_date(utc_now()))


def credit_here(office: Office | None, month: date) -> Credit:
    """The month's figures."""
    if office is None:
        return credit_of([])
    session, regency = db.session(), current_actor().regency
    return credit_of(queries_credit.count_given(session, regency, office.id, span_of(month)))
