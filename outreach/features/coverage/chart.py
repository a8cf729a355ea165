"""Geometry of the bar chart: the macro draws what stands here, in whole units of its box."""

from __future__ import annotations

from datetime import date

WIDTH, HEIGHT = 720, 200
LEFT, BOTTOM, TOP = 44, 26, 18
STEPS = (1, 2, 5)
POINTED_AT = 20  # a day narrower than this is too small a thing to point at


def bars(days: dict[date, int]) -> dict[str, object]:
    """Bars from zero, a round scale, and a label under every seventh day and the last."""
    top = scale_top(max(days.values(), default=0))
    room = HEIGHT - BOTTOM - TOP
    slot = (WIDTH - LEFT) / max(len(days), 1)
    items = []
    for index, (day, count) in enumerate(days.items()):
        height = round(room * count / top, 1)
        items.append(
            {
                "day": day,
                "count": count,
                "left": round(LEFT + index * slot, 1),
                "x": round(LEFT + index * slot + slot * 0.1, 1),
                "width": round(slot * 0.8, 1),
                "y": round(HEIGHT - BOTTOM - height, 1),
                "height": height,
                "middle": round(LEFT + index * slot + slot / 2, 1),
                "labelled": index % 7 == 0 or (index == len(days) - 1 and index % 7 > 3),
            }
        )
    lines = [
        {"value": value, "y": round(HEIGHT - BOTTOM - room * value / top, 1)}
        for value in (0, top // 2, top)
    ]
    return {
        "bars": items,
        "lines": lines,
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "top": TOP,
        "room": room,
        "slot": round(slot, 1),
        "wide": slot >= POINTED_AT,
        "total": sum(days.values()),
    }


def scale_top(highest: int) -> int:
    """The next round even number at or above the highest bar; never zero."""
    size = 1
    while True:
        for step in STEPS:
            if step * size >= highest and step * size % 2 == 0:
                return step * size
        size *= 10
