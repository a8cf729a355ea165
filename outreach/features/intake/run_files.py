"""The file of a run, which goes when the run ends."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.features.intake.tables import ImportFile


def let_go_of_file(session: Session, regency: str, run_id: str) -> None:
    """Take the file itself away; its rows stay. The caller commits."""
    own = (ImportFile.regency == regency, ImportFile.run_id == run_id)
    for file in session.scalars(select(ImportFile).where(*own)):
        session.delete(file)
