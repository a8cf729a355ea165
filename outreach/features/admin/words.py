"""Choices and days in the reader's words, as several pages of the administrators show them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from outreach.domain import formats
from outreach.web.i18n import current_lang, t

Choices = list[tuple[str, str]]


def role_choices(roles: Iterable[str]) -> Choices:
    """Roles by code and name."""
    return [(role, t(f"kit.role.{role}")) for role in roles]


def kind_choices(kinds: Iterable[str]) -> Choices:
    """Kinds of offices by code and name."""
    return [(kind, t(f"admin.kind.{kind}")) for kind in kinds]


def day_in_words(day: date | None) -> str:
    """22 November 2026, empty for none."""
    return formats.format_date(day, current_lang())


def until(day: date | None) -> str:
    """The last day, or that there is none yet."""
    return day_in_words(day) or t("admin.now")


def still_runs(ends: date | None, today: date) -> bool:
    """True for what has no last day, or one that has not passed."""
    return ends is None or ends >= today
