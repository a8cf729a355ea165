"""The proof in a request's signature, and the signing of every answer of the door.

``Jangkau-Signature: 2.<challenge>.<base64url r‖s>``; phones of earlier versions sent the last part
alone, made over the body. ``Jangkau-Answer: <kid>.<base64url r‖s>`` on each answer.
"""

from __future__ import annotations

import logging
from enum import Enum

from flask import Flask, Response, current_app, g, request

from outreach.core.keys import signing
from outreach.core.keys.challenges import Challenges
from outreach.core.keys.server_keys import Keyring, public_keys
from outreach.domain.ids import is_uuid7
from outreach.extensions import db
from outreach.sync.wire import Refused, shrink
from outreach.web.access import utc_now

log = logging.getLogger(__name__)
DOOR = "/sync/v1/"
SIGNATURE = "Jangkau-Signature"
ANSWER = "Jangkau-Answer"
CHALLENGE = "Jangkau-Challenge"
KNOWN_KEY = "Jangkau-Key"
FORM = "2"


class Proof(Enum):
    """How a request is signed: not at all, wrongly, as earlier versions did, or as it should be."""

    NONE = 0
    WRONG = 1
    OLD = 2
    WHOLE = 3


def init_app(app: Flask) -> None:
    """Sign each answer below the door, errors too, and give it the phone's next challenge."""
    challenges = Challenges(app.config["OUTREACH"].secret_key)
    app.extensions["challenges"] = challenges

    @app.before_request
    def learn_keys() -> None:
        # Here and not while answering: it may read, and commit a key that it makes.
        if request.path.startswith(DOOR):
            keyring().keys(db.session(), utc_now())

    @app.after_request
    def answer(response: Response) -> Response:
        if not request.path.startswith(DOOR):
            return response
        device = g.get("asking")
        if device:
            response.headers[CHALLENGE] = challenges.make(device, utc_now())
        return shrink(request, sign(response))


def keyring() -> Keyring:
    """The server's keys."""
    ring: Keyring = current_app.extensions["keyring"]
    return ring


def sign(response: Response) -> Response:
    """The answer signed; unsigned where no key of the server can be opened."""
    key = keyring().answering(request.headers.get(KNOWN_KEY, ""))
    if key is None or key.private is None:
        return response
    of_request = request.headers.get(SIGNATURE, "")
    text = signing.answer_text(response.status_code, of_request, response.get_data())
    response.headers[ANSWER] = f"{key.kid}.{signing.sign(key.private, text)}"
    return response


def told_keys() -> dict[str, object]:
    """``keys`` beside a refusal of ``/device``: a phone that knows none yet could not believe it
    otherwise."""
    return {"keys": public_keys(keyring().held())} if request.endpoint == "sync.device" else {}


def asks(device: object) -> None:
    """Note which phone asks: the answer carries a challenge for it."""
    if is_uuid7(device):
        g.asking = str(device)


def proof_of(point: bytes | None, body: bytes) -> Proof:
    """The proof in the request's signature under this public key of the phone.

    Raises Refused 428 for an old challenge: the answer carries a new one.
    """
    header = request.headers.get(SIGNATURE, "")
    if not header:
        return Proof.NONE
    form, _, rest = header.partition(".")
    if not rest:
        right = point is not None and signing.is_signed(point, header, body)
        return Proof.OLD if right else Proof.WRONG
    challenge, _, signature = rest.rpartition(".")
    challenges: Challenges = current_app.extensions["challenges"]
    if not challenges.is_fresh(challenge, g.get("asking", ""), utc_now()):
        raise Refused(428, "challenge_stale")
    text = signing.request_text(request.method, address(), body, challenge)
    right = form == FORM and point is not None and signing.is_signed(point, signature, text)
    return Proof.WHOLE if right else Proof.WRONG


def address() -> str:
    """Path with query, as the phone wrote it."""
    query = request.query_string.decode("ascii", "replace")
    return f"{request.path}?{query}" if query else request.path
