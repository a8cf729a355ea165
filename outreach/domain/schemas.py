"""Marshmallow schemas made from the rule book, for office forms and for OpenAPI.

They call the very checks of ``rules``; the push path uses those directly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, post_load

from outreach.domain.rulebook import FIELDS, FieldRule, options, role_group
from outreach.domain.rules import PATTERNS, Error, check_field, normalise_field


class Checked:
    """Mixin: takes the value as the rule book does, without marshmallow's own conversions."""

    rule_name: str

    def _deserialize(self, value: object, attr: str | None, data: object, **_kw: object) -> Any:
        clean = normalise_field(self.rule_name, value)
        error = check_field(self.rule_name, clean)
        if error is not None:
            raise ValidationError([error])
        return clean

    def _serialize(self, value: object, attr: str | None, obj: object, **_kw: object) -> Any:
        return value


class CheckedString(Checked, fields.String):
    """Text, code, date or time; all travel as text."""


class CheckedInteger(Checked, fields.Integer):
    """A whole number."""


class CheckedBoolean(Checked, fields.Boolean):
    """Yes or no."""


class CheckedList(Checked, fields.List[Any]):
    """Several of a list, or a list of objects."""


class CheckedObject(Checked, fields.Dict):
    """An object whose parts the rule book names."""


CheckedField = CheckedString | CheckedInteger | CheckedBoolean | CheckedList | CheckedObject


def _open_api(spec: FieldRule) -> dict[str, object]:
    """The field's description for OpenAPI, as far as it can tell."""
    described: dict[str, object] = {}
    if spec["t"] == "e":
        described["enum"] = options(spec)
    if spec["t"] == "s":
        described |= {"minLength": spec.get("min", 1), "maxLength": spec.get("max", 200)}
        if "re" in spec:
            described["pattern"] = f"^{PATTERNS[spec['re']].pattern}$"
    if spec["t"] in ("nik", "kk"):
        described["pattern"] = "^[0-9]{16}$"
    if spec["t"] == "i" and "min" in spec:
        described |= {"minimum": spec["min"], "maximum": spec["max"]}
    if spec["t"] in ("d", "z"):
        described["format"] = "date" if spec["t"] == "d" else "date-time"
    return described


def _string(spec: FieldRule) -> CheckedField:
    return CheckedString(metadata=_open_api(spec), allow_none=True)


def _several(spec: FieldRule) -> CheckedField:
    one = fields.String(metadata={"enum": options(spec)})
    return CheckedList(one, metadata={"uniqueItems": True}, allow_none=True)


MAKERS: dict[str, Callable[[FieldRule], CheckedField]] = {
    "b": lambda _spec: CheckedBoolean(allow_none=True),
    "i": lambda spec: CheckedInteger(metadata=_open_api(spec), allow_none=True),
    "m": _several,
    "o": lambda _spec: CheckedObject(keys=fields.String(), allow_none=True),
    "l": lambda _spec: CheckedList(fields.Dict(keys=fields.String()), allow_none=True),
}


def field_for(name: str) -> CheckedField:
    """The marshmallow field of a worker field; unanswered is null, never required."""
    spec = FIELDS[name]
    made = MAKERS.get(spec["t"], _string)(spec)
    made.rule_name = name
    return made


class _Worker(Schema):
    @post_load
    def drop_unanswered(self, data: Mapping[str, object], **_kw: object) -> dict[str, object]:
        """Null and absent are one answer."""
        return {name: value for name, value in data.items() if value is not None}


def schema_for(names: list[str], title: str, unknown: str = RAISE) -> type[Schema]:
    """A schema of these worker fields."""
    meta = type("Meta", (), {"unknown": unknown, "title": title})
    return type(title, (_Worker,), {"Meta": meta, **{name: field_for(name) for name in names}})


def form_schema(role: str) -> type[Schema]:
    """The schema of what a role may set on an office form; other form fields are left out."""
    names = [name for name, spec in FIELDS.items() if role in role_group(spec, "set")]
    return schema_for(names, f"Worker{role.title()}", unknown=EXCLUDE)


WorkerSchema = schema_for(list(FIELDS), "WorkerSchema")


def errors_of(error: ValidationError) -> dict[str, list[Error]]:
    """The errors by field in the form that travels everywhere: lists of {code, params}.

    A field that the schema does not know is ``field_unknown``.
    """
    errors: dict[str, list[Error]] = {}
    messages: dict[str, list[object]] = error.normalized_messages()  # type: ignore[no-untyped-call]
    for name, faults in messages.items():
        coded = [
            Error(code=fault["code"], params=fault["params"])
            for fault in faults
            if isinstance(fault, dict)
        ]
        errors[name] = coded or [Error(code="field_unknown", params={})]
    return errors
