"""Everything one judgement has read and will write. Reads and writes in bulk; decides nothing.

The counters of all scopes in ``last`` are locked by this transaction before anything is read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NotRequired, TypedDict

from sqlalchemy.orm import Session

from outreach.core.record import aggregates, status_steps
from outreach.core.record.aggregates import TableJudge
from outreach.core.record.changes import Change, told_of_table
from outreach.core.record.verdicts import OF_FORM, Clash, JudgingContext, Verdict
from outreach.core.record.worker_draft import WorkerDraft, from_row
from outreach.domain.rules import fault
from outreach.storage import queries_erasures, queries_status, queries_sync, queries_worker_rows
from outreach.storage.bulk import insert_rows
from outreach.storage.queries_sync import (
    ConflictMark,
    Numbers,
    UnsettledMutation,
    WaitingMutation,
)
from outreach.storage.queries_worker_rows import MAX_MERGES, PictureReference
from outreach.storage.statements import Values, put_rows, table_of, update_rows
from outreach.storage.sync import UNKNOWN_SIGNER, WORKER, Conflict, Hold, InboxRow, Mutation

OWN_KEY = ("regency", "key")


class NeedScopes(Exception):
    """A row lies in a scope that is not locked: roll back and begin again with these too."""

    def __init__(self, scopes: Collection[str]) -> None:
        super().__init__("scopes not locked")
        self.scopes = frozenset(scopes)


class ConflictValues(Clash):
    """A new conflict as it is written."""

    id: str
    regency: str
    key: str
    worker_id: str
    region_code: str
    user_id: str
    state: str
    created_at: datetime


Decision = TypedDict(
    "Decision",
    {"before": object, "after": object, "with": NotRequired[dict[str, list[object]]]},
)
"""What the desk decided: the answer before and after, and what was changed ``with`` it."""


class ConflictEnd(TypedDict):
    """What becomes of a stored conflict."""

    id: str
    regency: str
    state: str
    resolved_at: datetime | None
    resolved_by: str | None
    decision: Decision | None


class HoldValues(TypedDict):
    """A hold as it is written."""

    key: str
    regency: str
    reason: str
    region_code: str | None
    state: str
    words: str | None
    created_at: datetime
    decided_at: datetime | None
    decided_by: str | None


class HoldEnd(TypedDict):
    """A decision on a stored hold."""

    key: str
    regency: str
    state: str
    decided_at: datetime | None
    decided_by: str | None


class NoteValues(TypedDict):
    """A row of a user's own scope as it is written."""

    id: str
    regency: str
    user_id: str
    ver: int
    kind: str
    worker_id: str | None
    data: Values
    gone: bool


class ReferenceValues(TypedDict):
    """A reference to a picture as it is written."""

    worker_id: str
    field: str
    regency: str
    sha256: str
    owner_id: str
    since: datetime
    arrived_at: datetime | None


