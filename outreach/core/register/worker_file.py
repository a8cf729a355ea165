"""Everything the office knows of one worker, read in one go, with the opening noted.

Values leave this module projected to what the actor's role may see; the numbers of people stay
in ``data`` for the page to mask.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy.orm import Session

from outreach.core.record.changes import Errors
from outreach.core.record.verdicts import stored_errors
from outreach.core.register import look_audit
from outreach.core.register.worker_notices import Notice, notices_of
from outreach.domain import statuses
from outreach.domain.access import visible_fields
from outreach.domain.actor import Actor
from outreach.domain.age import jakarta_date
from outreach.domain.consents import may_show
from outreach.domain.households import FIELD, house_of
from outreach.domain.refusals import NotThere
from outreach.domain.worker_data import Pair, object_at, text_at
from outreach.storage import queries_status
from outreach.storage import queries_worker_history as queries
from outreach.storage.queries_households import Housemate, people_of_house
from outreach.storage.queries_merges import MergeRow, history
from outreach.storage.queries_status import ToldChange

AUDIT_SHOWN = 50
RECEIVED_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Received:
    """One mutation as it came: who, when, what the phone's clock said, and its verdict."""

    key: str
    by: str
    device: str
    origin: str
    received_at: datetime
    phone_clock: str | None
    op: str
    status: str
    changes: dict[str, Pair]
    errors: Errors
    reason: str | None


@dataclass(frozen=True, slots=True)
class Merged:
    """One merge with another record: who, when, which answers came over, and whether it stands.
    ``came`` is true on the record that stayed."""

    other_id: str
    other: str
    came: bool
    at: datetime
    by: str
    changes: dict[str, Pair]
    parted_at: datetime | None
    parted_by: str


@dataclass(frozen=True, slots=True)
class WorkerFile:
    """The record with all that hangs on it; ``row`` has the table's columns. ``pictures`` can be
    opened; ``unseen`` cannot: refused with a code, or empty while the bytes have not come."""

    row: queries.WorkerWithOfficer
    data: dict[str, object]
    received: list[Received]
    conflicts: list[queries.ConflictRow]
    duplicates: list[queries.DuplicateRow]
    merges: list[Merged]
    statuses: list[ToldChange]
    housemates: list[Housemate]
    looks: list[queries.Look]
    pictures: frozenset[str]
    unseen: dict[str, str]
    consent_text: dict[str, object] | None
    notices: list[Notice]


def open_worker(session: Session, actor: Actor, worker_id: str, now: datetime) -> WorkerFile:
    """The worker's file; raises NotThere. The audit gets one line for each opening."""
    file = read_worker(session, actor, worker_id)
    look_audit.note_look(session, actor, "open", now, worker=file.row)
    return file


def read_worker(session: Session, actor: Actor, worker_id: str) -> WorkerFile:
    """The worker's file without noting it, for pages that have just noted or changed it."""
    this = (actor.regency, worker_id)
    row = queries.worker(session, *this)
    if row is None or not actor.can_see(row.region_code):
        raise NotThere(worker_id)
    visible = visible_fields(actor.role)
    received = [
        received_line(line, visible) for line in queries.received(session, *this, RECEIVED_SHOWN)
    ]
    pictures = {
        field: picture
        for field, picture in queries.pictures(session, *this).items()
        if (field in visible or field == "consent_evidence") and may_show(row.data, field)
    }
    version = str(object_at(row.data, "consent").get("version", ""))
    return WorkerFile(
        row=row,
        data={name: value for name, value in row.data.items() if name in visible},
        received=received,
        conflicts=[c for c in queries.conflicts(session, *this) if c.field in visible],
        duplicates=queries.duplicates(session, *this),
        merges=[merged_line(m, worker_id, visible) for m in history(session, *this)],
        statuses=queries_status.told_of(session, *this),
        housemates=housemates_of(session, actor, row),
        looks=queries.looks(session, worker_id, AUDIT_SHOWN),
        pictures=frozenset(f for f, (state, _) in pictures.items() if state == "complete"),
        unseen={f: why or "" for f, (state, why) in pictures.items() if state != "complete"},
        consent_text=queries.consent_text(session, actor.regency, version) if version else None,
        notices=notices_of(session, actor, worker_id),
    )


def housemates_of(
    session: Session, actor: Actor, row: queries.WorkerWithOfficer
) -> list[Housemate]:
    """Who else lives in the house, of the same village alone, which the actor sees."""
    if FIELD not in visible_fields(actor.role):
        return []
    of_house = (actor.regency, row.region_code, house_of(row.id, row.data))
    return [one for one in people_of_house(session, *of_house) if one.id != row.id]


def received_line(line: queries.ReceivedSave, visible: frozenset[str]) -> Received:
    """One stored payload in the terms of the page; an unreadable one has no changes."""
    body = load(line.payload)
    verdict = line.verdict or {}
    return Received(
        key=line.key,
        by=line.by or "",
        device=line.device or "",
        origin=line.origin,
        received_at=line.received_at,
        phone_clock=text_at(body, "at"),
        op=line.op,
        status=line.status,
        changes={
            name: (pair[0], pair[1])
            for name, pair in object_at(body, "set").items()
            if name in visible and isinstance(pair, list) and len(pair) == 2
        },
        errors=stored_errors(verdict),
        reason=text_at(verdict, "reason"),
    )


def merged_line(line: MergeRow, worker_id: str, visible: frozenset[str]) -> Merged:
    """One merge as this record's page tells it."""
    came = line.survivor_id == worker_id
    return Merged(
        other_id=line.loser_id if came else line.survivor_id,
        other=(line.loser if came else line.survivor) or "",
        came=came,
        at=line.merged_at,
        by=line.by or "",
        changes={
            name: (line.before.get(name), value)
            for name, value in line.inherited.items()
            if came and name in visible
        },
        parted_at=line.split_at,
        parted_by=line.parted_by or "",
    )


def load(payload: bytes) -> dict[str, object]:
    """The payload's object, or an empty one where it cannot be read."""
    try:
        body = orjson.loads(payload)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def after_saving(session: Session, file: WorkerFile, lang: str) -> list[dict[str, str | bool]]:
    """The words for the person, sentence by sentence; what is not yet true stands out."""
    name = statuses.after_saving(file.row.status, file.data, jakarta_date(file.row.updated_at))
    names_of_texts = [name] if name == "after_saving" else [name, "after_saving_tail"]
    regency = file.row.regency
    texts = [queries.current_text(session, regency, text) or {} for text in names_of_texts]
    filled = " ".join(str(text.get(lang, "")) for text in texts)
    of = (file.row.officer_id, file.row.region_code)
    letter = queries.letter_of(session, regency, *of) or "-"
    names = {"code": file.row.code, "officer": file.row.officer or "-", "letter": letter}
    for name, value in names.items():
        filled = filled.replace("{" + name + "}", value)
    parts = [part.strip() for part in filled.split(". ") if part.strip()]
    return [
        {"text": part if part.endswith(".") else part + ".", "strong": number == 1}
        for number, part in enumerate(parts)
    ]
