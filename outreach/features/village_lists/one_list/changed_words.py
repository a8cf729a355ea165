"""What of a line is not as it was signed, in words: the old and the new of what differs."""

from __future__ import annotations

from collections.abc import Mapping

from outreach.features.village_lists.checking.after_signing import NIK_NO, Changed
from outreach.features.village_lists.overview import words
from outreach.features.village_lists.overview.presenter import reference
from outreach.features.village_lists.records.after_queries import SignedElsewhere
from outreach.web import display
from outreach.web.i18n import current_lang, t

# Members in the order in which a list shows them.
SHOWN = ("name", "sex", "birth_year", "hamlet", "rt", "occupation", "nik", NIK_NO)


def sentence(change: Changed, now: Mapping[str, object], kind: str) -> str:
    """ "Berubah sejak ditandatangani 22 November 2026 (versi 1): Nama SITI → SITI AMINAH"."""
    was = change.was
    parts = [member(name, was[name], now.get(name), kind) for name in SHOWN if name in was]
    day = display.day(change.day)
    return t("village_lists.changed", day=day, n=change.n, what="; ".join(parts))


def member(name: str, was: object, now: object, kind: str) -> str:
    """One member, the old and the new; hidden digits are only told to be others."""
    if name == NIK_NO:
        return t("village_lists.changed.nik_no")
    label = words.hamlet_label(kind) if name == "hamlet" else t(f"village_lists.changed.{name}")
    return f"{label} {value(name, was)} → {value(name, now)}"


def value(name: str, shown: object) -> str:
    """A member as the list shows it."""
    if name == "occupation" and shown:
        return reference().occupation_name(str(shown), current_lang()) or str(shown)
    return str(shown) if shown else t("kit.none")


def joined_words(row: SignedElsewhere) -> str:
    """With whom somebody became one who was signed on another list."""
    name = f"{row.no} {row.snapshot.get('name') or t('village_lists.erased')}"
    place = reference().place_name(row.region_code)
    return t("village_lists.joined", name=name, purpose=words.purpose(row), place=place)
