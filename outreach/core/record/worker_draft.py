"""A worker's row in memory while it is judged, and the columns that follow from its data."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from outreach.core.record.status_steps import Cause, Move
from outreach.core.record.verdicts import JudgingContext
from outreach.domain import statuses
from outreach.domain.codes import worker_code
from outreach.domain.lifecycle import LISTED
from outreach.domain.names import name_key
from outreach.domain.worker_data import Data, object_at, text_at
from outreach.storage.queries_worker_rows import WorkerRow
from outreach.storage.statements import Values

BLOB_FIELDS = ("ktp_photo", "face_photo")
EVIDENCE = "consent_evidence"
FIRST_DAY = datetime(2025, 1, 1, tzinfo=UTC)
OTHER_RECORDS = ("nik_ganda", "nama_tgl_ganda")


@dataclass(slots=True)
class WorkerDraft:
    """One worker: what the table holds, plus what this judgement did to it.

    ``dirty`` is written back, ``touched`` has a new number besides, as a ``new`` one has.
    ``stored`` are the facts as they were before, ``followed`` those that the status has followed
    already, ``cause`` is who changed them last, ``moves`` are the changes of the status, which
    status_steps alone makes. ``paired`` stood there as itself, with a pair for each record alike.
    """

    id: str
    region_code: str
    ver: int
    status: str | None
    officer_id: str
    device_id: str | None
    created_at: datetime
    data: dict[str, object]
    flags: str = ""
    has_conflict: bool = False
    verified_at: datetime | None = None
    deleted_at: datetime | None = None
    merged_into: str | None = None
    new: bool = False
    dirty: bool = False
    touched: bool = False
    facts_changed: bool = False
    stored: Data = field(default_factory=dict)
    followed: Data | None = None
    cause: Cause | None = None
    moves: list[Move] = field(default_factory=list)
    doubles: set[str] = field(default_factory=set)
    compared: tuple[str, str] = ("", "")
    paired: bool = False

    def row(self, context: JudgingContext) -> Values:
        """Every column as it is written."""
        data = self.data
        born = text_at(data, "birth_date")
        return {
            "id": self.id,
            "regency": context.actor.regency,
            "region_code": self.region_code,
            "ver": self.ver,
            "status": self.status,
            "code": worker_code(self.id),
            "nik": data.get("nik"),
            "full_name": data["full_name"],
            "name_key": self.name_key,
            "birth_date": date.fromisoformat(born) if born else None,
            "sex": data.get("sex"),
            "occupation_code": data.get("occupation_code"),
            "flags": self.flags,
            "has_conflict": self.has_conflict,
            "officer_id": self.officer_id,
            "device_id": self.device_id,
            "created_at": self.created_at,
            "updated_at": context.now,
            "verified_at": self.verified_at,
            "deleted_at": self.deleted_at,
            "merged_into": self.merged_into,
            "data": data,
        }

    @property
    def name_key(self) -> str:
        """The name's comparing form, worked out once for each name."""
        name = str(self.data["full_name"])
        if self.compared[0] != name:
            self.compared = (name, name_key(name)[:100])
        return self.compared[1]

    @property
    def looks_new(self) -> bool:
        """True where records may be alike with which no pair was made yet."""
        alike_by = ("nik", "full_name", "birth_date")
        changed = any(self.stored.get(name) != self.data.get(name) for name in alike_by)
        return changed or not self.paired

    def settle_flags(self, context: JudgingContext) -> None:
        """Have the flags follow what this judgement did to the facts."""
        if self.facts_changed:
            self.flags = ",".join(self.find_flags(context))[:200]

    def find_flags(self, context: JudgingContext) -> list[str]:
        """What deserves a look: from the facts, from other records, from the server's clock.
        Of a name that nobody has visited everything is missing, which is no news."""
        if self.status == LISTED:
            return []
        found = statuses.flags(self.data, context.today, context.production)
        found += [code for code in OTHER_RECORDS if code in self.doubles]
        if clock_is_off(text_at(self.data, "captured_at"), context.now):
            found.append("jam_hp_meleset")
        return found

    def blobs(self) -> dict[str, str]:
        """Hashes of the pictures and signatures the record names, by field."""
        named = {name: text_at(self.data, name) for name in BLOB_FIELDS}
        found = {name: sha for name, sha in named.items() if sha}
        evidence = text_at(object_at(self.data, "consent"), "evidence")
        if evidence:
            found[EVIDENCE] = evidence
        return found


def from_row(row: WorkerRow) -> WorkerDraft:
    """The Person of a table row."""
    return WorkerDraft(
        id=row.id,
        region_code=row.region_code,
        ver=row.ver,
        status=row.status,
        officer_id=row.officer_id,
        device_id=row.device_id,
        created_at=row.created_at,
        data=row.data,
        stored=row.data,
        flags=row.flags,
        has_conflict=row.has_conflict,
        verified_at=row.verified_at,
        deleted_at=row.deleted_at,
        merged_into=row.merged_into,
        paired=not (row.deleted_at or row.merged_into),
    )


def clock_is_off(captured_at: str | None, now: datetime) -> bool:
    """True when the phone's clock said a time that cannot be: tomorrow, or before the product."""
    if not captured_at:
        return False
    at = datetime.fromisoformat(captured_at.replace("Z", "+00:00"))
    return at > now + timedelta(days=1) or at < FIRST_DAY
