"""What is typed of a sheet, read: one key an answer, a date as people write it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from outreach.domain.paper_entry import KEYS
from outreach.domain.village_decisions import ASKED, TOLD
from outreach.features.village_lists.paper.paper_entering import Said, Sheet
from outreach.web.inputs import whole_number

DATE = re.compile(r"(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4})")


def number_of(text: str) -> int:
    """A line's number; 0 for what is none."""
    return whole_number(text, 5) or 0


def asked_of(purpose: str, key: str) -> tuple[str, ...]:
    """What has to be told with an answer, by name, and what may be."""
    verdict, reason = KEYS[purpose].get(key, ("", None))
    word = reason or verdict
    return ASKED.get(word, ()) + TOLD.get(word, ())


def said_of(sheet: Sheet, key: str, form: Mapping[str, str]) -> Said | None:
    """The answer of a key with what was typed beside it; None for a key that is none."""
    purpose = sheet.list.purpose
    found = KEYS[purpose].get(key)
    if found is None:
        return None
    typed = {name: form.get(name, "").strip()[:200] for name in asked_of(purpose, key)}
    read = {name: read_value(name, text) for name, text in typed.items() if text}
    return Said(*found, read)


def read_value(name: str, text: str) -> str:
    """A value as a decision has it: a date by its parts."""
    if name == "date" and (parts := DATE.fullmatch(text)):
        day, month, year = parts.groups()
        return f"{year}-{int(month):02}-{int(day):02}"
    return text
