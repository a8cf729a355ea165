"""The wire as marshmallow schemas, for the published OpenAPI. Not run over requests: the hot
path reads envelopes by hand, and mutations stay strings until they are judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from marshmallow import Schema, fields, validate

from outreach.domain.worker_data import object_at

Described = dict[str, object]
"""A part of the description, as OpenAPI has it."""
UUID7 = "UUIDv7, canonical lower case"
STATUSES = ("applied", "conflict", "held", "invalid")


class RefusalSchema(Schema):
    """The error of a refused request; the sentence is made on the phone from ``error.<code>``."""

    code = fields.String(required=True)
    params = fields.Dict(required=True)
    keys = fields.List(
        fields.Nested(lambda: ServerKeySchema()),
        metadata={"description": "from /device: what a phone that knows no key checks it with"},
    )


POINT = "raw P-256 point, base64url without padding"


class ReportSchema(Schema):
    """The phone's report with any request; what cannot be read is left out."""

    clock = fields.String(metadata={"description": "the phone's time, ISO 8601 with zone"})
    oldest = fields.String(metadata={"description": "time of the oldest save not yet sent"})
    unsent = fields.Integer()
    drafts = fields.Integer()
    blobs = fields.Integer(metadata={"description": "pictures not yet sent"})
    used = fields.Integer(metadata={"description": "bytes"})
    quota = fields.Integer(metadata={"description": "bytes"})
    persisted = fields.Boolean()
    app = fields.String()
    pin = fields.Boolean(metadata={"description": "a PIN has been made"})


class ServerKeySchema(Schema):
    """A public key of the server; the first of a kind is the current one."""

    kid = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(("seal", "sign")))
    public = fields.String(required=True, metadata={"description": POINT})


class DeviceRequestSchema(Schema):
    """The phone's announcement of itself. Its first public key is kept for ever."""

    device = fields.String(required=True, metadata={"description": UUID7})
    was = fields.String(allow_none=True, metadata={"description": "the device it was before"})
    name = fields.String(allow_none=True)
    app = fields.String(allow_none=True)
    persisted = fields.Boolean(allow_none=True)
    storage = fields.Dict(allow_none=True)
    recorded = fields.Integer(allow_none=True)
    was_empty = fields.Boolean(allow_none=True)
    was_recorded = fields.Integer(allow_none=True)
    lost_device = fields.String(
        allow_none=True, metadata={"description": "whose numbers up to was_recorded went"}
    )
    let_go = fields.List(
        fields.List(fields.Raw()),
        allow_none=True,
        metadata={
            "description": "[device, first, last] of numbers that this phone had as earlier "
            "devices and no longer keeps; only a signed request names them"
        },
    )
    public_key = fields.String(
        allow_none=True, metadata={"description": f"signs what the phone sends; {POINT}"}
    )
    fetch_key = fields.String(
        allow_none=True,
        metadata={
            "description": f"signs what the phone fetches; {POINT}. Keys are kept from a "
            "new phone, or when its user has just logged in on this browser."
        },
    )
    fresh_login = fields.Boolean(
        allow_none=True,
        metadata={"description": "401 unless this person has just logged in on this browser"},
    )
    login = fields.Boolean(
        allow_none=True,
        metadata={"description": "401 unless this browser's login is this phone's own user's"},
    )
    left = fields.Boolean(
        allow_none=True, metadata={"description": "its user logged out on it; answers {left}"}
    )
    report = fields.Nested(ReportSchema)


