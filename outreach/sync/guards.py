"""Who may do what at the door, by what the request's signature proves.

A phone has two keys. The one it sends with is free also while it is locked (push, pieces,
``/device``). The one it fetches with opens only with the PIN (pull, pictures). Docs: decision 009.
"""

from __future__ import annotations

from flask import request

from outreach.core.evidence import blobs
from outreach.core.exchange import devices
from outreach.extensions import db
from outreach.storage.queries_sync import Known
from outreach.sync.proof import FORM, SIGNATURE, Proof, proof_of
from outreach.sync.wire import Refused
from outreach.web import metrics


def may_send(device: Known, body: bytes) -> bool:
    """True for the phone's own push; another is stored and held. An earlier version signs the
    body alone, until the phone has signed a whole request."""
    proof = proof_of(device.public_key, body)
    right = proof is Proof.WHOLE or (proof is Proof.OLD and not device.signs)
    if not right:
        metrics.signature_refused()
    elif proof is Proof.WHOLE and not device.signs:
        devices.note_signs(db.session(), device)
    return right


def must_ask_in_whole() -> None:
    """Raise Refused 426 for a fetch that is not signed as a whole request is, before anything else
    is said: earlier versions obey what 401, 403 and 410 say."""
    if not request.headers.get(SIGNATURE, "").startswith(f"{FORM}."):
        raise Refused(426, "fetch_unsigned")


def must_fetch(device: Known, body: bytes) -> None:
    """Raise Refused 426 unless the key that the phone fetches with signed this request."""
    if proof_of(device.fetch_key, body) is not Proof.WHOLE:
        metrics.signature_refused()
        raise Refused(426, "fetch_key_unknown")


def tells(device: Known | None, brought: bytes | None, body: bytes) -> bool:
    """True for a ``/device`` signed as a whole request, by the known key or the one it brings.

    Raises Refused 409 for another key than the known one, 403 for a wrong signature, and for none
    at all once the phone has signed.
    """
    mine = device.public_key if device else None
    if mine is not None and brought is not None and mine != brought:
        raise Refused(409, "device_key_differs")
    proof = proof_of(mine or brought, body)
    if proof is Proof.WHOLE:
        return True
    if proof is Proof.NONE and not (device and device.signs):
        return False
    metrics.signature_refused()
    raise Refused(403, "signature_wrong")


def may_bring(device: Known, sha256: str, offset: int, piece: bytes) -> None:
    """Raise Refused 403 for a piece that is not the phone's own: unsigned ones are taken only from
    a phone that never signed, for what its own stored saves name."""
    proof = proof_of(device.public_key, piece)
    if proof is Proof.WHOLE:
        return
    if proof is Proof.NONE and not device.signs:
        if offset or blobs.is_named_by(db.session(), device, sha256):
            return
        raise Refused(403, "blob_not_named")
    metrics.signature_refused()
    raise Refused(403, "signature_wrong")


def may_look_up(device: Known) -> None:
    """Raise Refused 403 for a question about an upload that a signing phone did not sign."""
    proof = proof_of(device.public_key, b"")
    if proof is Proof.WHOLE or (proof is Proof.NONE and not device.signs):
        return
    metrics.signature_refused()
    raise Refused(403, "signature_wrong")
