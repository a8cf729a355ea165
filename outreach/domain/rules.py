"""The checks of a worker's fields, compiled once from the rule book; the same on the phone.

An error is {"code", "params"}; its sentence is ``error.<code>`` of the catalogue. Checks say
whether a value may be stored; what is still missing is another question (``missing_for_door``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import TypedDict

from outreach.domain import kk, nik, phone
from outreach.domain.age import jakarta_date, needs_guardian
from outreach.domain.needs import Need, compile_needs
from outreach.domain.rulebook import (
    FIELDS,
    RULES,
    FieldRule,
    condition,
    options,
    parts_of,
    role_group,
)
from outreach.domain.worker_data import Data, list_at, text_at


class Error(TypedDict):
    """An error as it travels: the code of its sentence, and what the sentence names."""

    code: str
    params: dict[str, object]


Check = Callable[[object], Error | None]

PATTERNS = {name: re.compile(text) for name, text in RULES["patterns"].items()}
UNREADABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
UNREADABLE_LINES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
BLANKS = re.compile("[ \t\n\r\x0b\x0c\xa0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff]+")
BLANKS_IN_LINE = re.compile("[ \t\x0b\x0c\xa0\u1680\u2000-\u200b\u202f\u205f\u3000\ufeff]+")
DATE = re.compile(r"((?:19|20)[0-9]{2})-([0-9]{2})-([0-9]{2})")
TIME = re.compile(
    r"((?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2})T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?Z"
)
TEXT_MAX = 200
# No visit is older than the programme: the agreement of regency and BPJS.
BEGAN = date(2025, 4, 10)
DIGITS = re.compile("[0-9]+")
# Numbers of a fixed length: the error of a wrong one, and the error that says how many digits.
COUNTED = {
    "nik_length": "nik_digits",
    "kk_length": "kk_digits",
    "kpj_wrong": "kpj_digits",
    "postal_wrong": "postal_digits",
}


def fault(code: str, **params: object) -> Error:
    """An error as it travels."""
    return {"code": code, "params": params}


def check_field(name: str, value: object) -> Error | None:
    """The error of a value for a field, or None; null (not answered) is always right."""
    check = CHECKS.get(name)
    if check is None:
        return fault("field_unknown")
    return None if value is None else check(value)


def check_set(role: str, changes: Mapping[str, object]) -> dict[str, list[Error]]:
    """The errors of a mutation's ``set`` ({field: [from, to]}) by field; empty when all is well."""
    settable = SETTABLE.get(role, frozenset())
    errors: dict[str, list[Error]] = {}
    for name, pair in changes.items():
        check = CHECKS.get(name)
        if check is None:
            error: Error | None = fault("field_unknown")
        elif name not in settable:
            error = fault("field_forbidden")
        elif not isinstance(pair, list | tuple) or len(pair) != 2:
            error = fault("change_shape")
        else:
            value = pair[1]
            error = None if value is None else check(value)
        if error is not None:
            errors[name] = [error]
    return errors


def missing_for_door(data: Data, today: date) -> list[str]:
    """The fields still missing before the person can be a calon, in the wire's order."""
    missing = [need.name for need in DOOR if need.lacks(data)]
    born = data.get("birth_date")
    if isinstance(born, str) and born > today.isoformat():
        missing.append("birth_date")
    if "consent" not in missing and guardian_lacks(data, today):
        missing.append("consent")
    return missing


def guardian_lacks(data: Data, today: date) -> bool:
    """True for a consent that a person of 15 to 17 gave without a guardian (UU 27/2022 art. 25)."""
    consent = data.get("consent")
    if not isinstance(consent, dict) or consent.get("guardian"):
        return False
    return needs_guardian(text_at(data, "birth_date"), capture_day(data, today))


def capture_day(data: Data, today: date) -> date:
    """The Lampung day of the visit; today where it is not noted, or noted by a clock that was
    wrong: before the programme or later than tomorrow."""
    at = data.get("captured_at")
    if not isinstance(at, str) or check_field("captured_at", at) is not None:
        return today
    day = jakarta_date(at)
    return day if BEGAN <= day <= today + timedelta(days=1) else today


def missing_for_proposal(data: Data, today: date) -> list[str]:
    """The fields still missing before the person can be proposed; a NIK is among them."""
    missing = missing_for_door(data, today)
    missing += [need.name for need in PROPOSAL if need.lacks(data)]
    for name in ("birth_date", "nik"):  # an approximate year of birth registers nobody
        if not data.get(name) and name not in missing:
            missing.insert(0, name)
    return missing


