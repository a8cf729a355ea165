"""How stored values read on a page of the office: labels, days, moments, numbers, masks."""

from __future__ import annotations

from datetime import date, datetime

from flask import Flask

from outreach.domain import catalogue, formats, nik, phone
from outreach.domain.age import jakarta_date
from outreach.web.i18n import current_lang


def label(group: str, value: object) -> str:
    """The word for a code of a list; a code nobody has named yet is shown as it is."""
    if value is None or value == "":
        return ""
    try:
        return catalogue.translate(current_lang(), f"label.{group}.{value}")
    except KeyError:
        return str(value)


def field_label(name: str) -> str:
    """The label of a field."""
    try:
        return catalogue.translate(current_lang(), f"label.{name}")
    except KeyError:
        return name


def day(value: date | str | None) -> str:
    """22 November 2026."""
    return formats.format_date(value, current_lang())


def short_day(value: date | str | None) -> str:
    """22-11-2026, for narrow cells."""
    return formats.format_short_date(value)


def short_moment(value: datetime) -> str:
    """22-11-2026 13.05, on the regency's clock, for narrow cells."""
    clock = formats.format_time(value, current_lang())
    return f"{formats.format_short_date(jakarta_date(value))} {clock}"


def moment(value: datetime | str | None) -> str:
    """22 November 2026 13.05, on the regency's clock; text that is no time is shown as it is."""
    try:
        return formats.format_datetime(value, current_lang())
    except ValueError:
        return str(value)


def number(value: int) -> str:
    """10.000 in Indonesian, 10,000 in English."""
    return formats.format_number(value, current_lang())


def percent(part: int, whole: int) -> str:
    """24,4% in Indonesian, 24.4% in English."""
    return formats.format_percent(part, whole, current_lang())


def init_app(app: Flask) -> None:
    """Give templates these functions."""
    app.jinja_env.globals.update(
        label=label,
        field_label=field_label,
        day=day,
        short_day=short_day,
        short_moment=short_moment,
        moment=moment,
        number=number,
        percent=percent,
        mask=nik.mask,
        national_phone=phone.national,
    )