class Judgement:
    """The rows, the waiting mutations and the writes of one judgement."""

    def __init__(
        self,
        session: Session,
        context: JudgingContext,
        seqs: dict[str, int],
        reserve: int,
        villages: set[str],
        followed: frozenset[str],
    ) -> None:
        self.session = session
        self.context = context
        self.regency = context.actor.regency
        self.villages = villages
        self.followed = followed
        self.next = {
            scope: seq + 1 - (0 if scope.startswith("u:") else reserve)
            for scope, seq in seqs.items()
        }
        self.top = dict(seqs)
        self.people: dict[str, WorkerDraft] = {}
        self.tables: dict[str, TableJudge] = {}
        self.waiting: dict[str, list[WaitingMutation]] = {}
        self.disputes: dict[str, list[ConflictMark]] = {}
        self.gone: dict[tuple[str, str], Values] = {}
        self.back: set[tuple[str, str]] = set()
        self.mutations: list[Values] = []
        self.judged_again: list[Values] = []
        self.conflicts: list[ConflictValues] = []
        self.settled: list[ConflictEnd] = []
        self.holds: dict[str, HoldValues] = {}
        self.decided: list[HoldEnd] = []
        self.unsettled: dict[str, list[UnsettledMutation]] = {}
        self.homeless: dict[str, str] = {}
        self.inbox: dict[str, NoteValues] = {}
        self.inherited: dict[str, str] = {}
        self.owners: dict[str, str] = {}
        self.erased: set[str] = set()

    @classmethod
    def over(
        cls, session: Session, context: JudgingContext, seqs: dict[str, int], reserve: int
    ) -> Judgement:
        """A judgement over the locked scopes. Where ``seqs`` does not tell which villages features
        follow, all of them may be."""
        villages = {s for s in seqs if not s.startswith("u:")}
        followed = seqs.followed if isinstance(seqs, Numbers) else frozenset(villages)
        return cls(session, context, seqs, reserve, villages, followed)

    # --- reading -----------------------------------------------------------------------------

    def read(self, changes: Collection[Change]) -> None:
        """Load the rows that the changes name, their survivors, and what waits on absent ones; rows
        of features' tables are loaded by their own judges.

        What names an erased record is invalid, whatever it says; see ``keep``.
        """
        named = {c.id for c in changes if c.id}
        self.erased |= queries_erasures.erased_among(self.session, self.regency, named)
        for change in changes:
            if change.id in self.erased:
                change.errors = {"_": [fault("person_erased")]}
        aggregates.begin(self, changes)
        elsewhere = {c.id for c in changes if c.table != WORKER and c.id and not c.errors}
        changes = [c for c in changes if c.table == WORKER]
        wanted = {c.id for c in changes if c.id and not c.errors}
        for _ in range(MAX_MERGES):
            missing = wanted - self.people.keys()
            if not missing:
                break
            rows = queries_worker_rows.full_rows(self.session, self.regency, missing)
            found = [from_row(row) for row in rows]
            self.people.update((person.id, person) for person in found)
            wanted = {person.merged_into for person in found if person.merged_into}
        self.require({person.region_code for person in self.people.values()})
        absent = {c.id for c in changes if c.id and c.id not in self.people and not c.fresh_row}
        if absent:
            for row in queries_sync.waiting_on(self.session, self.regency, absent):
                if row.row_id and row.verdict.get("reason") not in OF_FORM:
                    self.waiting.setdefault(row.row_id, []).append(row)
        present = {c.id for c in changes if c.id and c.id in self.people and not c.errors}
        for save in queries_sync.unsettled_on(self.session, self.regency, present | elsewhere):
            self.unsettled.setdefault(save.row_id, []).append(save)
        disputed = [person.id for person in self.people.values() if person.has_conflict]
        if disputed:
            for conflict in queries_sync.open_conflicts(self.session, self.regency, disputed):
                self.disputes.setdefault(conflict.worker_id, []).append(conflict)

    def require(self, scopes: Iterable[str]) -> None:
        """Raise NeedScopes unless every scope is locked."""
        missing = set(scopes) - self.next.keys()
        if missing:
            raise NeedScopes(missing)

    def number(self, scope: str) -> int:
        """The next number of a locked scope; beyond those reserved, the counter gives more.

        A number above the counter would lie behind nobody's cursor and be given out again.
        """
        self.require((scope,))
        if self.next[scope] > self.top[scope]:
            self.next[scope] = self.top[scope] = queries_sync.bump(
                self.session, self.regency, {scope: 1}
            )[scope]
        ver = self.next[scope]
        self.next[scope] = ver + 1
        return ver

    def provide(self, scope: str, count: int) -> None:
        """Have so many numbers of a locked scope ready, by one statement at most."""
        self.require((scope,))
        lacking = count - (self.top[scope] - self.next[scope] + 1)
        if lacking > 0:
            self.top[scope] = queries_sync.bump(self.session, self.regency, {scope: count})[scope]
            self.next[scope] = self.top[scope] - count + 1

    def survivor(self, row_id: str) -> WorkerDraft | None:
        """The row, or the one it was merged into."""
        person = self.people.get(row_id)
        for _ in range(MAX_MERGES):
            if person is None or person.merged_into is None:
                return person
            person = self.people.get(person.merged_into)
        return person

    # --- noting ------------------------------------------------------------------------------

    def touch(self, person: WorkerDraft, region: str | None = None) -> None:
        """Give the row its next number, in another village when it moves there."""
        if region is not None and region != person.region_code:
            self.leave(person.region_code, person.id)
            person.region_code = region
            self.back.add((region, person.id))
            self.gone.pop((region, person.id), None)
        person.ver = self.number(person.region_code)
        person.dirty = person.touched = True

    def leave(self, scope: str, row_id: str, into: str | None = None) -> None:
        """Mark a row as gone from a scope."""
        self.back.discard((scope, row_id))
        self.gone[scope, row_id] = {
            "scope": scope,
            "row_id": row_id,
            "regency": self.regency,
            "table_name": "worker",
            "ver": self.number(scope),
            "into": into,
            "at": self.context.now,
        }

    def keep(self, change: Change, verdict: Verdict) -> None:
        """Store the mutation with its verdict; of an erased record only the hash."""
        values = {
            "status": verdict.status,
            "ver": verdict.ver,
            "into": verdict.into,
            "waits_for": verdict.waits_for,
            "verdict": verdict.wire(),
        }
        if change.stored:
            self.judged_again.append({"key": change.key, "regency": self.regency, **values})
            return
        self.mutations.append(
            {
                "key": change.key,
                "regency": self.regency,
                "phone_key": change.phone_key or None,
                "device_id": change.device_id or self.context.device_id,
                "mid": change.place or change.mid,
                "user_id": self.context.actor.user_id,
                "on_behalf": change.on_behalf,
                "origin": self.context.origin,
                "received_at": self.context.now,
                "schema": change.schema,
                "table_name": change.table,
                "row_id": change.id,
                "scope": change.scope,
                "op": change.op,
                "payload": b"" if change.id in self.erased else change.payload,
                "hash": change.hash,
                "sealed": change.sealed,
                **values,
            }
        )

    def hold(self, change: Change, reason: str, region: str | None) -> None:
        """Note that the mutation waits for a decision, for the supervisor and its author."""
        user = change.user_id or self.context.actor.user_id
        self.holds[change.key] = {
            "key": change.key,
            "regency": self.regency,
            "reason": reason,
            "region_code": region if region in self.villages else None,
            "state": "open",
            "words": None,
            "created_at": self.context.now,
            "decided_at": None,
            "decided_by": None,
        }
        if reason != UNKNOWN_SIGNER:  # nobody is told in the name of a file that proves nothing
            told = {"reason": reason, "scope": change.scope, **told_of_table(change.table)}
            self.tell(change.key, user, "held", change.worker_id, told)

    def hold_invalid(self, change: Change, verdict: Verdict) -> None:
        """Note that a refused mutation waits for its author, or for somebody's decision."""
        self.holds[change.key] = {
            "key": change.key,
            "regency": self.regency,
            "reason": "invalid",
            "region_code": None,
            "state": "open",
            "words": None,
            "created_at": self.context.now,
            "decided_at": None,
            "decided_by": None,
        }
        if change.scope:
            self.homeless[change.key] = change.scope

    def end_hold(self, key: str, state: str) -> None:
        """Note a decision on a stored hold; ``open`` takes one back."""
        is_open = state == "open"
        self.decided.append(
            {
                "key": key,
                "regency": self.regency,
                "state": state,
                "decided_at": None if is_open else self.context.now,
                "decided_by": None if is_open else self.context.actor.user_id,
            }
        )

    def dispute_again(self, person: WorkerDraft, conflicts: list[ConflictMark]) -> None:
        """Open conflicts again whose decision is taken back."""
        self.settled += [
            {
                "id": row.id,
                "regency": self.regency,
                "state": "open",
                "resolved_at": None,
                "resolved_by": None,
                "decision": None,
            }
            for row in conflicts
        ]
        self.disputes.setdefault(person.id, []).extend(conflicts)
        person.has_conflict = person.dirty = True

    def find_homes(self) -> None:
        """Give the holds of refused mutations their village, where it is one."""
        scopes = set(self.homeless.values())
        known = queries_sync.villages_among(self.session, self.regency, scopes)
        for key, scope in self.homeless.items():
            if key in self.holds and scope in known:
                self.holds[key]["region_code"] = scope

    def tell(self, key: str, user: str, kind: str, worker_id: str | None, data: Values) -> None:
        """Put a row into a user's own scope; its id is the mutation's key."""
        self.require((f"u:{user}",))
        self.inbox[key] = {
            "id": key,
            "regency": self.regency,
            "user_id": user,
            "ver": 0,
            "kind": kind,
            "worker_id": worker_id,
            "data": data,
            "gone": False,
        }

    def untell(self, key: str, user: str) -> None:
        """Take a row out of a user's own scope."""
        self.tell(key, user, "held", None, {})
        self.inbox[key]["gone"] = True

    def settle_flags(self) -> None:
        """Have every record's flags follow its facts."""
        for person in self.people.values():
            person.settle_flags(self.context)

    # --- writing -----------------------------------------------------------------------------

    def write(self) -> None:
        """Write everything in bulk; ``conclude`` asks for it, and its caller commits."""
        people = self.people.values()
        changes = status_steps.lines_of(self)
        queries_worker_rows.add_workers(
            self.session, [p.row(self.context) for p in people if p.new]
        )
        queries_worker_rows.save_workers(
            self.session, [p.row(self.context) for p in people if p.dirty and not p.new]
        )
        queries_status.add_changes(self.session, changes)
        self.write_blobs()
        insert_rows(self.session, table_of(Mutation), self.mutations)
        for table in self.tables.values():
            table.write()
        update_rows(self.session, table_of(Mutation), OWN_KEY, self.judged_again)
        insert_rows(self.session, table_of(Conflict), self.conflicts)
        update_rows(self.session, table_of(Conflict), ("regency", "id"), self.settled)
        put_rows(self.session, table_of(Hold), ("key",), list(self.holds.values()))
        update_rows(self.session, table_of(Hold), OWN_KEY, self.decided)
        queries_worker_rows.drop_tombstones(self.session, self.regency, sorted(self.back))
        queries_worker_rows.put_tombstones(self.session, list(self.gone.values()))
        self.write_inbox()

    def write_inbox(self) -> None:
        """Number the inbox rows only now: a scope nobody wrote to keeps its number."""
        rows = list(self.inbox.values())
        if not rows:
            return
        wanted: dict[str, int] = {}
        for row in rows:
            scope = f"u:{row['user_id']}"
            wanted[scope] = wanted.get(scope, 0) + 1
        seqs = queries_sync.bump(self.session, self.regency, wanted)
        for row in rows:
            scope = f"u:{row['user_id']}"
            wanted[scope] -= 1
            row["ver"] = seqs[scope] - wanted[scope]
        put_rows(self.session, table_of(InboxRow), ("id",), rows)

    def write_blobs(self) -> None:
        """Keep the references beside the rows. Who first named a hash here stays its owner."""
        changed = [p for p in self.people.values() if p.facts_changed]
        wanted = {(p.id, name): sha for p in changed for name, sha in p.blobs().items()}
        old_ids = [p.id for p in changed if not p.new]
        old_ids += [loser for row_id, loser in self.inherited.items() if row_id in old_ids]
        stored = queries_worker_rows.blobs_of(self.session, self.regency, old_ids)
        known = {(row.worker_id, row.sha256): row for row in stored}
        had = {
            (row.worker_id, row.field): row.sha256
            for row in stored
            if row.worker_id not in self.inherited.values()
        }
        rows = [
            self.reference(worker, name, sha, known)
            for (worker, name), sha in wanted.items()
            if had.get((worker, name)) != sha
        ]
        queries_worker_rows.add_blobs(
            self.session, [row for row in rows if self.people[row["worker_id"]].new]
        )
        queries_worker_rows.put_blobs(
            self.session, [row for row in rows if not self.people[row["worker_id"]].new]
        )
        emptied = sorted(had.keys() - wanted.keys())
        queries_worker_rows.drop_blobs(self.session, self.regency, emptied)

    def reference(
        self, worker: str, name: str, sha: str, known: dict[tuple[str, str], PictureReference]
    ) -> ReferenceValues:
        """A reference to a picture; one that was known here, or came over, keeps its history."""
        before = known.get((worker, sha)) or known.get((self.inherited.get(worker, ""), sha))
        owner = before.owner_id if before else None
        return {
            "worker_id": worker,
            "field": name,
            "regency": self.regency,
            "sha256": sha,
            "owner_id": owner or self.owners.get(worker) or self.context.actor.user_id,
            "since": (before.since if before else None) or self.context.now,
            "arrived_at": before.arrived_at if before else None,
        }
