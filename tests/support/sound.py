"""A recording as a browser's recorder writes it, made without our code: no lengths, with tags."""

from __future__ import annotations

import struct

HIDDEN = b"<script>alert(1)</script>"
SILENCE = b"\xf8\xff\xfe"  # an Opus packet of 20 ms without sound
OPUS_HEAD = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 48_000, 0, 0)
OPEN = b"\x01\xff\xff\xff\xff\xff\xff\xff"  # a length that nobody knows yet


def part(name: str, body: bytes) -> bytes:
    """One element with its length in two bytes, or in four where that is too few."""
    wide = struct.pack(">H", 0x4000 | len(body))
    if len(body) > 0x3FFE:
        wide = struct.pack(">I", 0x10000000 | len(body))
    return bytes.fromhex(name) + wide + body


def recording(
    packets: int = 100,
    *,
    doc_type: bytes = b"webm",
    codec: bytes = b"A_OPUS",
    kind: bytes = b"\x02",
    tracks: int = 1,
    packet: bytes = SILENCE,
    flags: bytes = b"\x80",
    track: bytes = b"\x81",
    channels: bytes = b"\x01",
) -> bytes:
    """A WebM file of so many packets of 20 ms, or one with something wrong."""
    entry = part(
        "ae",
        part("d7", b"\x01")
        + part("73c5", b"\x2a")
        + part("83", kind)
        + part("86", codec)
        + part("63a2", OPUS_HEAD)
        + part("e1", part("b5", struct.pack(">f", 48_000.0)) + part("9f", channels)),
    )
    sound = b"".join(
        part("a3", track + struct.pack(">h", 20 * n) + flags + packet) for n in range(packets)
    )
    return (
        part("1a45dfa3", part("4286", b"\x01") + part("4282", doc_type))
        + bytes.fromhex("18538067")
        + OPEN
        + part("1549a966", part("2ad7b1", b"\x0f\x42\x40") + part("5741", b"Recorder"))
        + part("1254c367", HIDDEN)
        + part("1654ae6b", entry * tracks)
        + bytes.fromhex("1f43b675")
        + OPEN
        + part("e7", b"\x00")
        + sound
    )
