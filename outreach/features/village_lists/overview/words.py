"""Words that the pages of lists share: what a list is for, what was decided, why a name is gone.

Most are the phone's own, so that a head reads the same on both. A kelurahan has its own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from outreach.core.record.changes import Errors
from outreach.core.record.rights import NotAllowed
from outreach.domain.formats import format_month
from outreach.domain.self_decisions import HEIR
from outreach.features.village_lists.checking.self_marks import SelfMark
from outreach.web import display
from outreach.web.i18n import current_lang, t


class Named(Protocol):
    """What a list is for."""

    @property
    def purpose(self) -> str: ...
    @property
    def fund(self) -> str | None: ...
    @property
    def year(self) -> int: ...
    @property
    def month(self) -> int | None: ...


def purpose(row: Named) -> str:
    """ "Daftar APBD kabupaten 2027", "Masih ada? Desember 2026"."""
    if row.purpose == "fund":
        fund = display.label("funding_source", row.fund)
        return t("field.lists.fund", fund=fund, year=str(row.year))
    month = format_month(f"{row.year}-{row.month:02}", current_lang())
    return t("field.lists.monthly", month=month)


def short_purpose(row: Named) -> str:
    """ "APBD kabupaten 2027", where only lists are told of."""
    if row.purpose != "fund":
        return purpose(row)
    return f"{display.label('funding_source', row.fund)} {row.year}"


def of_kind(key: str, kind: str, **parts: object) -> str:
    """The sentence of a pekon, or that of a kelurahan."""
    return t(f"{key}.{'kelurahan' if kind == 'kelurahan' else 'pekon'}", **parts)


def state(code: str) -> str:
    """What may be done with a list now."""
    return t(f"field.lists.state.{code}")


def forum(code: str | None) -> str:
    """Who meets over the list."""
    return t(f"field.lists.forum.{code}") if code else ""


def verdict(code: str | None, reason: str | None) -> str:
    """What was decided; empty for nothing."""
    if code is None:
        return ""
    if reason:
        return t("field.lists.refused", why=t(f"field.lists.reason.{reason}"))
    return t(f"field.lists.verdict.{code}")


def detail(word: str, said: Mapping[str, object], name_of: Mapping[str, str], kind: str) -> str:
    """What was told with a reason; ``name_of`` gives lines their names."""
    parts = {name: str(value) for name, value in said.items() if value}
    if "date" in parts:
        parts["date"] = display.day(parts["date"])
    if word == "meninggal" and {"date", "source"} <= parts.keys():
        return t("field.lists.told.meninggal", date=parts["date"], source=parts["source"])
    if word == "ganda" and "same_as" in parts:
        whom = name_of.get(parts["same_as"], parts["same_as"])
        return t("field.lists.told.ganda", whom=whom)
    if word == "data_salah" and "field" in parts:
        return t("field.lists.told.data_salah", field=field_label(parts["field"], kind))
    if word == "pindah" and "to" in parts:
        return t("field.lists.told.pindah", to=parts["to"])
    return ", ".join(parts.values())


def hamlet(name: object, rt: object, kind: str) -> str:
    """ "Pemangku 2 · RT 001"; in a kelurahan "Lingkungan 2 · RT 001"."""
    key = "lingkungan" if kind == "kelurahan" else "pemangku"
    parts = []
    if name:
        parts.append(t(f"field.hamlet.{key}", n=str(name)) if is_number(name) else str(name))
    if rt:
        parts.append(f"RT {rt}")
    return " · ".join(parts)


def field_label(name: str, kind: str) -> str:
    """The label of a member that may be wrong."""
    return hamlet_label(kind) if name == "pemangku" else display.field_label(name)


def hamlet_label(kind: str) -> str:
    """How the parts of a village are called."""
    return t(f"village_lists.hamlet.{'lingkungan' if kind == 'kelurahan' else 'pemangku'}")


def is_number(name: object) -> bool:
    """True for a hamlet that is only counted."""
    return str(name).isdigit()


def gone(code: str, into: str | None) -> str:
    """Why somebody is off the list."""
    if code == "merged" and into:
        return t("field.lists.gone.merged_into", whom=into)
    return t(f"field.lists.gone.{code}")


def sheet(version: int, page: int, label: str = "") -> str:
    """ "Versi 3, halaman 2", or the name of a sheet without a code."""
    if version:
        return t("village_lists.paper.sheet", n=version, page=page)
    return t("village_lists.paper.sheet_label", label=label) if label else ""


def how_made(how: str, paper: Mapping[str, object] | None) -> str:
    """How a decision was made, where that is to be said: "dari kertas (Versi 3, halaman 2)"."""
    if how == "single":
        return ""
    word, told = t(f"village_lists.how.{how}"), paper or {}
    n, page = (int(str(told.get(name) or 0)) for name in ("n", "page"))
    return f"{word} ({sheet(n, page)})" if n and page else word


def born(sex: object, year: object) -> str:
    """ "P · 1980": the letter of the sex as in the columns of numbers, and the year of birth."""
    letters = {"L": t("field.lists.about.men"), "P": t("field.lists.about.women")}
    return " · ".join(str(one) for one in (letters.get(str(sex)), year) if one)


def self_mark(mark: SelfMark | None) -> str:
    """Who decided on himself or his household, and by what it shows; empty for nobody."""
    if mark is None:
        return ""
    tie = t(f"village_lists.self.tie.{mark.tie}")
    return t(f"village_lists.self.{mark.did}", who=mark.who, tie=tie)


def self_flag(mark: SelfMark | None) -> str:
    """The same in a word or two, for a table; empty for nobody."""
    if mark is None:
        return ""
    return t("village_lists.self.heir" if mark.tie == HEIR else f"field.minutes.self.{mark.tie}")


def sentence_of(refused: NotAllowed) -> str:
    """Why it was refused."""
    return first_fault(refused.errors) or t(f"error.{refused.code}")


def first_fault(errors: Errors) -> str:
    """The sentence of the first fault; empty where there is none."""
    found = next((error for of_field in errors.values() for error in of_field), None)
    return t(f"error.{found['code']}", **found["params"]) if found else ""
