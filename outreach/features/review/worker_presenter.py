"""The worker's page: sections of labelled answers, and the history in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for

from outreach.core.register.worker_file import Merged, Received, WorkerFile
from outreach.core.register.worker_notices import Notice
from outreach.domain import nik
from outreach.domain.access import settable_fields, visible_fields
from outreach.domain.actor import Actor
from outreach.domain.age import age_on, nearing_65
from outreach.domain.consents import standing_consents
from outreach.domain.rulebook import FIELDS, RULES
from outreach.domain.rules import Error, fault, missing_for_door
from outreach.domain.worker_data import Data, Pair, list_at, object_at, text_at
from outreach.storage.queries_households import Housemate
from outreach.storage.queries_status import ToldChange
from outreach.storage.queries_worker_history import ConflictRow, DuplicateRow
from outreach.web import display
from outreach.web.access import today
from outreach.web.field_values import UNMASKABLE, answer, reference, source
from outreach.web.i18n import current_lang, t
from outreach.web.lists import UrlArgs

SECTIONS: list[str] = RULES["sections"]
NOT_EDITED = frozenset(
    {"village_code", "captured_at", "gps", "ktp_photo", "face_photo", "nik_match", "nik_check"}
    | {
        "consent",
        "consent_withdrawn",
        "household_id",
        "visit_id",
        "income_said",
        "informant",
        "birth_about",
    }
)
# How many answers a closed section shows, and which mean nothing without their question.
DIGEST = 4
UNSAID = frozenset({name for name, spec in FIELDS.items() if spec["t"] == "b"}) | {
    "nik_match",
    "nik_check",
    "already_member",
    "captured_at",
    "village_code",
    "rt",
    "rw",
}
INNER = frozenset({"household_id", "visit_id"})


@dataclass(frozen=True, slots=True)
class Summary:
    """The worker in a few lines; the NIK is masked."""

    id: str
    name: str
    code: str
    nik: str
    status: str
    village: str
    kecamatan: str
    age: int | None
    about: str
    missing: list[str]
    turns_65: str
    flags: list[str]
    officer: str
    created_at: datetime
    updated_at: datetime
    deleted: bool
    merged_into: str | None
    occupation: str
    phone: str | None


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """What is to be known of the worker before anything else, and where more is told."""

    text: str
    holds: bool
    href: str
    link: str


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One answer with its label; a ``hidden`` one is masked."""

    name: str
    label: str
    value: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class Section:
    """The answers of one section of the form, and their digest on one line."""

    name: str
    fields: list[AnswerLine]
    editable: bool
    digest: str


@dataclass(frozen=True, slots=True)
class HeirLine:
    """One heir with a masked number; ``index`` is the place in the record."""

    index: int
    name: object
    relation: object
    nik: str
    phone: object
    minor: bool
    guardian: object


@dataclass(frozen=True, slots=True)
class ConsentPart:
    """The record of consent; ``withdrawn`` holds the moment by purpose."""

    version: object
    method: object
    at: str | None
    witness: object
    guardian: object
    purposes: list[tuple[str, object]]
    withdrawn: Data
    text: object
    evidence: bool
    standing: bool
    drawn: bool
    spoken: bool


@dataclass(frozen=True, slots=True)
class ConflictLine:
    """One field on which two people differ, in words."""

    field: str
    mine: str
    theirs: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DuplicateLine:
    """Another record that may be the same person; ``open`` ones can be merged."""

    id: str
    name: str
    nik: str
    birth_date: str
    village: str
    status: str
    reason: str
    open: bool
    settled: str


@dataclass(frozen=True, slots=True)
class HouseLine:
    """Somebody else of the house: the name, "P · 46 th", and the status."""

    id: str
    name: str
    about: str
    status: str


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One answer before and after, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """One error with the label of its field; without a label it is about the whole."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class ReceivedLine:
    """One arrival in words; ``clock`` is the phone's time."""

    by: str
    device: str
    at: datetime
    clock: str | None
    op: str
    status: str
    reason: str
    changes: list[ChangeLine]
    errors: list[ErrorLine]


@dataclass(frozen=True, slots=True)
class MergeLine:
    """One merge in words; ``came`` is true on the record that stayed."""

    other_id: str
    title: str
    at: datetime
    came: bool
    changes: list[ChangeLine]
    parted: str


@dataclass(frozen=True, slots=True)
class LookLine:
    """One look at the record, or an act on it."""

    at: datetime
    by: str
    action: str


