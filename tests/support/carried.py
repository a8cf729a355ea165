"""A file in which a phone's unsent records are carried by somebody else, as the phone makes it."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import orjson

from tests.support.keys import seal, seal_mutation


def outbox(phone: Any, bodies: list[dict[str, Any]], **parts: Any) -> bytes:
    """The file with these mutations; ``pictures`` are bytes, ``signer`` a foreign key, ``form`` 1
    shows keys in clear as earlier phones did."""
    form = parts.pop("form", 2)
    signer = parts.pop("signer", phone.key)
    keys = phone.announce().json["keys"]
    key = next(key for key in keys if key["kind"] == "seal")
    sealed = [seal_mutation(body, key) for body in bodies]
    shown = sealed if form == 1 else [hidden(mutation, key) for mutation in sealed]
    texts = [orjson.dumps(mutation).decode() for mutation in shown]
    blobs = [carried_blob(data, key) for data in parts.pop("pictures", [])]
    body = {
        "format": f"jangkau-outbox-{form}",
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


def hidden(mutation: dict[str, Any], key: dict[str, str]) -> dict[str, Any]:
    """The mutation with its key shown by its digest alone."""
    digest = sha256(mutation["key"].encode()).hexdigest()
    sealed = seal(mutation["key"].encode(), key["public"], f"jangkau key 1 {digest}")
    return {**mutation, "key": digest, "named": {"kid": key["kid"], "sealed": sealed}}


def carried_blob(data: bytes, key: dict[str, str], sha: str = "") -> dict[str, Any]:
    """One picture as it travels, under its hash or a false one."""
    sha = sha or sha256(data).hexdigest()
    sealed = seal(data, key["public"], f"jangkau blob 1 {sha}")
    return {"sha": sha, "mime": "image/jpeg", "size": len(data), "sealed": sealed}


def signed(key: Any, start: bytes) -> bytes:
    """The file's beginning with the signature over exactly these bytes."""
    return start + b',"signature":"' + key.sign(start).encode() + b'"}'
