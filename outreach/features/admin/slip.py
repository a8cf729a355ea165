"""The first-login slip: what is printed once for a new account."""

from __future__ import annotations

import segno
from flask import render_template, url_for

from outreach.core.accounts.directory import user_of
from outreach.extensions import db


def site_address() -> str:
    """The address people type, as this administrator reached it."""
    return url_for("accounts.login", _external=True)


def qr_image(address: str) -> str:
    """The address as a QR code in a ``data:`` picture, which the CSP allows."""
    return segno.make(address, error="m").svg_data_uri(scale=4, border=2)


def slip_page(user_id: str, password: str) -> str:
    """The page that shows the one-time password; it is not stored and cannot be shown again."""
    address = site_address()
    return render_template(
        "admin/slip.html",
        user=user_of(db.session(), user_id),
        password=password,
        address=address,
        qr=qr_image(address),
    )
