"""Signature, seal and receipt agree with libraries that share no code with ours: the browser's
WebCrypto and @hpke/core in node, and the pure Python ``ecdsa``."""

from __future__ import annotations

import json
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

import ecdsa
import orjson

from outreach.core.exchange import devices
from outreach.core.keys import signing
from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.storage.accounts import User
from tests.support.factories import KUBU_PERAHU
from tests.support.keys import b64, unb64
from tests.sync.conftest import Handset, Server

ROOT = Path(__file__).resolve().parents[2]


def outside(script: str = "outside", **asked: Any) -> dict[str, Any]:
    """What a script in node answers: the other libraries, or the phone's own code."""
    node = shutil.which("node") or shutil.which("node", path=str(ROOT / ".venv/bin"))
    assert node, "node is missing; `make setup` installs it"
    done = subprocess.run(
        [node, f"tests/sync/{script}.mjs"],
        cwd=ROOT,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return dict(json.loads(done.stdout))


def told_keys(phone: Handset) -> dict[str, dict[str, str]]:
    return {key["kind"]: key for key in phone.announce().json["keys"]}


def test_what_others_seal_and_sign_is_taken_and_our_receipt_is_theirs_to_check(
    phone: Handset,
) -> None:
    keys, sent = told_keys(phone), phone.mutation()
    text = orjson.dumps(sent).decode()
    info = f"jangkau sealed 1 {sent['key']}"
    told = outside(
        seal=[{"public": keys["seal"]["public"], "text": text, "info": info}], sign="kopi — robusta"
    )
    sealed = {"mid": 1, "key": sent["key"], "kid": keys["seal"]["kid"], "sealed": told["sealed"][0]}
    answer = phone.push(sealed)
    assert answer["results"][0]["status"] == "applied"
    assert answer["last_hash"] == sha256(text.encode()).hexdigest()
    point, signature = signing.decode(told["signed"]["public"]), told["signed"]["signature"]
    assert signing.is_signed(point, signature, "kopi — robusta".encode())
    assert not signing.is_signed(point, signature, b"kopi - robusta")
    receipt = answer["receipt"]
    wrong = receipt.replace(receipt[10], "A" if receipt[10] != "A" else "B", 1)
    public = keys["sign"]["public"]
    both = outside(check=[{"public": public, "receipt": r} for r in (receipt, wrong)])
    assert both["checked"] == [True, False]


def test_pure_python_library_agrees_both_ways(server: Server) -> None:
    phone = server.phone(KUBU_PERAHU, signed=False)
    phone.key, phone.device = None, uuid7()
    key = ecdsa.SigningKey.generate(curve=ecdsa.NIST256p, hashfunc=sha256)
    public = b64(key.get_verifying_key().to_string("uncompressed"))
    user = db.session.get_one(User, phone.user_id)
    said = devices.Announcement(phone.device, public_key=signing.decode(public))
    token = devices.register(db.session(), "18.04", user, said, server.now)
    phone.client.set_cookie(f"jk_{phone.device}", token, path="/sync/v1")
    text = orjson.dumps(phone.mutation()).decode()
    body = orjson.dumps({"device": phone.device, "epoch": 1, "mutations": [text]})
    header = {"Jangkau-Signature": b64(key.sign(body))}
    answer = phone.client.post("/sync/v1/push", data=body, headers=header).json
    assert answer["results"][0]["status"] == "applied"
    text, _, signature = answer["receipt"].rpartition(".")
    ours = unb64(told_keys(phone)["sign"]["public"])
    checker = ecdsa.VerifyingKey.from_string(ours, curve=ecdsa.NIST256p, hashfunc=sha256)
    assert checker.verify(unb64(signature), text.encode())
    said = orjson.loads(unb64(text.split(".")[1]))
    assert list(said) == ["device", "last_mid", "last_hash", "epoch", "at", "user", "kid"]
    assert (said["device"], said["last_mid"], said["epoch"]) == (phone.device, 1, 1)
    assert (said["user"], said["at"]) == (phone.user_id, "2026-11-22T06:05:00Z")
    assert said["last_hash"] == answer["last_hash"]
