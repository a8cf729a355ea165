"""The page of the one form for everything that a registration lacks."""

from __future__ import annotations

from dataclasses import dataclass

from outreach.core.record.changes import Errors
from outreach.core.register.spoken_texts import SpokenText
from outreach.core.register.worker_file import WorkerFile
from outreach.domain import nik
from outreach.features.review.completing import PAPER, PURPOSES, THUMB, Lacks
from outreach.features.review.edit_form import Form, form_fields
from outreach.features.review.worker_presenter import sentence
from outreach.web import display
from outreach.web.field_values import reference
from outreach.web.i18n import t

SPECIAL = ("nik_again", "nik_match", "evidence", "witness", "guardian", "consent")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question that is no field of a section; ``options`` are (value, text)."""

    name: str
    label: str
    value: str
    options: list[tuple[str, str]]
    error: str = ""


def form_page(
    file: WorkerFile,
    lacks: Lacks,
    spoken: SpokenText | None,
    secret: str,
    typed: Form | None,
    errors: Errors,
    kept: str,
) -> dict[str, object]:
    """Everything review/complete.html shows."""
    fields = form_fields(file, lacks.fields, secret, typed, errors)
    shown = {field.name for field in fields} | set(SPECIAL)
    other = [sentence(one) for name, of in errors.items() if name not in shown for one in of]
    asked = [
        question("nik_match", typed, errors, yes_no()),
        question("nik_again", typed, errors, []),
    ]
    return {
        "name": file.row.full_name,
        "worker_id": file.row.id,
        "nik": nik.mask(file.row.nik),
        "fields": fields,
        "lacks": lacks,
        "spoken": spoken,
        "card": asked if lacks.card else [],
        "agreed": bool(typed and typed.get("agree") == "1"),
        "consent": consent_questions(lacks, typed, errors),
        "evidence_error": words(errors, "evidence") or words(errors, "consent"),
        "kept": kept,
        "wrong": bool(errors),
        "other": other,
    }


def consent_questions(lacks: Lacks, typed: Form | None, errors: Errors) -> list[Asked]:
    """The other purposes one by one, how it was proven, and by whom."""
    ways = [(way, display.label("consent_method", way)) for way in (PAPER, THUMB)]
    asked = [question(f"p_{name}", typed, errors, yes_no()) for name in PURPOSES]
    asked += [question("method", typed, errors, ways), question("witness", typed, errors, [])]
    return asked + ([question("guardian", typed, errors, [])] if lacks.guardian else [])


def question(
    name: str, typed: Form | None, errors: Errors, options: list[tuple[str, str]]
) -> Asked:
    """One question with what was answered."""
    value = typed.get(name, "") if typed else ""
    return Asked(name, t(f"review.complete.{name}"), value, options, words(errors, name))


def yes_no() -> list[tuple[str, str]]:
    """Unset until it is asked."""
    return [("", t("review.edit.no_answer")), ("1", t("kit.yes")), ("0", t("kit.no"))]


def words(errors: Errors, name: str) -> str:
    """What is wrong with an answer, in one sentence."""
    return " ".join(sentence(error) for error in errors.get(name, []))


def spoken_place(village: str) -> str:
    """The village with its kind, as the consent's text names it."""
    place = reference().places.get(village)
    kind = "kelurahan" if place and place.kind == "kelurahan" else "pekon"
    return f"{kind} {reference().place_name(village)}"
