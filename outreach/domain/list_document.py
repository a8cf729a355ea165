"""The exact list that is signed: canonical JSON, its hash, and a Merkle tree over its items.

Canonical form is RFC 8785 for what stands here: ASCII names, texts in NFC, whole numbers. The tree
is that of RFC 6962, so that one line can be proven without showing its neighbours. The same on the
phone; vectors in tests/shared.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TypedDict

from outreach.domain.village_decisions import (
    REASONS,
    UNDECIDED,
    VERDICTS,
    Line,
    Resolution,
    Resolved,
    numbered_lines,
)

VERSION = 1
OF_LINE = (
    "no",
    "worker",
    "name",
    "sex",
    "birth_year",
    "rt",
    "hamlet",
    "occupation",
    "nik",
    "nik_no",
    "salt",
)
NUMBERS = frozenset({"no", "birth_year", "nik_no", "year", "month"})
# What a list can say of a line; the words of anything else nobody has.
SAID = {
    "verdict": frozenset({*VERDICTS["fund"], *VERDICTS["monthly"]}),
    "reason": frozenset(REASONS),
    "gone": frozenset({"merged", "moved", "withdrawn", "erased", "left"}),
}
OF_LIST = ("list", "village", "purpose", "fund", "year", "month", "no")
HEX = re.compile(r"[0-9a-f]{64}")
LEAF, NODE = b"\x00", b"\x01"
DIGITS_IN_BLOCK = 4
MOST_ITEMS = 3_000
MOST_LETTERS = 200
MOST_NUMBER = 2**53 - 1  # what a phone reads as the same number

Json = dict[str, object]


class ListFacts(TypedDict):
    """Which list it is. ``list`` is its id, ``village`` the region's code; a fund's list has no
    month, a monthly one no fund."""

    list: str
    village: str
    purpose: str
    fund: str | None
    year: int
    month: int | None
    no: int


def item_of(line: Line, state: Resolution = UNDECIDED) -> Json:
    """One line as it is signed. ``gone`` stands there only where the worker left the list."""
    of_line: Json = {name: nfc(line.get(name)) for name in OF_LINE}
    item = {**of_line, "verdict": state.verdict, "reason": state.reason}
    return {**item, "gone": line["gone"]} if line.get("gone") else item


def nfc(value: object) -> object:
    """A text in the composed form; anything else as it is."""
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def document(facts: ListFacts, lines: Iterable[Line], resolved: Resolved) -> Json:
    """The list that is signed: every numbered line, in the order of the numbers."""
    items = [item_of(line, resolved.get(line["id"], UNDECIDED)) for line in numbered_lines(lines)]
    of_list: Json = {name: value for name, value in facts.items() if name in OF_LIST}
    return {"v": VERSION, **of_list, "items": items}


def canonical(value: object) -> bytes:
    """The one form in bytes that RFC 8785 gives a document or an item."""
    text = json.dumps(
        value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
    )
    return text.encode()


def read_document(data: bytes) -> Json:
    """The document in these bytes; raises NotDocument unless they are the canonical form of a list,
    and hold nothing else."""
    try:
        value = json.loads(data)
        if not is_document(value) or canonical(value) != data:
            raise NotDocument
    except (ValueError, RecursionError) as error:
        raise NotDocument from error
    return dict(value)


class NotDocument(ValueError):
    """The bytes are no signed list."""


def is_document(value: object) -> bool:
    """True for a document with the members that a list has, its numbers rising."""
    if not isinstance(value, dict) or value.keys() != {"v", *OF_LIST, "items"}:
        return False
    items = value["items"]
    if type(value["v"]) is not int or value["v"] != VERSION:
        return False
    if not isinstance(items, list) or len(items) > MOST_ITEMS:
        return False
    if not all(is_plain(name, value[name]) for name in OF_LIST) or not all(map(is_item, items)):
        return False
    numbers = [item["no"] for item in items]
    return numbers == sorted(set(numbers))


def is_item(value: object) -> bool:
    """True for one line of a document."""
    if not isinstance(value, dict) or value.keys() - {"gone"} != {*OF_LINE, "verdict", "reason"}:
        return False
    sound = all(is_plain(name, member) for name, member in value.items())
    return sound and type(value["no"]) is int and value.get("gone", "left") is not None


def is_plain(name: str, value: object) -> bool:
    """True for what may stand in this member: nothing, else a whole number where one belongs, or a
    short text in NFC that a list can say there."""
    if value is None:
        return True
    if name in NUMBERS:
        return type(value) is int and 0 <= value <= MOST_NUMBER
    if not isinstance(value, str) or value not in SAID.get(name, (value,)):
        return False
    return len(value) <= MOST_LETTERS and unicodedata.is_normalized("NFC", value)


def sha256(data: bytes) -> bytes:
    """The SHA-256 of bytes."""
    return hashlib.sha256(data).digest()


def document_hash(whole: Json) -> str:
    """What is signed: the SHA-256 of the canonical document, 64 hexadecimal digits."""
    return sha256(canonical(whole)).hex()


def blocks(digest: str) -> list[str]:
    """A hash as it stands on paper: blocks of four digits."""
    return [digest[i : i + DIGITS_IN_BLOCK] for i in range(0, len(digest), DIGITS_IN_BLOCK)]


def leaf(item: object) -> bytes:
    """The hash of one item in the tree."""
    return sha256(LEAF + canonical(item))


def merkle_root(items: Sequence[object]) -> str:
    """The root over all items, 64 hexadecimal digits."""
    return root_of([leaf(item) for item in items]).hex()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over hashed leaves; over none it is the hash of nothing."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"")
    half = split(len(leaves))
    return sha256(NODE + root_of(leaves[:half]) + root_of(leaves[half:]))


def split(n: int) -> int:
    """The largest power of two below ``n``."""
    return 1 << (n - 1).bit_length() - 1


def proof(items: Sequence[object], index: int) -> list[str]:
    """The path from one item to the root: the hashes beside it, nearest first. Counts from 0."""
    leaves = [leaf(item) for item in items]
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    return [part.hex() for part in path_of(leaves, index)]


def path_of(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes beside one leaf on its way up."""
    if len(leaves) == 1:
        return []
    half = split(len(leaves))
    if index < half:
        return [*path_of(leaves[:half], index), root_of(leaves[half:])]
    return [*path_of(leaves[half:], index - half), root_of(leaves[:half])]


def check_proof(item: object, index: int, n: int, path: Sequence[str], root: str) -> bool:
    """True when the item is the one at ``index`` of ``n`` under this root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < n or not all(HEX.fullmatch(beside) for beside in path):
        return False
    here, last, current = index, n - 1, leaf(item)
    for beside in path:
        if last == 0:
            return False
        other = bytes.fromhex(beside)
        if here % 2 or here == last:
            current = sha256(NODE + other + current)
            while here % 2 == 0 and here:
                here, last = here >> 1, last >> 1
        else:
            current = sha256(NODE + current + other)
        here, last = here >> 1, last >> 1
    return last == 0 and current.hex() == root
