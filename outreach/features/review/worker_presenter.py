"""What the worker's page shows: sections of labelled answers, and the history in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from outreach.core.register.worker_file import Merged, Received, WorkerFile
from outreach.domain import nik
from outreach.domain.access import settable_fields, visible_fields
from outreach.domain.actor import Actor
from outreach.domain.age import age_on, nearing_65
from outreach.domain.consents import standing_consents
from outreach.domain.rulebook import FIELDS, RULES
from outreach.domain.rules import missing_for_door
from outreach.domain.worker_data import list_at
from outreach.storage.queries_status import ToldChange
from outreach.web import display
from outreach.web.access import today
from outreach.web.field_values import UNMASKABLE, answer, reference, source
from outreach.web.i18n import current_lang, t

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


def worker_page(actor: Actor, file: WorkerFile) -> dict[str, Any]:
    """Everything review/worker.html and its panel need."""
    row = file.row
    return {
        "w": {
            "id": row.id,
            "name": row.full_name,
            "code": row.code,
            "nik": nik.mask(row.nik),
            "status": row.status,
            "village": reference().place_name(row.region_code),
            "kecamatan": reference().place_name(row.region_code[:8]),
            "age": age_on(row.birth_date, today()),
            "about": answer("birth_about", file.data.get("birth_about")),
            "missing": [display.field_label(name) for name in missing_for_door(file.data, today())]
            if row.status == "draf"
            else [],
            "turns_65": display.day(nearing_65(row.birth_date, today())),
            "flags": [flag for flag in row.flags.split(",") if flag],
            "officer": row.officer or "",
            "created_at": row.created_at,
            "updated_at": row.updated_at,
            "deleted": row.deleted_at is not None,
            "merged_into": row.merged_into,
            "occupation": reference().occupation_name(row.occupation_code, current_lang()),
            "phone": file.data.get("phone"),
        },
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
        "received": [received_row(line) for line in file.received],
        "merges": [merged_row(line) for line in file.merges],
        "statuses": [status_row(line) for line in file.statuses],
        "looks": [
            {"at": line.at, "by": line.by or "", "action": word("review.action", line.action)}
            for line in file.looks
        ],
        "decides": actor.role == "supervisor",
    }


def sections(actor: Actor, data: dict[str, Any]) -> list[dict[str, Any]]:
    """Answers by section of the form, each with its label; sections know if they can be edited."""
    visible = visible_fields(actor.role)
    found = []
    for number, name in enumerate(SECTIONS):
        fields = [
            {
                "name": field,
                "label": display.field_label(field),
                "value": answer(field, data.get(field)),
                "hidden": field in UNMASKABLE and bool(data.get(field)),
            }
            for field, spec in FIELDS.items()
            if spec["g"] == number
            and field in visible
            and field not in INNER
            and not (field == "nik_status" and data.get(field) == "ada")
        ]
        editable = bool(editable_fields(actor.role, name))
        found.append(
            {"name": name, "fields": fields, "editable": editable, "digest": digest(fields)}
        )
    return found


def digest(fields: list[dict[str, Any]]) -> str:
    """The first answers of a section on one line: none that is hidden, none that only says yes."""
    said = [
        field["value"]
        for field in fields
        if field["value"] and not field["hidden"] and field["name"] not in UNSAID
    ]
    return " · ".join(said[:DIGEST])


def editable_fields(role: str, section: str) -> list[str]:
    """The fields of a section that this role may change at the desk, in the form's order."""
    number = SECTIONS.index(section)
    settable = settable_fields(role)
    return [
        name
        for name, spec in FIELDS.items()
        if spec["g"] == number and name in settable and name not in NOT_EDITED
    ]


def heir_row(index: int, heir: dict[str, Any]) -> dict[str, Any]:
    """One heir with a masked number."""
    return {
        "index": index,
        "name": heir.get("name", ""),
        "relation": heir.get("relation"),
        "nik": nik.mask(heir.get("nik")),
        "phone": heir.get("phone") or "",
        "minor": bool(heir.get("minor")),
        "guardian": heir.get("guardian") or "",
    }


