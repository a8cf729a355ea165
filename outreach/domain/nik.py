"""The national identity number: what it says, what makes it impossible, how it is shown.

Sixteen digits PPKKCC DDMMYY SSSS: place of first issue, birth date (women: day + 40), serial.
It has no check digit, so passing these rules proves little: hence the re-key or the photo.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from outreach.domain.rulebook import RULES

PROVINCES = frozenset(RULES["nik"]["provinces"].split())
DISTRICTS_NOW = {k: frozenset(v.split()) for k, v in RULES["nik"]["now"].items()}
SIXTEEN = re.compile(r"[0-9]{16}")
RUN_UP, RUN_DOWN = "01234567890123456789012345", "98765432109876543210987654"
OLDEST, YOUNGEST = 100, 15
DEMO_SERIAL = 9000


@dataclass(frozen=True, slots=True)
class Nik:
    """The facts in a well-formed number. ``years`` are the possible birth years, ascending."""

    province: str
    regency: str
    district: str
    day: int
    month: int
    years: tuple[int, ...]
    sex: str
    serial: str


def parse(nik: str) -> Nik | str:
    """The facts in the number, or the code of the error that makes it impossible."""
    if SIXTEEN.fullmatch(nik) is None:
        return "nik_length"
    if nik == nik[0] * 16 or nik in RUN_UP or nik in RUN_DOWN:
        return "nik_joke"
    if nik[:2] not in PROVINCES:
        return "nik_province"
    if nik[2:4] == "00" or nik[4:6] == "00":
        return "nik_region"
    day, month = int(nik[6:8]), int(nik[8:10])
    sex = "P" if day > 40 else "L"
    day -= 40 if sex == "P" else 0
    years = tuple(c + int(nik[10:12]) for c in (1900, 2000) if _is_date(c, nik, month, day))
    if not years:
        return "nik_date"
    if nik[12:] == "0000":
        return "nik_serial"
    return Nik(nik[:2], nik[2:4], nik[4:6], day, month, years, sex, nik[12:])


def _is_date(century: int, nik: str, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= days_in(century + int(nik[10:12]), month)


def days_in(year: int, month: int) -> int:
    """The number of days of a month."""
    if month == 2:
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        return 29 if leap else 28
    return 30 if month in (4, 6, 9, 11) else 31


def error(nik: object) -> str | None:
    """The code of the hard error, or None for a possible number."""
    if not isinstance(nik, str):
        return "wrong_type"
    parts = parse(nik)
    return parts if isinstance(parts, str) else None


def likely_years(parts: Nik, today: date) -> tuple[int, ...]:
    """The birth years that give age 15 to 100; where none does, all that are not to come.

    Fifteen to a hundred is narrower than a century, so both never fit: two years mean a child or
    somebody older than a hundred, and must be asked.
    """
    ages = [(year, _age(parts, year, today)) for year in parts.years]
    fitting = tuple(year for year, age in ages if YOUNGEST <= age <= OLDEST)
    return fitting or tuple(year for year, age in ages if age >= 0)


def _age(parts: Nik, year: int, today: date) -> int:
    return today.year - year - ((today.month, today.day) < (parts.month, parts.day))


def birth_from_nik(nik: str, today: date) -> str | None:
    """The birth date (ISO) by the century rule; None where the person must be asked."""
    parts = parse(nik)
    if isinstance(parts, str):
        return None
    years = likely_years(parts, today)
    return f"{years[0]}-{parts.month:02d}-{parts.day:02d}" if len(years) == 1 else None


def warnings(
    nik: str, village: str | None, birth: str | None, sex: str | None, today: date
) -> list[str]:
    """Soft findings, each a flag code; never a reason to refuse. Empty for an impossible number."""
    parts = parse(nik)
    if isinstance(parts, str):
        return []
    codes = []
    districts = DISTRICTS_NOW.get(nik[:4])
    if districts is not None and parts.district not in districts:
        codes.append("nik_kode_lama")
    if village and nik[:4] != village[:2] + village[3:5]:
        codes.append("nik_luar_daerah")
    dates = [f"{year}-{parts.month:02d}-{parts.day:02d}" for year in parts.years]
    if birth and birth not in dates:
        codes.append("tgl_lahir_beda")
    if sex and sex != parts.sex:
        codes.append("jk_beda")
    if not birth and birth_from_nik(nik, today) is None:
        codes.append("abad_ganda")
    return codes


def is_demo(nik: str) -> bool:
    """True for a synthetic-looking serial (9000 and above)."""
    return error(nik) is None and int(nik[12:]) >= DEMO_SERIAL


def mask(nik: str | None) -> str:
    """The one masked form: first two digits, ten bullets, last four; empty without a number."""
    return f"{nik[:2]}{'•' * 10}{nik[-4:]}" if nik else ""


def group(nik: str | None) -> str:
    """The number as 6-6-4, for reading beside the card."""
    return f"{nik[:6]} {nik[6:12]} {nik[12:]}".strip() if nik else ""
