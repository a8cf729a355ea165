"""The seven-letter code on a person's slip, which finds the record at the desk."""

from __future__ import annotations

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def worker_code(worker_id: str) -> str:
    """Seven letters (no I, no O) from the last ten hexadecimal digits of the UUID."""
    number = int(worker_id.replace("-", "")[-10:], 16) % 24**7
    letters = ""
    for _ in range(7):
        number, digit = divmod(number, 24)
        letters = ALPHABET[digit] + letters
    return letters
