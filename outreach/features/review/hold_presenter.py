"""Held saves as their templates show them: reasons in words, before and after, the decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from outreach.core.record.changes import Errors
from outreach.domain.origins import ON_PHONES
from outreach.domain.phone import national
from outreach.domain.rules import Error
from outreach.features.review.edit_form import Form, FormField, other_value
from outreach.features.review.holds_of_file import UnprovenFile
from outreach.features.review.holds_reading import Held, HeldFile, Line
from outreach.features.review.presenter import in_place, places
from outreach.features.review.worker_presenter import (
    INNER,
    ErrorLine,
    error_rows,
    sentence,
    word,
)
from outreach.storage import queries_holds
from outreach.storage.queries_holds import HoldFilter, HoldRow
from outreach.web import display
from outreach.web.access import today
from outreach.web.field_values import UNMASKABLE, answer, reference, source
from outreach.web.i18n import t
from outreach.web.lists import Column, Empty, Link, Listing, Paging, Switch, UrlArgs

REASONS = (
    "out_of_scope",
    "survivor_scope",
    "inactive",
    "role",
    "revoked",
    "login",
    "verified",
    "deleted",
    "changed_since",
    "unknown_row",
    "invalid",
    "signature",
    "sealed",
    "signer",
    "list_closed",
    "waits",
)


@dataclass(frozen=True, slots=True)
class HoldLine:
    """One held save on a line; the parts of a decision are empty before it."""

    key: str
    href: str
    name: str
    what: str
    reason: str
    who: str
    device: str
    officer: str
    village: str
    at: str
    followers: int
    state: str
    decider: str
    words: str
    decided_at: str


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file that nobody could prove, on a line."""

    id: str
    href: str
    phone: str
    by: str
    saves: str
    people: str
    villages: str
    at: str


@dataclass(frozen=True, slots=True)
class StepLine:
    """One answer of a held save: as it stands, as it would be; as the phone saw it where both
    changed it."""

    label: str
    now: str
    new: str
    seen: str
    clash: bool
    same: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One save of a chain; ``clock`` is the phone's time."""

    what: str
    at: datetime
    clock: str | None
    lines: list[StepLine]
    errors: list[ErrorLine]


@dataclass(frozen=True, slots=True)
class Fix:
    """A wrong answer, and the field for another value; None where none can be typed."""

    label: str
    errors: list[str]
    field: FormField | None


def list_page(
    rows: Sequence[Held],
    waiting: Mapping[str, int],
    counts: Mapping[str, int],
    filters: HoldFilter,
    further: bool,
) -> dict[str, object]:
    """Everything review/holds.html needs."""
    filtered = bool(filters.reason or filters.officer or filters.place)
    clear = address(HoldFilter(ended=filters.ended))
    return {
        "list": Listing(
            title=t("review.hold.title"),
            columns=columns(done=filters.ended),
            rows=[list_row(row, waiting.get(row.row.key, 0)) for row in rows],
            empty=nothing(clear if filtered else "", done=filters.ended),
            paging=Paging(next=address(filters, after=rows[-1].row.key) if further else ""),
            panel=t("review.hold.panel"),
            panel_cls="panel-wide",
            keys=True,
            testid="holds",
            row_testid="hold",
        ),
        "done": filters.ended,
        "tabs": tabs(filters),
        "reasons": [] if filters.ended else reason_chips(counts, filters),
        "place": filters.place,
        "place_name": reference().place_name(filters.place) if filters.place else "",
        "places": places(),
        "chosen": filters,
        "clear": clear if filtered else "",
    }


def columns(*, done: bool) -> list[Column]:
    """The heads of the list; what was decided says how as well."""
    keys = ["col.name", "hold.col.why", "hold.col.what", "col.village", "hold.col.who"]
    keys += ["hold.col.at", *(["hold.col.decision"] if done else [])]
    return [Column(t(f"review.{key}")) for key in keys]


def nothing(clear: str, *, done: bool) -> Empty:
    """The words where nothing is held, and the way out of the filters."""
    lead = t("review.hold.empty_done" if done else "review.hold.empty")
    if clear:
        return Empty(lead, links=(Link(t("kit.chip.clear"), clear),))
    return Empty(lead, t("review.hold.empty_do"))


