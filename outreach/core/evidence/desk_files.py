"""A file that somebody at a desk puts in: the same gate as for a phone's, in one piece."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from outreach.core.evidence import blobs
from outreach.core.evidence.pictures import BlobRefused, Busy, sniff
from outreach.core.record import office_device
from outreach.domain.actor import Actor
from outreach.storage import queries_blobs
from outreach.storage.blobs_port import Blobs
from outreach.storage.locks import begin_write
from outreach.storage.sync import BlobUpload


def take_picture(session: Session, store: Blobs, actor: Actor, data: bytes, now: datetime) -> str:
    """The hash of a picture that is stored now in the actor's name. Raises BlobRefused with the
    code of a sentence for anything else than a picture that can be shown."""
    if not data:
        raise BlobRefused("blob_none")
    if len(data) > blobs.BLOB_MAX:
        raise BlobRefused("blob_too_big")
    if sniff(data) is None:
        raise BlobRefused("blob_kind_refused")
    name = sha256(data).hexdigest()
    try:
        looked = blobs.look_whole(session, store, name, data)
    except Busy:
        raise BlobRefused("blob_busy") from None
    device_id = office_device.desk_of(session, actor, now)
    session.rollback()
    begin_write(session)
    upload = queries_blobs.upload_of(session, name, device_id, lock=True)
    if upload is None:
        upload = BlobUpload(sha256=name, device_id=device_id, regency=actor.regency)
        session.add(upload)
    upload.total = upload.received = len(data)
    upload.complete, upload.updated_at = False, now
    session.flush()
    done = blobs.conclude(session, store, upload, actor.user_id, looked, now)
    if done.state != "complete":
        raise BlobRefused(done.code or "blob_not_readable")
    return name
