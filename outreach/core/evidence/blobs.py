"""Pictures, signatures, lists: sent in pieces, checked when complete, shown through a row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256 as digest

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from outreach.core.audit import audit_log
from outreach.core.evidence import quotas
from outreach.core.evidence.file_followers import follow_file
from outreach.core.evidence.pdf_signatures import PDF
from outreach.core.evidence.pictures import (
    LIST,
    PATIENCE,
    SIGNATURE,
    BlobRefused,
    Busy,
    inspect,
    one_at_a_time,
)
from outreach.core.evidence.sounds import SOUND
from outreach.domain.access import visible_fields
from outreach.domain.actor import Actor
from outreach.domain.consents import may_show
from outreach.storage import queries_blobs, queries_worker_rows
from outreach.storage.blobs_port import Blobs
from outreach.storage.locks import begin_write
from outreach.storage.queries_sync import Known
from outreach.storage.sync import BlobPiece, BlobUpload

PIECE_MAX = 64 * 1024
BLOB_MAX = 4 * 1024 * 1024
AS_SENT = (SIGNATURE, SOUND, LIST, PDF)  # every other kind is shown as a JPEG
UNFINISHED_MAX = 64 * 1024 * 1024
UNREFERENCED = timedelta(days=90)
FIELDS = {"ktp_photo": "ktp_photo", "face_photo": "face_photo", "consent_evidence": "consent"}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an upload of this device is. ``state``: none, partial, complete or refused;
    ``code`` says why it was refused or where to go on from."""

    offset: int
    total: int
    state: str
    code: str | None = None
    status: int = 200


@dataclass(frozen=True, slots=True)
class Looked:
    """The finding about a whole upload; a picture that can be shown is stored by then. ``state`` is
    complete, refused, or none for bytes that are not what their name says."""

    state: str
    mime: str = ""
    reason: str | None = None


