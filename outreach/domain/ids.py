"""Client-style identifiers: UUIDv7 made from a clock and randomness that are passed in."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime

LAST_MILLIS = 253402300799999  # 9999-12-31
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def uuid7(now: datetime | None = None, randomness: bytes | None = None) -> str:
    """A new UUIDv7 (RFC 9562) as canonical lower-case text; ``randomness`` is ten bytes."""
    moment = now or datetime.now(UTC)
    millis = int(moment.timestamp() * 1000)
    rand = randomness or os.urandom(10)
    value = (
        (millis & (2**48 - 1)) << 80
        | 0x7 << 76
        | (int.from_bytes(rand[:2], "big") & 0xFFF) << 64
        | 0b10 << 62
        | int.from_bytes(rand[2:10], "big") & (2**62 - 1)
    )
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def is_uuid7(text: object) -> bool:
    """True for a canonical UUIDv7."""
    return isinstance(text, str) and UUID.fullmatch(text) is not None


def moment_of(text: str) -> datetime:
    """When a UUIDv7 was made, by the clock that made it; RFC 9562 gives it 48 bits of milliseconds,
    and the last moment that Python knows stands for all later ones."""
    millis = min(int(text[:8] + text[9:13], 16), LAST_MILLIS)
    return datetime.fromtimestamp(millis / 1000, UTC)
