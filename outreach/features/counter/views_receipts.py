"""Address where a receipt is checked: pasted, or scanned from the officer's phone."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue

from outreach.core.exchange.receipts import NotAReceipt
from outreach.extensions import db
from outreach.features.counter import presenter, receipt_check
from outreach.features.counter.receipt_check import Forged
from outreach.web.access import current_actor, requires, utc_now

pages = Blueprint("counter_receipts", __name__)
TYPED_MAX = 2000


@pages.get("/receipts")
@requires("supervisor", "mpp")
def receipts() -> str:
    """The empty form."""
    return render_template("counter/receipts.html", state="", typed="")


@pages.post("/receipts")
@requires("supervisor", "mpp")
def check() -> ResponseReturnValue:
    """Content and worth of a receipt; 422 for a text that is none or was not made here."""
    typed = request.form.get("receipt", "").strip()[:TYPED_MAX]
    ring, session = current_app.extensions["keyring"], db.session()
    try:
        checked = receipt_check.check(session, ring, current_actor(), typed, utc_now())
    except NotAReceipt:
        return render_template("counter/receipts.html", state="not_one", typed=typed), 422
    except Forged:
        return render_template("counter/receipts.html", state="forged", typed=typed), 422
    return render_template("counter/receipts.html", typed=typed, **presenter.receipt(checked))
