"""The addresses of the sync door: parse, call the service, answer JSON."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, request
from flask_login import current_user
from flask_smorest import Blueprint

from outreach.domain.actor import Actor
from outreach.domain.ids import is_uuid7
from outreach.extensions import db
from outreach.services import blobs, devices
from outreach.services.actors import actor_for
from outreach.services.changes import Unnumbered
from outreach.services.pull import pull as pull_rows
from outreach.services.push import TOKEN_DAYS, NewerSchema, TooSoon
from outreach.services.push import push as push_mutations
from outreach.storage.accounts import User
from outreach.storage.queries_sync import Known
from outreach.sync import envelopes, schemas
from outreach.sync.wire import Refused, answer, read_bytes, read_json, shrink
from outreach.web.access import today, utc_now

room = Blueprint("sync", __name__, url_prefix="/sync/v1", description="The phones' only door")
SESSION: Any = db.session
HEX = frozenset("0123456789abcdef")
MAX_DIGITS = 9


def cookie_of(device_id: str) -> str:
    """Name of a device's own cookie."""
    return f"jk_{device_id}"


def known_by_cookie(device_id: str) -> Known | None:
    """The device, when its own cookie came with the request."""
    token = request.cookies.get(cookie_of(device_id))
    return devices.recognise(SESSION, device_id, token, utc_now()) if token else None


def required(device_id: object) -> Known:
    """The device that sends; raises Refused 401 when it must log in again to send."""
    if not is_uuid7(device_id):
        raise Refused(422, "body_part_wrong", part="device")
    known = known_by_cookie(str(device_id))
    if known is None:
        raise Refused(401, "device_unknown")
    return known


def named_device() -> Known:
    """The device of a request without a JSON body: ``?device=``, or the only cookie there is."""
    named = request.args.get("device")
    if named is None:
        own = [name[3:] for name in request.cookies if is_uuid7(name[3:])]
        named = own[0] if len(own) == 1 else None
    if named is None:
        raise Refused(401, "device_unknown")
    return required(named)


def actor_of(known: Known) -> Actor:
    """The device's user, with today's villages."""
    user = User(id=known.user_id, role=known.role, name=known.name)
    return actor_for(SESSION, user, current_app.config["OUTREACH"].regency, today())


def barred(known: Known) -> None:
    """Raise Refused for devices that may send but never fetch."""
    if known.revoked_at is not None:
        raise Refused(403, "device_revoked")
    if not known.active:
        raise Refused(403, "user_inactive")


def with_cookie(response: Response, device_id: str, token: str | None) -> Response:
    """The answer with the device's cookie set anew for 90 days."""
    if token:
        response.set_cookie(
            cookie_of(device_id),
            token,
            max_age=TOKEN_DAYS * 86400,
            path="/sync/v1",
            httponly=True,
            secure=current_app.config["OUTREACH"].secure_cookies,
            samesite="Strict",
        )
    return response


def rolled(response: Response, known: Known) -> Response:
    """The answer with the cookie's 90 days begun again."""
    return with_cookie(response, known.device_id, request.cookies.get(cookie_of(known.device_id)))


@room.post("/device")
@room.doc(**schemas.DEVICE)
def device() -> Response:
    """Make a phone known, or tell it anew who it is."""
    said = envelopes.announcement_in(read_json(request))
    known, token = known_by_cookie(said.device), None
    if known is not None:
        devices.refresh(SESSION, known, said, utc_now())
        token = request.cookies[cookie_of(said.device)]
    else:
        token = register(said)
        known = devices.recognise(SESSION, said.device, token, utc_now())
    if known is None:
        raise Refused(401, "device_unknown")
    config = current_app.config["OUTREACH"]
    settings = devices.Settings(config.regency, config.min_app_version, config.lease_days)
    body = devices.describe(SESSION, known, actor_of(known), settings, utc_now(), today())
    return with_cookie(answer(body), said.device, token)


def register(said: devices.Announcement) -> str:
    """A token for the logged-in user's phone; raises Refused."""
    if not current_user.is_authenticated:
        raise Refused(401, "login_needed")
    user = SESSION.get(User, current_user.id)
    try:
        return devices.register(SESSION, user, said, utc_now())
    except devices.DeviceRefused as refused:
        raise Refused(403, refused.code) from None


