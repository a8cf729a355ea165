"""Functions for templates of accounts: the browser in words, times in the regency's zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import request

from outreach.domain import formats
from outreach.storage.sync import Device
from outreach.web.agents import browser_in, model_in, system_in
from outreach.web.i18n import current_lang, t
from outreach.web.inputs import address_here


def device_name(agent: str | None) -> str:
    """ "SM-A057F, Chrome di Android", as well as the browser's own words tell."""
    words = agent or ""
    browser, system = browser_in(words), system_in(words)
    if not browser or not system:
        return browser or system or t("accounts.device.unknown")
    named = t("accounts.device.on", browser=browser, system=system)
    return ", ".join(filter(None, (model_in(words), named)))


def local_time(moment: datetime) -> str:
    """Day and time on the wall of the regency."""
    return formats.format_datetime(moment, current_lang())


def local_date(day: date | None) -> str:
    """The day in words, empty for none."""
    return formats.format_date(day, current_lang())


def phone_state(device: Device) -> str:
    """The phone's right to fetch in words, and without it the reason and the way back."""
    word = "lost" if device.lost_at else "revoked" if device.revoked_at else device.ended_why
    return t(f"accounts.phone.{word or 'open'}")


def plain_back() -> str:
    """Where the language switch comes back to: this page, or the form that was posted from it."""
    return address_here() if request.method == "GET" else request.path


WORDS: dict[str, Callable[..., Any]] = {
    "device_name": device_name,
    "local_time": local_time,
    "local_date": local_date,
    "phone_state": phone_state,
    "plain_back": plain_back,
}