class UploadRefused(Exception):
    """The piece cannot be taken, or not now; ``code`` says why, ``retry_after`` when again."""

    def __init__(self, code: str, status: int = 422, retry_after: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.retry_after = retry_after


def progress(session: Session, device: Known, sha256: str) -> Progress:
    """The state of this device's own upload; other devices' do not show."""
    upload = queries_blobs.upload_of(session, device.regency, sha256, device.device_id)
    if upload is None:
        return Progress(0, 0, "none")
    return state_of(session, upload)


def state_of(session: Session, upload: BlobUpload) -> Progress:
    """The progress of an upload; its blob tells whether it was refused."""
    if not upload.complete:
        return Progress(upload.received, upload.total, "partial")
    blob = queries_blobs.blob_state(session, upload.regency, upload.sha256)
    if blob is not None and blob[0] == "refused":
        return Progress(upload.total, upload.total, "refused", blob[2])
    return Progress(upload.total, upload.total, "complete")


def put_piece(
    session: Session,
    blobs: Blobs,
    device: Known,
    sha256: str,
    offset: int,
    total: int,
    data: bytes,
    now: datetime,
) -> Progress:
    """Take one piece. A piece that came before is answered like the first time; a piece from
    elsewhere than the end is told where to go on. Raises UploadRefused.

    With the last one the whole is looked at before any row is locked, one picture at a time.
    """
    if not 0 < total <= BLOB_MAX:
        raise UploadRefused("blob_too_big", 413)
    if not data or len(data) > PIECE_MAX:
        raise UploadRefused("blob_piece_size", 413 if data else 422)
    looked = None
    if offset + len(data) == total:
        looked = look(session, blobs, device, sha256, offset, total, data)
    begin_write(session)
    this = (device.regency, sha256, device.device_id)
    upload = queries_blobs.upload_of(session, *this, lock=True)
    if upload is None:
        upload = begin(session, device, sha256, total, now)
    if upload.complete or offset != upload.received or total != upload.total:
        return elsewhere(session, upload, offset, total)
    if offset + len(data) > total:
        session.rollback()
        raise UploadRefused("blob_piece_size")
    if offset + len(data) < total:
        return keep_piece(session, upload, data, now)
    if looked is None:  # the pieces before it came while this one was read
        session.rollback()
        return Progress(offset, total, "partial", "blob_offset", 409)
    return finish(session, blobs, upload, device.user_id, looked, now)


def keep_piece(session: Session, upload: BlobUpload, data: bytes, now: datetime) -> Progress:
    """Store a piece that others follow; commits."""
    place = {"sha256": upload.sha256, "device_id": upload.device_id, "offset": upload.received}
    row = {**place, "regency": upload.regency, "data": data}
    session.execute(insert(BlobPiece).values(**row))
    upload.received, upload.updated_at = upload.received + len(data), now
    so_far = Progress(upload.received, upload.total, "partial")
    session.commit()
    return so_far


def look(
    session: Session,
    blobs: Blobs,
    device: Known,
    sha256: str,
    offset: int,
    total: int,
    data: bytes,
) -> Looked | None:
    """The finding about all pieces with this last one; None where another is missing.
    Nothing is locked. Raises UploadRefused 503 while other pictures are being read."""
    this = (device.regency, sha256, device.device_id)
    upload = queries_blobs.upload_of(session, *this)
    there = 0 if upload is None else upload.received
    done = upload is not None and (upload.complete or upload.total != total)
    if done or there != offset:
        return None
    try:
        with one_at_a_time():
            whole = queries_blobs.pieces_of(session, *this) + data
            return look_at(session, blobs, device.regency, sha256, whole)
    except Busy:
        raise UploadRefused("blob_busy", 503, retry_after=5) from None


def look_whole(session: Session, blobs: Blobs, regency: str, sha256: str, data: bytes) -> Looked:
    """The same for what came in one piece, by a file at the desk; waits longer, raises Busy."""
    with one_at_a_time(12 * PATIENCE):
        return look_at(session, blobs, regency, sha256, data)


def look_at(session: Session, blobs: Blobs, regency: str, sha256: str, data: bytes) -> Looked:
    """Check and store a whole, outside any transaction; what was refused once stays so."""
    blob = queries_blobs.blob_state(session, regency, sha256)
    session.rollback()
    if digest(data).hexdigest() != sha256:
        return Looked("none")
    if blob is not None and blob[0] == "refused":  # such as an erased one
        return Looked("refused", "", blob[2])
    return check_and_store(blobs, sha256, data)


def is_named_by(session: Session, device: Known, sha256: str) -> bool:
    """True when a stored save of this device names the picture."""
    name, its = sha256.encode(), (device.regency, device.device_id)
    return any(name in payload for payload in queries_blobs.payloads_of(session, *its))


def begin(session: Session, device: Known, sha256: str, total: int, now: datetime) -> BlobUpload:
    """A new upload; two first pieces at once meet at the key and the second asks again."""
    its = (device.regency, device.device_id)
    if queries_blobs.unfinished_bytes(session, *its) > UNFINISHED_MAX:
        session.rollback()
        raise UploadRefused("blob_too_many_unfinished", 429, quotas.RETRY_AFTER)
    upload = BlobUpload(
        sha256=sha256,
        device_id=device.device_id,
        regency=device.regency,
        total=total,
        received=0,
        complete=False,
        updated_at=now,
    )
    session.add(upload)
    try:
        session.flush()
        quotas.count(session, device.regency, device.user_id, now, files=total)
    except IntegrityError as error:
        session.rollback()
        raise UploadRefused("blob_offset", 409) from error
    except quotas.DayFull:
        session.rollback()
        raise UploadRefused("day_full", 429, quotas.RETRY_AFTER) from None
    return upload


def elsewhere(session: Session, upload: BlobUpload, offset: int, total: int) -> Progress:
    """The answer to a piece that is not the next one; nothing changes."""
    so_far = state_of(session, upload)
    session.rollback()
    again = offset < so_far.offset and total == so_far.total
    if so_far.state != "partial" or again:
        return so_far
    return Progress(so_far.offset, so_far.total, "partial", "blob_offset", 409)


def finish(
    session: Session,
    blobs: Blobs,
    upload: BlobUpload,
    user_id: str,
    looked: Looked,
    now: datetime,
) -> Progress:
    """Note what the whole turned out to be. A wrong checksum begins again from nothing."""
    total = upload.total
    queries_blobs.drop_pieces(session, upload.regency, upload.sha256, upload.device_id)
    if looked.state == "none":
        session.delete(upload)
        session.commit()
        return Progress(0, total, "none", "blob_checksum", 409)
    upload.received, upload.updated_at = total, now
    return conclude(session, blobs, upload, user_id, looked, now)


def conclude(
    session: Session,
    blobs: Blobs,
    upload: BlobUpload,
    user_id: str,
    looked: Looked,
    now: datetime,
) -> Progress:
    """Note what an upload brought, its checksum proven, and commit."""
    sha256, total, regency = upload.sha256, upload.total, upload.regency
    blob = queries_blobs.blob_state(session, regency, sha256)
    upload.complete = True
    if blob is not None and blob[0] == "refused":  # perhaps erased while it was looked at
        is_ours_alone = not queries_blobs.held(session, {sha256})
        session.commit()
        if looked.state == "complete" and is_ours_alone:
            blobs.delete(sha256)
        return Progress(total, total, blob[0], blob[2])
    row = {"size": total, "mime": looked.mime, "state": looked.state, "reason": looked.reason}
    of = {"sha256": sha256, "regency": regency}
    queries_blobs.put_blob(session, {**of, **row, "created_at": now})
    queries_blobs.note_arrival(session, regency, sha256, user_id, now)
    session.commit()
    if looked.state == "complete":
        follow_file(session, blobs, regency, sha256, user_id, now)
    return Progress(total, total, looked.state, looked.reason)


def check_and_store(blobs: Blobs, sha256: str, data: bytes) -> Looked:
    """Only what can be shown is stored, as sent and as shown."""
    try:
        mime, _, shown = inspect(data)
    except BlobRefused as refused:
        return Looked("refused", "", refused.code)
    blobs.put(sha256, "original", data)
    blobs.put(sha256, "shown", shown)
    return Looked("complete", mime)


def open_for_worker(
    session: Session,
    blobs: Blobs,
    actor: Actor,
    worker_id: str,
    field: str,
    now: datetime | None = None,
) -> tuple[str, bytes] | None:
    """(mime, bytes) of a worker's picture or proof as it may be shown; None when the actor
    may not see the row or field, or the bytes have not come.

    The row gives the permission, never the hash: bytes show only where the user who named the
    hash has sent them from a device of his own. With ``now`` the look is audited and committed.
    """
    needed = FIELDS.get(field)
    if needed is None or needed not in visible_fields(actor.role):
        return None
    regency = actor.regency
    place = queries_worker_rows.places(session, regency, {worker_id}).get(worker_id)
    if (
        place is None
        or not actor.can_see(place[0])
        or queries_worker_rows.is_gone(session, regency, worker_id)
    ):
        return None
    sha256 = proved_hash(session, regency, worker_id, field)
    shown = shown_form(session, blobs, regency, sha256) if sha256 else None
    if shown is not None and now is not None:
        note_look(session, actor, worker_id, place[0], field, now)
    return shown


def proved_hash(session: Session, regency: str, worker_id: str, field: str) -> str | None:
    """The file that a worker's field names, once its sender has brought it, and as long as the
    person agrees to its purpose."""
    picture = queries_blobs.reference(session, regency, worker_id, field)
    if picture is None or picture[1] is None:
        return None
    rows = queries_worker_rows.full_rows(session, regency, {worker_id})
    if not all(may_show(row.data, field) for row in rows):
        return None
    sha256, owner = picture[0], picture[1]
    proved = queries_worker_rows.proved_owner(session, regency, sha256, owner)
    return sha256 if proved else None


def has_picture(session: Session, regency: str, worker_id: str, field: str) -> bool:
    """True where a worker's picture can be shown to who may see it."""
    sha256 = proved_hash(session, regency, worker_id, field)
    state = queries_blobs.blob_state(session, regency, sha256) if sha256 else None
    return state is not None and state[0] == "complete"


def open_for_row(
    session: Session, blobs: Blobs, regency: str, row_id: str, field: str
) -> tuple[str, bytes] | None:
    """(mime, bytes) of a file that a feature's row names, as it may be shown; None until the user
    who named it has sent it. The caller has asked whether the reader may see the row."""
    for named in queries_blobs.files_of(session, regency, {row_id}):
        proved = queries_worker_rows.proved_owner(session, regency, named.sha256, named.owner_id)
        if named.field == field and proved:
            return shown_form(session, blobs, regency, named.sha256)
    return None


def shown_form(
    session: Session, blobs: Blobs, regency: str, sha256: str
) -> tuple[str, bytes] | None:
    """(mime, bytes) of a stored file as it may be shown; None where there is none."""
    state = queries_blobs.blob_state(session, regency, sha256)
    data = blobs.get(sha256, "shown") if state and state[0] == "complete" else None
    if state is None or data is None:
        return None
    return (state[1] if state[1] in AS_SENT else "image/jpeg"), data


def note_look(
    session: Session, actor: Actor, worker_id: str, region: str, field: str, now: datetime
) -> None:
    """Audit that somebody looked at a picture."""
    audit_log.record(
        session,
        actor_id=actor.user_id,
        action="blob_shown",
        object_type="worker",
        object_id=worker_id,
        region_code=region,
        detail={"field": field},
        now=now,
    )
    session.commit()


def forget_unreferenced(session: Session, blobs: Blobs, now: datetime) -> int:
    """Delete what no worker has named for 90 days; answers how many."""
    begin_write(session)
    dead = queries_blobs.forget_unreferenced(session, now - UNREFERENCED)
    session.commit()
    for sha256 in dead:
        blobs.delete(sha256)
    return len(dead)
