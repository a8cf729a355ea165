"""Address where a receipt is checked: pasted, or scanned from the officer's phone."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import Blueprint, current_app, render_template, request

from outreach.core.exchange import gaps
from outreach.core.exchange.receipts import NotAReceipt
from outreach.extensions import db
from outreach.features.counter import receipt_check
from outreach.features.counter.receipt_check import Checked, Forged
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
def check() -> Any:
    """What a receipt says and is worth; 422 for a text that is none or was not made here."""
    typed = request.form.get("receipt", "").strip()[:TYPED_MAX]
    ring, session = current_app.extensions["keyring"], db.session()
    try:
        found = receipt_check.check(session, ring, current_actor(), typed, utc_now())
    except NotAReceipt:
        return render_template("counter/receipts.html", state="not_one", typed=typed), 422
    except Forged:
        return render_template("counter/receipts.html", state="forged", typed=typed), 422
    state = "genuine" if found else "no_phone"
    return render_template("counter/receipts.html", state=state, typed=typed, **shown(found))


def shown(found: Checked | None) -> dict[str, Any]:
    """A checked receipt for the page; nothing for a phone that is not known."""
    if found is None:
        return {}
    receipt = found.receipt
    return {
        "checked": found,
        "arrived": receipt.last_mid - gaps.size(receipt.gaps),
        "gaps": spans(receipt.gaps),
        "missing": spans(found.missing),
    }


def spans(ranges: Collection[tuple[int, int]]) -> str:
    """Ranges of numbers in words."""
    return ", ".join(span(first, last) for first, last in ranges)


def span(first: int, last: int) -> str:
    """One number or a range of them."""
    return str(first) if first == last else f"{first}–{last}"