def address(filters: HoldFilter, after: str | None = None) -> str:
    """The list's address with these filters."""
    args: UrlArgs = in_place(filters.place) | {
        "done": "1" if filters.ended else None,
        "reason": filters.reason or None,
        "officer": filters.officer or None,
    }
    return url_for("review_holds.holds", **args, after=after)


def tabs(filters: HoldFilter) -> list[Switch]:
    """The tabs of open holds and of decided ones."""
    return [
        Switch(
            text=t(f"review.hold.tab.{name}"),
            href=address(HoldFilter(ended=ended)),
            on=filters.ended is ended,
            one_of=True,
        )
        for name, ended in (("open", False), ("done", True))
    ]


def reason_chips(counts: Mapping[str, int], filters: HoldFilter) -> list[Switch]:
    """A filter for each reason that something waits for."""
    reasons = [reason for reason in REASONS if reason in counts]
    reasons += sorted(counts.keys() - set(REASONS))
    return [
        Switch(
            text=word("review.hold.short", reason),
            count=display.number(counts[reason]),
            on=filters.reason == reason,
            href=address(
                HoldFilter(
                    reason="" if filters.reason == reason else reason,
                    officer=filters.officer,
                    place=filters.place,
                )
            ),
        )
        for reason in reasons
    ]


def list_row(held: Held, followers: int) -> HoldLine:
    """One held save on a line."""
    row = held.row
    return HoldLine(
        key=row.key,
        href=url_for("review_holds.hold", key=row.key),
        name=held.name or t("kit.none" if held.kind else "review.hold.no_name"),
        what=what(held),
        reason=word("review.hold.reason", row.reason),
        who=row.by or "",
        device=source(row.origin, row.device),
        officer=row.user_id,
        village=village(row),
        at=display.short_moment(row.received_at),
        followers=followers,
        state=t(f"review.hold.state.{row.state}"),
        decider=row.decider or "",
        words=row.words or "",
        decided_at=display.short_moment(row.decided_at) if row.decided_at else "",
    )


def file_list(heads: Sequence[queries_holds.UnprovenFile]) -> Listing[FileLine]:
    """The carried files that nobody could prove, above what waits alone."""
    numbers = ("saves", "people", "villages")
    names = [t(f"review.hold.file.{name}") for name in ("phone", "by")]
    return Listing(
        title=t("review.hold.file.title"),
        columns=[
            *(Column(name) for name in names),
            *(Column(t(f"review.hold.file.{name}"), cls="num") for name in numbers),
            Column(t("review.hold.col.at")),
        ],
        rows=[file_line(head) for head in heads],
        row_testid="file",
    )


def file_line(head: queries_holds.UnprovenFile) -> FileLine:
    """One file that nobody could prove, on a line."""
    return FileLine(
        id=head.file,
        href=url_for("review_holds.unproven", file=head.file),
        phone=head.phone or t("review.hold.file.no_phone"),
        by=head.by or "",
        saves=display.number(head.saves),
        people=display.number(head.people),
        villages=display.number(head.villages),
        at=display.short_moment(head.at),
    )


def unproven_page(unproven: UnprovenFile) -> dict[str, object]:
    """Everything review/hold_file.html needs."""
    states = unproven.states
    return {
        "file": file_line(unproven.head),
        "open": states["open"],
        "states": [
            (t(f"review.hold.state.{state}"), display.number(states[state]))
            for state in sorted(states)
        ],
        "discarded": display.number(states["discarded"]) if states["discarded"] else "",
        "removals": display.number(unproven.ops["delete"]) if unproven.ops["delete"] else "",
        "villages": [
            (reference().place_name(code) if code else t("kit.none"), display.number(saves))
            for code, saves in unproven.villages.most_common()
        ],
        "list": Listing(
            title=t("review.hold.file.saves"),
            columns=[
                Column(t("review.col.name")),
                Column(t("review.hold.col.what")),
                Column(t("review.col.village")),
            ],
            rows=[list_row(held, 0) for held in unproven.rows],
            paging=Paging(
                next=url_for("review_holds.unproven", file=unproven.head.file, after=unproven.next)
                if unproven.next
                else ""
            ),
            testid="rows",
        ),
    }


