"""Which bytes count as a spoken consent, and the form in which it is played.

The bytes played are never the bytes sent. Of a WebM file with one Opus track (RFC 9559, RFC 6716)
only the track's format and the sound itself are written out anew. The length that recorders leave
out is added. Tags, attachments, pictures and whatever else lies in the file stay behind.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

SOUND = "audio/webm"
SOUND_MAX = 1024 * 1024
LONGEST_MS = 5 * 60 * 1000
START = b"\x1a\x45\xdf\xa3"

HEADER, DOC_TYPE = 0x1A45DFA3, 0x4282
SEGMENT, INFO, SCALE, LENGTH = 0x18538067, 0x1549A966, 0x2AD7B1, 0x4489
TRACKS, TRACK, NUMBER, UID, KIND = 0x1654AE6B, 0xAE, 0xD7, 0x73C5, 0x83
CODEC, PRIVATE, SOUND_FACTS, RATE, CHANNELS = 0x86, 0x63A2, 0xE1, 0xB5, 0x9F
CLUSTER, CLUSTER_TIME, BLOCK = 0x1F43B675, 0xE7, 0xA3
MUXER, WRITER = 0x4D80, 0x5741
FRAME = {HEADER, SEGMENT, CLUSTER}  # gone into; recorders leave the length of the last two open
MS = 1_000_000  # nanoseconds, the unit of every recorder
OPUS_MOST = 3 * 1275 + 7  # bytes of a packet: three frames and their head


class NotSound(ValueError):
    """The bytes are no spoken consent that can be played."""


@dataclass(slots=True)
class Recording:
    """A track's format and its packets: (milliseconds from the start, packet)."""

    head: bytes = b""
    channels: int = 1
    packets: list[tuple[int, bytes]] = field(default_factory=list)


def write_anew(data: bytes) -> bytes:
    """The recording as a fresh file; raises NotSound with what is wrong, for logs and tests."""
    if len(data) > SOUND_MAX:
        raise NotSound("too big")
    recording = read_sound(data)
    if not recording.head.startswith(b"OpusHead") or len(recording.head) > 64:
        raise NotSound("no Opus track")
    if not recording.packets:
        raise NotSound("no sound")
    return write(recording)


def read_sound(data: bytes) -> Recording:
    """Format and packets of a file; raises NotSound."""
    recording = Recording()
    cluster = 0
    track = None
    for name, body in elements(data):
        if name == DOC_TYPE and body.rstrip(b"\0") != b"webm":
            raise NotSound("no WebM")
        if name == INFO and whole(dict(elements(body)).get(SCALE, MS.to_bytes(3))) != MS:
            raise NotSound("another unit of time")
        if name == TRACKS:
            track = read_track(body, recording)
        elif name == CLUSTER_TIME:
            cluster = whole(body)
        elif name == BLOCK:
            add_block(body, cluster, track, recording)
    return recording


def read_track(body: bytes, recording: Recording) -> int:
    """Note the only track's format and answer its number; raises NotSound."""
    tracks = [part for name, part in elements(body) if name == TRACK]
    if len(tracks) != 1:
        raise NotSound("not one track")
    facts = dict(elements(tracks[0]))
    if facts.get(KIND) != b"\x02" or facts.get(CODEC, b"").rstrip(b"\0") != b"A_OPUS":
        raise NotSound("no Opus track")
    recording.head = facts.get(PRIVATE, b"")
    recording.channels = whole(dict(elements(facts.get(SOUND_FACTS, b""))).get(CHANNELS, b"\x01"))
    if recording.channels not in (1, 2):
        raise NotSound("not one or two channels")
    return whole(facts.get(NUMBER, b""))


