"""Money, numbers, dates and times as Indonesians write them, and in English; same on the phone."""

from __future__ import annotations

from datetime import date, datetime

from outreach.domain.age import on_clock

MONTHS = {
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
    "en": "January February March April May June July August September October November December",
}
DAYS = {
    "id": "Senin Selasa Rabu Kamis Jumat Sabtu Minggu",
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
}


def format_number(value: int, lang: str) -> str:
    """22680 → 22.680 (English 22,680)."""
    text = f"{value:,}"
    return text if lang == "en" else text.replace(",", ".")


def format_money(value: int | None, lang: str) -> str:
    """16800 → Rp16.800 (English Rp16,800); empty for None."""
    if value is None:
        return ""
    sign = "-" if value < 0 else ""
    return f"{sign}Rp{format_number(abs(value), lang)}"


def format_percent(part: int, whole: int, lang: str) -> str:
    """Share with one decimal, halves away from zero: 24,4% (English 24.4%); "–" of nothing."""
    if whole <= 0:
        return "–"
    tenths = (part * 2000 + whole) // (2 * whole)
    point = "." if lang == "en" else ","
    return f"{format_number(tenths // 10, lang)}{point}{tenths % 10}%"


def format_date(day: str | date | None, lang: str) -> str:
    """2026-11-22 → 22 November 2026; empty for None."""
    if day is None:
        return ""
    when = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{when.day} {MONTHS[lang].split()[when.month - 1]} {when.year}"


def format_day(day: str | date | None, lang: str) -> str:
    """2026-11-22 → Minggu, 22 November 2026; empty for None."""
    if day is None:
        return ""
    when = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{DAYS[lang].split()[when.weekday()]}, {format_date(when, lang)}"


def format_month(month: str, lang: str) -> str:
    """2026-11 → November 2026."""
    return f"{MONTHS[lang].split()[int(month[5:7]) - 1]} {month[:4]}"


def format_short_date(day: str | date | None) -> str:
    """1980-08-07 → 7-8-1980, for narrow rows; empty for None."""
    if day is None:
        return ""
    when = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{when.day}-{when.month}-{when.year}"


def format_time(moment: str | datetime | None, lang: str) -> str:
    """The clock in Lampung: 13.05 (English 13:05); empty for None."""
    if moment is None:
        return ""
    when = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    point = ":" if lang == "en" else "."
    return on_clock(when).strftime(f"%H{point}%M")


def format_datetime(moment: str | datetime | None, lang: str) -> str:
    """22 November 2026 13.05, in Lampung; empty for None."""
    if moment is None:
        return ""
    when = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return f"{format_date(on_clock(when).date(), lang)} {format_time(when, lang)}"
