"""Corrections at the desk: the values a form was rendered with, those typed, and the changes.

Numbers of people are not written into the form, which carries a seal of the value instead. The
value itself is found again among the current one and everything ever received. So an edit made
meanwhile by somebody else still becomes a conflict with the right "from".
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Final

import orjson

from outreach.domain.doubts import doubts
from outreach.domain.merge import equal
from outreach.domain.money import read_money
from outreach.domain.rulebook import FIELDS
from outreach.domain.rules import Error, fault, normalise_field
from outreach.domain.worker_data import Data, Pair

SEALED = frozenset({"nik", "kk_number", "mother_name", "heirs"})
YES_NO = {"1": True, "0": False}
UNKNOWN: Final = object()
# The errors that a "yes, it is so" answers.
ASKED = frozenset({"name_letter", "income_low", "income_high", "answer_erased"})


def canonical(value: object) -> bytes:
    """The value as bytes that do not depend on the order of keys."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def seal(secret: str, worker_id: str, field: str, value: object) -> str:
    """A mark of the value that says nothing about it without the server's secret."""
    message = f"{worker_id}\n{field}\n".encode() + canonical(value)
    return hmac.new(secret.encode(), message, sha256).hexdigest()[:32]


def base_text(secret: str, worker_id: str, field: str, value: object) -> str:
    """The form's text for the value it shows: the value as JSON, or its seal."""
    if field in SEALED:
        return seal(secret, worker_id, field, value)
    return canonical(value).decode()


def read_base(
    secret: str, worker_id: str, field: str, text: str, candidates: Iterable[object]
) -> object:
    """The value a form was rendered with; UNKNOWN when the form was tampered with."""
    if field not in SEALED:
        try:
            return orjson.loads(text)
        except ValueError:
            return UNKNOWN
    for value in candidates:
        if hmac.compare_digest(seal(secret, worker_id, field, value).encode(), text.encode()):
            return value
    return UNKNOWN


def typed_value(field: str, values: list[str]) -> object:
    """The answer typed or chosen, as it is stored; None for no answer."""
    kind = FIELDS[field]["t"]
    if kind == "m":
        return [value for value in values if value] or None
    text = values[0] if values else ""
    if not text.strip():
        return None
    if kind == "b":
        return YES_NO.get(text, text)
    if kind == "i":
        amount = read_money(text)
        return text.strip() if amount is None else amount
    return normalise_field(field, text)


def questions(data: Data, changes: Mapping[str, Pair]) -> dict[str, Error]:
    """The questions that this edit raises once, by field: an answer that looks wrong (``doubts``),
    or a stored one that would go. A yes or a choice that is taken back is seen where it is
    chosen."""
    after = {**data, **{name: new for name, (_, new) in changes.items()}}
    errors = {name: error for name, error in doubts(after).items() if name in changes}
    for name, (base, new) in changes.items():
        if new is None and base is not None and FIELDS[name]["t"] in ("s", "i", "d"):
            errors[name] = fault("answer_erased", value=str(base))
    return errors


def changed(base: object, new: object) -> bool:
    """True when the answer differs from the one the form was rendered with."""
    return not equal(base, new)