def consent_part(file: WorkerFile) -> dict[str, Any] | None:
    """The record of consent with the text that was read out; None without any."""
    given = file.data.get("consent")
    if not isinstance(given, dict):
        return None
    text = file.consent_text or {}
    return {
        "version": given.get("version") or "",
        "method": given.get("method"),
        "at": given.get("at"),
        "witness": given.get("witness") or "",
        "guardian": given.get("guardian") or "",
        "purposes": list((given.get("purposes") or {}).items()),
        "withdrawn": file.data.get("consent_withdrawn") or {},
        "text": text.get(given.get("lang") or "id", ""),
        "evidence": "consent_evidence" in file.pictures,
        "standing": bool(standing_consents(file.data)),
        "drawn": given.get("method") == "tanda_tangan_layar",
        "spoken": given.get("method") == "lisan_terekam",
    }


def unseen_picture(field: str, why: str) -> str:
    """Why a picture cannot be opened: refused, and what to do; or still on its way."""
    name = display.field_label(field)
    if not why:
        return t("review.picture.waiting", field=name)
    return t("review.picture.refused", field=name, why=sentence({"code": why}))


def conflict_row(line: Any) -> dict[str, Any]:
    """One field on which two people differ, in words."""
    return {
        "field": display.field_label(line.field),
        "mine": answer(line.field, line.mine),
        "theirs": answer(line.field, line.theirs),
        "by": line.by or "",
        "at": line.created_at,
    }


def duplicate_row(line: Any) -> dict[str, Any]:
    """Another record that may be the same person."""
    return {
        "id": line.id,
        "name": line.full_name,
        "nik": nik.mask(line.nik),
        "birth_date": display.day(line.birth_date),
        "village": reference().place_name(line.region_code),
        "status": line.status,
        "reason": line.reason,
        "open": line.state == "open" and not line.merged_into and line.deleted_at is None,
        "settled": word("review.duplicates.state", line.state) if line.state != "open" else "",
    }


def received_row(line: Received) -> dict[str, Any]:
    """One arrival in words: what changed from what to what, and what became of it."""
    return {
        "by": line.by,
        "device": source(line.origin, line.device),
        "at": line.received_at,
        "clock": line.phone_clock,
        "op": line.op,
        "status": line.status,
        "reason": word("review.hold.reason", line.reason) if line.reason else "",
        "changes": change_rows(line.changes),
        "errors": [
            {"label": display.field_label(name) if name != "_" else "", "text": sentence(error)}
            for name, errors in line.errors.items()
            for error in errors
        ],
    }


def change_rows(changes: dict[str, tuple[Any, Any]]) -> list[dict[str, str]]:
    """What changed from what to what."""
    return [
        {
            "label": display.field_label(name),
            "from": answer(name, before),
            "to": answer(name, after),
        }
        for name, (before, after) in changes.items()
        if name not in INNER
    ]


def status_row(line: ToldChange) -> dict[str, Any]:
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


def merged_row(line: Merged) -> dict[str, Any]:
    """One merge in words: with whom, by whom, what came over, and whether it was undone."""
    return {
        "other_id": line.other_id,
        "title": t(
            "review.merged_from" if line.came else "review.merged_to", name=line.other, by=line.by
        ),
        "at": line.at,
        "came": line.came,
        "changes": change_rows(line.changes),
        "parted": t("review.merged_parted", at=display.moment(line.parted_at), by=line.parted_by)
        if line.parted_at
        else "",
    }


def word(group: str, code: str) -> str:
    """The words of a code; ``<group>.other`` for one that a newer server may have written."""
    try:
        return t(f"{group}.{code}")
    except KeyError:
        return t(f"{group}.other")


def sentence(error: Mapping[str, Any]) -> str:
    """The sentence of an error; a general one where nobody has written one."""
    try:
        return t(f"error.{error.get('code')}", **(error.get("params") or {}))
    except KeyError:
        return t("review.error.other")
