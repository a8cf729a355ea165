"""What is nowhere of the numbers that a phone had as earlier devices, as the phone is told."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NotRequired, TypedDict

from sqlalchemy.orm import Session

from outreach.core.exchange import gaps
from outreach.storage import queries_phones as queries
from outreach.storage import queries_sync
from outreach.storage.queries_sync import Known
from outreach.storage.sync import Device, NamedGap

MOST_TOLD = 200


class Earlier(TypedDict):
    """Ranges of an earlier device's numbers, each with a third 1 where somebody has settled what
    became of them: ``missing`` are not on the server, under ``back`` went others, given out before
    the phone's storage went back in time."""

    device: str
    missing: list[list[int]]
    back: NotRequired[list[list[int]]]


def told(
    session: Session, known: Known, let_go: Collection[tuple[str, int, int]]
) -> dict[str, list[Earlier]]:
    """``earlier`` of an answer to a phone that told what it let go of: its own earlier devices of
    which something is nowhere. Nothing for a phone that told of none."""
    if not let_go:
        return {}
    devices = sorted({device_id for device_id, *_ in let_go} - {known.device_id})
    found = [lacking(session, known, device_id) for device_id in devices]
    return {"earlier": [one for one in found if one]}


def lacking(session: Session, known: Known, device_id: str) -> Earlier | None:
    """What is nowhere of one earlier device; None for nothing, or a device of somebody else."""
    device = queries_sync.device_row(session, known.regency, device_id)
    if device is None or device.user_id != known.user_id:
        return None
    unclosed = queries.unclosed_gaps(session, known.regency, device_id)
    back = ranges(session, [gap for gap in unclosed if gap.reason == gaps.ROLLED_BACK])
    missing = ranges(session, [gap for gap in unclosed if gap.reason != gaps.ROLLED_BACK])
    if back:
        return {"device": device_id, "missing": missing, "back": back}
    return {"device": device_id, "missing": missing} if missing else None


def with_line(
    session: Session, known: Known, device_id: str, lost: gaps.Lost | None
) -> gaps.Lost | None:
    """``lost`` of a device whose storage was emptied, with what waits of those it was before: that
    storage alone knew of them. The numbers are each device's own."""
    before = [
        span
        for device in line_before(session, known, device_id)
        for span in spans(session, open_gaps(session, known.regency, device.id))
    ]
    if not before:
        return lost
    missing, after = (lost["missing"], lost["after"]) if lost else ([], None)
    return {"missing": [*before, *missing][: gaps.MOST_TOLD], "after": after}


def line_before(session: Session, known: Known, device_id: str) -> Iterator[Device]:
    """The devices of this user that went on as this one, the nearest first."""
    seen, device = {device_id}, queries_sync.device_row(session, known.regency, device_id)
    while device is not None and device.was is not None and device.was not in seen:
        seen.add(device.was)
        device = queries_sync.device_row(session, known.regency, device.was)
        if device is not None and device.user_id == known.user_id:
            yield device


def open_gaps(session: Session, regency: str, device_id: str) -> list[NamedGap]:
    """The gaps of a device of which nobody has said yet what became of them."""
    unclosed = queries.unclosed_gaps(session, regency, device_id)
    return [gap for gap in unclosed if gap.state == "open"]


def ranges(session: Session, named: Collection[NamedGap]) -> list[list[int]]:
    """The numbers of gaps that have not arrived, each once, in order, with a third 1 where every
    gap that names them is settled."""
    waiting = spans(session, [gap for gap in named if gap.state == "open"])
    settled = gaps.without(spans(session, [gap for gap in named if gap.state != "open"]), waiting)
    both = [[*span] for span in waiting] + [[*span, 1] for span in settled]
    return sorted(both)[:MOST_TOLD]


def spans(session: Session, named: Collection[NamedGap]) -> list[tuple[int, int]]:
    """The numbers of gaps that have not arrived, those that touch made one."""
    return gaps.merged(sorted(span for gap in named for span in gaps.missing(session, gap)))
