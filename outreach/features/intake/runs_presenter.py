"""Files of names in words: the list of runs with the form for a new one, and one run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from flask import url_for

from outreach.core.workbooks.books import MOST_BYTES
from outreach.features.intake import jobs
from outreach.features.intake.checking import asks_first
from outreach.features.intake.lines import COLUMNS
from outreach.features.intake.queries_runs import RunRow
from outreach.features.intake.run_access import UNDOABLE, UNWRITTEN, WRITABLE
from outreach.features.intake.source_form import KINDS, WITH_LETTER
from outreach.features.intake.tables import ImportJob, ImportRun, Source
from outreach.storage.accounts import Office
from outreach.web import display
from outreach.web.i18n import t
from outreach.web.lists import Column, Empty, Listing, Paging

PAGE = 25
HEADS = ("title", "giver", "state", "made")
ENDED_JOBS = frozenset({"done", "cancelled"})
CHECKABLE = ("read", "mapped")
WROTE = ("written", "done")
HAS_ROWS = (*WRITABLE, "done")
COUNTS = (
    "new",
    "same",
    "maybe",
    "double_in_file",
    "refused",
    "restored",
    "member",
    "unknown",
    "written",
    "withdrawn",
    "stayed",
)
# Who is known elsewhere: a giver hears that somebody may be registered, and no more.
FOUND = ("same", "member")


class RowsNow(NamedTuple):
    """How many rows of a run wait for a person's decision, and how many became people."""

    undecided: int
    written: int


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run of the list. ``job`` is empty where nothing is at work."""

    href: str
    title: str
    file: str
    office: str
    state: str
    job: str
    made: str


def page(
    rows: Sequence[RunRow],
    jobs: Mapping[str, ImportJob],
    offices: Sequence[Office],
    number: int,
    total: int,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
) -> dict[str, object]:
    """Everything intake/runs.html needs."""
    return {
        "list": Listing(
            title=t("intake.runs.listed"),
            columns=[Column(t(f"intake.runs.col.{name}")) for name in HEADS],
            rows=[run_line(row, jobs.get(row.run.id)) for row in rows],
            empty=Empty(t("intake.runs.empty"), t("intake.runs.empty_do")),
            paging=paging(number, total),
            testid="runs",
        ),
        "kinds": [(kind, t(f"intake.kind.{kind}")) for kind in KINDS],
        "offices": [(office.id, office.name) for office in offices],
        "typed": typed,
        "errors": errors,
        "most": MOST_BYTES // 1024 // 1024,
        "asks_letter": typed.get("kind") in WITH_LETTER,
    }


def run_line(row: RunRow, job: ImportJob | None) -> RunLine:
    """One run in words."""
    return RunLine(
        url_for("intake_runs.show", run_id=row.run.id),
        row.source.title,
        row.run.file_name,
        row.office,
        t(f"intake.state.{row.run.state}"),
        job_words(job),
        display.moment(row.run.made_at),
    )


def job_words(job: ImportJob | None) -> str:
    """What the job is doing, apart from the run's own state; nothing once it has ended well."""
    if job is None or job.state in ENDED_JOBS:
        return ""
    return t(f"intake.job.{job.state}")


def paging(number: int, total: int) -> Paging:
    """The addresses of the pages beside this one."""
    before, after = number > 1, number * PAGE < total
    return Paging(
        url_for("intake_runs.listing", page=number - 1) if before else "",
        url_for("intake_runs.listing", page=number + 1) if after else "",
    )


