"""What a phone seals and signs, opened and checked by libraries that know nothing of it."""

from __future__ import annotations

import json
import shutil
import subprocess
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Any

import ecdsa
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.support.database import ROOT

SUITE = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_128_GCM)
INFO = "jangkau sealed 1 01930000-0000-7000-8000-000000000001"
PLAIN = '{"mid":1,"set":{"full_name":[null,"Siti Aminah ✓"]}}'
PHONE = """
import { fromText, toText, utf8 } from "./outreach/static/js/store/engine/bytes.js";
import { publicKey, seal } from "./outreach/static/js/vault/hpke.js";
import { makeKeys, sign } from "./outreach/static/js/vault/keys.js";
const [raw, info, plain] = process.argv.slice(1);
const sealed = await seal(await publicKey(fromText(raw)), info, utf8(plain));
const keys = await makeKeys();
const signature = await sign(keys, utf8(plain));
console.log(JSON.stringify({sealed: toText(sealed), signature, public: keys.public}));
"""


def raw_bytes(text: str) -> bytes:
    """base64url without padding, read."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.fixture(scope="module")
def server_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(scope="module")
def made(server_key: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    """What a phone makes of PLAIN, in Node."""
    node = shutil.which("node") or shutil.which("node", path=str(ROOT / ".venv/bin"))
    assert node, "node is missing; `make setup` installs it"
    point = server_key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    raw = urlsafe_b64encode(point).decode().rstrip("=")
    command = [node, "--input-type=module", "-e", PHONE, raw, INFO, PLAIN]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def test_the_server_s_library_opens_what_a_phone_sealed(
    made: dict[str, Any], server_key: ec.EllipticCurvePrivateKey
) -> None:
    sealed = raw_bytes(made["sealed"])
    assert SUITE.decrypt(sealed, server_key, INFO.encode()) == PLAIN.encode()
    with pytest.raises(InvalidTag):
        SUITE.decrypt(sealed, server_key, INFO.replace("0001", "0002").encode())
    with pytest.raises(InvalidTag):
        SUITE.decrypt(sealed[:-1] + bytes([sealed[-1] ^ 1]), server_key, INFO.encode())


def test_another_library_accepts_a_phone_s_signature(made: dict[str, Any]) -> None:
    key = ecdsa.VerifyingKey.from_string(raw_bytes(made["public"]), curve=ecdsa.NIST256p)
    signature = raw_bytes(made["signature"])
    assert key.verify(signature, PLAIN.encode(), hashfunc=sha256)
    with pytest.raises(ecdsa.BadSignatureError):
        key.verify(signature, PLAIN.encode() + b" ", hashfunc=sha256)
