"""The rows of a list beside the registered people they may be, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for

from outreach.domain import nik
from outreach.domain.actor import Actor
from outreach.features.intake.lines import Match
from outreach.features.intake.matching.deciding import clear_match, matches_of
from outreach.features.intake.matching.facts import text
from outreach.features.intake.matching.scorer import SURE
from outreach.features.intake.run_access import WRITABLE
from outreach.features.intake.tables import ImportLine, ImportRun
from outreach.storage.workers import Worker
from outreach.web import display
from outreach.web.field_values import reference
from outreach.web.i18n import t
from outreach.web.lists import Column, Empty, Listing, Paging, Switch

PAGE = 25
TABS = ("open", "done", "mended")


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody registered whom a row may be; the NIK is masked."""

    id: str
    name: str
    nik: str
    about: str
    why: str
    is_clear: bool


@dataclass(frozen=True, slots=True)
class MatchLine:
    """One row of the file. ``people`` is empty for who may not see them."""

    id: str
    row_no: str
    name: str
    nik: str
    about: str
    mended: str
    decision: str
    people: list[PersonLine]


def page(
    actor: Actor,
    run: ImportRun,
    tab: str,
    number: int,
    lines: Sequence[ImportLine],
    counts: Mapping[str, int],
    workers: Mapping[str, Worker],
) -> dict[str, object]:
    """Everything intake/matches.html needs."""
    decides = actor.role == "supervisor"
    rows = [match_line(actor, line, workers) for line in lines]
    return {
        "list": Listing(
            title=t("intake.matches.title"),
            columns=[Column(t(f"intake.matches.col.{name}")) for name in ("row", "person")],
            rows=rows,
            empty=Empty(t(f"intake.matches.empty.{tab}"), t("intake.matches.empty_do")),
            paging=paging(run.id, tab, number, counts[tab]),
            cls="matches",
            testid="matches",
        ),
        "run": run,
        "tab": tab,
        "tabs": tabs(run.id, tab, counts),
        "number": number,
        "decides": decides and run.state in WRITABLE,
        "sees": decides,
        "clear": any(clear_match(matches_of(line)) for line in lines if line.decision is None),
    }


def tabs(run_id: str, tab: str, counts: Mapping[str, int]) -> list[Switch]:
    """The tabs with how many rows are under each."""
    return [
        Switch(
            text=t(f"intake.matches.tab.{name}"),
            href=url_for("intake_matches.listing", run_id=run_id, tab=name),
            on=name == tab,
            count=display.number(counts[name]),
            one_of=True,
        )
        for name in TABS
    ]


def paging(run_id: str, tab: str, number: int, total: int) -> Paging:
    """The ways to the pages beside this one."""

    def to(page: int) -> str:
        return url_for("intake_matches.listing", run_id=run_id, tab=tab, page=page)

    return Paging(
        previous=to(number - 1) if number > 1 else "",
        next=to(number + 1) if number * PAGE < total else "",
    )


def match_line(actor: Actor, line: ImportLine, workers: Mapping[str, Worker]) -> MatchLine:
    """One row, its number masked, beside whom it may be."""
    told = line.values if isinstance(line.values, dict) else {}
    seen = [
        (match, workers[match.worker_id])
        for match in matches_of(line)
        if match.worker_id in workers and actor.can_see(workers[match.worker_id].region_code)
    ]
    born = line.birth_date
    return MatchLine(
        id=line.id,
        row_no=display.number(line.row_no),
        name=text(told, "full_name"),
        nik=nik.mask(line.nik),
        about=about(display.short_day(born) if born else "", line.village_code or ""),
        mended=nik.mask(line.nik_restored),
        decision=line.decision or "",
        people=[person_line(match, worker) for match, worker in seen],
    )


def person_line(match: Match, worker: Worker) -> PersonLine:
    """One registered person and why the row may be that one."""
    born = display.short_day(worker.birth_date) if worker.birth_date else ""
    return PersonLine(
        id=worker.id,
        name=worker.full_name,
        nik=nik.mask(worker.nik),
        about=about(born, worker.region_code),
        why=", ".join(t(f"intake.matches.why.{reason}") for reason in match.reasons),
        is_clear=match.score >= SURE,
    )


def about(born: str, village: str) -> str:
    """Birth date and village, what there is of them."""
    return " · ".join(filter(None, (born, reference().place_name(village) if village else "")))
