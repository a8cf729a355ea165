"""Rows of a file written as people to visit: in pieces of one village, each in one transaction with
the rows it writes, so that whoever goes on after a crash writes nothing twice."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from outreach.core.record import office_device
from outreach.core.record.changes import Body
from outreach.core.record.judgement import Judgement
from outreach.core.record.verdicts import Verdict
from outreach.domain.actor import Actor
from outreach.domain.ids import moment_of, uuid7
from outreach.features.intake import queries, queries_lines
from outreach.features.intake.holding import Hold, alone
from outreach.features.intake.queries_lines import WaitingLine
from outreach.storage.statements import Values, update_rows

MOST = 500
OTHER = "LAIN"
KEY = ("regency", "id")


class WrittenAlready(Exception):
    """Another process has written these rows meanwhile."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What one piece of rows came to: the rows written, and those that the register refused."""

    written: int
    refused: int

    @property
    def rows(self) -> int:
        """How many rows are done with."""
        return self.written + self.refused


def write_piece(
    session: Session,
    actor: Actor,
    run_id: str,
    source_id: str,
    now: datetime,
    most: int = MOST,
    *,
    hold: Hold = alone,
) -> Piece | None:
    """Write the next rows of one village and commit; None when none is left.

    Raises WrittenAlready, with nothing written, where another process was faster, and what
    ``hold`` raises.
    """
    lines = queries_lines.next_waiting(session, actor.regency, run_id, most)
    if not lines:
        return None
    bodies = [body_of(run_id, line, now) for line in lines]
    ends: list[Values] = []

    def note_fates(judgement: Judgement, verdicts: list[Verdict]) -> None:
        ids = {line.id for line in lines}
        session = judgement.session
        hold()
        if queries_lines.still_waiting(session, actor.regency, run_id, ids) != ids:
            raise WrittenAlready(run_id)
        ends[:] = [end_of(actor.regency, *each) for each in zip(lines, verdicts, strict=True)]
        for fate in ("written", "refused"):
            update_rows(session, queries.LINES, KEY, [row for row in ends if row["fate"] == fate])

    office_device.submit(
        session, actor, bodies, now, origin="import", source=source_id, also=note_fates
    )
    written = sum(row["fate"] == "written" for row in ends)
    return Piece(written, len(ends) - written)


def body_of(run_id: str, line: WaitingLine, now: datetime) -> Body:
    """The save that makes a person of the row; the same one whenever it is made."""
    worker_id = worker_of(run_id, line.row_no)
    changes = {name: (None, value) for name, value in phone_data(line).items()}
    return office_device.compose(worker_id, line.village_code, changes, now, key=worker_id)


def worker_of(run_id: str, row_no: int) -> str:
    """The id of the person that a row becomes, always the same one."""
    digest = hashlib.sha256(f"{run_id}:{row_no}".encode()).digest()
    return uuid7(moment_of(run_id), digest[:10])


def phone_data(line: WaitingLine) -> dict[str, object]:
    """What phones may see of somebody whom nobody has asked yet; the rest stays with the row."""
    values = line.values
    data: dict[str, object] = {
        "full_name": values["full_name"],
        "village_code": line.village_code,
    }
    data |= {name: values[name] for name in ("pemangku", "rt") if values.get(name)}
    if "rt" in data:
        data["rt"] = str(data["rt"]).zfill(3)
    data |= occupation_of(values)
    year = year_of(values)
    if year is not None:
        data["birth_about"] = {"year": year, "said": "tahun"}
    return data


def occupation_of(values: Mapping[str, object]) -> dict[str, object]:
    """The occupation: its code, or the file's word where no code is meant."""
    if values.get("occupation_code"):
        return {"occupation_code": values["occupation_code"]}
    if values.get("occupation_text"):
        return {"occupation_code": OTHER, "occupation_text": str(values["occupation_text"])[:60]}
    return {}


def year_of(values: Mapping[str, object]) -> int | None:
    """The year of birth as far as the row tells it."""
    if values.get("birth_date"):
        return int(str(values["birth_date"])[:4])
    year = values.get("birth_year")
    return year if isinstance(year, int) else None


def end_of(regency: str, line: WaitingLine, verdict: Verdict) -> Values:
    """What became of the row, as it is written."""
    own = {"regency": regency, "id": line.id}
    if verdict.status == "applied":
        return {**own, "fate": "written", "worker_id": worker_id_of(verdict)}
    problems = [
        [field, error["code"], {}, True]
        for field, found in verdict.errors.items()
        for error in found
    ]
    return {**own, "fate": "refused", "problems": problems}


def worker_id_of(verdict: Verdict) -> str:
    """The person whom the save made: its key is the person's id."""
    return verdict.into or verdict.key
