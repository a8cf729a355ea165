"""A file that somebody at a desk puts in: the same gate as for a phone's, in one piece."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from outreach.core.evidence import blobs
from outreach.core.evidence.pdf_signatures import PDF, NotSigned, signatures_in
from outreach.core.evidence.pictures import (
    PATIENCE,
    BlobRefused,
    Busy,
    one_at_a_time,
    sniff,
)
from outreach.core.record import office_device
from outreach.domain.actor import Actor
from outreach.storage import queries_blobs
from outreach.storage.blobs_port import Blobs
from outreach.storage.locks import begin_write
from outreach.storage.sync import BlobUpload


def take_picture(session: Session, store: Blobs, actor: Actor, data: bytes, now: datetime) -> str:
    """The hash of a picture that is stored now in the actor's name. Raises BlobRefused with the
    code of a sentence for anything else than a picture that can be shown."""
    check_size(data)
    if sniff(data) is None:
        raise BlobRefused("blob_kind_refused")
    name = sha256(data).hexdigest()
    try:
        looked = blobs.look_whole(session, store, actor.regency, name, data)
    except Busy:
        raise BlobRefused("blob_busy") from None
    return keep(session, store, actor, name, len(data), looked, now)


def take_signed_pdf(
    session: Session, store: Blobs, actor: Actor, data: bytes, now: datetime
) -> str:
    """The hash of a PDF that somebody signed elsewhere, stored as it is: another byte would break
    the signature. Raises BlobRefused like ``take_picture``."""
    check_size(data)
    name = sha256(data).hexdigest()
    try:
        with one_at_a_time(12 * PATIENCE):
            signatures_in(data, ())
    except Busy:
        raise BlobRefused("blob_busy") from None
    except NotSigned:
        raise BlobRefused("pdf_not_signed") from None
    known = queries_blobs.blob_state(session, actor.regency, name)
    if known is not None and known[0] == "refused":  # such as an erased one
        raise BlobRefused("pdf_not_signed")
    for variant in ("original", "shown"):
        store.put(name, variant, data)
    return keep(session, store, actor, name, len(data), blobs.Looked("complete", PDF), now)


def check_size(data: bytes) -> None:
    """Raise BlobRefused for nothing, and for too much."""
    if not data:
        raise BlobRefused("blob_none")
    if len(data) > blobs.BLOB_MAX:
        raise BlobRefused("blob_too_big")


def keep(
    session: Session,
    store: Blobs,
    actor: Actor,
    name: str,
    size: int,
    looked: blobs.Looked,
    now: datetime,
) -> str:
    """Note in the desk's name what was looked at, and commit; answers the hash."""
    device_id = office_device.desk_of(session, actor, now)
    begin_write(session)
    upload = queries_blobs.upload_of(session, actor.regency, name, device_id, lock=True)
    if upload is None:
        upload = BlobUpload(sha256=name, device_id=device_id, regency=actor.regency)
        session.add(upload)
    upload.total = upload.received = size
    upload.complete, upload.updated_at = False, now
    session.flush()
    done = blobs.conclude(session, store, upload, actor.user_id, looked, now)
    if done.state != "complete":
        raise BlobRefused(done.code or "blob_not_readable")
    return name