def worker_page(actor: Actor, file: WorkerFile) -> dict[str, object]:
    """Everything review/worker.html and its panel need."""
    return {
        "w": summary(file),
        "notices": [notice_line(notice) for notice in file.notices],
        "sections": sections(actor, file.data),
        "heirs": [
            heir_row(index, heir)
            for index, heir in enumerate(list_at(file.data, "heirs"))
            if isinstance(heir, dict)
        ],
        "consent": consent_part(file),
        "pictures": sorted(file.pictures - {"consent_evidence"}),
        "unseen": [unseen_picture(field, why) for field, why in sorted(file.unseen.items())],
        "conflicts": [conflict_row(line) for line in file.conflicts if line.state == "open"],
        "duplicates": [duplicate_row(line) for line in file.duplicates],
        "housemates": [house_line(line) for line in file.housemates],
        "received": [received_row(line) for line in file.received],
        "merges": [merged_row(line) for line in file.merges],
        "statuses": [status_row(line) for line in file.statuses],
        "looks": [
            LookLine(line.at, line.by or "", word("review.action", line.action))
            for line in file.looks
        ],
        "decides": actor.role == "supervisor",
    }


def notice_line(notice: Notice) -> NoticeLine:
    """What a feature says, in words; dates as people write them."""
    parts = {
        name: display.day(part) if isinstance(part, date) else part
        for name, part in notice.parts.items()
    }
    href = url_for(notice.endpoint, **UrlArgs(notice.args)) if notice.endpoint else ""
    return NoticeLine(t(notice.word, **parts), notice.holds, href, t(notice.link))


def summary(file: WorkerFile) -> Summary:
    """The worker in a few lines; a draft with what the door still asks for."""
    row, is_draft = file.row, file.row.status == "draf"
    missing = missing_for_door(file.data, today()) if is_draft else []
    return Summary(
        id=row.id,
        name=row.full_name,
        code=row.code,
        nik=nik.mask(row.nik),
        status=row.status,
        village=reference().place_name(row.region_code),
        kecamatan=reference().place_name(row.region_code[:8]),
        age=age_on(row.birth_date, today()),
        about=answer("birth_about", file.data.get("birth_about")),
        missing=[display.field_label(name) for name in missing],
        turns_65=display.day(nearing_65(row.birth_date, today())),
        flags=[flag for flag in row.flags.split(",") if flag],
        officer=row.officer or "",
        created_at=row.created_at,
        updated_at=row.updated_at,
        deleted=row.deleted_at is not None,
        merged_into=row.merged_into,
        occupation=reference().occupation_name(row.occupation_code, current_lang()),
        phone=text_at(file.data, "phone"),
    )


def sections(actor: Actor, data: Data) -> list[Section]:
    """Answers by section of the form, each with its label; sections know if they can be edited."""
    visible = visible_fields(actor.role)
    parts = []
    for number, name in enumerate(SECTIONS):
        fields = [
            AnswerLine(
                name=field,
                label=display.field_label(field),
                value=answer(field, data.get(field)),
                hidden=field in UNMASKABLE and bool(data.get(field)),
            )
            for field, spec in FIELDS.items()
            if spec["g"] == number
            and field in visible
            and field not in INNER
            and not (field == "nik_status" and data.get(field) == "ada")
        ]
        editable = bool(editable_fields(actor.role, name))
        parts.append(Section(name, fields, editable, digest(fields)))
    return parts


def digest(fields: Sequence[AnswerLine]) -> str:
    """The first answers of a section on one line: none that is hidden, none that only says yes."""
    shown = [
        field.value
        for field in fields
        if field.value and not field.hidden and field.name not in UNSAID
    ]
    return " · ".join(shown[:DIGEST])


def editable_fields(role: str, section: str) -> list[str]:
    """The fields of a section that this role may change at the desk, in the form's order."""
    number = SECTIONS.index(section)
    settable = settable_fields(role)
    return [
        name
        for name, spec in FIELDS.items()
        if spec["g"] == number and name in settable and name not in NOT_EDITED
    ]


def heir_row(index: int, heir: Data) -> HeirLine:
    """One heir with a masked number."""
    return HeirLine(
        index=index,
        name=heir.get("name", ""),
        relation=heir.get("relation"),
        nik=nik.mask(text_at(heir, "nik")),
        phone=heir.get("phone") or "",
        minor=bool(heir.get("minor")),
        guardian=heir.get("guardian") or "",
    )


def consent_part(file: WorkerFile) -> ConsentPart | None:
    """The record of consent with the text that was read out; None without any."""
    if not isinstance(file.data.get("consent"), dict):
        return None
    consent, texts = object_at(file.data, "consent"), file.consent_text or {}
    method = consent.get("method")
    return ConsentPart(
        version=consent.get("version") or "",
        method=method,
        at=text_at(consent, "at"),
        witness=consent.get("witness") or "",
        guardian=consent.get("guardian") or "",
        purposes=list(object_at(consent, "purposes").items()),
        withdrawn=object_at(file.data, "consent_withdrawn"),
        text=texts.get(text_at(consent, "lang") or "id", ""),
        evidence="consent_evidence" in file.pictures,
        standing=bool(standing_consents(file.data)),
        drawn=method == "tanda_tangan_layar",
        spoken=method == "lisan_terekam",
    )


