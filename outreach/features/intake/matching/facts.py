"""What two descriptions of people are compared by: pure values, from a row or from the register."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from outreach.domain.names import key_of, name_words
from outreach.features.intake.lines import Line


@dataclass(frozen=True, slots=True)
class Facts:
    """One person as somebody describes them. ``nik15`` are the digits left of a damaged number;
    ``birth_date`` is ISO. Empty strings and zero are what nobody told."""

    key: str
    words: tuple[str, ...]
    village: str = ""
    nik: str = ""
    nik15: str = ""
    birth_date: str = ""
    birth_year: int = 0
    sex: str = ""
    rt: str = ""
    phone: str = ""

    @property
    def digits(self) -> str:
        """The first fifteen digits, of a whole number too."""
        return self.nik15 or self.nik[:15]


def facts_of(name: str, values: Mapping[str, object]) -> Facts:
    """The facts under our field names, as a row or a record has them."""
    born = text(values, "birth_date")
    year = values.get("birth_year")
    words = name_words(name)
    return Facts(
        key=key_of(words),
        words=tuple(words),
        village=text(values, "village_code"),
        nik=text(values, "nik"),
        nik15=text(values, "nik15"),
        birth_date=born,
        birth_year=int(born[:4]) if born else year if isinstance(year, int) else 0,
        sex=text(values, "sex"),
        rt=text(values, "rt").lstrip("0"),
        phone=text(values, "phone"),
    )


def facts_of_line(line: Line) -> Facts:
    """The facts that a row tells."""
    return facts_of(text(line.values, "full_name"), line.values)


def text(values: Mapping[str, object], name: str) -> str:
    """The value as text; empty without one."""
    value = values.get(name)
    return value.isoformat() if isinstance(value, date) else str(value) if value else ""
