"""Which bytes count as picture, signature, recording or signed list, and how they are shown."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, TypeGuard

import orjson

from outreach.core.evidence.sounds import SOUND, START, NotSound, write_anew
from outreach.domain.list_document import NotDocument, read_document

if TYPE_CHECKING:
    from PIL import Image

SIGNATURE = "application/vnd.jangkau.signature+json"
SIGNATURE_MAX = 20 * 1024
LIST = "application/vnd.jangkau.list+json"
LIST_START = b'{"fund":'  # how the canonical form of every list begins
LIST_MAX = 1024 * 1024
# Phones send 1.6 million. A JPEG is read at half or a quarter of its size, others only whole.
MAX_PIXELS = {"JPEG": 20_000_000, "PNG": 4_000_000, "WEBP": 4_000_000}
MAX_SCANS = 100  # of a progressive JPEG; cameras write ten
SCAN = b"\xff\xda"
SHOWN_SIDE = 2000  # a photographed sheet is read line by line
MAX_STROKES = 500
MAX_CANVAS = 4096
PATIENCE = 5.0  # seconds: a phone waits as long as for a slow network, and sends again
ONE = BoundedSemaphore(1)
SNIFF = ((b"\xff\xd8\xff", "JPEG"), (b"\x89PNG\r\n\x1a\n", "PNG"))
MIME = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


class BlobRefused(ValueError):
    """The bytes are none of the kinds taken here; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Busy(RuntimeError):
    """Another picture is being read; nothing was looked at, and the same may be asked again."""


@contextmanager
def one_at_a_time(patience: float = PATIENCE) -> Iterator[None]:
    """Wait for this process's turn to read a picture; raises Busy after ``patience`` seconds.

    A picture of few bytes may take a hundred megabytes while it is read: one at a time bounds what
    any number of phones can make a process use.
    """
    if not ONE.acquire(timeout=patience):
        raise Busy
    try:
        yield
    finally:
        ONE.release()


def inspect(data: bytes) -> tuple[str, str, bytes]:
    """(mime of what was sent, mime shown, bytes shown); raises BlobRefused.

    The bytes shown are never the bytes sent. Pictures are encoded anew, without EXIF or anything
    hidden behind the image. Signatures are written out from their checked points, recordings with
    nothing but their sound. A list is its own canonical form, in which nothing can be hidden.
    """
    if data.startswith(LIST_START):
        return LIST, LIST, signed_list(data)
    if data.startswith(START):
        return SOUND, SOUND, sound(data)
    kind = sniff(data)
    if kind is None:
        return SIGNATURE, SIGNATURE, signature(data)
    return MIME[kind], "image/jpeg", encode_anew(data, kind)


def sniff(data: bytes) -> str | None:
    """JPEG, PNG or WEBP by the first bytes; None for anything else."""
    for start, kind in SNIFF:
        if data.startswith(start):
            return kind
    return "WEBP" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else None


def encode_anew(data: bytes, kind: str) -> bytes:
    """The picture as a fresh JPEG of at most SHOWN_SIDE pixels a side; raises BlobRefused."""
    from PIL import Image

    if data.count(SCAN) > MAX_SCANS:
        raise BlobRefused("blob_not_readable")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=(kind,)) as image:
                if image.width * image.height > MAX_PIXELS[kind]:
                    raise BlobRefused("blob_too_many_pixels")
                return small_jpeg(image)
    except BlobRefused:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise BlobRefused("blob_too_many_pixels") from error
    except Exception as error:  # pillow raises nearly anything on broken files
        raise BlobRefused("blob_not_readable") from error


def small_jpeg(image: Image.Image) -> bytes:
    """The image as JPEG. It is made small before it is turned and its colours are changed: no
    second large copy of it is ever in memory."""
    from PIL import ImageOps

    side = (SHOWN_SIDE, SHOWN_SIDE)
    image.draft("RGB", side)
    small = image if image.mode in ("RGB", "L") else image.convert("RGB")
    small.thumbnail(side)
    upright = ImageOps.exif_transpose(small).convert("RGB")
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=85)
    return out.getvalue()


def sound(data: bytes) -> bytes:
    """A recording written out anew; raises BlobRefused."""
    try:
        return write_anew(data)
    except NotSound as error:
        raise BlobRefused("blob_not_readable") from error


def signed_list(data: bytes) -> bytes:
    """A list in its canonical form; raises BlobRefused."""
    if len(data) > LIST_MAX:
        raise BlobRefused("blob_kind_refused")
    try:
        read_document(data)
    except NotDocument as error:
        raise BlobRefused("blob_kind_refused") from error
    return data


def signature(data: bytes) -> bytes:
    """A signature's points written out anew; raises BlobRefused."""
    if len(data) > SIGNATURE_MAX:
        raise BlobRefused("blob_kind_refused")
    try:
        body = orjson.loads(data)
    except ValueError as error:
        raise BlobRefused("blob_kind_refused") from error
    if not isinstance(body, dict) or not is_signature(body):
        raise BlobRefused("blob_kind_refused")
    return orjson.dumps({"w": body["w"], "h": body["h"], "s": body["s"]})


def is_signature(body: Mapping[str, object]) -> bool:
    """True for {"w", "h", "s": [[x, y, x, y, …], …]} with every point on the canvas."""
    width, height, strokes = body.get("w"), body.get("h"), body.get("s")
    if not (is_side(width) and is_side(height) and isinstance(strokes, list)):
        return False
    if not 0 < len(strokes) <= MAX_STROKES:
        return False
    return all(is_stroke(stroke, width, height) for stroke in strokes)


def is_side(value: object) -> TypeGuard[int]:
    """True for a canvas side in pixels."""
    return type(value) is int and 0 < value <= MAX_CANVAS


def is_stroke(stroke: object, width: int, height: int) -> bool:
    """True for an even list of numbers within the canvas."""
    if not isinstance(stroke, list) or len(stroke) < 2 or len(stroke) % 2:
        return False
    if not all(type(n) in (int, float) for n in stroke):
        return False
    xs, ys = stroke[::2], stroke[1::2]
    return bool(min(xs) >= 0 and max(xs) <= width and min(ys) >= 0 and max(ys) <= height)