def unseen_picture(field: str, why: str) -> str:
    """Why a picture cannot be opened: refused, and what to do; or still on its way."""
    name = display.field_label(field)
    if not why:
        return t("review.picture.waiting", field=name)
    return t("review.picture.refused", field=name, why=sentence(fault(why)))


def conflict_row(line: ConflictRow) -> ConflictLine:
    """One field on which two people differ, in words."""
    return ConflictLine(
        field=display.field_label(line.field),
        mine=answer(line.field, line.mine),
        theirs=answer(line.field, line.theirs),
        by=line.by or "",
        at=line.created_at,
    )


def duplicate_row(line: DuplicateRow) -> DuplicateLine:
    """Another record that may be the same person."""
    return DuplicateLine(
        id=line.id,
        name=line.full_name,
        nik=nik.mask(line.nik),
        birth_date=display.day(line.birth_date),
        village=reference().place_name(line.region_code),
        status=line.status,
        reason=line.reason,
        open=line.state == "open" and not line.merged_into and line.deleted_at is None,
        settled=word("review.duplicates.state", line.state) if line.state != "open" else "",
    )


def house_line(line: Housemate) -> HouseLine:
    """Somebody else of the house, with what tells people of one name apart."""
    age = age_on(line.birth_date, today())
    years = t("review.years", n=age) if age is not None else ""
    about = " · ".join(filter(None, (line.sex, years)))
    return HouseLine(id=line.id, name=line.full_name, about=about, status=line.status)


def received_row(line: Received) -> ReceivedLine:
    """One arrival in words: what changed from what to what, and what became of it."""
    return ReceivedLine(
        by=line.by,
        device=source(line.origin, line.device),
        at=line.received_at,
        clock=line.phone_clock,
        op=line.op,
        status=line.status,
        reason=word("review.hold.reason", line.reason) if line.reason else "",
        changes=change_rows(line.changes),
        errors=error_rows(line.errors),
    )


def error_rows(errors: Mapping[str, Sequence[Error]]) -> list[ErrorLine]:
    """Errors by field in words; those under "_" are about the whole."""
    return [
        ErrorLine(display.field_label(name) if name != "_" else "", sentence(error))
        for name, of_field in errors.items()
        for error in of_field
    ]


def change_rows(changes: Mapping[str, Pair]) -> list[ChangeLine]:
    """The answers that changed, before and after."""
    return [
        ChangeLine(display.field_label(name), answer(name, before), answer(name, after))
        for name, (before, after) in changes.items()
        if name not in INNER
    ]


def status_row(line: ToldChange) -> dict[str, object]:
    """One change of the status in words: from what to what, by whom, and why."""
    evidence = line.evidence or {}
    field = evidence.get("field") or evidence.get("difference")
    to_village = evidence.get("to_village")
    detail = (
        evidence.get("reason"),
        display.field_label(str(field)) if field else "",
        reference().place_name(str(to_village)) if to_village else "",
        evidence.get("source"),
    )
    return {
        "at": line.at,
        "to": line.to_status,
        "from": line.from_status,
        "by": " · ".join(filter(None, (line.by, line.office)))
        or t(f"review.history.origin.{'before' if line.origin == 'before' else 'system'}"),
        "origin": t(f"review.history.origin.{line.origin}") if line.by else "",
        "why": word("review.history.reason", line.reason),
        "detail": " · ".join(str(one) for one in detail if one),
    }


def merged_row(line: Merged) -> MergeLine:
    """One merge in words: with whom, by whom, what came over, and whether it was undone."""
    key = "review.merged_from" if line.came else "review.merged_to"
    at, by = display.moment(line.parted_at), line.parted_by
    return MergeLine(
        other_id=line.other_id,
        title=t(key, name=line.other, by=line.by),
        at=line.at,
        came=line.came,
        changes=change_rows(line.changes),
        parted=t("review.merged_parted", at=at, by=by) if line.parted_at else "",
    )


def word(group: str, code: str) -> str:
    """The words of a code; ``<group>.other`` for one that a newer server may have written."""
    try:
        return t(f"{group}.{code}")
    except KeyError:
        return t(f"{group}.other")


def sentence(error: Error) -> str:
    """The sentence of an error; a general one where nobody has written one."""
    try:
        return t(f"error.{error['code']}", **error["params"])
    except KeyError:
        return t("review.error.other")
