"""Searches as sealed addresses, which Back and reload can ask for again. Such an address tells
nobody a name or a NIK, serves its own user alone, and ends after a quarter of an hour."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from flask import current_app

LASTS = 15 * 60


def box() -> Fernet:
    """The seal of this server, made from its secret."""
    secret = f"counter search {current_app.config['SECRET_KEY']}".encode()
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(secret).digest()))


def seal(user_id: str, typed: str) -> str:
    """The words that ``user_id`` typed, sealed for an address."""
    return box().encrypt(f"{user_id} {typed}".encode()).decode()


def unseal(user_id: str, token: str) -> str | None:
    """The words typed; None for another user's, an old or a forged seal."""
    try:
        owner, _, typed = box().decrypt(token.encode(), ttl=LASTS).decode().partition(" ")
    except InvalidToken:
        return None
    return typed if owner == user_id else None
