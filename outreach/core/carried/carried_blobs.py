"""Pictures and signatures in a carried file: opened, checked by their hash, stored as uploads."""

from __future__ import annotations

from hashlib import sha256

from outreach.core.carried.carried_file import Blob, Import
from outreach.core.evidence import blobs
from outreach.core.keys.sealing import Unopenable, blob_info, unseal
from outreach.storage import queries_blobs
from outreach.storage.locks import begin_write
from outreach.storage.sync import BlobUpload


def take(on: Import, device_id: str, user_id: str, blob: Blob) -> str:
    """``new``, ``known`` (the device had sent it), ``refused`` (no picture we take) or ``closed``.

    A closed one does not open, or is not what its name says; the phone still has it. Raises Busy
    while other pictures are being read: taken in again, the file goes on with this one.
    """
    data = opened(on, blob)
    if data is None:
        return "closed"
    name, regency = str(blob["sha"]), on.actor.regency
    before = queries_blobs.upload_of(on.session, regency, name, device_id)
    if before is not None and before.complete:
        on.session.rollback()
        return "known"
    looked = blobs.look_whole(on.session, on.blobs, regency, name, data)
    begin_write(on.session)
    upload = queries_blobs.upload_of(on.session, regency, name, device_id, lock=True)
    if upload is not None and upload.complete:
        on.session.rollback()
        return "known"
    if upload is None:
        upload = BlobUpload(sha256=name, device_id=device_id, regency=regency)
        on.session.add(upload)
    upload.total = upload.received = len(data)
    upload.complete, upload.updated_at = False, on.now
    on.session.flush()
    queries_blobs.drop_pieces(on.session, regency, name, device_id)
    done = blobs.conclude(on.session, on.blobs, upload, user_id, looked, on.now)
    return "new" if done.state == "complete" else "refused"


def opened(on: Import, blob: Blob) -> bytes | None:
    """The picture's bytes, whichever of the server's keys it was sealed to; None where it does not
    open or is another one."""
    info = blob_info(str(blob["sha"]))
    for key in on.ring.keys(on.session, on.now):
        if key.kind != "seal" or key.private is None:
            continue
        try:
            data = unseal(key.private, blob.get("sealed"), info)
        except Unopenable:
            continue
        fits = len(data) <= blobs.BLOB_MAX and sha256(data).hexdigest() == blob["sha"]
        return data if fits else None
    return None
