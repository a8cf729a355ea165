"""The board as its templates show it: each phone, gap and reason to call in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from flask import url_for

from outreach.core.exchange import gaps
from outreach.domain.age import jakarta_date
from outreach.domain.phone import national
from outreach.extensions import db
from outreach.features.phones import phone_board
from outreach.features.phones.phone_board import Phone
from outreach.storage.queries_phones import GapRow, MissingPhoto
from outreach.storage.sync import Device, NamedGap
from outreach.web import display
from outreach.web.access import utc_now
from outreach.web.field_values import reference
from outreach.web.i18n import t
from outreach.web.lists import Column, Empty, Listing, Paging, Sort, Switch, shown_words

MEGABYTE = 1_000_000
SHOWN = (
    "why",
    "seen",
    "recorded",
    "received",
    "unsent",
    "oldest",
    "drafts",
    "version",
    "storage",
    "persisted",
    "clock",
    "gaps",
    "durable",
    "pin",
    "state",
)
NUMBERS = ("recorded", "received", "unsent", "drafts", "durable")
SORTED = {"officer": "officer", "seen": "seen", "recorded": "recorded", "unsent": "unsent"}
SORTED |= {"oldest": "oldest", "storage": "storage"}


@dataclass(frozen=True, slots=True)
class PhoneLine:
    """One phone in words; what its phone never said is empty."""

    id: str
    href: str
    officer: str
    number: str
    device: str
    seen: str
    silent: str
    recorded: str
    received: str
    unsent: str
    oldest: str
    drafts: str
    version: str
    old_version: bool
    storage: str
    short: bool
    persisted: str
    clock: str
    clock_off: bool
    gaps: str
    durable: str
    pin: str
    state: str
    why: str
    reasons: list[str]


@dataclass(frozen=True, slots=True)
class CallLine:
    """One officer to call; ``dial`` is the number as a telephone takes it."""

    id: str
    officer: str
    number: str
    dial: str
    device: str
    seen: str
    reasons: list[str]


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file of a feature's row that has not come."""

    what: str
    village: str
    since: datetime


@dataclass(frozen=True, slots=True)
class PhotoLine:
    """One picture that has not come."""

    worker_id: str
    name: str
    field: str
    since: datetime
    village: str


@dataclass(frozen=True, slots=True)
class GapLine:
    """One gap in words; ``came`` is empty where nothing of it came, or all did. The phone's parts
    are empty on the phone's own page."""

    id: str
    numbers: str
    saved: str
    size: str
    came: str
    missing: str
    why: str
    at: datetime
    state: str
    words: str
    decided_at: datetime | None
    closed_at: datetime | None
    device_id: str = ""
    device: str = ""
    officer: str = ""
    number: str = ""
    by: str = ""


def board_page(
    every: list[Phone], chosen: list[Phone], states: list[str], sort: str, number: int, size: int
) -> dict[str, object]:
    """Everything phones/board.html needs; ``chosen`` are the phones that pass its filters."""
    first = (number - 1) * size
    shown = chosen[first : first + size]
    words = shown_words(first + 1 if shown else 0, first + len(shown), len(chosen))
    return {
        "list": Listing(
            title=t("phones.title"),
            columns=columns(states, sort),
            rows=[phone_line(phone) for phone in shown],
            empty=nothing(filtered=bool(every)),
            paging=Paging(
                previous=address(states, sort, number - 1) if number > 1 else "",
                next=address(states, sort, number + 1) if first + size < len(chosen) else "",
                shown=words,
            ),
            cls="phones wide",
            panel=t("phones.panel"),
            lying=True,
            keys=True,
            testid="phones",
            row_testid="phone",
        ),
        "count": len(chosen),
        "states": states,
        "sort": sort,
        "chips": [
            chip(state, every, states, sort)
            for state in phone_board.STATES
            if state in states or any(phone.is_in(state) for phone in every)
        ],
        "clear": url_for("phones.board", sort=sort or None) if states else "",
        "columns": SHOWN,
        "shown": words,
    }


