"""One answer of a worker's record in words, with the numbers of people masked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Protocol, cast

from flask import Flask, current_app

from outreach.domain import formats, nik
from outreach.domain.origins import ON_PHONES, ORIGINS
from outreach.domain.rulebook import FIELDS
from outreach.domain.worker_data import Data, object_at
from outreach.web import display
from outreach.web.i18n import current_lang, t

HIDDEN = "•" * 8
PLACES = frozenset({"village_code", "ktp_village_code"})
MONEY = frozenset({"monthly_income"})
UNMASKABLE = frozenset({"nik", "kk_number", "mother_name"})


class ListedBirth(Protocol):
    """When a listed person was born, and the record of who has no birth date."""

    @property
    def birth_date(self) -> date | None:
        """The day, where it is known."""

    @property
    def undated(self) -> Data | None:
        """The record of who has none."""


class NamedPlace(Protocol):
    """A place."""

    @property
    def code(self) -> str:
        """Its code."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def kind(self) -> str:
        """Its kind: kecamatan, pekon, kelurahan …"""


class ReferenceNames(Protocol):
    """Names of places and occupations by code; an unknown code as it is."""

    @property
    def places(self) -> Mapping[str, NamedPlace]:
        """Places by code, each with ``code``, ``name`` and ``kind``."""

    @property
    def occupations(self) -> Mapping[str, dict[str, object]]:
        """Occupations by code, each with its names by language."""

    def place_name(self, code: str) -> str:
        """The village's or kecamatan's name."""

    def occupation_name(self, code: str | None, lang: str) -> str:
        """The occupation in the reader's language."""


def reference_from(app: Flask, reference_names: Callable[[], ReferenceNames]) -> None:
    """Let answers read the names of places and occupations."""
    app.extensions["reference_names"] = reference_names


def reference() -> ReferenceNames:
    """Names of places and occupations."""
    return cast(ReferenceNames, current_app.extensions["reference_names"]())


def answer(name: str, value: object) -> str:
    """The answer to a field as a page shows it; empty for no answer."""
    if value is None or value in ("", [], {}):
        return ""
    try:
        return SHOWN.get(FIELDS[name]["t"] if name in FIELDS else "s", plain)(name, value)
    except (TypeError, ValueError, AttributeError, KeyError):
        # a stored payload may hold any shape; what cannot be read is shown as it came
        return HIDDEN if name in UNMASKABLE or name == "heirs" else str(value)[:200]


def plain(name: str, value: object) -> str:
    """A text, a place, an occupation."""
    if name == "mother_name":
        return HIDDEN
    if name in PLACES:
        return reference().place_name(text_of(value) or "")
    if name in ("occupation_code", "occupation2_code"):
        return reference().occupation_name(text_of(value), current_lang())
    if name.endswith("_photo"):
        return t("review.picture.there")
    return str(value)


def masked(_name: str, value: object) -> str:
    """Two digits, bullets, four digits."""
    return nik.mask(str(value))


def several(name: str, value: object) -> str:
    """The chosen words of a list."""
    return ", ".join(display.label(name, item) for item in items_of(value))


def whole_number(name: str, value: object) -> str:
    """A number, or money."""
    if name in MONEY and isinstance(value, int):
        return formats.format_money(value, current_lang())
    return str(value)


def heirs(_name: str, value: object) -> str:
    """Heirs by name and relation; their numbers stay out."""
    return "; ".join(
        f"{heir.get('name', '')} ({display.label('heirs.relation', heir.get('relation'))})"
        for heir in map(object_of, items_of(value))
    )


def parts(name: str, value: object) -> str:
    """An object on one line."""
    shape, answers = PARTS.get(name), object_of(value)
    return shape(answers) if shape else ", ".join(f"{k}: {v}" for k, v in answers.items() if v)


def object_of(value: object) -> dict[str, object]:
    """The value where it has parts; raises TypeError."""
    if not isinstance(value, dict):
        raise TypeError("no object")
    return value


def text_of(value: object) -> str | None:
    """The value where it is a text or none; raises TypeError."""
    if value is not None and not isinstance(value, str):
        raise TypeError("no text")
    return value


def items_of(value: object) -> list[object]:
    """The value where it is a list; raises TypeError."""
    if not isinstance(value, list):
        raise TypeError("no list")
    return value


def gps(value: Data) -> str:
    """A point and how exact it is."""
    return f"{value['lat']:.5f}, {value['lon']:.5f} (± {value.get('acc', '?')} m)"


def informant(value: Data) -> str:
    """Who gave the facts."""
    return f"{value.get('name', '')} ({value.get('relation', '')})"


def income_said(value: Data) -> str:
    """The income in the person's own terms."""
    if value.get("per") == "tidak_tahu":
        return display.label("income_per", "tidak_tahu")
    sum_named = value.get("amount")
    if sum_named is not None and not isinstance(sum_named, int):
        raise TypeError("no amount")
    amount = formats.format_money(sum_named, current_lang())
    return f"{amount} / {display.label('income_per', value.get('per'))}"


def birth_about(value: Data) -> str:
    """A year or an age that is not exact, as it was said."""
    key = "kit.about_age" if value.get("said") == "usia" else "kit.about_year"
    return t(key, year=value.get("year"), years=value.get("age", ""))


def born(row: ListedBirth) -> str:
    """The birth date of a row of the office's list for narrow cells, else "±1970", else nothing."""
    year = object_at(row.undated or {}, "birth_about").get("year")
    return display.short_day(row.birth_date) or (f"±{year}" if year else "")


def consent(value: Data) -> str:
    """Which purposes the person agreed to."""
    purposes = object_of(value.get("purposes") or {})
    return "; ".join(
        f"{display.label('consent.purposes', name)}: {t('kit.yes' if yes else 'kit.no')}"
        for name, yes in purposes.items()
        if yes is not None
    )


def withdrawn(value: Data) -> str:
    """Which purposes were withdrawn, and when."""
    return "; ".join(
        f"{display.label('consent.purposes', name)}: {display.moment(text_of(at))}"
        for name, at in value.items()
    )


PARTS: dict[str, Callable[[Data], str]] = {
    "gps": gps,
    "informant": informant,
    "income_said": income_said,
    "consent": consent,
    "birth_about": birth_about,
    "consent_withdrawn": withdrawn,
}
SHOWN: dict[str, Callable[[str, object], str]] = {
    "e": lambda name, value: display.label(name, value),
    "m": several,
    "b": lambda _name, value: t("kit.yes" if value else "kit.no"),
    "i": whole_number,
    "d": lambda _name, value: display.day(text_of(value)),
    "z": lambda _name, value: display.moment(text_of(value)),
    "o": parts,
    "l": heirs,
    "nik": masked,
    "kk": masked,
}


def source(origin: str, device: str | None) -> str:
    """Where a save came from: the phone by its name, else in words. A desk has no name."""
    if device and origin in ON_PHONES:
        return device
    return t(f"review.origin.{origin}" if origin in ORIGINS else "review.origin.other")
