"""The form of one section: fields made from the rule book, and what was typed read back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from werkzeug.datastructures import MultiDict

from outreach.core.record.changes import Errors
from outreach.core.register.worker_file import WorkerFile
from outreach.domain import nik, rulebook
from outreach.domain.formats import format_money
from outreach.domain.merge import equal
from outreach.domain.places import read_place
from outreach.domain.rulebook import FIELDS, FieldRule
from outreach.domain.rules import Error, normalise_field
from outreach.domain.worker_data import Data, Pair, text_at
from outreach.features.review import corrections
from outreach.features.review.worker_presenter import sentence
from outreach.web import display
from outreach.web.field_values import NamedPlace, reference
from outreach.web.i18n import current_lang, t

Form = MultiDict[str, str]
MASKED = corrections.SEALED - {"heirs"}
# The keys a screen shows for a pattern of the rules.
KEYPADS = {"phone": "tel", "email": "email"}
RELATIONS = rulebook.options(rulebook.parts_of(FIELDS["heirs"])["relation"])
SPARE_HEIRS = 2
MOST_HEIRS = 12


@dataclass(frozen=True, slots=True)
class HeirCells:
    """One row of heirs in the form; ``masked`` is the NIK on record, ``nik`` what was typed."""

    name: str = ""
    relation: str = ""
    nik: str = ""
    phone: str = ""
    guardian: str = ""
    minor: bool = False
    masked: str = ""

    @property
    def is_empty(self) -> bool:
        """True where nothing was typed."""
        return not (self.name or self.relation or self.nik or self.phone or self.guardian)


@dataclass(frozen=True, slots=True)
class FormField:
    """One field as review/_fields.html draws it.

    ``value`` is a text, for ``several`` a list; ``base`` is what the form was rendered with;
    ``asks`` is true where a "yes, it is so" answers the error.
    """

    name: str
    label: str
    kind: str
    options: list[tuple[str, str]]
    value: object
    masked: str
    has_value: bool
    cleared: bool
    base: str
    errors: list[str]
    asks: bool
    keypad: str = ""
    heirs: list[HeirCells] = field(default_factory=list)
    relations: list[tuple[str, str]] = field(default_factory=list)


def form_fields(
    file: WorkerFile, names: Sequence[str], secret: str, typed: Form | None, errors: Errors
) -> list[FormField]:
    """Each field as the template draws it: with what was typed, or with the value of now."""
    return [form_field(file, name, secret, typed, errors) for name in names]


def form_field(
    file: WorkerFile, name: str, secret: str, typed: Form | None, errors: Errors
) -> FormField:
    """One field: its kind, choices, value, base, and the sentence of what is wrong."""
    value = file.data.get(name)
    base = corrections.base_text(secret, file.row.id, name, value)
    if typed is not None:
        base = typed.get(f"base.{name}", base)
    return plain_field(name, value, base, typed, errors.get(name, []))


def plain_field(
    name: str, value: object, base: str, typed: Form | None, errors: Sequence[Error]
) -> FormField:
    """One field as the template draws it, of a record or of a single answer."""
    spec = FIELDS[name]
    return FormField(
        name=name,
        label=display.field_label(name),
        kind=input_kind(name, spec),
        options=options(name, spec),
        value=shown_value(name, spec, value, typed),
        masked=nik.mask(str(value)) if name in ("nik", "kk_number") and value else "",
        has_value=value is not None,
        cleared=bool(typed and typed.get(f"clear.{name}")),
        keypad=KEYPADS.get(spec.get("re", ""), ""),
        heirs=heir_rows(value, typed) if name == "heirs" else [],
        relations=[(code, display.label("heir_relation", code)) for code in RELATIONS],
        base=base,
        errors=[sentence(in_words(error)) for error in errors],
        asks=any(error["code"] in corrections.ASKED for error in errors),
    )


def in_words(error: Error) -> Error:
    """An error with its sum as people read it."""
    amount = error["params"].get("money")
    if not isinstance(amount, int):
        return error
    money = format_money(amount, current_lang())
    return Error(code=error["code"], params={**error["params"], "money": money})


def can_type(name: str) -> bool:
    """True for an answer that fits one field of a form; pictures, heirs and consent do not."""
    spec = FIELDS.get(name)
    return spec is not None and spec["t"] not in ("o", "l", "z") and not name.endswith("_photo")


def other_value(
    name: str, prefix: str, typed: Form | None, errors: Sequence[Error]
) -> FormField | None:
    """An empty field for another value of an answer, named ``<prefix>.<name>``; None where it
    cannot be typed."""
    if not can_type(name):
        return None
    here = f"{prefix}.{name}"
    values = None
    if typed is not None:
        values = MultiDict([(name, value) for value in typed.getlist(here)])
    return replace(plain_field(name, None, "", values, errors), name=here)


def typed_other(name: str, prefix: str, form: Form) -> object:
    """The value typed into such a field, as it is stored; None for nothing."""
    return corrections.typed_value(name, form.getlist(f"{prefix}.{name}"))


def input_kind(name: str, spec: FieldRule) -> str:
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
        names, lang = reference(), current_lang()
        return [(code, names.occupation_name(code, lang)) for code in names.occupations]
    if spec["t"] == "b":
        return [("1", t("kit.yes")), ("0", t("kit.no"))]
    if "any" in spec:
        return [(str(value), str(value)) for value in spec["any"]]
    listed = spec.get("of")
    return (
        [(code, display.label(name, code)) for code in listed] if isinstance(listed, list) else []
    )


def is_village(place: NamedPlace) -> bool:
    """True for a pekon or kelurahan."""
    return place.kind in ("pekon", "kelurahan")


def shown_value(name: str, spec: FieldRule, value: object, typed: Form | None) -> object:
    """The text or list in the field; a masked one starts empty."""
    if typed is not None:
        return typed.getlist(name) if spec["t"] == "m" else typed.get(name, "")
    if name in MASKED:
        return ""
    if spec["t"] == "m":
        return value or []
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value is None else str(value)


def heir_rows(value: object, typed: Form | None) -> list[HeirCells]:
    """Rows for the heirs there are and two more."""
    if typed is not None:
        return list(typed_heirs(typed))
    stored = value if isinstance(value, list) else []
    rows = [heir_cells(heir) for heir in stored if isinstance(heir, dict)]
    return rows + [HeirCells() for _ in range(SPARE_HEIRS)]


def heir_cells(heir: Data) -> HeirCells:
    """The cells of an heir on record."""
    return HeirCells(
        name=text_at(heir, "name") or "",
        relation=text_at(heir, "relation") or "",
        phone=text_at(heir, "phone") or "",
        guardian=text_at(heir, "guardian") or "",
        minor=bool(heir.get("minor")),
        masked=nik.mask(text_at(heir, "nik")),
    )


def typed_heirs(form: Form) -> Iterator[HeirCells]:
    """The rows of heirs as typed."""
    for index in range(min(len(form.getlist("heir.name")), MOST_HEIRS)):
        yield HeirCells(
            name=part_at(form, "name", index),
            relation=part_at(form, "relation", index),
            nik=part_at(form, "nik", index),
            phone=part_at(form, "phone", index),
            guardian=part_at(form, "guardian", index),
            minor=f"{index}" in form.getlist("heir.minor"),
        )


def part_at(form: Form, part: str, index: int) -> str:
    """One cell of the heirs' rows."""
    cells = form.getlist(f"heir.{part}")
    return cells[index].strip() if index < len(cells) else ""


