"""The queue of pairs as its page shows it: two people side by side, what is alike, the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from outreach.domain import nik
from outreach.domain.age import jakarta_date
from outreach.features.review.presenter import in_place, places
from outreach.storage.queries_pairs import DecidedPair, ShownPair
from outreach.web import display
from outreach.web.field_values import reference
from outreach.web.i18n import t
from outreach.web.lists import Column, Empty, Listing, Paging, Switch, UrlArgs


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One of the two, in words; the NIK is masked."""

    id: str
    ver: int
    name: str
    nik: str
    birth_date: str
    village: str
    kecamatan: str
    status: str
    created: str


@dataclass(frozen=True, slots=True)
class PairLine:
    """One pair on a line; the answer's parts are empty while it waits."""

    people: tuple[PersonLine, PersonLine]
    alike: str
    state: str = ""
    by: str = ""
    at: datetime | None = None
    can_undo: bool = False


def open_page(pairs: Sequence[ShownPair], place: str, size: int) -> dict[str, object]:
    """Everything review/pairs.html needs for waiting pairs."""
    lines = [PairLine(people_of(pair), alike(pair)) for pair in pairs[:size]]
    return list_page(lines, place, next_address(pairs, size, in_place(place)), done=False)


def decided_page(pairs: Sequence[DecidedPair], place: str, size: int) -> dict[str, object]:
    """Everything review/pairs.html needs for answered pairs."""
    lines = [decided_line(pair) for pair in pairs[:size]]
    args = in_place(place) | {"done": 1}
    return list_page(lines, place, next_address(pairs, size, args), done=True)


def next_address(pairs: Sequence[ShownPair], size: int, args: UrlArgs) -> str:
    """The address of the next page; empty where none follows."""
    if len(pairs) <= size:
        return ""
    last = pairs[size - 1]
    return url_for("review_pairs.pairs", after=f"{last.a}~{last.b}", **args)


def list_page(lines: list[PairLine], place: str, further: str, *, done: bool) -> dict[str, object]:
    """Everything review/pairs.html needs."""
    heads = ("one", "other", "alike", "answered" if done else "answer")
    return {
        "list": Listing(
            title=t("review.pairs.title"),
            columns=[Column(t(f"review.pairs.col.{head}")) for head in heads],
            rows=lines,
            empty=Empty(
                t("review.pairs.empty_done" if done else "review.pairs.empty"),
                t("review.pairs.empty_do"),
            ),
            paging=Paging(next=further),
            cls="pairs",
            keys=True,
            testid="pairs",
        ),
        "done": done,
        "tabs": tabs(place, done=done),
        "place": place,
        "places": places(),
    }


def tabs(place: str, *, done: bool) -> list[Switch]:
    """The tabs of waiting pairs and of answered ones."""
    args = in_place(place)
    return [
        Switch(
            text=t(f"review.pairs.tab.{name}"),
            href=url_for("review_pairs.pairs", done="1" if is_done else None, **args),
            on=done is is_done,
            one_of=True,
        )
        for name, is_done in (("open", False), ("done", True))
    ]


def decided_line(pair: DecidedPair) -> PairLine:
    """One answered pair on a line."""
    return PairLine(
        people=people_of(pair),
        alike=alike(pair),
        state=pair.state,
        by=pair.by or "",
        at=pair.decided_at,
        can_undo=pair.state == "different" and pair.alive,
    )


def alike(pair: ShownPair) -> str:
    """The marks that both have, in words."""
    both = (("nik", pair.same_nik), ("name", pair.same_name), ("said", pair.said))
    marks = [name for name, same in both if same]
    return ", ".join(t(f"review.pairs.alike.{name}") for name in marks)


def people_of(pair: ShownPair) -> tuple[PersonLine, PersonLine]:
    """Both people of a pair."""
    return person(pair, "a"), person(pair, "b")


def person(pair: ShownPair, side: str) -> PersonLine:
    """One of the two; the NIK leaves this function masked."""
    region = getattr(pair, f"{side}_region_code")
    return PersonLine(
        id=getattr(pair, f"{side}_id"),
        ver=getattr(pair, f"{side}_ver"),
        name=getattr(pair, f"{side}_full_name"),
        nik=nik.mask(getattr(pair, f"{side}_nik")),
        birth_date=display.short_day(getattr(pair, f"{side}_birth_date")),
        village=reference().place_name(region),
        kecamatan=reference().place_name(region[:8]),
        status=getattr(pair, f"{side}_status"),
        created=display.short_day(jakarta_date(getattr(pair, f"{side}_created_at"))),
    )
