"""The server's own keys: made when first needed, wrapped by SECRET_KEY, rotated by command.

Two kinds, P-256 both: phones seal to ``seal``, receipts and answers are signed with ``sign``. A
retired key opens and checks what is older, and answers phones that know no newer one, for ever.
Private halves leave this module only as key objects.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TypedDict

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy.orm import Session

from outreach.core.audit import audit_log
from outreach.core.keys.signing import encode, point_of
from outreach.storage import queries_identity as queries
from outreach.storage.identity import ServerKey
from outreach.storage.locks import begin_write
from outreach.storage.queries_identity import ServerKeyRow

log = logging.getLogger(__name__)
KINDS = ("seal", "sign")
WRAPPING = b"jangkau server key 1"
NONCE = 12
STALE = timedelta(minutes=1)


class KeysUnreadable(RuntimeError):
    """A current key was wrapped with another SECRET_KEY than today's; ``kid`` names it."""

    def __init__(self, kid: str) -> None:
        super().__init__(f"server key {kid} was wrapped with another SECRET_KEY")
        self.kid = kid


@dataclass(frozen=True, slots=True)
class Key:
    """One key in memory. ``private`` is None where SECRET_KEY is not the one that wrapped it."""

    kid: str
    kind: str
    public: bytes
    private: ec.EllipticCurvePrivateKey | None
    created_at: datetime
    retired_at: datetime | None


class Keyring:
    """The server's keys as one process knows them, read again every minute.

    A key made by another process is found within that minute, or at once when something names it.
    Threads share it: what they see of it is always whole.
    """

    def __init__(self, secret: str) -> None:
        self._wrapper = AESGCM(wrapping_key(secret))
        self._keys: dict[str, Key] = {}
        self._read_at: datetime | None = None

    def keys(self, session: Session, now: datetime) -> list[Key]:
        """Every key, newest first; the missing kinds are made. Call before a transaction begins:
        it may commit one of its own."""
        if self._read_at is None or abs(now - self._read_at) > STALE:
            self._read_or_make(session, now)
        return list(self._keys.values())

    def sealing(self, session: Session, now: datetime, kid: str) -> Key | None:
        """The key that something was sealed to; None for one this server never had."""
        self.keys(session, now)
        if kid not in self._keys and self._read_at != now:
            self._read(session, now)
        key = self._keys.get(kid)
        return key if key is not None and key.kind == "seal" else None

    def signer(self, session: Session, now: datetime) -> Key:
        """The key receipts are signed with; raises KeysUnreadable."""
        self.keys(session, now)
        key = self._current("sign")
        assert key is not None, "keys() makes what is missing"
        if key.private is None:
            raise KeysUnreadable(key.kid)
        return key

    def held(self) -> list[Key]:
        """The keys as memory has them, newest first."""
        return list(self._keys.values())

    def answering(self, kid: str) -> Key | None:
        """The key that an answer is signed with: the one the phone names where it is here, else
        the current one; None when none can sign. Reads what memory holds, never the database."""
        named = self._keys.get(kid)
        if named is not None and named.kind == "sign" and named.private is not None:
            return named
        current = self._current("sign")
        return current if current is not None and current.private is not None else None

    def unreadable(self, session: Session, now: datetime) -> list[str]:
        """Kids that today's SECRET_KEY does not open."""
        self._read(session, now)
        return [key.kid for key in self._keys.values() if key.private is None]

    def _current(self, kind: str) -> Key | None:
        return next((k for k in self._keys.values() if k.kind == kind and not k.retired_at), None)

    def _read_or_make(self, session: Session, now: datetime) -> None:
        there = {row.kind for row in queries.server_keys(session) if row.retired_at is None}
        missing = [kind for kind in KINDS if kind not in there]
        if missing:
            make(session, self._wrapper, missing, now)
        self._read(session, now)

    def _read(self, session: Session, now: datetime) -> None:
        before = self._keys
        rows = queries.server_keys(session)
        self._keys = {row.kid: loaded(self._wrapper, row, before.get(row.kid)) for row in rows}
        self._read_at = now