@room.post("/push")
@room.doc(**schemas.PUSH)
def push() -> Response:
    """Take mutations; each gets exactly one verdict."""
    body = read_json(request)
    known = required(body.get("device"))
    envelope = envelopes.push_envelope(body)
    production = current_app.config["OUTREACH"].production
    try:
        found = push_mutations(SESSION, known, actor_of(known), envelope, utc_now(), production)
    except Unnumbered as error:
        raise Refused(422, "mutation_unnumbered", index=error.index) from None
    except NewerSchema:
        raise Refused(503, "schema_newer", retry_after=3600) from None
    except TooSoon:
        raise Refused(429, "too_soon", retry_after=2) from None
    return rolled(shrink(request, answer(found)), known)


@room.post("/pull")
@room.doc(**schemas.PULL)
def pull() -> Response:
    """What changed in the phone's scopes."""
    body = read_json(request)
    known = required(body.get("device"))
    barred(known)
    view = body.get("view", "full")
    if view not in ("list", "full"):
        raise envelopes.wrong("view")
    limit = envelopes.number_in(body, "limit")
    found = pull_rows(
        SESSION,
        known,
        actor_of(known),
        envelopes.number_in(body, "epoch"),
        envelopes.cursors_in(body),
        view,
        500 if limit is None else limit,
        utc_now(),
    )
    return rolled(shrink(request, answer(found)), known)


def hash_in(text: str) -> str:
    """A blob's name; raises Refused."""
    if len(text) != 64 or not set(text) <= HEX:
        raise Refused(422, "body_part_wrong", part="sha256")
    return text


def count_in(name: str) -> int:
    """A whole number from the address; raises Refused."""
    text = request.args.get(name, "")
    if not (text.isascii() and text.isdigit()) or len(text) > MAX_DIGITS:
        raise Refused(422, "body_part_wrong", part=name)
    return int(text)


@room.put("/blob/<sha256>")
@room.doc(**schemas.BLOB_PUT)
def put_blob(sha256: str) -> Response:
    """Take one piece of a picture or signature."""
    name, known = hash_in(sha256), named_device()
    offset, total = count_in("offset"), count_in("total")
    piece = read_bytes(request, blobs.PIECE_MAX)
    store = current_app.extensions["blobs"]
    try:
        found = blobs.put_piece(SESSION, store, known, name, offset, total, piece, utc_now())
    except blobs.UploadRefused as refused:
        raise Refused(refused.status, refused.code) from None
    return shown(found)


def shown(found: blobs.Progress) -> Response:
    """The state of an upload as JSON and headers."""
    body: dict[str, Any] = {"offset": found.offset, "total": found.total, "state": found.state}
    if found.code:
        body |= {"code": found.code, "params": {"offset": found.offset}}
    response = answer(body, found.status)
    response.headers["Upload-Offset"] = str(found.offset)
    response.headers["Upload-State"] = found.state
    if found.code:
        response.headers["Upload-Code"] = found.code
    return response


@room.route("/blob/<sha256>", methods=["HEAD"])
@room.doc(**schemas.BLOB_HEAD)
def head_blob(sha256: str) -> Response:
    """How far this device's own upload is."""
    return shown(blobs.progress(SESSION, named_device(), hash_in(sha256)))


@room.get("/worker/<worker_id>/blob/<field>")
@room.doc(**schemas.BLOB_GET)
def worker_blob(worker_id: str, field: str) -> Response:
    """A worker's picture or signature; the row gives the permission, never a hash."""
    known = named_device()
    barred(known)
    if not is_uuid7(worker_id):
        raise Refused(404, "blob_not_there")
    store = current_app.extensions["blobs"]
    found = blobs.open_for_worker(SESSION, store, actor_of(known), worker_id, field)
    if found is None:
        raise Refused(404, "blob_not_there")
    mime, data = found
    response = Response(data, content_type=mime)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Disposition"] = "inline"
    return response
