"""The answer about somebody not found: the village's phones, and what the desk can do now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from outreach.features.counter.absence import HeldPhone, is_village
from outreach.features.counter.desk_presenter import ROWS, columns, place_words
from outreach.web import display
from outreach.web.access import regency_here
from outreach.web.field_values import reference
from outreach.web.i18n import t
from outreach.web.lists import Empty, Listing

COLUMNS = ("officer", "unsent", "seen")


@dataclass(frozen=True, slots=True)
class PhoneLine:
    """One phone in words."""

    officer: str
    unsent: str
    seen: str


@dataclass(frozen=True, slots=True)
class Villages:
    """A kecamatan with the (code, name) of its villages."""

    name: str
    villages: list[tuple[str, str]]


def answer_page(village: str, held: Sequence[HeldPhone]) -> dict[str, object]:
    """Everything counter/absent.html shows of a village."""
    place = place_words(village)
    return {
        "place": place,
        "says": summary(place, held),
        "phones": Listing(
            title=t("counter.absent.phones"),
            columns=columns(COLUMNS),
            rows=[phone_line(phone) for phone in held],
            empty=Empty(words=t("counter.absent.no_phones")),
            cls=ROWS,
            testid="phones",
        ),
    }


def summary(place: str, held: Sequence[HeldPhone]) -> str:
    """The answer in one sentence: how many phones still hold saves, or that none says so."""
    count = sum(1 for phone in held if phone.unsent)
    if count:
        return t("counter.absent.some", place=place, n=display.number(count))
    return t("counter.absent.clear" if held else "counter.absent.nobody_works", place=place)


def phone_line(phone: HeldPhone) -> PhoneLine:
    """One phone in words; the clock is the regency's."""
    seen = display.short_moment(phone.seen_at)
    words = [seen, t("counter.absent.silent") if phone.silent else ""]
    words.append(t("counter.absent.stopped") if phone.stopped else "")
    return PhoneLine(phone.officer, unsent_words(phone), " · ".join(filter(None, words)))


def unsent_words(phone: HeldPhone) -> str:
    """How many saves are on the phone alone, and since when."""
    if phone.unsent is None:
        return t("counter.absent.unknown")
    if not phone.unsent:
        return t("counter.absent.none")
    count = display.number(phone.unsent)
    if phone.since is None:
        return t("counter.absent.unsent", n=count)
    return t("counter.absent.unsent_since", n=count, at=display.short_moment(phone.since))


def choices() -> list[Villages]:
    """The regency's villages by kecamatan."""
    places = reference().places.values()
    inside = f"{regency_here()}."
    return [
        Villages(
            kecamatan.name,
            [
                (place.code, place.name)
                for place in places
                if is_village(place) and place.code.startswith(f"{kecamatan.code}.")
            ],
        )
        for kecamatan in places
        if kecamatan.kind == "kecamatan" and kecamatan.code.startswith(inside)
    ]
