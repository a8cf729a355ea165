"""The addresses of the sync door: parse, call the service, answer JSON."""

from __future__ import annotations

from flask import Response, current_app, request
from flask_login import current_user
from flask_smorest import Blueprint

from outreach.core.accounts import logins
from outreach.core.accounts.actors import actor_for, home_of
from outreach.core.evidence import blobs
from outreach.core.evidence.quotas import RETRY_AFTER, DayFull
from outreach.core.exchange import devices, earlier_numbers, login_holds, reports
from outreach.core.exchange.known_keys import Crowded
from outreach.core.exchange.pull import pull as pull_rows
from outreach.core.exchange.push import (
    TOKEN_DAYS,
    NewerSchema,
    TooSoon,
    missing_of,
    receipt,
    told_missing,
)
from outreach.core.exchange.push import push as push_mutations
from outreach.core.keys.server_keys import Keyring, KeysUnreadable
from outreach.core.record.changes import Unnumbered
from outreach.domain.actor import FIELD_ROLES, Actor
from outreach.domain.ids import is_uuid7
from outreach.extensions import db
from outreach.storage.accounts import User
from outreach.storage.queries_sync import Known
from outreach.sync import envelopes, guards, schemas
from outreach.sync.proof import asks, keyring
from outreach.sync.wire import Refused, answer, json_in, read_body, read_bytes, refusal
from outreach.web.access import today, utc_now
from outreach.web.agents import phone_name

pages = Blueprint("sync", __name__, url_prefix="/sync/v1", description="The phones' only door")
HEX = frozenset("0123456789abcdef")
MAX_DIGITS = 9


def cookie_of(device_id: str) -> str:
    """Name of a device's own cookie."""
    return f"jk_{device_id}"


def known_by_cookie(device_id: str) -> Known | None:
    """The device, when its own cookie came with the request. What asks here is answered."""
    asks(device_id)
    token = request.cookies.get(cookie_of(device_id))
    return devices.recognise(db.session(), device_id, token, utc_now()) if token else None


def required(device_id: object) -> Known:
    """The device that sends; raises Refused 401 when it must log in again to send."""
    if not is_uuid7(device_id):
        raise Refused(422, "body_part_wrong", part="device")
    device = known_by_cookie(str(device_id))
    if device is None:
        raise Refused(401, "device_unknown")
    return device


def named_device() -> Known:
    """The device of a request without a JSON body: ``?device=``, or the only cookie there is."""
    named = request.args.get("device")
    if named is None:
        own = [name[3:] for name in request.cookies if is_uuid7(name[3:])]
        named = own[0] if len(own) == 1 else None
    if named is None:
        raise Refused(401, "device_unknown")
    return required(named)


def actor_of(device: Known) -> Actor:
    """The device's user, with today's villages."""
    user = User(id=device.user_id, role=device.role, name=device.name)
    return actor_for(db.session(), user, device.regency, today())


def barred(device: Known) -> None:
    """Raise Refused for devices that may send but never fetch."""
    if device.lost_at is not None:
        raise Refused(410, "device_ended")
    if device.revoked_at is not None:
        raise Refused(403, "device_revoked")
    if not device.active:
        raise Refused(403, "user_inactive")
    if device.ended_why == "logout":
        raise Refused(401, "logged_out")
    if device.ended_why is not None:
        raise Refused(401, "login_again")


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


def rolled(response: Response, device: Known) -> Response:
    """The answer with the cookie's 90 days begun again."""
    return with_cookie(response, device.device_id, request.cookies.get(cookie_of(device.device_id)))