def run_page(
    run: ImportRun,
    source: Source | None,
    job: ImportJob | None,
    rows: RowsNow,
    now: datetime,
    error: str,
    *,
    decides: bool,
) -> dict[str, object]:
    """Everything intake/run.html needs; ``decides`` for who says which rows mean whom."""
    alive = job is not None and job.state in jobs.LIVE
    untouched, undecided = run.state in UNWRITTEN and not rows.written, rows.undecided
    return {
        "run": run,
        "title": source.title if source else run.file_name,
        "state": t(f"intake.state.{run.state}"),
        "job": progress_words(job, now),
        "done": job if alive and job and job.total else None,
        "alive": alive,
        "fault": fault_words(run),
        "facts": facts(run, source),
        "counts": counts(run, sees=decides),
        "columns": columns(run),
        "undecided": undecided,
        "asks_here": bool(undecided) and not alive and decides,
        "may_choose": not alive and untouched,
        "may_check": not alive and run.state in CHECKABLE,
        "may_write": not alive and not undecided and run.state in WRITABLE,
        "may_cancel": untouched,
        "may_stop": alive and job is not None and job.kind != "undo",
        "may_undo": not alive and may_undo(run, rows.written),
        "asks": asks_first(run.counts),
        "error": error,
        "has_refused": not alive and run.state in HAS_ROWS and has_count(run, "refused"),
        "has_rows": run.state in HAS_ROWS,
        "has_matches": run.state in HAS_ROWS and has_matches(run, undecided),
    }


def may_undo(run: ImportRun, written: int) -> bool:
    """True where names were written: the whole list, or part of it by a job that was stopped."""
    return run.state in WROTE or (written > 0 and run.state in UNDOABLE)


def progress_words(job: ImportJob | None, now: datetime) -> str:
    """What the job does and how far it is, or since when it says nothing."""
    if job is None or job.state in ENDED_JOBS:
        return ""
    stuck = jobs.stuck_since(job, now)
    if stuck is not None:
        return t("intake.job.stuck", since=display.moment(stuck))
    if job.state == "running" and job.total:
        done, total = display.number(job.done), display.number(job.total)
        return t("intake.job.progress", done=done, total=total)
    return job_words(job)


def fault_words(run: ImportRun) -> str:
    """Why the file was refused."""
    told = run.counts if isinstance(run.counts, dict) else {}
    if "fault" not in told:
        return ""
    code, params = told["fault"]
    return t(f"intake.file.{code}", **{"name": run.file_name, **params})


def has_count(run: ImportRun, name: str) -> bool:
    """True where the check counted such rows."""
    return isinstance(run.counts, dict) and bool(run.counts.get(name))


def has_matches(run: ImportRun, undecided: int) -> bool:
    """True where rows may be somebody registered, or have a number that was mended."""
    return bool(undecided) or has_count(run, "maybe") or has_count(run, "restored")


def counts(run: ImportRun, *, sees: bool) -> list[tuple[str, str]]:
    """How many rows came to what, as far as they were checked."""
    told = dict(run.counts) if isinstance(run.counts, dict) else {}
    if not sees:
        told["maybe"] = told.get("maybe", 0) + told.get("same", 0)
        told |= dict.fromkeys(FOUND, 0)
    return [
        (t(f"intake.count.{name}"), display.number(told[name])) for name in COUNTS if told.get(name)
    ]


def facts(run: ImportRun, source: Source | None) -> list[tuple[str, str]]:
    """The file and where it comes from, without what is not known."""
    told = run.counts if isinstance(run.counts, dict) else {}
    found = {
        "file": run.file_name,
        "sheet": run.sheet,
        "rows": display.number(told["rows"]) if "rows" in told else None,
        "made": display.moment(run.made_at),
    }
    if source:
        found |= {
            "kind": t(f"intake.kind.{source.kind}"),
            "giver": source.credit,
            "letter_no": source.letter_no,
            "letter_date": display.day(source.letter_date) if source.letter_date else None,
            "legal_basis": source.legal_basis,
        }
    return [(t(f"intake.fact.{name}"), str(said)) for name, said in found.items() if said]


def columns(run: ImportRun) -> list[tuple[str, str]]:
    """Our fields with the letter of their column in the file."""
    chosen = run.columns if isinstance(run.columns, dict) else {}
    return [
        (t(f"intake.field.{name}"), t("intake.runs.column", letter=letter(chosen[name])))
        for name in COLUMNS
        if name in chosen
    ]


def letter(place: int) -> str:
    """A column's letter as a spreadsheet shows it: A for 0, AA for 26."""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(ord("A") + rest) + text
    return text
