"""The wire's signatures as a phone makes and checks them, for tests of the server's side.

Written from docs/decisions/004-sync-server.md, with none of the server's code.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tests.support.keys import PhoneKey, unb64

CURVE = ec.SECP256R1()


def request_signature(
    key: PhoneKey, method: str, address: str, body: bytes, challenge: str = ""
) -> str:
    """The header of a request; ``address`` is path with query, ``body`` before gzip."""
    hashed = sha256(body).hexdigest()
    text = "\n".join(("jangkau request 2", method, address, hashed, challenge))
    return f"2.{challenge}.{key.sign(text.encode())}"


def answer_text(asked: str, status: int, body: bytes) -> bytes:
    """What is signed of an answer; ``asked`` is the request's signature."""
    return f"jangkau answer 1\n{status}\n{asked}\n".encode() + body


def answer_signature(key: PhoneKey, asked: str, status: int, body: bytes) -> str:
    """The signature of an answer by whoever has this key."""
    return key.sign(answer_text(asked, status, body))


def answered_by(keys: list[dict[str, str]], asked: str, status: int, body: bytes, made: str) -> Any:
    """The server's key that signed this answer to this request; None when none did."""
    kid, _, signature = made.partition(".")
    text = answer_text(asked, status, body)
    found = [key for key in keys if key["kind"] == "sign" and key["kid"] == kid]
    return found[0] if found and fits(found[0]["public"], signature, text) else None


def fits(public: str, signature: str, text: bytes) -> bool:
    """True when the owner of the key signed exactly these bytes."""
    raw = unb64(signature)
    pair = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    point = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, unb64(public))
    try:
        point.verify(pair, text, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True