@pages.post("/device")
@pages.doc(**schemas.DEVICE)
def device() -> Response:
    """Make a phone known, or tell it anew who it is."""
    body = read_body(request)
    body_parts = json_in(body)
    device = known_by_cookie(envelopes.uuid_in(body_parts, "device"))
    signed = guards.tells(device, envelopes.key_in(body_parts, "public_key"), body)
    announcement = envelopes.announcement_in(body_parts, signed)
    if envelopes.flag_in(body_parts, "fresh_login"):
        must_have_logged_in(device)
    if envelopes.flag_in(body_parts, "login"):
        must_be_own_login(device)
    if envelopes.flag_in(body_parts, "left"):
        return left(announcement, device)
    keys = keyring().keys(db.session(), utc_now())
    token = welcome(announcement, device)
    device = devices.recognise(db.session(), announcement.device, token, utc_now())
    if device is None:
        raise Refused(401, "device_unknown")
    if device.lost_at is not None:
        ended = refusal(Refused(410, "device_ended"))
        return with_cookie(ended, announcement.device, token)
    login_holds.judge_waiting(db.session(), device.device_id, device.regency, utc_now())
    config = current_app.config["OUTREACH"]
    settings = devices.Settings(config.regency, config.min_app_version, config.lease_days)
    profile = devices.describe(
        db.session(), device, actor_of(device), settings, keys, utc_now(), today()
    )
    profile |= devices.memories(db.session(), device, announcement)
    profile |= earlier_numbers.told(db.session(), device, announcement.let_go)
    profile |= devices.card_of(db.session(), device, actor_of(device), keyring(), utc_now())
    profile |= {"session": own_login(device.user_id) is not None, "ended": device.ended_why}
    return with_cookie(answer(profile), announcement.device, token)


def left(announcement: devices.Announcement, device: Known | None) -> Response:
    """The phone's user logged out on it; raises Refused 401 for a phone nobody knows."""
    device = device or required(announcement.device)
    devices.leave(db.session(), device, utc_now())
    return answer({"left": True})


def own_login(user_id: str) -> str | None:
    """The hash of this browser's login when it is that user's and good for a phone: a password
    from a slip first has to be changed."""
    if not current_user.is_authenticated or current_user.id != user_id:
        return None
    return None if current_user.must_change else logins.token_hash(current_user.token)


def browser_of(user_id: str) -> devices.Browser:
    """From where this request comes, with the user's login when there is one."""
    login = own_login(user_id)
    fresh = login is not None and logins.has_just_begun(db.session(), current_user, utc_now())
    agent = current_user.agent if login else request.user_agent.string
    return devices.Browser(login, request.remote_addr or "", fresh, phone_name(agent))


def must_be_own_login(device: Known | None) -> None:
    """Raise Refused 401 unless this browser's login is the phone's own user's: nobody enters as
    somebody who merely worked on the phone before."""
    user_id = device.user_id if device else getattr(current_user, "id", "")
    if own_login(user_id) is None:
        raise Refused(401, "login_needed")


def must_have_logged_in(device: Known | None) -> None:
    """Raise Refused 401 unless this browser's person is the phone's own and gave the password just
    now: that is what a phone asks whose PIN was forgotten."""
    must_be_own_login(device)
    if not logins.has_just_begun(db.session(), current_user, utc_now()):
        raise Refused(401, "login_needed")


def welcome(announcement: devices.Announcement, device: Known | None) -> str:
    """The token of a phone now known, its own or a new one; raises Refused."""
    try:
        if device is None:
            return register(announcement)
        devices.refresh(db.session(), device, announcement, utc_now(), browser_of(device.user_id))
    except devices.DeviceRefused as refused:
        raise Refused(refused.status, refused.code) from None
    return request.cookies[cookie_of(announcement.device)]


def register(announcement: devices.Announcement) -> str:
    """A token for the logged-in user's phone; raises Refused or DeviceRefused."""
    if not current_user.is_authenticated:
        raise Refused(401, "login_needed")
    if current_user.must_change:
        raise Refused(401, "password_first")
    user = db.session().get_one(User, current_user.id)
    regency = home_of(db.session(), user, current_app.config["OUTREACH"].regency)
    return devices.register(
        db.session(), regency, user, announcement, utc_now(), browser_of(user.id)
    )


@pages.post("/push")
@pages.doc(**schemas.PUSH)
def push() -> Response:
    """Take mutations; each gets exactly one verdict."""
    data = read_body(request)
    body = json_in(data)
    device = required(body.get("device"))
    envelope = envelopes.push_envelope(body, guards.may_send(device, data))
    production = current_app.config["OUTREACH"].production
    actor, ring, files = actor_of(device), keyring(), current_app.extensions["blobs"]
    try:
        verdicts = push_mutations(
            db.session(), device, actor, envelope, utc_now(), ring, production, files
        )
    except Unnumbered as error:
        raise Refused(422, "mutation_unnumbered", index=error.index) from None
    except NewerSchema:
        raise Refused(503, "schema_newer", retry_after=3600) from None
    except KeysUnreadable:
        raise Refused(503, "keys_unreadable", retry_after=300) from None
    except Crowded:
        raise Refused(429, "key_crowded", retry_after=3600) from None
    except DayFull:
        raise Refused(429, "day_full", retry_after=RETRY_AFTER) from None
    except TooSoon:
        raise Refused(429, "too_soon", retry_after=2) from None
    return rolled(answer(verdicts), device)


