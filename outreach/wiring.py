"""Answers of the core for the web kit, which imports nothing of it."""

from __future__ import annotations

from datetime import datetime

from flask import Flask

from outreach.core.accounts.accounts import set_language
from outreach.core.accounts.refusals import Refused
from outreach.core.audit import audit_log
from outreach.core.record.rights import NotAllowed
from outreach.core.register import look_audit
from outreach.core.register.listing import DigitsInAddress
from outreach.domain.refusals import NotThere
from outreach.extensions import db
from outreach.storage.locks import begin_write
from outreach.web import errors, field_values, i18n, refusals
from outreach.web.access import regency_here

REFUSALS = {NotThere: 404, NotAllowed: 403, Refused: 422, DigitsInAddress: 400}


def connect(app: Flask) -> None:
    """Give the web kit its answers."""
    i18n.save_with(app, lambda user_id, lang: set_language(db.session(), user_id, lang))
    field_values.reference_from(
        app, lambda: look_audit.reference(db.session(), regency_here(), app.extensions)
    )
    refusals.audit_with(app, audit_refusal)
    errors.answer_refusals(app, REFUSALS)


def audit_refusal(user_id: str, route: str, method: str, address: str, now: datetime) -> None:
    """One audit line in its own transaction: this user asked for what the role may not have."""
    session = db.session()
    try:
        begin_write(session)
        audit_log.record(
            session,
            actor_id=user_id,
            action="refused",
            object_type="address",
            object_id=route[:64],
            now=now,
            detail={"method": method, "address": address},
        )
        session.commit()
    except Exception:
        session.rollback()
        raise
