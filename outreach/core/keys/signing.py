"""ECDSA P-256 with SHA-256 as browsers write it: raw points of 65 bytes, signatures as r‖s.

Text on the wire is base64url without padding. Knows no database.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ALGORITHM = ec.ECDSA(hashes.SHA256())
POINT = 65
HALF = 32
ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def encode(data: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: object) -> bytes:
    """The bytes of unpadded base64url; raises ValueError for anything else."""
    if not isinstance(text, str) or not ALPHABET.issuperset(text):
        raise ValueError("not base64url")
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError("not base64url") from error


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    """A public key as its raw point."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


@lru_cache(maxsize=4096)
def public_key(point: bytes) -> ec.EllipticCurvePublicKey:
    """The key of a raw uncompressed point; raises ValueError for what lies on no curve."""
    if len(point) != POINT:
        raise ValueError("not a raw P-256 point")
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)


def is_signed(point: bytes, signature: object, data: bytes) -> bool:
    """True when ``signature`` (base64url of r‖s) is the key's over exactly these bytes."""
    try:
        raw = decode(signature)
        if len(raw) != 2 * HALF:
            return False
        pair = encode_dss_signature(
            int.from_bytes(raw[:HALF], "big"), int.from_bytes(raw[HALF:], "big")
        )
        public_key(point).verify(pair, data, ALGORITHM)
    except (ValueError, InvalidSignature):
        return False
    return True


def sign(private: ec.EllipticCurvePrivateKey, data: bytes) -> str:
    """The signature over the bytes as base64url of r‖s."""
    r, s = decode_dss_signature(private.sign(data, ALGORITHM))
    return encode(r.to_bytes(HALF, "big") + s.to_bytes(HALF, "big"))


def request_text(method: str, address: str, body: bytes, challenge: str) -> bytes:
    """A phone's signed text: method, path with query, the inflated body's hash, the challenge."""
    parts = ("jangkau request 2", method, address, sha256(body).hexdigest(), challenge)
    return "\n".join(parts).encode()


def answer_text(status: int, signature: str, body: bytes) -> bytes:
    """The server's signed text: status, the request's signature, the body before gzip."""
    return f"jangkau answer 1\n{status}\n{signature}\n".encode() + body
