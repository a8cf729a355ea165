"""Opens what phones sealed to the server: HPKE (RFC 9180), base mode, P-256, AES-128-GCM.

``sealed`` on the wire is base64url of the encapsulated key and the ciphertext behind it. The
purpose and the name of the thing are bound in as ``info``, so no sealed text fits elsewhere.
"""

from __future__ import annotations

from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy.orm import Session

from outreach.core.keys.server_keys import Keyring, KeysUnreadable
from outreach.core.keys.signing import decode
from outreach.core.record.changes import Opener

SUITE = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_128_GCM)
LEAST = 65 + 16


class Unopenable(ValueError):
    """The sealed text was damaged, or sealed to another key or for another purpose."""


def blob_info(sha256: str) -> bytes:
    """The context that the seal of a picture or signature is bound to."""
    return f"jangkau blob 1 {sha256}".encode()


def unseal(private: ec.EllipticCurvePrivateKey, sealed: object, info: bytes) -> bytes:
    """The bytes that were sealed; raises Unopenable."""
    try:
        packed = decode(sealed)
        if len(packed) < LEAST:
            raise Unopenable("too short")
        return bytes(SUITE.decrypt(packed, private, info))
    except (InvalidTag, ValueError) as error:
        raise Unopenable("does not open") from error


def opener(session: Session, ring: Keyring, now: datetime) -> Opener:
    """A function (kid, info, sealed) → the bytes, or None for what this server cannot open.

    It raises KeysUnreadable where the current key is there but SECRET_KEY is not the one that
    wrapped it: that is for the operator to mend, and the phone sends again.
    """

    def open_with(kid: object, info: bytes, sealed: object) -> bytes | None:
        key = ring.sealing(session, now, kid) if isinstance(kid, str) else None
        if key is None:
            return None
        if key.private is None:
            if key.retired_at is None:
                raise KeysUnreadable(key.kid)
            return None
        try:
            return unseal(key.private, sealed, info)
        except Unopenable:
            return None

    return open_with
