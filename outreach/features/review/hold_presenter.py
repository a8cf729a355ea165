"""What the templates of held saves show: reasons in words, before and after, the decisions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import url_for

from outreach.domain.origins import ON_PHONES
from outreach.domain.phone import national
from outreach.features.review.edit_form import other_value
from outreach.features.review.holds_of_file import UnprovenFile
from outreach.features.review.holds_reading import Held, HeldFile, Line
from outreach.features.review.presenter import places
from outreach.features.review.worker_presenter import INNER, sentence, word
from outreach.storage.queries_holds import HoldFilter
from outreach.web import display
from outreach.web.access import today
from outreach.web.field_values import UNMASKABLE, answer, reference, source
from outreach.web.i18n import t
from outreach.web.lists import Column, Empty, Link, Listing, Paging

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
    "waits",
)


def list_page(
    rows: list[Held],
    waiting: dict[str, int],
    counts: dict[str, int],
    wanted: HoldFilter,
    further: bool,
) -> dict[str, Any]:
    """Everything review/holds.html needs."""
    filtered = bool(wanted.reason or wanted.officer or wanted.place)
    clear = address(HoldFilter(ended=wanted.ended))
    return {
        "list": Listing(
            title=t("review.hold.title"),
            columns=columns(done=wanted.ended),
            rows=[list_row(row, waiting.get(row.row.key, 0)) for row in rows],
            empty=nothing(clear if filtered else "", done=wanted.ended),
            paging=Paging(next=address(wanted, after=rows[-1].row.key) if further else ""),
            panel=t("review.hold.panel"),
            panel_cls="panel-wide",
            keys=True,
            testid="holds",
            row_testid="hold",
        ),
        "done": wanted.ended,
        "tabs": tabs(wanted),
        "reasons": [] if wanted.ended else reason_chips(counts, wanted),
        "place": wanted.place,
        "place_name": reference().place_name(wanted.place) if wanted.place else "",
        "places": places(),
        "chosen": wanted,
        "clear": clear if filtered else "",
    }


def columns(*, done: bool) -> list[Column]:
    """The heads of the list; what was decided says how as well."""
    keys = ["col.name", "hold.col.why", "hold.col.what", "col.village", "hold.col.who"]
    keys += ["hold.col.at", *(["hold.col.decision"] if done else [])]
    return [Column(t(f"review.{key}")) for key in keys]


def nothing(clear: str, *, done: bool) -> Empty:
    """What stands where nothing is held: the way out of the filters, where some are set."""
    lead = t("review.hold.empty_done" if done else "review.hold.empty")
    if clear:
        return Empty(lead, links=(Link(t("kit.chip.clear"), clear),))
    return Empty(lead, t("review.hold.empty_do"))


def address(wanted: HoldFilter, **more: Any) -> str:
    """The list's address with this filter."""
    args: dict[str, Any] = {
        "done": "1" if wanted.ended else None,
        "reason": wanted.reason or None,
        "officer": wanted.officer or None,
        "in": wanted.place or None,
    }
    return url_for("review_holds.holds", **args, **more)


def tabs(wanted: HoldFilter) -> list[dict[str, Any]]:
    """What waits, and what was decided."""
    return [
        {
            "text": t(f"review.hold.tab.{name}"),
            "href": address(HoldFilter(ended=ended)),
            "on": wanted.ended is ended,
            "one_of": True,
        }
        for name, ended in (("open", False), ("done", True))
    ]


def reason_chips(counts: dict[str, int], wanted: HoldFilter) -> list[dict[str, Any]]:
    """A filter for each reason that something waits for."""
    known = [reason for reason in REASONS if reason in counts]
    known += sorted(counts.keys() - set(REASONS))
    return [
        {
            "text": word("review.hold.short", reason),
            "count": display.number(counts[reason]),
            "on": wanted.reason == reason,
            "href": address(
                HoldFilter(
                    reason="" if wanted.reason == reason else reason,
                    officer=wanted.officer,
                    place=wanted.place,
                )
            ),
        }
        for reason in known
    ]