def check_together(data: Data) -> dict[str, Error]:
    """Errors that need two fields: a second occupation or an heir's NIK equal to the first."""
    errors: dict[str, Error] = {}
    second = data.get("occupation2_code")
    if second is not None and second == data.get("occupation_code"):
        errors["occupation2_code"] = fault("occupation2_same")
    number = data.get("nik")
    for row, heir in enumerate(list_at(data, "heirs"), 1):
        if number is not None and isinstance(heir, dict) and heir.get("nik") == number:
            errors["heirs"] = fault("heir_nik_same", row=row, part="nik")
    return errors


# --- one check per type; each factory reads its rule once -------------------------------------


def compile_check(spec: FieldRule) -> Check:
    """The check of one field or part."""
    return FACTORIES[spec["t"]](spec)


def _text(spec: FieldRule) -> Check:
    low, high = spec.get("min", 1), spec.get("max", TEXT_MAX)
    bad = UNREADABLE_LINES if spec.get("ml") else UNREADABLE
    name = spec.get("re")
    pattern = PATTERNS[name] if name else None

    def check(value: object) -> Error | None:
        if not isinstance(value, str):
            return fault("wrong_type")
        if not value.isprintable() and bad.search(value):  # what is printable needs no search
            return fault("text_unreadable")
        if len(value) > high:
            return fault("too_long", max=high)
        if len(value) < low:
            return fault("too_short", min=low)
        if pattern is not None and pattern.fullmatch(value) is None:
            return _about_digits(f"{name}_wrong", value)
        return None

    return check


def _enum(spec: FieldRule) -> Check:
    allowed = frozenset(options(spec))

    def check(value: object) -> Error | None:
        if not isinstance(value, str):
            return fault("wrong_type")
        return None if value in allowed else fault("not_in_list")

    return check


def _several(spec: FieldRule) -> Check:
    one = _enum(spec)

    def check(value: object) -> Error | None:
        if not isinstance(value, list):
            return fault("wrong_type")
        for item in value:
            error = one(item)
            if error is not None:
                return error
        return fault("listed_twice") if len(set(value)) < len(value) else None

    return check


def _yes_no(_spec: FieldRule) -> Check:
    return lambda value: None if isinstance(value, bool) else fault("wrong_type")


def _number(spec: FieldRule) -> Check:
    whole = spec["t"] == "i"
    low: float = spec.get("min", 0)
    high: float = spec.get("max", 0)
    any_of = spec.get("any")

    def check(value: object) -> Error | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return fault("wrong_type")
        if (whole and not isinstance(value, int)) or value != value:
            return fault("wrong_type")
        if any_of is not None:
            return None if value in any_of else fault("not_in_list")
        if value < low:
            return fault("number_low", min=low)
        return fault("number_high", max=high) if value > high else None

    return check


def is_readable(value: object, depth: int = 6) -> bool:
    """True where every text can be read and stored, and nothing nests deeper."""
    if isinstance(value, str):
        return UNREADABLE_LINES.search(value) is None
    if not isinstance(value, dict | list):
        return True
    parts = [*value, *value.values()] if isinstance(value, dict) else value
    return depth > 0 and all(is_readable(part, depth - 1) for part in parts)


@lru_cache(maxsize=4096)  # the same days come again and again
def is_date(value: str) -> bool:
    """True for a day of this century or the last as YYYY-MM-DD."""
    match = DATE.fullmatch(value)
    if match is None:
        return False
    year, month, day = (int(part) for part in match.groups())
    return 1 <= month <= 12 and 1 <= day <= nik.days_in(year, month)


def _date(_spec: FieldRule) -> Check:
    def check(value: object) -> Error | None:
        if not isinstance(value, str):
            return fault("wrong_type")
        return None if is_date(value) else fault("date_wrong")

    return check


def _time(_spec: FieldRule) -> Check:
    def check(value: object) -> Error | None:
        if not isinstance(value, str):
            return fault("wrong_type")
        match = TIME.fullmatch(value)
        return None if match and is_date(match[1]) else fault("time_wrong")

    return check


def _coded(error: Callable[[object], str | None]) -> Check:
    def check(value: object) -> Error | None:
        code = error(value)
        return _about_digits(code, value) if code else None

    return check


