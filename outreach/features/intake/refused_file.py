"""Refused rows as a workbook: as they were given, why, and how they are mended.

Its headers are such as the reading of lists knows, so that the mended file can be brought in again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core.register.workbook import Rows, workbook
from outreach.domain.catalogue import translate
from outreach.features.intake.lines import COLUMNS
from outreach.features.intake.mended_cells import cells_of
from outreach.features.intake.tables import ImportLine
from outreach.web.i18n import t

HEADER_LANG = "id"


def refused_lines(session: Session, regency: str, run_id: str) -> Sequence[ImportLine]:
    """The run's refused rows in the order of the file."""
    own = (ImportLine.regency == regency, ImportLine.run_id == run_id)
    refused = select(ImportLine).where(*own, ImportLine.fate == "refused")
    return session.scalars(refused.order_by(ImportLine.row_no)).all()


def refused_file(lines: Sequence[ImportLine]) -> Iterator[bytes]:
    """The workbook in pieces."""
    given = [cells_of(line.given) for line in lines]
    used = [name for name in COLUMNS if any(name in one for one in given)]
    ours = [translate(HEADER_LANG, f"intake.field.{name}") for name in used]
    titles = (*ours, t("intake.refused.why"), t("intake.refused.mend"))
    rows: Rows = [
        (*(one.get(name, "") for name in used), *words(line))
        for one, line in zip(given, lines, strict=True)
    ]
    return workbook([titles], [rows], "perbaiki")


def words(line: ImportLine) -> tuple[str, str]:
    """Why the row was refused and how it is mended, each fault a sentence."""
    faults = [
        (code, params)
        for _, code, params, stops in cast(
            list[tuple[str, str, dict[str, str], bool]], line.problems
        )
        if stops
    ]
    why = " ".join(t(f"intake.problem.{code}", **params) for code, params in faults)
    return why, " ".join(t(f"intake.mend.{code}", **params) for code, params in faults)
