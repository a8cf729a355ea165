"""The phone's QR codes, read by a library that is not ours."""

from __future__ import annotations

import json

import pytest
import quickjs
import zxingcpp
from PIL import Image

from outreach.build.bundles import JS

QUIET, SCALE = 4, 4
# What quickjs lacks of a browser.
ENCODER = "class TextEncoder { encode(t) { return Uint8Array.from(t, (c) => c.charCodeAt(0)); } }"
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."


@pytest.fixture(scope="module")
def engine() -> quickjs.Context:
    """The encoder, as the worker has it."""
    context = quickjs.Context()
    source = (
        (JS / "field" / "screens" / "receipt" / "qr_code.js").read_text().replace("export ", "")
    )
    context.eval(f"{ENCODER}\n{source}\nglobalThis.qr = (t) => JSON.stringify(qrModules(t));")
    return context


def read(rows: list[list[int]]) -> list[str]:
    """The texts that a camera reads from the modules."""
    side = len(rows) + 2 * QUIET
    picture = Image.new("L", (side, side), 255)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            picture.putpixel((x + QUIET, y + QUIET), 0 if dark else 255)
    return [
        str(found.text)
        for found in zxingcpp.read_barcodes(picture.resize((side * SCALE, side * SCALE), 0))
    ]


# One block and several, with and without version bits, with blocks of two lengths.
@pytest.mark.parametrize("length", [1, 17, 78, 154, 230, 291, 310, 400, 750, 1500])
def test_a_code_reads_as_its_text(engine: quickjs.Context, length: int) -> None:
    text = "".join(LETTERS[(i * i + 3 * i + length) % len(LETTERS)] for i in range(length))
    assert read(json.loads(engine.eval(f"qr('{text}')"))) == [text]


def test_a_text_without_room_is_refused(engine: quickjs.Context) -> None:
    with pytest.raises(quickjs.JSException, match="too long"):
        engine.eval("qr('a'.repeat(2954))")
