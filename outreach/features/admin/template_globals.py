"""What the administrators' templates call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode


def query(keep: dict[str, str], **changed: object) -> str:
    """The query of an address: what is there already, with some parts changed."""
    return urlencode({**keep, **changed})


def chosen_inside(chosen: list[str], kecamatan: str) -> bool:
    """True when a village of this kecamatan is ticked."""
    return any(code.startswith(kecamatan + ".") for code in chosen)


WORDS: dict[str, Callable[..., Any]] = {"query": query, "chosen_inside": chosen_inside}