def what(held: Held) -> str:
    """New person, change of so many answers, or deletion; of a feature's table, what it is."""
    if held.kind:
        return t(held.kind)
    if held.row.op == "delete":
        return t("review.hold.what.delete")
    if held.begins:
        return t("review.hold.what.create")
    if not held.lines:
        return t("review.hold.what.unreadable")
    return t("review.hold.what.edit", n=len(held.lines))


def village(row: HoldRow) -> str:
    """The name of the village that the save is about; empty for none."""
    code = row.region_code or (row.scope if row.scope and row.scope[:1].isdigit() else "")
    return reference().place_name(code) if code else ""


def file_page(
    file: HeldFile,
    *,
    full: bool = False,
    typed: Form | None = None,
    errors: Errors | None = None,
) -> dict[str, object]:
    """Everything review/hold.html and its panel need."""
    first = file.first
    row = first.row
    faults = {**file.wrong, **(errors or {})}
    return {
        "h": list_row(first, 0),
        "key": row.key,
        "number": national(row.number),
        "device_id": row.device_id if row.origin in ON_PHONES else "",
        "worker_id": row.row_id if row.full_name else "",
        "state": row.state,
        "reason": word("review.hold.reason", row.reason),
        "help": word("review.hold.help", row.reason),
        "assignment": assignment(file),
        "chain": [step(held, full) for held in file.chain],
        "hidden": not full and any(has_numbers(held) for held in file.chain),
        "can_accept": file.can_accept,
        "can_correct": file.can_correct,
        "fixes": [fix(name, faults.get(name, []), typed) for name in file.wrong],
        "other_errors": [
            sentence(error)
            for name, of_field in (errors or {}).items()
            if name not in file.wrong
            for error in of_field
        ],
        "words": typed.get("words", "") if typed else "",
        "several": len(file.chain) > 1,
    }


def assignment(file: HeldFile) -> str:
    """The author's assignment beside a save outside it; empty where that is no matter."""
    row = file.first.row
    if row.reason not in ("out_of_scope", "survivor_scope") or not row.region_code:
        return ""
    place = reference().place_name(row.region_code)
    if file.assignment is None:
        return t("review.hold.never_assigned", name=row.by, place=place)
    _, ends = file.assignment
    if ends is not None and ends < today():
        return t("review.hold.term_ended", name=row.by, place=place, day=display.day(ends))
    return t("review.hold.assigned_now", name=row.by, place=place)


def step(held: Held, full: bool) -> Step:
    """One save of the chain: when it came, and each answer before and after."""
    return Step(
        what=what(held),
        at=held.row.received_at,
        clock=held.clock,
        lines=[line_row(line, full) for line in held.lines if line.field not in INNER],
        errors=error_rows(held.errors),
    )


def line_row(line: Line, full: bool) -> StepLine:
    """One answer: as it stands, as it would be, and what the phone saw where that differs."""

    def worded(value: object) -> str:
        if full and line.field in UNMASKABLE and value:
            return str(value)
        return answer(line.field, value)

    return StepLine(
        label=display.field_label(line.field),
        now=worded(line.now),
        new=worded(line.new),
        seen=worded(line.seen) if line.outcome == "conflict" else "",
        clash=line.outcome == "conflict",
        same=line.outcome == "same",
    )


def has_numbers(held: Held) -> bool:
    """True when a number of a person stands masked on the page."""
    return any(
        line.field in UNMASKABLE and (line.now or line.new or line.seen) for line in held.lines
    )


def fix(name: str, errors: Sequence[Error], typed: Form | None) -> Fix:
    """A wrong answer: the sentence of what is wrong, and the field for another value."""
    return Fix(
        label=display.field_label(name),
        errors=[sentence(error) for error in errors],
        field=other_value(name, "fix", typed, errors),
    )
