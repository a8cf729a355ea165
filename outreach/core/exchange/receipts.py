"""The server's receipt to a phone: how far its journal had arrived, signed by the server.

``JKR1.<base64url JSON>.<base64url r‖s>``; the signature covers the ASCII bytes before its dot.
Anybody with the server's public key can check it; only this server can make one. ``JKR2`` also
names the numbers it leaves out, and goes to phones that announce that they can read it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import orjson

from outreach.core.keys.server_keys import Key
from outreach.core.keys.signing import decode, encode, is_signed, sign
from outreach.domain.ids import is_uuid7

MARK, MARK_WITH_GAPS = "JKR1", "JKR2"
MAX_TEXT = 1200
MOST_GAPS = 20
HASH = re.compile(r"[0-9a-f]{64}")
FIELDS = ("device", "last_mid", "last_hash", "epoch", "at", "user", "kid")


class NotAReceipt(ValueError):
    """The text is no receipt, or not a whole one."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the server confirmed: everything of ``device`` up to ``last_mid`` had arrived, but for
    the ranges in ``gaps``, and hashed together gave ``last_hash``. ``user`` is the id of the
    phone's user; ``at`` UTC."""

    device: str
    last_mid: int
    last_hash: str
    epoch: int
    at: str
    user: str
    kid: str
    gaps: tuple[tuple[int, int], ...] = ()


def issue(key: Key, receipt: Receipt) -> str:
    """The signed text of a receipt; ``key`` is the current signing key with its private half."""
    assert key.private is not None, "signer() gives only such"
    said = {name: getattr(receipt, name) for name in FIELDS}
    mark = MARK_WITH_GAPS if receipt.gaps else MARK
    body = encode(orjson.dumps(said | ({"gaps": receipt.gaps} if receipt.gaps else {})))
    text = f"{mark}.{body}"
    return f"{text}.{sign(key.private, text.encode())}"


def read_receipt(text: str) -> Receipt:
    """What a receipt says, whoever wrote it; raises NotAReceipt. White space does not count."""
    parts = "".join(text.split()).split(".")
    if len(parts) != 3 or sum(map(len, parts)) > MAX_TEXT:
        raise NotAReceipt
    try:
        body = orjson.loads(decode(parts[1]))
    except ValueError as error:
        raise NotAReceipt from error
    names = {MARK: FIELDS, MARK_WITH_GAPS: (*FIELDS, "gaps")}.get(parts[0])
    if not isinstance(body, dict) or tuple(body) != names:
        raise NotAReceipt
    empty = body.pop("gaps", [])
    if parts[0] == MARK_WITH_GAPS and not are_ranges(empty, body["last_mid"]):
        raise NotAReceipt
    receipt = Receipt(**body, gaps=tuple((first, last) for first, last in empty))
    if not is_sound(receipt):
        raise NotAReceipt
    return receipt


def are_ranges(found: object, upto: object) -> bool:
    """True for some ranges of numbers, in order, that end before the receipt's own."""
    if not isinstance(found, list) or not 0 < len(found) <= MOST_GAPS:
        return False
    if not all(isinstance(pair, list) and len(pair) == 2 for pair in found):
        return False
    before = 0
    for first, last in found:
        if type(first) is not int or type(last) is not int or not before < first <= last:
            return False
        before = last
    return type(upto) is int and before <= upto


def is_sound(receipt: Receipt) -> bool:
    """True when every part is of the kind it should be."""
    numbers = (receipt.last_mid, receipt.epoch)
    texts = (receipt.at, receipt.user, receipt.kid)
    return (
        is_uuid7(receipt.device)
        and all(type(number) is int and 0 < number < 2**53 for number in numbers)
        and all(isinstance(text, str) and 0 < len(text) <= 64 for text in texts)
        and isinstance(receipt.last_hash, str)
        and HASH.fullmatch(receipt.last_hash) is not None
    )


def is_genuine(text: str, public: bytes) -> bool:
    """True when this very text was signed with the key of this public half."""
    body, _, signature = "".join(text.split()).rpartition(".")
    return is_signed(public, signature, body.encode(errors="replace"))
