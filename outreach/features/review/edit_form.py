"""The form of one section: fields made from the rule book, and what was typed read back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from werkzeug.datastructures import MultiDict

from outreach.core.register.worker_file import WorkerFile
from outreach.domain import nik, rulebook
from outreach.domain.formats import format_money
from outreach.domain.merge import equal
from outreach.domain.places import read_place
from outreach.domain.rulebook import FIELDS, FieldRule
from outreach.domain.rules import normalise_field
from outreach.features.review import corrections
from outreach.features.review.worker_presenter import sentence
from outreach.web import display
from outreach.web.field_values import reference
from outreach.web.i18n import current_lang, t

Form = MultiDict[str, str]
MASKED = corrections.SEALED - {"heirs"}
INPUTS = {"phone": "tel", "email": "email", "nik": "numeric", "kk": "numeric"}
RELATIONS = rulebook.options(rulebook.parts_of(FIELDS["heirs"])["relation"])
SPARE_HEIRS = 2


def form_fields(
    file: WorkerFile, names: list[str], secret: str, typed: Form | None, errors: dict[str, Any]
) -> list[dict[str, Any]]:
    """Each field as the template draws it: with what was typed, or with the value of now."""
    return [form_field(file, name, secret, typed, errors) for name in names]


def form_field(
    file: WorkerFile, name: str, secret: str, typed: Form | None, errors: dict[str, Any]
) -> dict[str, Any]:
    """One field: its kind, choices, value, base, and the sentence of what is wrong."""
    value = file.data.get(name)
    base = corrections.base_text(secret, file.row.id, name, value)
    if typed is not None:
        base = typed.get(f"base.{name}", base)
    return plain_field(name, value, base, typed, errors.get(name, []))


def plain_field(
    name: str, value: Any, base: str, typed: Form | None, errors: list[dict[str, Any]]
) -> dict[str, Any]:
    """One field as the template draws it, of a record or of a single answer."""
    spec = FIELDS[name]
    return {
        "name": name,
        "label": display.field_label(name),
        "kind": kind_of(name, spec),
        "options": options(name, spec),
        "value": shown_value(name, spec, value, typed),
        "masked": nik.mask(value) if name in ("nik", "kk_number") and value else "",
        "has_value": value is not None,
        "cleared": bool(typed and typed.get(f"clear.{name}")),
        "heirs": heir_rows(value, typed) if name == "heirs" else [],
        "relations": [(code, display.label("heir_relation", code)) for code in RELATIONS],
        "base": base,
        "errors": [sentence(in_words(error)) for error in errors],
        "asks": any(error["code"] in corrections.ASKED for error in errors),
    }


def in_words(error: dict[str, Any]) -> dict[str, Any]:
    """An error with its sum as people read it."""
    params = error.get("params") or {}
    if "money" not in params:
        return error
    return {**error, "params": {**params, "money": format_money(params["money"], current_lang())}}


def can_type(name: str) -> bool:
    """True for an answer that fits one field of a form; pictures, heirs and consent do not."""
    spec = FIELDS.get(name)
    return spec is not None and spec["t"] not in ("o", "l", "z") and not name.endswith("_photo")


def other_value(
    name: str, prefix: str, typed: Form | None, errors: list[dict[str, Any]]
) -> dict[str, Any] | None:
    """An empty field for another value of an answer, named ``<prefix>.<name>``; None where it
    cannot be typed."""
    if not can_type(name):
        return None
    here = f"{prefix}.{name}"
    given = None
    if typed is not None:
        given = MultiDict([(name, value) for value in typed.getlist(here)])
    field = plain_field(name, None, "", given, errors)
    return {**field, "name": here, "masked": "", "has_value": False}


def typed_other(name: str, prefix: str, form: Form) -> Any:
    """What was typed into such a field, as it is stored; None for nothing."""
    return corrections.typed_value(name, form.getlist(f"{prefix}.{name}"))


def kind_of(name: str, spec: FieldRule) -> str:
    """Which shape the template draws."""
    if name == "village_code":
        return "choice"
    if name == "heirs":
        return "heirs"
    if name in MASKED:
        return "masked"
    if name in ("occupation_code", "occupation2_code"):
        return "choice"
    if spec["t"] == "i":
        return "choice" if "any" in spec else "number"
    if spec.get("ml"):
        return "lines"
    return {"e": "choice", "b": "choice", "m": "several", "d": "date"}.get(spec["t"], "text")


def options(name: str, spec: FieldRule) -> list[tuple[str, str]]:
    """The answers to choose from."""
    if name == "village_code":
        return [
            (place.code, place.name) for place in reference().places.values() if is_village(place)
        ]
    if name in ("occupation_code", "occupation2_code"):
        known = reference()
        return [(code, known.occupation_name(code, current_lang())) for code in known.occupations]
    if spec["t"] == "b":
        return [("1", t("kit.yes")), ("0", t("kit.no"))]
    if "any" in spec:
        return [(str(value), str(value)) for value in spec["any"]]
    listed = spec.get("of")
    return (
        [(code, display.label(name, code)) for code in listed] if isinstance(listed, list) else []
    )


def is_village(place: Any) -> bool:
    """True for a pekon or kelurahan."""
    return place.kind in ("pekon", "kelurahan")


def shown_value(name: str, spec: FieldRule, value: Any, typed: Form | None) -> Any:
    """What stands in the field; a masked one starts empty."""
    if typed is not None:
        return typed.getlist(name) if spec["t"] == "m" else typed.get(name, "")
    if name in MASKED:
        return ""
    if spec["t"] == "m":
        return value or []
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value is None else str(value)


def heir_rows(value: Any, typed: Form | None) -> list[dict[str, Any]]:
    """Rows for the heirs there are and two more."""
    if typed is not None:
        return list(typed_heirs(typed))
    rows = [
        {
            "name": heir.get("name", ""),
            "relation": heir.get("relation", ""),
            "masked": nik.mask(heir.get("nik")),
            "nik": "",
            "phone": heir.get("phone") or "",
            "minor": bool(heir.get("minor")),
            "guardian": heir.get("guardian") or "",
        }
        for heir in value or []
    ]
    empty = {"name": "", "relation": "", "masked": "", "nik": "", "phone": "", "guardian": ""}
    return rows + [{**empty, "minor": False} for _ in range(SPARE_HEIRS)]


def typed_heirs(form: Form) -> Iterator[dict[str, Any]]:
    """The rows of heirs as typed."""
    for index in range(min(len(form.getlist("heir.name")), 12)):
        yield {
            part: part_at(form, part, index)
            for part in ("name", "relation", "nik", "phone", "guardian")
        } | {"minor": f"{index}" in form.getlist("heir.minor"), "masked": ""}


def part_at(form: Form, part: str, index: int) -> str:
    """One cell of the heirs' rows."""
    cells = form.getlist(f"heir.{part}")
    return cells[index].strip() if index < len(cells) else ""


