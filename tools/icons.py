"""Draws Jangkau's mark: a reaching arc with a hand's point, white on deep green.

``python tools/icons.py`` writes the PNGs under outreach/static/icons, which are committed. The
mark keeps inside the middle 80 %, so that phones may cut any shape from it (maskable).
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

ICONS = Path(__file__).parent.parent / "outreach" / "static" / "icons"
GREEN = (20, 92, 62)
PAPER = (251, 250, 246)
FINE = 4  # drawn this much larger, then scaled down


def draw(size: int) -> Image.Image:
    """The mark at ``size`` pixels."""
    n = size * FINE
    image = Image.new("RGB", (n, n), GREEN)
    pen = ImageDraw.Draw(image)
    width = round(n * 0.09)
    pen.arc([n * 0.24, n * 0.30, n * 0.92, n * 0.98], 180, 285, fill=PAPER, width=width)
    pen.ellipse([n * 0.56, n * 0.44, n * 0.76, n * 0.64], fill=PAPER)
    pen.ellipse([n * 0.24, n * 0.62, n * 0.33, n * 0.71], fill=PAPER)
    for x, y in ((0.60, 0.29), (0.66, 0.27)):
        r = 0.055
        pen.ellipse([n * (x - r), n * (y + 0.05 - r), n * (x + r), n * (y + 0.05 + r)], fill=PAPER)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def main() -> None:
    """Write the icons in the sizes that phones ask for."""
    ICONS.mkdir(parents=True, exist_ok=True)
    for size in (192, 512):
        draw(size).quantize(16).save(ICONS / f"icon-{size}.png", optimize=True)


if __name__ == "__main__":
    main()
