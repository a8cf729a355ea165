"""A phone's key and seals as a phone makes them, for tests of the server's side."""

from __future__ import annotations

import base64
from typing import Any

import orjson
from cryptography.hazmat.primitives import hashes, hpke
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SUITE = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_128_GCM)


def b64(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """The bytes of unpadded base64url."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class PhoneKey:
    """An ECDSA P-256 key whose private half a phone would never show."""

    def __init__(self, secret: str = "") -> None:
        """``secret`` is a key made earlier, as ``secret()`` told it."""
        curve = ec.SECP256R1()
        known = ec.derive_private_key(int(secret, 16), curve) if secret else None
        self.private = known or ec.generate_private_key(curve)

    def secret(self) -> str:
        """The private half, for a test's own files."""
        return f"{self.private.private_numbers().private_value:064x}"

    @property
    def public(self) -> str:
        """The raw point as it travels."""
        key = self.private.public_key()
        return b64(key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    def sign(self, data: bytes) -> str:
        """r‖s over the bytes."""
        r, s = decode_dss_signature(self.private.sign(data, ec.ECDSA(hashes.SHA256())))
        return b64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def seal(data: bytes, public: str, info: str) -> str:
    """The bytes sealed to a server key."""
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(public))
    return b64(SUITE.encrypt(data, key, info.encode()))


def seal_mutation(mutation: dict[str, Any], key: dict[str, str]) -> dict[str, Any]:
    """``{mid, key, kid, sealed}`` of an open mutation."""
    named = mutation["key"]
    sealed = seal(orjson.dumps(mutation), key["public"], f"jangkau sealed 1 {named}")
    return {"mid": mutation["mid"], "key": named, "kid": key["kid"], "sealed": sealed}
