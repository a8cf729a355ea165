"""Ages and the dates of Lampung (UTC+7 the whole year)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

JAKARTA = timezone(timedelta(hours=7))
TOO_OLD = 65
MIN_AGE = 18
FLOOR = 15
ADULT = 18


def on_clock(moment: datetime, zone: tzinfo = JAKARTA) -> datetime:
    """An aware time on a clock, Lampung's where none is named. A phone may tell any time: the last
    hours of the calendar stay on the clock on which they came."""
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment


def jakarta_date(moment: datetime | str) -> date:
    """The calendar day in Lampung of an aware time or of its ISO text."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    return on_clock(moment).date()


def utc_text(moment: datetime) -> str:
    """A time as it is stored and sent: 2026-11-22T06:05:00Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def age_on(birth: str | date | None, day: date) -> int | None:
    """Full years on a day; None without a birth date. Born on 29 February: older on 1 March."""
    if birth is None:
        return None
    born = date.fromisoformat(birth) if isinstance(birth, str) else birth
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def age_problem(birth: str | date | None, day: date, min_age: int = MIN_AGE) -> str | None:
    """``usia_65`` once 65 is reached, ``usia_di_bawah`` below the minimum (never under 15)."""
    age = age_on(birth, day)
    if age is None:
        return None
    if age >= TOO_OLD:
        return "usia_65"
    return "usia_di_bawah" if age < max(min_age, FLOOR) else None


def turns_65(birth: str | date) -> date:
    """The day on which somebody reaches 65; born on 29 February: 1 March of a common year."""
    born = date.fromisoformat(birth) if isinstance(birth, str) else birth
    try:
        return born.replace(year=born.year + TOO_OLD)
    except ValueError:
        return date(born.year + TOO_OLD, 3, 1)


def nearing_65(birth: str | date | None, day: date) -> date | None:
    """The day of the 65th birthday for who is 64 on ``day``: registration must come before it."""
    return turns_65(birth) if birth and age_on(birth, day) == TOO_OLD - 1 else None


def needs_guardian(birth: str | date | None, day: date) -> bool:
    """True from 15 to 17: a guardian consents. Below 15 nobody is registered as a worker."""
    age = age_on(birth, day)
    return age is not None and FLOOR <= age < ADULT


def turns_65_within(birth: str | date | None, day: date, days: int) -> bool:
    """True for who is not yet 65 but will be within so many days (the list "akan 65").

    Waits for the village's list.
    """
    if age_problem(birth, day) == "usia_65":
        return False
    later = age_on(birth, day + timedelta(days=days))
    return later is not None and later >= TOO_OLD
