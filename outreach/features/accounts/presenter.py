"""The page of one's own account: the browsers and phones on which one is logged in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from outreach.features.accounts.template_globals import device_name, local_time, phone_state
from outreach.storage.accounts import LoginSession
from outreach.storage.sync import Device
from outreach.web import display
from outreach.web.i18n import t


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A browser that is logged in; ``token`` is the hash that ends it."""

    name: str
    seen: str
    token: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class PhoneLine:
    """A phone of one's own."""

    id: str
    name: str
    state: str
    contact: str
    recorded: str
    can_end: bool
    is_here: bool


def account_page(
    sessions: Iterable[LoginSession], phones: Iterable[Device], here: str
) -> dict[str, object]:
    """Everything accounts/account.html needs; ``here`` is the hash of this browser's session."""
    return {
        "sessions": [session_line(one, here) for one in sessions],
        "phones": [phone_line(one, here) for one in phones],
    }


def session_line(session: LoginSession, here: str) -> SessionLine:
    """One browser on a line."""
    return SessionLine(
        name=device_name(session.agent),
        seen=t("accounts.sessions.seen", time=local_time(session.seen_at)),
        token=session.token_hash,
        is_here=session.token_hash == here,
    )


def phone_line(phone: Device, here: str) -> PhoneLine:
    """One phone on a line."""
    seen = t("accounts.sessions.seen", time=local_time(phone.seen_at))
    since = t("accounts.phones.since", time=local_time(phone.created_at))
    return PhoneLine(
        id=phone.id,
        name=phone.name or t("accounts.phones.unnamed"),
        state=phone_state(phone),
        contact=f"{seen}, {since}",
        recorded=t("accounts.phones.recorded", n=display.number(phone.recorded)),
        can_end=not phone.ended_at and not phone.revoked_at,
        is_here=phone.login_hash == here,
    )