def columns(states: list[str], sort: str) -> list[Column]:
    """The heads of the board."""
    sorts = sorts_of(states, sort)
    return [
        Column(t(f"phones.col.{name}"), "num" if name in NUMBERS else "", sorts.get(name))
        for name in ("officer", *SHOWN)
    ]


def nothing(*, filtered: bool) -> Empty:
    """The words where no phone is shown: the filters hide all, or there is none."""
    key = "phones.empty.filtered" if filtered else "phones.empty"
    return Empty(t(key), t("phones.empty.filtered_do" if filtered else "phones.empty_do"))


def address(states: Iterable[str], sort: str, page: int = 1) -> str:
    """The board's address with these filters."""
    return url_for(
        "phones.board", only=list(states), sort=sort or None, page=page if page > 1 else None
    )


def chip(state: str, every: list[Phone], states: list[str], sort: str) -> Switch:
    """A filter with how many phones are in it; a click puts it on or takes it off."""
    on = state in states
    others = [one for one in states if one != state]
    return Switch(
        text=t(f"phones.only.{state}"),
        count=display.number(sum(1 for phone in every if phone.is_in(state))),
        on=on,
        href=address(others if on else [*states, state], sort),
    )


def sorts_of(states: list[str], sort: str) -> dict[str, Sort]:
    """Per sortable column where a click leads and which way it runs now."""
    sorts = {}
    for column, key in SORTED.items():
        state = {key: "ascending", f"-{key}": "descending"}.get(sort, "none")
        order = key if sort == f"-{key}" else f"-{key}" if sort == key else first_way(key)
        sorts[column] = Sort(address(states, order), state)
    return sorts


def first_way(key: str) -> str:
    """Names and moments begin with the first, amounts with the largest."""
    return key if key in ("officer", "seen", "oldest") else f"-{key}"


def phone_line(phone: Phone) -> PhoneLine:
    """One phone in words."""
    device = phone.device
    return PhoneLine(
        id=device.id,
        href=url_for("phones.show_phone", device_id=device.id),
        officer=phone.officer,
        number=national(phone.number),
        device=device.name or t("phones.no_name"),
        seen=display.short_moment(device.seen_at),
        silent=ago(device.seen_at),
        recorded=display.number(device.recorded),
        received=display.number(phone.received),
        unsent="" if phone.unsent is None else display.number(phone.unsent),
        oldest=display.short_moment(device.oldest_unsent) if device.oldest_unsent else "",
        drafts="" if device.drafts is None else display.number(device.drafts),
        version=device.app,
        old_version="version" in phone.signs,
        storage=storage(device),
        short="storage" in phone.signs,
        persisted=yes_no(device.persisted),
        clock=clock(device.clock_offset),
        clock_off="clock" in phone.signs,
        gaps=numbers(phone.missing),
        durable=display.number(device.durable_mid) if device.durable_mid else "",
        pin=yes_no(device.pin),
        state=state(phone),
        why=", ".join(t(f"phones.why.{code}") for code in phone.reasons),
        reasons=[sentence for _, sentence in reasons(phone)],
    )


def yes_no(value: bool | None) -> str:
    """Ya, Tidak, or nothing where the phone never said."""
    return "" if value is None else t("kit.yes" if value else "kit.no")


def ago(moment: datetime) -> str:
    """How long ago: days from the second on, else hours."""
    past = utc_now() - moment
    if past.days >= 1:
        return t("phones.days_ago", n=past.days)
    hours = past.seconds // 3600
    return t("phones.hours_ago", n=hours) if hours else t("phones.just_now")


