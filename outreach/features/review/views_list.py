"""Addresses of the list: /workers, its search by POST, and its files."""

from __future__ import annotations

from dataclasses import replace

from flask import (
    Blueprint,
    Response,
    current_app,
    redirect,
    render_template,
    request,
    stream_with_context,
)
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from outreach.core.register import exports, listing, look_audit
from outreach.domain.phone import is_phone
from outreach.extensions import db
from outreach.features.review.presenter import address, list_page
from outreach.web.access import current_actor, requires, utc_now
from outreach.web.i18n import current_lang, t

pages = Blueprint("review_list", __name__)


def timezone() -> str:
    """The regency's time zone."""
    return str(current_app.config["OUTREACH"].timezone)


def query_here(source: MultiDict[str, str] | None = None) -> listing.ListQuery:
    """The query of this address (or form)."""
    args = request.args if source is None else source
    return listing.parse(args, args.getlist("cols"), current_actor().regency)


@pages.get("/workers")
@requires("supervisor")
def workers() -> str | tuple[str, int]:
    """The list as its address asks for it."""
    try:
        query = query_here()
    except listing.DigitsInAddress:
        clean = request.args.copy()
        clean.pop("q")
        return show(query_here(clean), problem=t("review.digits_in_address")), 400
    return show(query)


@pages.post("/workers/search")
@requires("supervisor")
def search() -> ResponseReturnValue:
    """Words go on to an address that can be kept; digits of a NIK are answered here and now."""
    form = request.form.copy()
    typed = form.pop("q", "").strip()
    digits = listing.digits_of(typed)
    query = query_here(form)
    if is_phone(typed):
        return show(query, problem=t("counter.is_phone"))
    if not digits:
        return redirect(address(replace(query, words=typed[:80])), 303)
    return show(replace(query, digits=digits[:16]))


def show(query: listing.ListQuery, problem: str = "") -> str:
    """The page of a query; a search is noted in the audit, without what was searched."""
    actor = current_actor()
    page = listing.page(db.session(), actor, query, timezone())
    if query.words or query.digits:
        look_audit.note_search(db.session(), actor, query, page.count, utc_now())
    return render_template("review/workers.html", **list_page(query, page, problem))


@pages.post("/workers/export")
@requires("supervisor")
def export() -> Response:
    """The list as a file: exactly its filters, its order and its columns."""
    actor = current_actor()
    query = query_here(request.form)
    chosen = exports.Choice(
        kind="xlsx" if request.form.get("kind") == "xlsx" else "csv",
        full_nik=request.form.get("full_nik") == "1",
        all_fields=request.form.get("all_fields") == "1",
        lang=current_lang(),
        timezone=timezone(),
    )
    file = exports.export(db.session(), actor, query, chosen, utc_now())
    return Response(
        stream_with_context(file.chunks),
        mimetype=file.mime,
        headers={"Content-Disposition": f'attachment; filename="{file.name}"'},
    )
