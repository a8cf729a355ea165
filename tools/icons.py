"""Draws Jangkau's mark: an arm's arc over a person, white on deep green.

``python tools/icons.py`` writes the PNGs under outreach/static/icons, which are committed. The
mark keeps inside the middle 80 %, so that phones may cut any shape from it (maskable). Five shades
are enough for its edges, and keep the file small.
"""

from __future__ import annotations

import math
import struct
import zlib
from pathlib import Path

from PIL import Image, ImageDraw

ICONS = Path(__file__).parent.parent / "outreach" / "static" / "icons"
GREEN = (20, 92, 62)
PAPER = (251, 250, 246)
FINE = 8  # drawn this much larger, then scaled down
SHADES = 5
# In parts of the side: the person's middle and radius, the arc's radius, width and ends (degrees).
MIDDLE = (0.53, 0.608)
PERSON = 0.113
REACH = 0.277
WIDTH = 0.102
ENDS = (172, 322)


def draw(size: int) -> Image.Image:
    """The mark at ``size`` pixels; its values are numbers of shades."""
    n = size * FINE
    image = Image.new("L", (n, n), 0)
    pen = ImageDraw.Draw(image)
    middle = (n * MIDDLE[0], n * MIDDLE[1])
    pen.arc(around(middle, n * (REACH + WIDTH / 2)), *ENDS, fill=255, width=round(n * WIDTH))
    for end in map(math.radians, ENDS):
        tip = (middle[0] + n * REACH * math.cos(end), middle[1] + n * REACH * math.sin(end))
        pen.ellipse(around(tip, n * WIDTH / 2), fill=255)
    pen.ellipse(around(middle, n * PERSON), fill=255)
    small = image.resize((size, size), Image.Resampling.LANCZOS)
    return small.point(lambda value: round(value / 255 * (SHADES - 1)))


def around(middle: tuple[float, float], radius: float) -> tuple[float, float, float, float]:
    """The box of a circle."""
    x, y = middle
    return x - radius, y - radius, x + radius, y + radius


def palette() -> bytes:
    """The colours of the shades, from green to paper."""
    steps = [i / (SHADES - 1) for i in range(SHADES)]
    return bytes(round(a + (b - a) * t) for t in steps for a, b in zip(GREEN, PAPER, strict=True))


def png(shades: Image.Image) -> bytes:
    """A PNG of four bits a pixel whose lines are not filtered, which packs a third better here
    than what Pillow writes."""
    side = shades.width
    values = shades.tobytes()
    pairs = bytes(a << 4 | b for a, b in zip(values[::2], values[1::2], strict=True))
    half = side // 2
    lines = b"".join(b"\0" + pairs[y * half : (y + 1) * half] for y in range(side))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        chunk(kind, data)
        for kind, data in (
            (b"IHDR", struct.pack(">IIBBBBB", side, side, 4, 3, 0, 0, 0)),
            (b"PLTE", palette()),
            (b"IDAT", zlib.compress(lines, 9)),
            (b"IEND", b""),
        )
    )


def chunk(kind: bytes, data: bytes) -> bytes:
    """One part of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def main() -> None:
    """Write the icons in the sizes that phones ask for."""
    ICONS.mkdir(parents=True, exist_ok=True)
    for size in (192, 512):
        (ICONS / f"icon-{size}.png").write_bytes(png(draw(size)))


if __name__ == "__main__":
    main()
