"""Address where the registration form at the desk asks whether a NIK is recorded already.

It answers JSON to the form's own script: who that is, never a number. Each question is a search in
the audit; many in a short time are refused.
"""

from __future__ import annotations

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from outreach.core.register import listing, look_audit
from outreach.extensions import db
from outreach.features.counter import presenter
from outreach.web.access import current_actor, requires, utc_now

pages = Blueprint("counter_nik", __name__)
MOST = 5
WHOLE = 16


@pages.post("/counter/nik")
@requires("supervisor", "mpp")
def look_up() -> ResponseReturnValue:
    """Who has this NIK in the regency: {people: [{id, name, place, status, recorded}]}; 422 unless
    it is whole, 429 for too many questions."""
    digits = listing.digits_of(request.form.get("nik", ""))
    if len(digits) != WHOLE:
        return jsonify(code="nik_length"), 422
    try:
        look_audit.may_search(db.session(), current_actor(), utc_now())
    except look_audit.TooManySearches as limit:
        return jsonify(code="too_many"), 429, {"Retry-After": str(limit.seconds)}
    query = listing.ListQuery(digits=digits)
    timezone = str(current_app.config["OUTREACH"].timezone)
    page = listing.page(db.session(), current_actor(), query, timezone, MOST)
    look_audit.note_search(db.session(), current_actor(), query, page.count, utc_now())
    return jsonify(people=[presenter.nik_hit(row) for row in page.rows])