def list_row(held: Held, followers: int) -> dict[str, Any]:
    """One held save on a line."""
    row = held.row
    return {
        "key": row.key,
        "href": url_for("review_holds.hold", key=row.key),
        "name": held.name or t("kit.none" if held.kind else "review.hold.no_name"),
        "what": what(held),
        "reason": word("review.hold.reason", row.reason),
        "who": row.by or "",
        "device": source(row.origin, row.device),
        "officer": row.user_id,
        "village": village(row),
        "at": display.short_moment(row.received_at),
        "followers": followers,
        "state": t(f"review.hold.state.{row.state}"),
        "decider": row.decider or "",
        "words": row.words or "",
        "decided_at": display.short_moment(row.decided_at) if row.decided_at else "",
    }


def file_list(heads: Iterable[Any]) -> Listing[dict[str, Any]]:
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


def file_line(head: Any) -> dict[str, Any]:
    """One file that nobody could prove on a line: ``head`` has the columns of ``queries.files``."""
    return {
        "id": head.file,
        "href": url_for("review_holds.unproven", file=head.file),
        "phone": head.phone or t("review.hold.file.no_phone"),
        "by": head.by or "",
        "saves": display.number(head.saves),
        "people": display.number(head.people),
        "villages": display.number(head.villages),
        "at": display.short_moment(head.at),
    }


def unproven_page(found: UnprovenFile) -> dict[str, Any]:
    """Everything review/hold_file.html needs."""
    states = found.states
    return {
        "file": file_line(found.head),
        "open": states["open"],
        "states": [
            (t(f"review.hold.state.{state}"), display.number(states[state]))
            for state in sorted(states)
        ],
        "discarded": display.number(states["discarded"]) if states["discarded"] else "",
        "removals": display.number(found.ops["delete"]) if found.ops["delete"] else "",
        "villages": [
            (reference().place_name(code) if code else t("kit.none"), display.number(saves))
            for code, saves in found.villages.most_common()
        ],
        "list": Listing(
            title=t("review.hold.file.saves"),
            columns=[
                Column(t("review.col.name")),
                Column(t("review.hold.col.what")),
                Column(t("review.col.village")),
            ],
            rows=[list_row(held, 0) for held in found.rows],
            paging=Paging(
                next=url_for("review_holds.unproven", file=found.head.file, after=found.next)
                if found.next
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


def village(row: Any) -> str:
    """The village it is about."""
    code = row.region_code or (row.scope if row.scope and row.scope[:1].isdigit() else "")
    return reference().place_name(code) if code else ""


def file_page(
    file: HeldFile, *, full: bool = False, typed: Any = None, errors: Any = None
) -> dict[str, Any]:
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
            for name, found in (errors or {}).items()
            if name not in file.wrong
            for error in found
        ],
        "words": (typed or {}).get("words", ""),
        "several": len(file.chain) > 1,
    }


def assignment(file: HeldFile) -> str:
    """What the author's assignment says about a save outside it; empty where that is no matter."""
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


def step(held: Held, full: bool) -> dict[str, Any]:
    """One save of the chain: when it came, and each answer before and after."""
    return {
        "key": held.row.key,
        "what": what(held),
        "at": held.row.received_at,
        "clock": held.clock,
        "number": held.row.mid,
        "lines": [line_row(line, full) for line in held.lines if line.field not in INNER],
        "errors": [
            {"label": display.field_label(name) if name != "_" else "", "text": sentence(error)}
            for name, found in held.errors.items()
            for error in found
        ],
    }


def line_row(line: Line, full: bool) -> dict[str, Any]:
    """One answer: as it stands, as it would be, and what the phone saw where that differs."""

    def worded(value: Any) -> str:
        if full and line.field in UNMASKABLE and value:
            return str(value)
        return answer(line.field, value)

    return {
        "label": display.field_label(line.field),
        "now": worded(line.now),
        "new": worded(line.new),
        "seen": worded(line.seen) if line.outcome == "conflict" else "",
        "clash": line.outcome == "conflict",
        "same": line.outcome == "same",
    }


def has_numbers(held: Held) -> bool:
    """True when a number of a person stands masked on the page."""
    return any(
        line.field in UNMASKABLE and (line.now or line.new or line.seen) for line in held.lines
    )


def fix(name: str, errors: Iterable[dict[str, Any]], typed: Any) -> dict[str, Any]:
    """A wrong answer: the sentence of what is wrong, and the field for another value."""
    found = list(errors)
    return {
        "label": display.field_label(name),
        "errors": [sentence(error) for error in found],
        "field": other_value(name, "fix", typed, found),
    }
