"""The first-login slip: what is printed once for a new account."""

from __future__ import annotations

import segno
from flask import render_template, url_for

from outreach.core.accounts.directory import user_of
from outreach.extensions import db
from outreach.web.access import regency_here


def qr_image(address: str) -> str:
    """The address as a QR code in a ``data:`` picture, which the CSP allows."""
    return segno.make(address, error="m").svg_data_uri(scale=4, border=2)


def slip_page(user_id: str, password: str) -> str:
    """The page that shows the one-time password; it is not stored and cannot be shown again.

    The address to type is the one under which this administrator reached the server.
    """
    address = url_for("accounts.login", _external=True)
    return render_template(
        "admin/slip.html",
        user=user_of(db.session(), regency_here(), user_id),
        password=password,
        address=address,
        qr=qr_image(address),
        back=url_for("admin_users.show_user", user_id=user_id),
    )
