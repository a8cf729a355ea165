"""Lists and lines in memory while they are kept."""

from __future__ import annotations

from dataclasses import dataclass

from outreach.features.village_lists.records import membership
from outreach.features.village_lists.records.queries import LineRow, ListRow


@dataclass(slots=True)
class ListDraft:
    """An open list while its lines are kept."""

    id: str
    region_code: str
    purpose: str
    year: int
    state: str
    last_no: int
    stored_no: int

    @property
    def part(self) -> membership.Part:
        """Where who comes now is numbered: once the meeting has begun, in the supplement."""
        return "main" if self.state == "open" else "supplement"


@dataclass(slots=True)
class LineDraft:
    """A line while it is kept."""

    id: str
    list: ListDraft
    no: int | None
    part: str
    worker_id: str
    snapshot: dict[str, object]
    nik_no: int
    salt: str = ""
    gone: str | None = None
    into: str | None = None
    new: bool = False
    dirty: bool = False


def list_draft(row: ListRow) -> ListDraft:
    """The list of a table row."""
    return ListDraft(
        id=row.id,
        region_code=row.region_code,
        purpose=row.purpose,
        year=row.year,
        state=row.state,
        last_no=row.last_no,
        stored_no=row.last_no,
    )


def line_draft(row: LineRow, own: ListDraft) -> LineDraft:
    """The line of a table row."""
    return LineDraft(
        id=row.id,
        list=own,
        no=row.no,
        part=row.part,
        worker_id=row.worker_id,
        snapshot=row.snapshot,
        nik_no=row.nik_no,
        salt=row.salt,
        gone=row.gone,
        into=row.into,
    )


def is_followed(line: LineDraft) -> bool:
    """True for a fund's line that was here before, shows something else now, and stays."""
    stays = line.gone is None and line.no is not None
    return stays and line.dirty and not line.new and line.list.purpose == "fund"
