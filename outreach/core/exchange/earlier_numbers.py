"""What is nowhere of the numbers that a phone had as earlier devices, as the phone is told."""

from __future__ import annotations

from collections.abc import Collection
from typing import NotRequired, TypedDict

from sqlalchemy.orm import Session

from outreach.core.exchange import gaps
from outreach.storage import queries_phones as queries
from outreach.storage import queries_sync
from outreach.storage.queries_sync import Known
from outreach.storage.sync import NamedGap

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
