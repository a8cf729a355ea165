"""Reads the file in which somebody carries another phone's unsent records. Stores nothing.

``{"format":"jangkau-outbox-2","device",…,"mutations":[…],"blobs":[…],"signature":"…"}``: the phone
signs the bytes up to, not including, the last ``,"signature"``. What lies inside is sealed to the
server; the carrier can read whose phone it is and how many records there are, nothing else. Keys
stand there as their SHA-256, each sealed beside it; in the first form they stood in clear.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

import orjson
from sqlalchemy.orm import Session

from outreach.core.keys import signing
from outreach.core.keys.server_keys import Keyring
from outreach.core.record.changes import is_digest, is_number, load
from outreach.domain.actor import Actor
from outreach.domain.ids import is_uuid7
from outreach.storage.blobs_port import Blobs

FORMATS = (b"jangkau-outbox-1", b"jangkau-outbox-2")
BEGINS = re.compile(rb'\s*\{\s*"format"\s*:\s*"(jangkau-outbox-\d+)"')
SIGNATURE = b',"signature"'
MAX_FILE = 8 * 1024 * 1024
NAME = re.compile(r"[0-9a-f]{64}")


class FileRefused(ValueError):
    """The file cannot be read; nothing of it was stored and the phone still has everything.

    ``code``: busy (its records are stored, its pictures not all: put in again), too_big,
    not_ours, newer, cut (not whole), damaged, crowded (one key bears more contents than an
    honest phone ever writes).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


Blob = Mapping[str, object]
"""A picture in the file: ``sha``, its name, and ``sealed``, its bytes."""


@dataclass(frozen=True, slots=True)
class Import:
    """Where and when a file is taken in, and by whom."""

    session: Session
    blobs: Blobs
    ring: Keyring
    actor: Actor
    today: date
    now: datetime
    production: bool = False


@dataclass(frozen=True, slots=True)
class CarriedFile:
    """The content of a carried file, whoever wrote it. ``digest`` names the file in the audit."""

    device: str
    user: str
    kept_from: int | None
    first_prev: str | None
    mutations: list[str]
    blobs: list[Blob]
    signed: bytes
    signature: object
    digest: str

    def is_signed_by(self, point: bytes | None) -> bool:
        """True when this key signed exactly this file."""
        return point is not None and signing.is_signed(point, self.signature, self.signed)


def read_file(data: bytes) -> CarriedFile:
    """The file's parts; raises FileRefused."""
    if len(data) > MAX_FILE:
        raise FileRefused("too_big")
    begins = BEGINS.match(data)
    if begins is None:
        raise FileRefused("not_ours")
    if begins[1] not in FORMATS:
        raise FileRefused("newer")
    try:
        body = orjson.loads(data)
    except ValueError:
        raise FileRefused("cut") from None
    if not is_sound(body):
        raise FileRefused("damaged")
    return CarriedFile(
        device=body["device"],
        user=str(body.get("user", "")),
        kept_from=body.get("kept_from"),
        first_prev=body.get("first_prev"),
        mutations=body["mutations"],
        blobs=body["blobs"],
        signed=data[: data.rfind(SIGNATURE)],
        signature=body.get("signature"),
        digest=sha256(data).hexdigest(),
    )


def is_sound(body: Mapping[str, object]) -> bool:
    """True when every part is of the kind it should be."""
    mutations, blobs = body.get("mutations"), body.get("blobs")
    first_kept, prev = body.get("kept_from"), body.get("first_prev")
    return (
        is_uuid7(body.get("device"))
        and (first_kept is None or is_number(first_kept))
        and (prev is None or isinstance(prev, str))
        and isinstance(mutations, list)
        and all(isinstance(text, str) and is_numbered(text) for text in mutations)
        and isinstance(blobs, list)
        and all(isinstance(blob, dict) and is_named(blob) for blob in blobs)
    )


def is_numbered(text: str) -> bool:
    """True for a mutation whose number and key can be read."""
    body, _ = load(text)
    mid, key = body.get("mid"), body.get("key")
    return is_number(mid) and mid >= 1 and (is_uuid7(key) or is_digest(key))


def is_named(blob: Blob) -> bool:
    """True for a picture named by a hash."""
    sha = blob.get("sha")
    return isinstance(sha, str) and NAME.fullmatch(sha) is not None
