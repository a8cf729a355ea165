"""Pages of merging and parting: both records side by side, and what an act will do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from outreach.core.record.parting import Plan
from outreach.core.register.worker_file import WorkerFile
from outreach.domain import duplicates, together
from outreach.domain.merge import equal
from outreach.features.review.worker_presenter import INNER
from outreach.web import display
from outreach.web.field_values import answer, reference


@dataclass(frozen=True, slots=True)
class PersonHead:
    """One of the two, in a few words; ``ver`` is the version that the form was made of."""

    id: str
    name: str
    village: str
    status: str
    officer: str
    created_at: datetime
    ver: int


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One answer of both, in words."""

    label: str
    values: tuple[str, str]
    differs: bool


@dataclass(frozen=True, slots=True)
class AnswerGroup:
    """Answers that move together; ``choose`` is true where the desk must say whose stand."""

    name: str
    lines: list[AnswerLine]
    choose: bool


def merge_page(one: WorkerFile, other: WorkerFile) -> dict[str, object]:
    """Everything review/merge.html needs."""
    return {
        "people": [person(one), person(other)],
        "groups": groups(one, other),
        "alike": bool(duplicates.shared(one.row.data, other.row.data)),
    }


def split_page(file: WorkerFile, survivor: WorkerFile, plan: Plan) -> dict[str, object]:
    """Everything review/split.html needs."""
    return {"w": person(file), "survivor": person(survivor), "plan": plan}


def groups(one: WorkerFile, other: WorkerFile) -> list[AnswerGroup]:
    """The answers of both, those that move together in one group; visit facts come last."""
    both = {**together.choices(), "visit": tuple(sorted(together.OF_VISIT))}
    shown = []
    for group, names in both.items():
        lines = [line(name, one, other) for name in names if is_shown(name, one, other)]
        chosen = group != "visit" and together.needs_choice(group, one.data, other.data)
        if lines:
            shown.append(AnswerGroup(group, lines, chosen))
    return shown


def person(file: WorkerFile) -> PersonHead:
    """One of the two, in a few words."""
    return PersonHead(
        id=file.row.id,
        name=file.row.full_name,
        village=reference().place_name(file.row.region_code),
        status=file.row.status,
        officer=file.row.officer or "",
        created_at=file.row.created_at,
        ver=file.row.ver,
    )


def is_shown(name: str, one: WorkerFile, other: WorkerFile) -> bool:
    """True for an answer that either record has."""
    return name not in INNER and (name in one.data or name in other.data)


def line(name: str, one: WorkerFile, other: WorkerFile) -> AnswerLine:
    """One answer of both."""
    mine, theirs = one.data.get(name), other.data.get(name)
    return AnswerLine(
        label=display.field_label(name),
        values=(answer(name, mine), answer(name, theirs)),
        differs=not equal(mine, theirs),
    )