def add_block(body: bytes, cluster: int, track: int | None, recording: Recording) -> None:
    """Note one packet of the track; raises NotSound."""
    own, at = size_at(body, 0)
    if len(body) < at + 3:
        raise NotSound("a block cut short")
    (offset,) = struct.unpack_from(">h", body, at)
    packet = body[at + 3 :]
    when = cluster + offset
    if own != track or body[at + 2] & 0x06 or not 0 < len(packet) <= OPUS_MOST:
        raise NotSound("a block of another kind")
    if not 0 <= when <= LONGEST_MS or (recording.packets and when < recording.packets[-1][0]):
        raise NotSound("a block out of its time")
    recording.packets.append((when, packet))


def elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(name, body) of each element, those in the file's frame too; raises NotSound."""
    at = 0
    while at < len(data):
        name, at = name_at(data, at)
        size, at = size_at(data, at)
        if name in FRAME:
            continue  # its children follow
        if size is None or at + size > len(data):
            raise NotSound("an element cut short")
        yield name, data[at : at + size]
        at += size


def width_at(data: bytes, at: int, most: int) -> int:
    """How many bytes the number that begins here takes; raises NotSound."""
    if at >= len(data) or not data[at]:
        raise NotSound("no number")
    width = 9 - data[at].bit_length()
    if width > most or at + width > len(data):
        raise NotSound("a number cut short")
    return width


def name_at(data: bytes, at: int) -> tuple[int, int]:
    """An element's name and the place after it; raises NotSound."""
    end = at + width_at(data, at, 4)
    return int.from_bytes(data[at:end]), end


def size_at(data: bytes, at: int) -> tuple[int | None, int]:
    """A length, None where it is unknown, and the place after it; raises NotSound."""
    width = width_at(data, at, 8)
    most = (1 << 7 * width) - 1
    value = int.from_bytes(data[at : at + width]) & most
    return (None if value == most else value), at + width


def whole(body: bytes) -> int:
    """An unsigned number; raises NotSound."""
    if not 0 < len(body) <= 8:
        raise NotSound("no number")
    return int.from_bytes(body)


def element(name: int, body: bytes) -> bytes:
    """One element as it is written: name, length in eight bytes, body."""
    return name.to_bytes((name.bit_length() + 7) // 8) + (len(body) | 1 << 56).to_bytes(8) + body


def number(name: int, value: int) -> bytes:
    """An element that holds an unsigned number."""
    return element(name, value.to_bytes(8).lstrip(b"\0") or b"\0")


def write(recording: Recording) -> bytes:
    """The file that is played, each second a cluster of its own, with its length."""
    header = element(
        HEADER,
        number(0x4286, 1)
        + number(0x42F7, 1)
        + number(0x42F2, 4)
        + number(0x42F3, 8)
        + element(DOC_TYPE, b"webm")
        + number(0x4287, 4)
        + number(0x4285, 2),
    )
    length = struct.pack(">d", recording.packets[-1][0] + 60)  # the longest packet lasts 60 ms
    info = element(
        INFO,
        number(SCALE, MS)
        + element(LENGTH, length)
        + element(MUXER, b"Jangkau")
        + element(WRITER, b"Jangkau"),
    )
    facts = element(RATE, struct.pack(">d", 48_000.0)) + number(CHANNELS, recording.channels)
    track = element(
        TRACK,
        number(NUMBER, 1)
        + number(UID, 1)
        + number(KIND, 2)
        + element(CODEC, b"A_OPUS")
        + element(PRIVATE, recording.head)
        + element(SOUND_FACTS, facts),
    )
    clusters: dict[int, list[bytes]] = {}
    for when, packet in recording.packets:
        second = when // 1000
        block = b"\x81" + struct.pack(">h", when - second * 1000) + b"\x80" + packet
        clusters.setdefault(second, []).append(element(BLOCK, block))
    body = b"".join(
        element(CLUSTER, number(CLUSTER_TIME, second * 1000) + b"".join(blocks))
        for second, blocks in clusters.items()
    )
    return header + element(SEGMENT, info + element(TRACKS, track) + body)