def read_changes(
    file: WorkerFile, names: list[str], secret: str, form: Form
) -> tuple[dict[str, Pair], bool]:
    """{field: (from, to)} for what differs from what the form showed, and whether a seal broke."""
    changes: dict[str, Pair] = {}
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
    parts = {"pemangku": place.get("pemangku", ""), "rt": place.get("rt"), "rw": place.get("rw")}
    beside = {name: normalise_field(name, form.get(name, "")) for name in ("rt", "rw")}
    if not place or any(parts[n] and beside[n] not in (None, parts[n]) for n in beside):
        return form
    filled = MultiDict(form)
    for name, value in parts.items():
        if value is not None and name in form:
            filled[name] = value
    return filled


def candidates(file: WorkerFile, name: str) -> Iterator[object]:
    """Every value the field is known to have had, the current one first."""
    yield file.data.get(name)
    yield None
    for line in file.received:
        yield from line.changes.get(name, ())


def new_value(name: str, base: object, form: Form) -> object:
    """The answer the form asks for; an untouched masked field keeps its value."""
    if form.get(f"clear.{name}"):
        return None
    if name == "heirs":
        return new_heirs(base, form)
    value = corrections.typed_value(name, form.getlist(name))
    if name in MASKED and value is None:
        return base
    return in_old_order(base, value) if isinstance(value, list) else value


def in_old_order(base: object, value: list[object]) -> list[object]:
    """The same choices in the order they had, so that order alone is no change."""
    return base if isinstance(base, list) and set(base) == set(value) else value


def new_heirs(base: object, form: Form) -> list[object] | None:
    """The heirs as typed; an empty row is none, an empty NIK keeps the one it had."""
    before = base if isinstance(base, list) else []
    heirs = [
        new_heir(cells, before[index] if index < len(before) else {})
        for index, cells in enumerate(typed_heirs(form))
        if not cells.is_empty
    ]
    normal = normalise_field("heirs", heirs) if heirs else None
    if equal(before, normal) and before:
        return before
    return normal if isinstance(normal, list) else None


def new_heir(cells: HeirCells, before: Data) -> dict[str, object]:
    """One heir as it is stored, without the parts that have no answer."""
    same_person = before.get("name") == cells.name
    heir: dict[str, object] = {
        "name": cells.name,
        "relation": cells.relation,
        "nik": cells.nik or (before.get("nik") if same_person else None),
        "phone": cells.phone,
        "guardian": cells.guardian,
    }
    if cells.minor or "minor" in before:
        heir["minor"] = cells.minor
    return {name: value for name, value in heir.items() if value not in ("", None)}