def _about_digits(code: str, value: object) -> Error:
    """An error of a number made of digits says which letter stands in it, or how many there are."""
    if not isinstance(value, str):
        return fault(code)
    if code in COUNTED or code == "phone_wrong":
        sign = next((sign for sign in value if sign.isalpha()), None)
        if sign:
            is_phone = code not in COUNTED
            return (
                fault("phone_letters", sign=sign) if is_phone else fault("digits_only", sign=sign)
            )
    if code in COUNTED and DIGITS.fullmatch(value):
        return fault(COUNTED[code], n=len(value))
    return fault(code)


def _object(spec: FieldRule) -> Check:
    parts = {name: compile_check(part) for name, part in parts_of(spec).items()}
    required = [name for name, part in parts_of(spec).items() if part.get("r")]
    never = spec.get("never")
    is_barred = condition(never["if"]) if never else None

    def check(value: object) -> Error | None:
        if not isinstance(value, dict):
            return fault("wrong_type")
        for name, part in value.items():
            if name not in parts:
                return fault("part_unknown", part=name[:40])
            error = None if part is None else parts[name](part)
            if error is not None:
                error["params"].setdefault("part", name)
                return error
        for name in required:
            if value.get(name) is None:
                return fault("part_missing", part=name)
        if never and is_barred and is_barred(value):
            for name in never["parts"]:
                if value.get(name) is not None:
                    return fault(never["code"], part=name)
        return None

    return check


def _list(spec: FieldRule) -> Check:
    one = _object(spec)
    high = spec["max"]

    def check(value: object) -> Error | None:
        if not isinstance(value, list):
            return fault("wrong_type")
        if len(value) > high:
            return fault("list_too_long", max=high)
        for row, item in enumerate(value, 1):
            error = one(item)
            if error is not None:
                error["params"]["row"] = row
                return error
        return None

    return check


FACTORIES: dict[str, Callable[[FieldRule], Check]] = {
    "s": _text,
    "e": _enum,
    "m": _several,
    "b": _yes_no,
    "i": _number,
    "f": _number,
    "d": _date,
    "z": _time,
    "o": _object,
    "l": _list,
    "nik": lambda _spec: _coded(nik.error),
    "kk": lambda _spec: _coded(kk.error),
}
CHECKS: dict[str, Check] = {name: compile_check(spec) for name, spec in FIELDS.items()}
DOOR: list[Need] = compile_needs(FIELDS, "dc")
PROPOSAL: list[Need] = compile_needs(FIELDS, "p")
ROLES = ("officer", "head", "supervisor", "mpp", "department", "admin")
SETTABLE = {
    role: frozenset(name for name, spec in FIELDS.items() if role in role_group(spec, "set"))
    for role in ROLES
}


# --- what is typed → what is stored -----------------------------------------------------------


def normalise_field(name: str, value: object) -> object:
    """A typed value as it is stored; emptied answers become None, unknown fields stay."""
    spec = FIELDS.get(name)
    return value if spec is None else _normalise(spec, value)


def _normalise(spec: FieldRule, value: object) -> object:
    if isinstance(value, str):
        return _normalise_text(spec, value)
    if spec["t"] == "l" and isinstance(value, list):
        return [_normalise_parts(spec, row) for row in value] or None
    if spec["t"] == "o":
        return _normalise_parts(spec, value)
    return value


def _normalise_parts(spec: FieldRule, value: object) -> object:
    if not isinstance(value, dict):
        return value
    parts = parts_of(spec)
    clean = {k: _normalise(parts[k], v) if k in parts else v for k, v in value.items()}
    return {name: part for name, part in clean.items() if part is not None}


def _normalise_text(spec: FieldRule, value: str) -> str | None:
    text = unicodedata.normalize("NFC", value)
    if spec.get("ml"):
        lines = re.split("\r\n|[\r\n\u2028\u2029]", text)
        text = "\n".join(BLANKS_IN_LINE.sub(" ", line).strip(" ") for line in lines).strip("\n")
    else:
        text = BLANKS.sub(" ", text).strip(" ")
    shape = spec.get("re", spec["t"])
    return SHAPES[shape](text) or None if shape in SHAPES else text or None


def _digits(text: str) -> str:
    """Without what people write between digits; a letter stays, so that the check names it."""
    return phone.BETWEEN.sub("", text)


def _three_digits(text: str) -> str:
    digits = re.sub("^r[tw][ .:]*", "", text, flags=re.IGNORECASE)
    return digits.zfill(3) if re.fullmatch("[0-9]{1,3}", digits) else text


SHAPES: dict[str, Callable[[str], str]] = {
    "nik": _digits,
    "kk": _digits,
    "kpj": _digits,
    "postal": _digits,
    "rt": _three_digits,
    "phone": phone.normalise,
    "email": str.lower,
}
