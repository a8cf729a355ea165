"""A form that was sent when the login had already ended.

Its answers travel sealed through the login page, so that nobody who logs in instead can read them.
They are sent again once the same user has logged in. Nothing is kept on the server.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from outreach.web.form_owner import FIELD as OWNER

LONGEST = timedelta(hours=12)  # of an office login
MOST = 64 * 1024  # of answers; the login page carries a third more
NONCE = 12


@dataclass(frozen=True, slots=True)
class UnsentForm:
    """Whose form it is, where it goes, and its answers in order; files are not among them."""

    user_id: str
    address: str
    fields: list[tuple[str, str]]


def key_of(secret: str) -> bytes:
    """The server's own key for these forms."""
    return hashlib.sha256(b"jangkau unsent form\0" + secret.encode()).digest()


def seal(secret: str, form: UnsentForm, now: datetime) -> str | None:
    """The form as the login page carries it; None where it is too long to be carried."""
    fields = [[name, value] for name, value in form.fields if name != OWNER]
    plain = json.dumps([form.user_id, form.address, fields, now.timestamp()]).encode()
    if len(plain) > MOST:
        return None
    nonce = secrets.token_bytes(NONCE)
    sealed = AESGCM(key_of(secret)).encrypt(nonce, plain, None)
    return base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(secret: str, text: str, now: datetime) -> UnsentForm | None:
    """The form that was sealed here; None for anything else, and after half a day."""
    try:
        raw = base64.urlsafe_b64decode(text.encode())
        plain = AESGCM(key_of(secret)).decrypt(raw[:NONCE], raw[NONCE:], None)
    except (ValueError, InvalidTag):
        return None
    user_id, address, fields, at = json.loads(plain)
    if not timedelta(0) <= now - datetime.fromtimestamp(at, now.tzinfo) <= LONGEST:
        return None
    return UnsentForm(user_id, address, [(name, value) for name, value in fields])
