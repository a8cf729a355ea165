"""The face of somebody on a list that is being checked, for who knows people by their faces.

Only of a numbered line, online, and while the person agrees that a face is kept. Nobody sees one by
a link, and a phone that was handed over shows none.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from outreach.core.evidence import blobs
from outreach.domain.actor import Actor
from outreach.features.village_lists.checking.list_file import ListFile
from outreach.features.village_lists.records.membership import VISIT
from outreach.features.village_lists.records.queries_list import ShownLine
from outreach.storage.blobs_port import Blobs

FACE = "face_photo"


def may_have(file: ListFile, line: ShownLine) -> bool:
    """True for a line beside which a face may stand: of who is on a list that is not closed."""
    return file.row.state != "closed" and line.part != VISIT and line.gone is None


def has_face(session: Session, file: ListFile, line: ShownLine) -> bool:
    """True where there is a face to look at."""
    there = may_have(file, line)
    return there and blobs.has_picture(session, file.row.regency, line.worker_id, FACE)


def open_face(
    session: Session, store: Blobs, actor: Actor, file: ListFile, line: ShownLine, now: datetime
) -> tuple[str, bytes] | None:
    """(mime, bytes) of the face, with a line in the audit; None where there is none to show."""
    if not may_have(file, line):
        return None
    return blobs.open_for_worker(session, store, actor, line.worker_id, FACE, now)