class UserSchema(Schema):
    """The phone's user."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    username = fields.String(required=True)
    role = fields.String(required=True)
    lang = fields.String(required=True)
    office = fields.Dict(allow_none=True)
    letters = fields.Dict(metadata={"description": "letter of assignment by village code"})


class EarlierSchema(Schema):
    """What is nowhere of the numbers of one of the phone's earlier devices: [first, last], and a
    third 1 where somebody has settled what became of them."""

    device = fields.String(required=True, metadata={"description": UUID7})
    missing = fields.List(
        fields.List(fields.Integer(), validate=validate.Length(min=2, max=3)),
        required=True,
        metadata={"description": "not on the server"},
    )
    back = fields.List(
        fields.List(fields.Integer(), validate=validate.Length(min=2, max=3)),
        metadata={
            "description": "the saves that bore these numbers before the phone's storage went back"
        },
    )


class DeviceAnswerSchema(Schema):
    """Who the phone is to the server."""

    epoch = fields.Integer(required=True)
    user = fields.Nested(UserSchema, required=True)
    role = fields.String(required=True)
    scopes = fields.List(fields.String(), required=True)
    writable = fields.List(fields.String(), required=True)
    revoked = fields.Boolean(required=True)
    last_mid = fields.Integer(required=True)
    last_key = fields.String(allow_none=True)
    min_version = fields.String(required=True)
    server_time = fields.String(required=True)
    lease_days = fields.Integer(required=True)
    session = fields.Boolean(
        required=True, metadata={"description": "this browser's login is this user's"}
    )
    ended = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "why it may not fetch before its user logs in on it"},
    )
    keys = fields.List(fields.Nested(ServerKeySchema), required=True)
    card = fields.String(
        metadata={
            "description": "JKD1.<base64url JSON>.<base64url r‖s>, signed by the server: whose "
            "phone this is, for another phone of the village that meets it without signal"
        }
    )
    lost = fields.Dict(
        allow_none=True,
        metadata={
            "description": "of an emptied storage: ``missing`` ranges that are nowhere on the "
            "server, first those of the devices that it was before, ``after`` when the save before "
            "its own was received; null once it is settled"
        },
    )
    earlier = fields.List(
        fields.Nested(EarlierSchema),
        metadata={
            "description": "to an announcement with ``let_go``: the devices it names of which "
            "something is nowhere on the server"
        },
    )
    before = fields.Dict(
        allow_none=True,
        metadata={
            "description": "for a phone that begins empty: the person's last one, which never "
            "ended (``name``, ``recorded``, ``received``, ``seen_at``)"
        },
    )


RECEIPT = fields.String(
    metadata={
        "description": "JKR1.<base64url JSON>.<base64url r‖s>, signed by the server; JKR2 where it "
        "leaves numbers out and the request announced ``receipts`` 2"
    }
)
RECEIPTS = fields.Integer(
    allow_none=True, metadata={"description": "newest form of receipt that the phone reads"}
)
MISSING = fields.List(
    fields.List(fields.Integer(), validate=validate.Length(min=2, max=3)),
    metadata={
        "description": "ranges up to last_mid that the server does not have; a third 1 where "
        "somebody has settled what became of them"
    },
)


class PushRequestSchema(Schema):
    """Mutations in order, each a JSON string whose bytes are hashed and stored: open, or sealed to
    the server as ``{mid, key, kid, sealed}``, whose opened bytes are hashed and stored."""

    device = fields.String(required=True, metadata={"description": UUID7})
    epoch = fields.Integer(allow_none=True)
    app = fields.String(allow_none=True)
    recorded = fields.Integer(allow_none=True)
    kept_from = fields.Integer(allow_none=True)
    first_prev = fields.String(
        allow_none=True, metadata={"description": "chain hash before the first; empty at 1"}
    )
    mutations = fields.List(fields.String(), validate=validate.Length(max=50))
    receipts = RECEIPTS
    report = fields.Nested(ReportSchema)


class ResultSchema(Schema):
    """The verdict on one mutation."""

    mid = fields.Integer(required=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    replay = fields.Boolean()
    scope = fields.String(allow_none=True)
    ver = fields.Integer(allow_none=True)
    into = fields.String()
    waits_for = fields.String()
    reason = fields.String(metadata={"description": "why it is held"})
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.Nested(RefusalSchema)))
    conflicts = fields.List(fields.Dict())
    released = fields.List(fields.Dict())


class PushAnswerSchema(Schema):
    """How far the server is; on a fork only ``fork``, ``last_mid`` and ``last_key``."""

    fork = fields.Boolean()
    epoch = fields.Integer()
    last_mid = fields.Integer(required=True)
    last_key = fields.String(allow_none=True)
    last_hash = fields.String()
    durable_mid = fields.Integer()
    server_time = fields.String()
    results = fields.List(fields.Nested(ResultSchema))
    missing = MISSING
    receipt = RECEIPT


class PullRequestSchema(Schema):
    """Cursors by scope: village codes, ``u:<user>`` and ``ref`` alike."""

    device = fields.String(required=True, metadata={"description": UUID7})
    epoch = fields.Integer(allow_none=True)
    cursors = fields.Dict(keys=fields.String(), values=fields.Integer())
    view = fields.String(validate=validate.OneOf(("list", "full")))
    limit = fields.Integer(allow_none=True)
    tables = fields.List(
        fields.String(),
        metadata={
            "description": "tables of features whose rows the phone knows; rows of others are "
            "not sent, so that a phone of an earlier version meets none"
        },
    )
    receipts = RECEIPTS
    report = fields.Nested(ReportSchema)
    fetch_key = fields.String(
        metadata={
            "description": f"signs what the phone fetches from the next request on; {POINT}. "
            "A phone brings another one after its PIN was chosen or changed."
        }
    )


class PullAnswerSchema(Schema):
    """Pages by scope; an absent scope has nothing to say."""

    epoch = fields.Integer(required=True)
    last_mid = fields.Integer(required=True)
    last_key = fields.String(allow_none=True)
    durable_mid = fields.Integer(required=True)
    revoked = fields.List(fields.String(), required=True)
    scopes = fields.Dict(required=True)
    missing = MISSING
    receipt = RECEIPT
    fetch_key = fields.Boolean(
        metadata={"description": "true where the phone brought one: it counts from now on"}
    )


class BlobAnswerSchema(Schema):
    """How far an upload is."""

    offset = fields.Integer(required=True)
    total = fields.Integer(required=True)
    state = fields.String(
        required=True, validate=validate.OneOf(("none", "partial", "complete", "refused"))
    )
    code = fields.String()
    params = fields.Dict()


ERRORS = {
    400: "The body is not JSON or not gzip, or the address cannot be read",
    401: "The device's token is gone: log in to send",
    403: "Not this device, user or role",
    404: "Not there, or not for this reader",
    409: "Go on from the offset in the answer, or as a new device: the key is another one",
    410: "The phone was reported lost: destroy what can be read, keep what is sealed",
    413: "Too big",
    422: "A part of the request is wrong",
    426: "Not signed with the phone's key to fetch with: update the app (fetch_unsigned), or log "
    "in on the phone so that it brings one (fetch_key_unknown)",
    428: "The challenge is too old: sign the request again with the one that came with this answer",
    429: "Too soon; see Retry-After",
    503: "Written by a newer app than the server, or sealed to a key the operator must bring back;"
    " see Retry-After",
}
SIGNATURE_PARAMETER = {
    "name": "Jangkau-Signature",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "2.<challenge>.<base64url of r‖s>: ECDSA P-256 with SHA-256 over the lines "
    '"jangkau request 2", method, path with query, SHA-256 of the inflated body in hexadecimal, '
    "challenge. The challenge is the last answer's Jangkau-Challenge, at most 15 minutes old. "
    "Earlier versions send base64url of r‖s over the inflated body. A phone that registered a "
    "public key must sign its pushes, or they are held.",
}
KEY_PARAMETER = {
    "name": "Jangkau-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "kid of the newest signing key of the server that the phone knows.",
}
ANSWER_HEADERS = {
    "Jangkau-Answer": {
        "schema": {"type": "string"},
        "description": "<kid>.<base64url of r‖s> by a signing key of the server, over the lines "
        '"jangkau answer 1", status, the request\'s Jangkau-Signature, and the body before gzip. '
        "A phone believes no answer without it.",
    },
    "Jangkau-Challenge": {
        "schema": {"type": "string"},
        "description": "what this phone signs with its next request",
    },
}
DEVICE_PARAMETER = {
    "name": "device",
    "in": "query",
    "required": False,
    "schema": {"type": "string"},
    "description": "Which of the browser's devices asks; not needed when it has only one.",
}
SHA_PARAMETER = {
    "name": "sha256",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
}


def number_parameter(name: str) -> Described:
    """A whole number in the address."""
    schema = {"type": "integer", "minimum": 0}
    return {"name": name, "in": "query", "required": True, "schema": schema}


def content(schema: type[Schema]) -> Described:
    """A JSON body of this schema."""
    return {"application/json": {"schema": schema}}


def operation(
    answer: Mapping[str, object],
    refusals: tuple[int, ...],
    parameters: Sequence[Described] = (),
    **more: object,
) -> Described:
    """The description of one address for OpenAPI."""
    responses: dict[str, object] = {
        str(code): {
            "description": ERRORS[code],
            "content": content(RefusalSchema),
            "headers": ANSWER_HEADERS,
        }
        for code in sorted({*refusals, 400, 428})
    }
    headers = {**object_at(answer, "headers"), **ANSWER_HEADERS}
    responses["200"] = {"description": "OK", **answer, "headers": headers}
    named = [*parameters, SIGNATURE_PARAMETER, KEY_PARAMETER]
    return {"responses": responses, **more, "parameters": named}


def json_operation(
    request: type[Schema], answer: type[Schema], refusals: tuple[int, ...]
) -> Described:
    """An operation that takes and gives JSON."""
    body = {"required": True, "content": content(request)}
    return operation({"content": content(answer)}, refusals, requestBody=body)


DEVICE = json_operation(
    DeviceRequestSchema, DeviceAnswerSchema, (400, 401, 403, 409, 410, 413, 422)
)
PUSH = json_operation(PushRequestSchema, PushAnswerSchema, (400, 401, 413, 422, 429, 503))
PULL = json_operation(PullRequestSchema, PullAnswerSchema, (401, 403, 410, 413, 422, 426))
BLOB_PUT = operation(
    {"content": content(BlobAnswerSchema)},
    (401, 403, 409, 413, 422, 429),
    parameters=[DEVICE_PARAMETER, number_parameter("offset"), number_parameter("total")],
    requestBody={
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
)
BLOB_STANDS = operation(
    {
        "headers": {"Upload-Offset": {"schema": {"type": "integer"}}},
        "content": content(BlobAnswerSchema),
    },
    (401, 403, 422),
    parameters=[DEVICE_PARAMETER],
)
BLOB_GET = operation(
    {
        "content": {
            "image/jpeg": {"schema": {"type": "string", "format": "binary"}},
            "application/vnd.jangkau.signature+json": {"schema": {"type": "object"}},
            "audio/webm": {"schema": {"type": "string", "format": "binary"}},
        }
    },
    (401, 403, 404, 410, 422, 426),
    parameters=[DEVICE_PARAMETER],
)
