"""A signature as SVG, drawn here from numbers alone; nothing of what was sent is copied."""

from __future__ import annotations

import orjson

MAX_POINTS = 20_000
SIDE = 4000.0


def draw(content: bytes) -> str | None:
    """The strokes {"w", "h", "s": [[x, y, x, y, …], …]} as SVG; None where that cannot be read."""
    try:
        body = orjson.loads(content)
        width, height = side(body["w"]), side(body["h"])
        strokes = [path(stroke) for stroke in body["s"]]
        points = sum(len(stroke) for stroke in body["s"])
    except (ValueError, TypeError, KeyError, IndexError):
        return None
    if not strokes or points > 2 * MAX_POINTS:
        return None
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}"><rect width="100%" height="100%" fill="#fff"/>'
        f'<g fill="none" stroke="#16201b" stroke-width="3" stroke-linecap="round" '
        f'stroke-linejoin="round">{"".join(strokes)}</g></svg>'
    )


def path(stroke: list[object]) -> str:
    """One stroke; a dot becomes a line of no length, which round caps make visible."""
    points = [
        f"{side(x):.1f} {side(y):.1f}" for x, y in zip(stroke[::2], stroke[1::2], strict=True)
    ]
    steps = "L".join(points if points[1:] else points * 2)
    return f'<path d="M{steps}"/>'


def side(value: object) -> float:
    """A number a browser can draw; raises TypeError for anything else, also for NaN."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= SIDE:
        raise TypeError("not a coordinate")
    return float(value)