def storage(device: Device) -> str:
    """Used of allowed, with the share."""
    if device.storage_quota is None or device.storage_used is None:
        return ""
    used, quota = device.storage_used // MEGABYTE, device.storage_quota // MEGABYTE
    share = display.percent(device.storage_used, device.storage_quota)
    return t("phones.storage", used=display.number(used), quota=display.number(quota), share=share)


def clock_code(offset: int | None) -> str:
    """fast, slow or right to the minute; empty where the phone never said."""
    if offset is None or abs(offset) < 60:
        return "" if offset is None else "right"
    return "fast" if offset > 0 else "slow"


def clock(offset: int | None) -> str:
    """How far the phone's clock is off, and which way."""
    way = clock_code(offset)
    if offset is None or way == "right":
        return t("phones.clock.right") if way else ""
    away = abs(offset)
    if away < 7200:
        return t(f"phones.clock.{way}.minutes", n=away // 60)
    if away < 172_800:
        return t(f"phones.clock.{way}.hours", n=away // 3600)
    return t(f"phones.clock.{way}.days", n=display.number(away // 86_400))


def numbers(ranges: Iterable[tuple[int, int]]) -> str:
    """Ranges of numbers, joined by commas."""
    return ", ".join(span(first, last) for first, last in ranges)


def span(first: int, last: int) -> str:
    """One number or a range of them."""
    return (
        display.number(first)
        if first == last
        else f"{display.number(first)}–{display.number(last)}"
    )


def state_code(phone: Phone) -> str:
    """The word for what may be done with the phone now; the worst first."""
    device = phone.device
    if device.lost_at:
        return "lost"
    if device.revoked_at:
        return "revoked"
    if device.ended_why:
        return "ended"
    return "replaced" if phone.is_replaced else "in_use"


def state(phone: Phone) -> str:
    """Lost, revoked, replaced by another phone, or in use; and what came before it."""
    device = phone.device
    since = device.lost_at or device.revoked_at or device.ended_at
    words = [t(f"phones.state.{state_code(phone)}", at=display.day(day_of(since)))]
    if not phone.active:
        words.append(t("phones.state.inactive"))
    if device.was:
        words.append(t("phones.state.follows"))
    if device.was_empty:
        words.append(t("phones.state.emptied"))
    return ". ".join(words)


def reasons(phone: Phone) -> list[tuple[str, str]]:
    """(code, sentence) of every reason to call, the worst first."""
    device = phone.device
    n = display.number(phone.unsent or 0)
    parts: dict[str, dict[str, object]] = {
        "unsent": {"n": n, "day": display.day(day_of(device.oldest_unsent))},
        "revoked": {"n": n},
        "silent": {"n": (utc_now() - device.seen_at).days},
        "gaps": {"numbers": numbers(phone.missing)},
        "ended": {
            "day": display.day(day_of(device.seen_at)),
            "recorded": display.number(device.recorded),
            "received": display.number(phone.received),
        },
        "photos": {"n": display.number(phone.missing_photos)},
        "storage": {"share": display.percent(device.storage_used or 0, device.storage_quota or 1)},
        "clock": {"clock": clock(device.clock_offset)},
    }
    return [(code, t(f"phones.call.{code}", **parts[code])) for code in phone.reasons]


def day_of(moment: datetime | None) -> date | None:
    """The regency's day of a moment, None for none."""
    return jakarta_date(moment) if moment else None


def call_line(phone: Phone) -> CallLine:
    """One officer to call: name, number, every reason."""
    return CallLine(
        id=phone.device.id,
        officer=phone.officer,
        number=national(phone.number),
        dial=phone.number or "",
        device=phone.device.name or t("phones.no_name"),
        seen=display.short_moment(phone.device.seen_at),
        reasons=[sentence for _, sentence in reasons(phone)],
    )


def phone_page(file: phone_board.PhoneFile) -> dict[str, object]:
    """Everything phones/phone.html and its panel need."""
    device = file.phone.device
    return {
        "p": phone_line(file.phone),
        "role": file.phone.role,
        "revoked": device.revoked_at is not None,
        "lost": device.lost_at is not None,
        "made": device.created_at,
        "reported": device.reported_at,
        "before": next((phone_line(o) for o in file.others if o.device.id == device.was), None),
        "others": [phone_line(other) for other in file.others],
        "gaps": [gap_row(gap, missing, file.around[gap.id]) for gap, missing in file.gaps],
        "photos": [photo_line(row) for row in file.photos],
        "files": [file_line(row) for row in file.files],
        "missing_photos": file.phone.missing_photos,
        "held": display.number(file.held) if file.held else "",
    }


def photo_line(row: MissingPhoto) -> PhotoLine:
    """One picture that has not come, with its worker."""
    village = reference().place_name(row.region_code)
    return PhotoLine(row.worker_id, row.full_name, row.field, row.since, village)


def file_line(row: phone_board.MissingFile) -> FileLine:
    """One file that has not come, with what its save is called."""
    village = reference().place_name(row.region_code) if row.region_code else ""
    return FileLine(t(row.word) if row.word else "", village, row.since)


def gap_row(gap: NamedGap, missing: list[tuple[int, int]], around: tuple[str, str]) -> GapLine:
    """One gap in words: which numbers, when they were saved (``around``: the saves before and
    after them), which of them are missing still, why, since when, what became of them."""
    whole = gap.to_mid - gap.from_mid + 1
    came = whole - gaps.size(missing)
    return GapLine(
        id=gap.id,
        numbers=span(gap.from_mid, gap.to_mid),
        saved=saved_between(*around),
        size=display.number(whole),
        came=display.number(came) if came and gap.state != "closed" else "",
        missing=numbers(missing),
        why=t(f"phones.gap.why.{gap.reason}"),
        at=gap.at,
        state=gap.state,
        words=gap.words or "",
        decided_at=gap.decided_at,
        closed_at=gap.closed_at,
    )


def saved_between(before: str, after: str) -> str:
    """Between which moments the missing saves were made, as far as the saves beside them tell."""
    bounds = "between" if before and after else "after" if before else "before"
    if not before and not after:
        return ""
    return t(
        f"phones.gap.saved.{bounds}", before=display.moment(before), after=display.moment(after)
    )


def gaps_page(rows: Sequence[GapRow], size: int, *, done: bool) -> dict[str, object]:
    """Everything phones/gaps.html needs; ``rows`` hold one more than a page where one follows."""
    session, shown = db.session(), rows[:size]
    around = gaps.saved_around(session, [row.NamedGap for row in shown])
    lines = [
        gap_line(row, gaps.missing(session, row.NamedGap), around[row.NamedGap.id]) for row in shown
    ]
    further = next_gaps(lines[-1].id, done=done) if len(rows) > size else ""
    return {
        "lines": lines,
        "tab": t("phones.gaps.done" if done else "phones.gaps.open"),
        "tabs": [
            Switch(
                text=t(f"phones.gaps.{name}"),
                href=url_for("phones_gaps.listing", done=1 if is_done else None),
                on=done is is_done,
                one_of=True,
            )
            for name, is_done in (("open", False), ("done", True))
        ],
        "next": further,
        "empty": Empty(
            t("phones.gaps.empty_done" if done else "phones.gaps.empty"), t("phones.gaps.empty_do")
        ),
    }


def next_gaps(last: str, *, done: bool) -> str:
    """The address of the page after the gap of this id."""
    return url_for("phones_gaps.listing", done=done or None, after=last)


def gap_line(row: GapRow, missing: list[tuple[int, int]], around: tuple[str, str]) -> GapLine:
    """One gap with its phone and officer."""
    return replace(
        gap_row(row.NamedGap, missing, around),
        device_id=row.NamedGap.device_id,
        device=row.device or t("phones.no_name"),
        officer=row.officer,
        number=national(row.number),
        by=row.by or "",
    )
