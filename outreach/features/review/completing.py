"""One form for everything that an unfinished registration lacks, with the person at the desk.

The fields are those of the rule book's door. What the phone asks in other ways the desk asks here:
the card is compared and its last four digits are typed again; the consent is read out, signed on
paper, and the photo of that paper is its proof.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from outreach.core.record.changes import Errors
from outreach.core.record.verdicts import stamp
from outreach.core.register.worker_file import WorkerFile
from outreach.domain.access import settable_fields
from outreach.domain.age import needs_guardian
from outreach.domain.rulebook import FIELDS
from outreach.domain.rules import capture_day, fault, missing_for_door
from outreach.domain.together import with_partners
from outreach.domain.worker_data import Data, Pair, text_at
from outreach.features.review import corrections
from outreach.features.review.worker_presenter import NOT_EDITED

WITH = {
    "nik": ("nik_status",),
    "phone": ("no_phone",),
    "occupation_code": ("occupation_text",),
    "employment_relation": ("employer_name",),
    "address_line": ("pemangku", "rt", "rw"),
    "domicile_same_as_ktp": ("domicile_since", "ktp_village_code"),
    "already_member": ("kpj",),
    "consent": ("facts_from",),
}
"""What is asked beside a missing answer, because the one decides whether the other is needed."""
CARD = frozenset({"nik", "nik_match", "nik_check"})
PAPER, THUMB = "formulir_kertas_foto", "cap_jempol_foto"
PURPOSES = ("hubungi_wa", "pasfoto", "bagi_ke_opd", "pajang_nama")
YES_NO = {"1": True, "0": False}


@dataclass(frozen=True, slots=True)
class Lacks:
    """What a registration lacks: fields of the form in its order, and the two questions that are no
    field. ``guardian`` is true where somebody of 15 to 17 cannot consent alone."""

    fields: list[str]
    card: bool
    consent: bool
    guardian: bool


def lacks_of(file: WorkerFile, role: str, today: date) -> Lacks:
    """What this registration lacks, as far as the role may set it."""
    missing = set(missing_for_door(file.data, today))
    asked = missing.union(*(WITH.get(name, ()) for name in missing))
    free = settable_fields(role) - NOT_EDITED
    born = text_at(file.data, "birth_date")
    return Lacks(
        fields=[name for name in FIELDS if name in asked and name in free],
        card=bool(missing & CARD),
        consent="consent" in missing,
        guardian=needs_guardian(born, capture_day(file.data, today)),
    )


def of_the_visit(data: Data, now: datetime) -> dict[str, Pair]:
    """What is known without asking: the person stands at the desk now."""
    known: dict[str, object] = {"captured_at": stamp(now), "source_list": "mpp"}
    return {name: (None, value) for name, value in known.items() if data.get(name) is None}


def in_person(data: Data, changes: Mapping[str, Pair]) -> dict[str, Pair]:
    """The changes with what they contradict taken away; who answers for himself has nobody who
    answers for him."""
    whole = with_partners(data, changes)
    speaks = whole.get("facts_from", (None, None))[1] == "sendiri"
    if speaks and data.get("informant") is not None:
        whole["informant"] = (data["informant"], None)
    return whole


def of_the_card(
    data: Data, changes: Mapping[str, Pair], form: Mapping[str, str]
) -> tuple[dict[str, Pair], Errors]:
    """The card compared, and its last four digits typed again; wrong where they are others."""
    found: dict[str, Pair] = {}
    errors: Errors = {}
    said = YES_NO.get(form.get("nik_match", ""))
    if said is not None and said != data.get("nik_match"):
        found["nik_match"] = (data.get("nik_match"), said)
    again = "".join(filter(str.isdigit, form.get("nik_again", "")))
    number = changes["nik"][1] if "nik" in changes else data.get("nik")
    if again and again == str(number or "")[-4:]:
        found["nik_check"] = (data.get("nik_check"), "ketik_ulang")
    elif again:
        errors["nik_again"] = [fault("nik_again_differs")]
    return found, errors


def consent_errors(lacks: Lacks, form: Mapping[str, str], has_photo: bool) -> Errors:
    """What a consent that was agreed to lacks; nothing where nobody agreed."""
    if form.get("agree") != "1":
        return {}
    errors: Errors = {}
    if not has_photo:
        errors["evidence"] = [fault("blob_none")]
    if form.get("method") == THUMB and not form.get("witness", "").strip():
        errors["witness"] = [fault("witness_missing")]
    if lacks.guardian and not form.get("guardian", "").strip():
        errors["guardian"] = [fault("guardian_missing")]
    return errors


def consent_of(
    form: Mapping[str, str], version: str, lang: str, evidence: str, now: datetime
) -> dict[str, object]:
    """The consent as it is stored; a purpose that nobody answered is left out."""
    method = THUMB if form.get("method") == THUMB else PAPER
    told = {name: YES_NO.get(form.get(f"p_{name}", "")) for name in PURPOSES}
    purposes = {name: said for name, said in told.items() if said is not None}
    parts: dict[str, object] = {
        "version": version,
        "lang": lang,
        "method": method,
        "evidence": evidence,
        "witness": " ".join(form.get("witness", "").split()) if method == THUMB else "",
        "guardian": " ".join(form.get("guardian", "").split()),
        "purposes": {"pendaftaran": True, **purposes},
        "at": stamp(now),
    }
    return {name: value for name, value in parts.items() if value != ""}


def kept_photo(secret: str, worker_id: str, text: str) -> str:
    """The hash of a photo that came with an earlier try; empty for none, and for a forged one."""
    name, _, mark = text.partition(".")
    return name if text and mark == photo_mark(secret, worker_id, name) else ""


def photo_mark(secret: str, worker_id: str, name: str) -> str:
    """The seal under which the form carries the hash of a photo."""
    return corrections.seal(secret, worker_id, "consent_evidence", name)
