"""What the administrators' templates call."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Flask


def query(keep: dict[str, str], **changed: object) -> str:
    """The query of an address: what is there already, with some parts changed."""
    return urlencode({**keep, **changed})


def chosen_inside(chosen: list[str], kecamatan: str) -> bool:
    """True when a village of this kecamatan is ticked."""
    return any(code.startswith(kecamatan + ".") for code in chosen)


def init_app(app: Flask) -> None:
    """Give templates the words."""
    app.jinja_env.globals.update(query=query, chosen_inside=chosen_inside)
