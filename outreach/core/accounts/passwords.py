"""Passwords: hashing, the rules for choosing one, and those that the system makes up.

Nothing here reads the database.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterable
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from outreach.core.accounts.password_strength import is_weak
from outreach.core.accounts.refusals import Refused

# 19 MiB, t=2, p=1: about 30 ms on a small server; the library's default takes 64 MiB a login.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
MIN_LENGTH = 12
MAX_LENGTH = 128
# Without letters and digits that sound or look alike on paper and on the telephone.
CLEAR_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    return HASHER.hash(normalise(password))


@cache
def dummy_hash() -> str:
    """A hash nobody's password fits, so that unknown names cost as long as known ones."""
    return HASHER.hash(secrets.token_urlsafe(24))


def password_matches(stored: str | None, password: str) -> bool:
    """True when the password fits; takes the same time when ``stored`` is None."""
    try:
        fits = HASHER.verify(stored or dummy_hash(), normalise(password))
    except (VerificationError, InvalidHashError):
        return False
    return fits and stored is not None


def normalise(password: str) -> str:
    """One form for letters that keyboards write in several ways; capped against huge input."""
    return unicodedata.normalize("NFKC", password[: MAX_LENGTH * 2])


def check_new_password(password: str, username: str, about: Iterable[str] = ()) -> None:
    """Raise Refused (field ``new``) when the password is too weak to protect an account; ``about``
    are the owner's and the office's names. Asked at a change only: nobody is kept out by it."""
    if len(password) < MIN_LENGTH:
        raise Refused("password_short", "new", n=MIN_LENGTH)
    if len(password) > MAX_LENGTH:
        raise Refused("password_long", "new", n=MAX_LENGTH)
    folded = password.casefold().strip()
    if len(username) >= 4 and username.casefold() in folded and len(folded) < len(username) + 6:
        raise Refused("password_is_name", "new")
    if len(set(folded)) < 5 or is_weak(normalise(password), [username, *about]):
        raise Refused("password_easy", "new")


def made_up_password() -> str:
    """A one-time password for a slip: three groups of four clear letters (59 bits)."""
    return "-".join(clear_letters(4) for _ in range(3))


def made_up_code() -> str:
    """A reset code to read out by telephone: two groups of four clear letters (39 bits)."""
    return "-".join(clear_letters(4).upper() for _ in range(2))


def clear_letters(n: int) -> str:
    """``n`` random letters of CLEAR_LETTERS."""
    return "".join(secrets.choice(CLEAR_LETTERS) for _ in range(n))


def bare_code(text: str) -> str:
    """A made-up password or code as it is hashed: without hyphens, spaces and capitals."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())