def wrapping_key(secret: str) -> bytes:
    """The AES key that private halves are wrapped with, from SECRET_KEY."""
    return HKDF(hashes.SHA256(), 32, salt=None, info=WRAPPING).derive(secret.encode())


def loaded(wrapper: AESGCM, row: ServerKeyRow, before: Key | None) -> Key:
    """A stored key in memory; one already unwrapped is not unwrapped again."""
    private = before.private if before else unwrap(wrapper, row)
    return Key(row.kid, row.kind, row.public, private, row.created_at, row.retired_at)


def unwrap(wrapper: AESGCM, row: ServerKeyRow) -> ec.EllipticCurvePrivateKey | None:
    """The private half, or None where another SECRET_KEY wrapped it."""
    try:
        raw = wrapper.decrypt(row.wrapped[:NONCE], row.wrapped[NONCE:], bound(row.kid, row.kind))
    except InvalidTag:
        log.error("server key %s was wrapped with another SECRET_KEY", row.kid)
        return None
    return ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256R1())


def bound(kid: str, kind: str) -> bytes:
    """The context that the wrapping is bound to, so that no row can stand in for another."""
    return f"{kid} {kind}".encode()


class NewKey(TypedDict):
    """A key as it is written."""

    kid: str
    kind: str
    public: bytes
    wrapped: bytes
    created_at: datetime
    retired_at: datetime | None


def fresh(wrapper: AESGCM, kind: str, now: datetime) -> NewKey:
    """The row of a new key; ``kid`` is the start of its public half's hash."""
    private = ec.generate_private_key(ec.SECP256R1())
    public = point_of(private.public_key())
    kid = sha256(public).hexdigest()[:12]
    nonce = os.urandom(NONCE)
    raw = private.private_numbers().private_value.to_bytes(32, "big")
    return {
        "kid": kid,
        "kind": kind,
        "public": public,
        "wrapped": nonce + wrapper.encrypt(nonce, raw, bound(kid, kind)),
        "created_at": now,
        "retired_at": None,
    }


def make(session: Session, wrapper: AESGCM, kinds: list[str], now: datetime) -> None:
    """Make the first key of each kind, unless another process just did; commits."""
    begin_write(session)
    for kind in kinds:
        row = fresh(wrapper, kind, now)
        if queries.add_server_key(session, row):
            note_key(session, "server_key_made", row, None, now)
    session.commit()


def rotate(session: Session, secret: str, kinds: list[str], now: datetime) -> list[str]:
    """Put a new key in the place of each kind's current one; answers the new kids.

    The old ones stay for what was sealed or signed with them. Commits.
    """
    wrapper = AESGCM(wrapping_key(secret))
    begin_write(session)
    kids = []
    for kind in kinds:
        old = queries.retire_server_key(session, kind, now)
        row = fresh(wrapper, kind, now)
        session.add(ServerKey(**row))
        note_key(session, "server_key_rotated", row, old, now)
        kids.append(str(row["kid"]))
    session.commit()
    return kids


def note_key(session: Session, action: str, row: NewKey, old: str | None, now: datetime) -> None:
    """The audit line of a new key."""
    audit_log.record(
        session,
        actor_id=None,
        action=action,
        object_type="server_key",
        object_id=row["kid"],
        now=now,
        detail={"kind": row["kind"], **({"instead_of": old} if old else {})},
    )


def public_keys(keys: list[Key]) -> list[dict[str, str]]:
    """The public keys for phones, newest first: the one to seal to, all that signed receipts."""
    return [
        {"kid": key.kid, "kind": key.kind, "public": encode(key.public)}
        for key in keys
        if key.kind == "sign" or key.retired_at is None
    ]