@pages.post("/pull")
@pages.doc(**schemas.PULL)
def pull() -> Response:
    """Rows of the phone's scopes that changed since its cursors."""
    guards.must_ask_in_whole()
    data = read_body(request)
    body = json_in(data)
    device = required(body.get("device"))
    guards.must_fetch(device, data)
    barred(device)
    view = body.get("view", "full")
    if view not in ("list", "full"):
        raise envelopes.wrong("view")
    limit = envelopes.number_in(body, "limit")
    next_key = envelopes.key_in(body, "fetch_key")
    if next_key is not None:
        devices.renew_fetch_key(db.session(), device, next_key)
    pulled = pull_rows(
        db.session(),
        device,
        actor_of(device),
        envelopes.number_in(body, "epoch"),
        envelopes.cursors_in(body),
        view,
        500 if limit is None else limit,
        utc_now(),
        reports.read_report(body.get("report")),
        envelopes.tables_in(body),
    )
    missing = found_missing(device, keyring(), envelopes.number_in(body, "receipts") or 1)
    page: dict[str, object] = {**pulled, **missing}
    if next_key is not None:
        page["fetch_key"] = True
    return rolled(answer(page), device)


def found_missing(device: Known, ring: Keyring, form: int) -> dict[str, object]:
    """The receipt as it stands, and the numbers that it leaves out."""
    holes, last = missing_of(db.session(), device), (device.last_mid, device.last_hash or b"")
    paper = receipt(db.session(), device, ring, last, holes, utc_now(), form)
    return {**told_missing(holes), **paper}


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


@pages.put("/blob/<sha256>")
@pages.doc(**schemas.BLOB_PUT)
def put_blob(sha256: str) -> Response:
    """Take one piece of a picture or signature."""
    name, device = hash_in(sha256), named_device()
    offset, total = count_in("offset"), count_in("total")
    piece = read_bytes(request, blobs.PIECE_MAX)
    guards.may_bring(device, name, offset, piece)
    store = current_app.extensions["blobs"]
    try:
        progress = blobs.put_piece(
            db.session(), store, device, name, offset, total, piece, utc_now()
        )
    except blobs.UploadRefused as refused:
        raise Refused(refused.status, refused.code, refused.retry_after) from None
    return shown(progress)


def shown(progress: blobs.Progress) -> Response:
    """The state of an upload as JSON and headers."""
    body: dict[str, object] = {
        "offset": progress.offset,
        "total": progress.total,
        "state": progress.state,
    }
    if progress.code:
        body |= {"code": progress.code, "params": {"offset": progress.offset}}
    response = answer(body, progress.status)
    response.headers["Upload-Offset"] = str(progress.offset)
    response.headers["Upload-State"] = progress.state
    if progress.code:
        response.headers["Upload-Code"] = progress.code
    return response


@pages.get("/blob/<sha256>")
@pages.doc(**schemas.BLOB_STANDS)
def blob_stands(sha256: str) -> Response:
    """How far this device's own upload is."""
    name, device = hash_in(sha256), named_device()
    guards.may_look_up(device)
    return shown(blobs.progress(db.session(), device, name))


@pages.get("/worker/<worker_id>/blob/<field>")
@pages.doc(**schemas.BLOB_GET)
def worker_blob(worker_id: str, field: str) -> Response:
    """A worker's picture or signature, and its line in the audit; the row gives the permission,
    never a hash. Desk roles look at pictures on the person's page."""
    guards.must_ask_in_whole()
    device = named_device()
    guards.must_fetch(device, b"")
    barred(device)
    if not is_uuid7(worker_id) or device.role not in FIELD_ROLES:
        raise Refused(404, "blob_not_there")
    store = current_app.extensions["blobs"]
    actor = actor_of(device)
    blob = blobs.open_for_worker(db.session(), store, actor, worker_id, field, utc_now())
    if blob is None:
        raise Refused(404, "blob_not_there")
    mime, data = blob
    response = Response(data, content_type=mime)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Disposition"] = "inline"
    return response