def read_changes(
    file: WorkerFile, names: list[str], secret: str, form: Form
) -> tuple[dict[str, tuple[Any, Any]], bool]:
    """{field: (from, to)} for what differs from what the form showed, and whether a seal broke."""
    changes: dict[str, tuple[Any, Any]] = {}
    form = with_place(form)
    for name in names:
        if f"base.{name}" not in form:
            continue
        base = corrections.read_base(
            secret, file.row.id, name, form[f"base.{name}"], candidates(file, name)
        )
        if base is corrections.UNKNOWN:
            return {}, True
        new = new_value(name, base, form)
        if corrections.changed(base, new):
            changes[name] = (base, new)
    return changes, False


def with_place(form: Form) -> Form:
    """The form with "Pemangku 1 RT 2" in its places, unless another RT was typed beside it."""
    place = read_place(form.get("pemangku", "")) or {}
    asked = {"pemangku": place.get("pemangku", ""), "rt": place.get("rt"), "rw": place.get("rw")}
    known = {name: normalise_field(name, form.get(name, "")) for name in ("rt", "rw")}
    if not place or any(asked[n] and known[n] not in (None, asked[n]) for n in known):
        return form
    found = MultiDict(form)
    for name, value in asked.items():
        if value is not None and name in form:
            found[name] = value
    return found


def candidates(file: WorkerFile, name: str) -> Iterator[Any]:
    """Every value the field is known to have had, the current one first."""
    yield file.data.get(name)
    yield None
    for line in file.received:
        yield from line.changes.get(name, ())


def new_value(name: str, base: Any, form: Form) -> Any:
    """The answer the form asks for; an untouched masked field keeps its value."""
    if form.get(f"clear.{name}"):
        return None
    if name == "heirs":
        return new_heirs(base, form)
    value = corrections.typed_value(name, form.getlist(name))
    if name in MASKED and value is None:
        return base
    return in_old_order(base, value) if isinstance(value, list) else value


def in_old_order(base: Any, value: list[Any]) -> list[Any]:
    """The same choices in the order they had, so that order alone is no change."""
    return base if isinstance(base, list) and set(base) == set(value) else value


def new_heirs(base: Any, form: Form) -> list[dict[str, Any]] | None:
    """The heirs as typed; an empty row is none, an empty NIK keeps the one it had."""
    before = base if isinstance(base, list) else []
    found = []
    for index, row in enumerate(typed_heirs(form)):
        if not any(row[part] for part in ("name", "relation", "nik", "phone", "guardian")):
            continue
        old = before[index] if index < len(before) else {}
        heir: dict[str, Any] = {"name": row["name"], "relation": row["relation"] or None}
        heir["nik"] = row["nik"] or (old.get("nik") if old.get("name") == row["name"] else None)
        heir["phone"], heir["guardian"] = row["phone"], row["guardian"]
        if row["minor"] or "minor" in old:
            heir["minor"] = row["minor"]
        found.append({key: value for key, value in heir.items() if value not in ("", None)})
    normal = normalise_field("heirs", found) if found else None
    if equal(before, normal) and before:
        return before
    return normal if isinstance(normal, list) else None
