"""The desk's pages: search results, the outcome of carried files, the worth of a receipt."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from outreach.core.carried.carried_import import Taken
from outreach.core.exchange import gaps
from outreach.core.register import listing
from outreach.core.register.worker_file import WorkerFile
from outreach.domain import nik
from outreach.features.counter.queries import Printed
from outreach.features.counter.receipt_check import Checked
from outreach.features.counter.slips import Sheet, may_print
from outreach.storage.queries_office import ListedWorker
from outreach.storage.queries_worker_history import WorkerWithOfficer
from outreach.web import display
from outreach.web.field_values import born, reference
from outreach.web.i18n import t

COUNTED = ("applied", "conflict", "held", "invalid")
PICTURES = ("new", "known", "refused", "closed")


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Who somebody is, the NIK masked; ``birth_date`` stands in results only."""

    id: str
    name: str
    nik: str
    village: str
    kecamatan: str
    status: str
    code: str
    officer: str
    created_at: datetime
    birth_date: str = ""


def found_page(page: listing.Page, typed: str, digits: int) -> dict[str, object]:
    """The desk with people found by name or code, or by so many digits of a NIK."""
    return {
        "asked": True,
        "typed": "" if digits else typed,
        "by_digits": digits,
        "people": [hit(row) for row in page.rows],
        "count": page.count,
        "more": page.count > len(page.rows) or page.more,
    }


def hit(row: ListedWorker) -> PersonLine:
    """One result: enough to tell two people apart."""
    return replace(person(row), birth_date=display.day(row.birth_date) or born(row))


def person(row: ListedWorker | WorkerWithOfficer) -> PersonLine:
    """Who somebody is, the NIK masked."""
    return PersonLine(
        id=row.id,
        name=row.full_name,
        nik=nik.mask(row.nik),
        village=reference().place_name(row.region_code),
        kecamatan=reference().place_name(row.region_code[:8]),
        status=row.status,
        code=row.code,
        officer=row.officer or "",
        created_at=row.created_at,
    )


def slip_page(
    file: WorkerFile, words: Sequence[Mapping[str, object]], prints: Sequence[Printed]
) -> dict[str, object]:
    """What counter/slip.html shows: the slip, and how often it was printed."""
    last = prints[-1] if prints else None
    printed = (
        t(
            "counter.slip.printed",
            n=display.number(len(prints)),
            at=display.moment(last.at),
            name=last.by or "-",
        )
        if last
        else ""
    )
    return {
        "w": person(file.row),
        "text": words,
        "may": may_print(file.row),
        "printed": printed,
        "act": t("counter.slip.copy_do" if last else "counter.slip.do"),
    }


def sheet_page(
    file: WorkerFile, words: Sequence[Mapping[str, object]], sheet: Sheet, by: str
) -> dict[str, object]:
    """What counter/slip_sheet.html shows: the slip of this print."""
    mark = t("counter.slip.copy", n=display.number(sheet.number - 1)) if sheet.number > 1 else ""
    return {
        "w": person(file.row),
        "text": words,
        "mark": mark,
        "printed_at": t("counter.slip.printed_at", at=display.moment(sheet.at), name=by),
    }


def nik_hit(row: ListedWorker) -> dict[str, str]:
    """One who has the NIK: enough to ask the visitor whether that is the same person."""
    village, kecamatan = (
        reference().place_name(row.region_code),
        reference().place_name(row.region_code[:8]),
    )
    return {
        "id": row.id,
        "name": row.full_name,
        "place": f"{village}, {kecamatan}",
        "status": display.label("status", row.status),
        "recorded": " ".join(filter(None, (row.officer, display.short_moment(row.created_at)))),
    }


def refused_file(name: str, code: str) -> dict[str, object]:
    """A carried file that was not taken in, and why."""
    return {"file": name, "refused": t(f"counter.carried.refused.{code}")}


def taken_file(name: str, taken: Taken) -> dict[str, object]:
    """A carried file and what became of it, in words."""
    return {
        "file": name,
        "taken": taken,
        "lines": lines_of(taken),
        "numbers": numbers_of(taken),
        "missing": "" if taken.missing is None else span(*taken.missing),
    }


def lines_of(taken: Taken) -> list[str]:
    """The outcome of records and pictures, one sentence each."""
    counts = [(f"counter.carried.{name}", taken.verdicts[name]) for name in COUNTED]
    counts += [("counter.carried.known", taken.known)]
    counts += [(f"counter.carried.pictures.{name}", taken.pictures[name]) for name in PICTURES]
    return [t(key, n=n) for key, n in counts if n] or [t("counter.carried.empty")]


def numbers_of(taken: Taken) -> str:
    """Which of the phone's numbers the file carries; empty for none."""
    if not taken.last:
        return ""
    if taken.first == taken.last:
        return t("counter.carried.number", n=display.number(taken.first))
    first, last = display.number(taken.first), display.number(taken.last)
    return t("counter.carried.numbers", first=first, last=last)


def receipt(checked: Checked | None) -> dict[str, object]:
    """A checked receipt for the page; ``checked`` is None where its phone is not known."""
    if checked is None:
        return {"state": "no_phone"}
    paper = checked.receipt
    return {
        "state": "genuine",
        "checked": checked,
        "arrived": paper.last_mid - gaps.size(paper.gaps),
        "gaps": spans(paper.gaps),
        "missing": spans(checked.missing),
    }


def spans(ranges: Collection[tuple[int, int]]) -> str:
    """Ranges of numbers in words."""
    return ", ".join(span(first, last) for first, last in ranges)


def span(first: int, last: int) -> str:
    """One number or a range of them."""
    return str(first) if first == last else f"{first}–{last}"
