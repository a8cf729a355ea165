"""Stores invented workers in bulk, each as if it had arrived from a phone.

This is the one writer of workers beside the judge, for speed: everything it stores is new, valid
and undisputed, so there is nothing to judge. It keeps what judging guarantees. The device rows and
the scope counters are locked first and in order. Each worker has the mutation it came by, from a
device of kind ``import`` and in that device's hash chain. Statuses, flags and duplicate pairs come
from the same rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

import orjson
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from outreach.core.demo.synthetic_officers import officers_by_village
from outreach.core.demo.synthetic_people import People, Person
from outreach.core.record.changes import SCHEMA, link
from outreach.core.record.status_steps import Cause, Move, line
from outreach.domain.codes import worker_code
from outreach.domain.lifecycle import FACTS
from outreach.domain.names import name_key
from outreach.domain.statuses import derive, flags
from outreach.domain.worker_data import text_at
from outreach.storage import queries_status
from outreach.storage.locks import begin_write
from outreach.storage.statements import Values
from outreach.storage.sync import Device, Mutation, ScopeCounter, ServerState
from outreach.storage.workers import DuplicatePair, Worker

BATCH = 1000
COUNTER = "synthetic_next"
SEED = 18042025


@dataclass(frozen=True, slots=True)
class Added:
    """The result of a run: how many people, their numbers, and how many workers there are now."""

    added: int
    first: int
    last: int
    total: int


def add_workers(
    session: Session,
    count: int,
    now: datetime,
    *,
    seed: int = SEED,
    signatures: list[str] | None = None,
    progress: Callable[[int], object] = lambda done: None,
) -> Added:
    """Add ``count`` new invented workers; memory stays flat, each batch is committed alone.

    People are numbered through all runs, so that running again adds others. Raises ValueError
    when the numbers are used up.
    """
    devices = officers_by_village(session, now)
    first = next_number(session)
    people = People(seed, first, count, now, signatures=signatures)
    for batch in in_batches(people):
        store_batch(session, batch, devices, now.date())
        progress(len(batch))
    total = session.scalar(select(func.count()).select_from(Worker)) or 0
    session.rollback()
    return Added(count, first, first + count - 1, total)


def in_batches(people: Iterable[Person]) -> Iterator[list[Person]]:
    """The people in lists of BATCH."""
    stream = iter(people)
    while batch := list(islice(stream, BATCH)):
        yield batch


def next_number(session: Session) -> int:
    """The number of the next invented person of this database."""
    state = session.get(ServerState, COUNTER)
    return int(state.value) if state else 0


def store_batch(
    session: Session, batch: list[Person], devices: dict[str, str], today: date
) -> None:
    """Write one batch in one transaction: locks, mutations, workers, pairs, counter."""
    begin_write(session)
    chains = lock_devices(session, {devices[p.village] for p in batch})
    versions = lock_scopes(session, Counter(p.village for p in batch))
    mutations, workers = [], []
    for person in batch:
        scope = person.village
        versions[scope] += 1
        device = chains[devices[scope]]
        mutations.append(mutation_row(person, device, versions[scope]))
        workers.append(worker_row(person, device, versions[scope], today))
    session.execute(insert(Mutation), mutations)
    session.execute(insert(Worker), workers)
    lines = [first_line(person, row) for person, row in zip(batch, workers, strict=True)]
    queries_status.add_changes(session, lines)
    pairs = [pair_row(p, chains[devices[p.village]].regency) for p in batch if p.same_as]
    if pairs:
        session.execute(insert(DuplicatePair), pairs)
    session.merge(ServerState(name=COUNTER, value=str(batch[-1].number + 1)))
    session.commit()
    session.expunge_all()


def lock_devices(session: Session, ids: set[str]) -> dict[str, Device]:
    """The devices, locked in order, to be numbered on."""
    rows = session.scalars(
        select(Device).where(Device.id.in_(ids)).order_by(Device.id).with_for_update()
    )
    return {device.id: device for device in rows}


def lock_scopes(session: Session, needed: Counter[str]) -> dict[str, int]:
    """For each village the counter before this batch; locks in sorted order."""
    before: dict[str, int] = {}
    for scope, n in sorted(needed.items()):
        after = session.execute(
            update(ScopeCounter)
            .where(ScopeCounter.scope == scope)
            .values(seq=ScopeCounter.seq + n)
            .returning(ScopeCounter.seq)
        ).scalar_one()
        before[scope] = after - n
    return before


def mutation_row(person: Person, device: Device, ver: int) -> dict[str, object]:
    """The create this worker arrived by, and its place in the device's chain."""
    device.last_mid += 1
    device.recorded = device.last_mid
    payload = orjson.dumps(
        {
            "mid": device.last_mid,
            "key": person.id,
            "schema": SCHEMA,
            "op": "put",
            "table": "worker",
            "id": person.id,
            "scope": person.data["village_code"],
            "ver": 0,
            "set": {name: [None, value] for name, value in person.data.items()},
            "at": person.data["captured_at"],
        }
    )
    device.last_hash = link(device.last_hash, payload)
    device.last_key = person.id
    return {
        "key": person.id,
        "regency": device.regency,
        "device_id": device.id,
        "mid": device.last_mid,
        "user_id": device.user_id,
        "origin": "import",
        "received_at": person.at,
        "schema": SCHEMA,
        "table_name": "worker",
        "row_id": person.id,
        "scope": person.data["village_code"],
        "op": "put",
        "payload": payload,
        "hash": device.last_hash,
        "status": "applied",
        "ver": ver,
        "verdict": {"status": "applied", "ver": ver},
        "sealed": False,
    }


def worker_row(person: Person, device: Device, ver: int, today: date) -> dict[str, object]:
    """The record as judging would have left it."""
    data = person.data
    codes = flags(data, today)
    if person.same_as:
        codes.append("nik_ganda" if "nik" in data else "nama_tgl_ganda")
    born = text_at(data, "birth_date")
    return {
        "id": person.id,
        "regency": device.regency,
        "region_code": data["village_code"],
        "ver": ver,
        "status": derive(data, today),
        "code": worker_code(person.id),
        "nik": data.get("nik"),
        "full_name": data["full_name"],
        "name_key": name_key(text_at(data, "full_name")),
        "birth_date": date.fromisoformat(born) if born else None,
        "sex": data.get("sex"),
        "occupation_code": data.get("occupation_code"),
        "flags": ",".join(codes),
        "has_conflict": False,
        "officer_id": device.user_id,
        "device_id": device.id,
        "created_at": person.at,
        "updated_at": person.at,
        "data": data,
    }


def first_line(person: Person, row: dict[str, object]) -> Values:
    """How the record came by its status, as the judge would have written it down."""
    cause = Cause(str(row["officer_id"]), "import", person.id)
    begun = Move(None, str(row["status"]), FACTS, cause)
    return line(person.id, person.village, int(str(row["ver"])), 0, begun, {}, person.at)


def pair_row(person: Person, regency: str) -> dict[str, object]:
    """The pair for review that a second record makes with the first."""
    a, b = sorted((person.id, str(person.same_as)))
    reason = "nik" if "nik" in person.data else "name_birth"
    row = {"a": a, "b": b, "regency": regency, "reason": reason}
    return {**row, "state": "open", "created_at": person.at}
