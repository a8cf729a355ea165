"""A file in which a phone's unsent records are carried by somebody else, as the phone makes it."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import orjson

from tests.support.keys import seal, seal_mutation


def outbox(phone: Any, bodies: list[dict[str, Any]], **parts: Any) -> bytes:
    """The file with these mutations; ``pictures`` are bytes, ``signer`` a foreign key."""
    signer = parts.pop("signer", phone.key)
    keys = phone.announce().json["keys"]
    key = next(key for key in keys if key["kind"] == "seal")
    texts = [orjson.dumps(seal_mutation(body, key)).decode() for body in bodies]
    blobs = [carried_blob(data, key) for data in parts.pop("pictures", [])]
    body = {
        "format": "jangkau-outbox-1",
        "device": phone.device,
        "user": phone.user_id,
        "epoch": 1,
        "at": "2026-11-22T06:05:00Z",
        "kept_from": 1,
        "first_prev": "",
        "mutations": texts,
        "blobs": blobs,
        **parts,
    }
    return signed(signer, orjson.dumps(body)[:-1])


def carried_blob(data: bytes, key: dict[str, str], sha: str = "") -> dict[str, Any]:
    """One picture as it travels, under its hash or a false one."""
    sha = sha or sha256(data).hexdigest()
    sealed = seal(data, key["public"], f"jangkau blob 1 {sha}")
    return {"sha": sha, "mime": "image/jpeg", "size": len(data), "sealed": sealed}


def signed(key: Any, start: bytes) -> bytes:
    """The file's beginning with the signature over exactly these bytes."""
    return start + b',"signature":"' + key.sign(start).encode() + b'"}'
