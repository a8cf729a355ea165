"""The desk's first screen: what to do next, what waits here, and who was served."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for

from outreach.domain import formats, nik
from outreach.domain.age import jakarta_date
from outreach.domain.rules import missing_for_door
from outreach.features.counter.queries import WaitingWorker
from outreach.features.counter.served import Service
from outreach.web import display
from outreach.web.addresses import u
from outreach.web.field_values import reference
from outreach.web.i18n import current_lang, t
from outreach.web.lists import Column, Empty, Listing

WAITING_COLUMNS = ("person", "lacks", "place", "since", "begun_by", "do")
SERVED_COLUMNS = ("time", "person", "service", "place", "by")
DRAFT = "draf"
DIGEST = 2
ROWS = "by-rows desk-rows"


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """A registration that is not finished: what it lacks, and where that is filled in."""

    name: str
    href: str
    lacks: str
    place: str
    since: str
    by: str
    do: str
    act: str


@dataclass(frozen=True, slots=True)
class ServedLine:
    """One service in words; the NIK is masked. ``href`` is empty where nobody was found."""

    time: str
    person: str
    href: str
    nik: str
    service: str
    place: str
    by: str


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do next; without ``href`` it is a sentence alone."""

    text: str
    href: str = ""
    act: str = ""


def first_screen(
    waiting: Sequence[WaitingWorker],
    count: int,
    returned: int,
    served: Sequence[Service],
    day: date,
    user_id: str,
) -> dict[str, object]:
    """Everything counter/_today.html shows; ``served`` are the newest of the day's."""
    lines = [waiting_line(row, day) for row in waiting]
    return {
        "next": next_step(lines, returned, user_id),
        "waiting": waiting_list(lines),
        "waiting_count": display.number(count) if count else "",
        "waiting_more": count - len(lines),
        "served": served_list(served, t("counter.served"), t("counter.served.none")),
        "served_all": url_for("counter_day.day"),
        "day": day,
    }


def next_step(lines: Sequence[WaitingLine], returned: int, user_id: str) -> NextStep:
    """What was given back first, then the longest unfinished, then whoever comes."""
    if returned:
        href = u("field_user_to", u=user_id, next=u("fix"))
        return NextStep(
            t("counter.next.returned", n=display.number(returned)), href, t("counter.next.mend")
        )
    if lines:
        first = lines[0]
        text = t("counter.next.waiting", name=first.name, place=first.place, lacks=first.lacks)
        return NextStep(text, first.do, first.act)
    return NextStep(t("counter.next.nobody"))


def waiting_line(row: WaitingWorker, day: date) -> WaitingLine:
    """One unfinished registration in words."""
    page = url_for("review_worker.worker", worker_id=row.id)
    is_draft = row.status == DRAFT
    lacks = missing_words(row, day) if is_draft else display.label("status", row.status)
    return WaitingLine(
        name=row.full_name,
        href=page,
        lacks=lacks or display.label("status", row.status),
        place=place_words(row.region_code),
        since=display.short_day(jakarta_date(row.created_at)),
        by=row.officer,
        do=url_for("review_complete.complete", worker_id=row.id) if is_draft else page,
        act=t("counter.waiting.go_on" if is_draft else "counter.open"),
    )


def missing_words(row: WaitingWorker, day: date) -> str:
    """The first answers that are missing, and how many more."""
    names = [display.field_label(name) for name in missing_for_door(row.data, day)]
    more = len(names) - DIGEST
    return ", ".join(names[:DIGEST]) + (f" {t('counter.waiting.more', n=more)}" if more > 0 else "")


def waiting_list(lines: Sequence[WaitingLine]) -> Listing[WaitingLine]:
    """The list of what waits."""
    return Listing(
        title=t("counter.waiting"),
        columns=columns(WAITING_COLUMNS, unseen="do"),
        rows=lines,
        empty=Empty(words=t("counter.waiting.none")),
        cls=ROWS,
        testid="waiting",
    )


def served_list(services: Sequence[Service], title: str, none: str) -> Listing[ServedLine]:
    """The list of services, in the order given."""
    return Listing(
        title=title,
        columns=columns(SERVED_COLUMNS),
        rows=[served_line(service) for service in services],
        empty=Empty(words=none),
        cls=ROWS,
        testid="served",
    )


def served_line(service: Service) -> ServedLine:
    """One service in words."""
    found = bool(service.worker_id and service.name)
    gone = "counter.served.erased" if service.worker_id else "counter.served.nobody"
    return ServedLine(
        time=formats.format_time(service.at, current_lang()),
        person=service.name if found else t(gone),
        href=url_for("review_worker.worker", worker_id=service.worker_id) if found else "",
        nik=nik.mask(service.nik) if found else "",
        service=t(f"counter.service.{service.kind}"),
        place=place_words(service.village) if service.village else "",
        by=service.by,
    )


def place_words(village: str) -> str:
    """The village and its kecamatan; several villages share a name."""
    return f"{reference().place_name(village)}, {reference().place_name(village[:8])}"


def columns(names: Sequence[str], unseen: str = "") -> list[Column]:
    """The heads of these columns."""
    return [Column(t(f"counter.col.{name}"), unseen=name == unseen) for name in names]
