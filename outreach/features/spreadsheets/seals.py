"""The seals of a sheet that leaves: what stood in it, whose it is and when, under the server's key.

The base of the merge travels in the file: the server keeps no second copy of anybody's answers.
Whoever opens the file reads nothing there that the cells do not show, and can change nothing.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Literal, TypeVar

import orjson
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

T = TypeVar("T")

VERSION = 1
PURPOSE = b"jangkau spreadsheet 1"
Kind = Literal["row", "head"]


@dataclass(frozen=True, slots=True)
class SheetHead:
    """What a sheet says of itself: which one, whose, when, and what each title stands for.

    ``columns`` is {title: name}; a name of the rules is an answer, any other is only shown.
    """

    export: str
    regency: str
    user: str
    role: str
    at: str
    lang: str
    rows: int
    columns: dict[str, str]
    version: int = VERSION


@dataclass(frozen=True, slots=True)
class RowKey:
    """Whose row it is, and what stood in it: answers by field, other cells as marks."""

    export: str
    regency: str
    worker: str
    code: str
    base: dict[str, object] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)


class SealBox:
    """Closes and opens with a key made from the server's secret for this purpose alone."""

    def __init__(self, secret: str) -> None:
        key = HKDF(hashes.SHA256(), 32, salt=None, info=PURPOSE).derive(secret.encode())
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def close_head(self, head: SheetHead) -> str:
        """The text of a sheet's head."""
        return self._close("head", asdict(head))

    def close_row(self, key: RowKey) -> str:
        """The text in the key column of a row."""
        return self._close("row", asdict(key))

    def open_head(self, text: str) -> SheetHead | None:
        """The head; None for a text that this server has not closed as one."""
        return self._open("head", text, SheetHead)

    def open_row(self, text: str) -> RowKey | None:
        """The row's key; None for a text that this server has not closed as one."""
        return self._open("row", text, RowKey)

    def _close(self, kind: Kind, told: Mapping[str, object]) -> str:
        packed = zlib.compress(orjson.dumps({"kind": kind, **told}), 9)
        return self._fernet.encrypt(packed).decode()

    def _open(self, kind: Kind, text: str, make: Callable[..., T]) -> T | None:
        try:
            told = orjson.loads(zlib.decompress(self._fernet.decrypt(text.encode())))
        except (InvalidToken, ValueError):
            return None
        return make(**told) if told.pop("kind") == kind else None


def mark_of(text: str) -> str:
    """A short mark of a cell that is only shown, so that a change of it can be named."""
    return sha256(text.strip().encode()).hexdigest()[:8]
