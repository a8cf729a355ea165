"""What is asked of a list before its file is read: whose it is, and by which right it came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

KINDS = ("opd", "pekon", "kobo", "dukcapil", "bpjs", "membership")
# Files of the state's own registers come with a letter and a legal basis, or not at all.
WITH_LETTER = frozenset({"dukcapil", "bpjs", "membership"})
MOST = {"title": 120, "letter_no": 80, "legal_basis": 200}

Faults = dict[str, str]


@dataclass(frozen=True, slots=True)
class SourceForm:
    """A source as it was typed; blank fields are None."""

    kind: str
    title: str
    letter_no: str | None
    letter_date: date | None
    legal_basis: str | None


def read_source(typed: Mapping[str, str], today: date) -> tuple[SourceForm, Faults]:
    """The form that was typed, and a word for each field that is wrong."""
    texts = {name: " ".join(typed.get(name, "").split()) for name in MOST}
    form = SourceForm(
        typed.get("kind", ""),
        texts["title"],
        texts["letter_no"] or None,
        day_of(typed.get("letter_date", "")),
        texts["legal_basis"] or None,
    )
    faults = {name: "too_long" for name, most in MOST.items() if len(texts[name]) > most}
    return form, {**missing(form), **wrong_day(form, typed, today), **faults}


def missing(form: SourceForm) -> Faults:
    """A word for each field that has to be filled in."""
    faults: Faults = {}
    if form.kind not in KINDS:
        faults["kind"] = "kind_missing"
    if not form.title:
        faults["title"] = "title_missing"
    if form.kind in WITH_LETTER:
        needed = ("letter_no", "letter_date", "legal_basis")
        faults |= {name: f"{name}_missing" for name in needed if getattr(form, name) is None}
    return faults


def wrong_day(form: SourceForm, typed: Mapping[str, str], today: date) -> Faults:
    """A word where the letter's day is none, or lies ahead."""
    if typed.get("letter_date", "").strip() and form.letter_date is None:
        return {"letter_date": "letter_date_wrong"}
    if form.letter_date and form.letter_date > today:
        return {"letter_date": "letter_date_ahead"}
    return {}


def day_of(text: str) -> date | None:
    """The day that a date field sent; None for blank or none."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
