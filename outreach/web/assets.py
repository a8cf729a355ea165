"""The build of the phone's and the desk's files, and ``asset()`` that names them."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Give templates ``asset(name)``."""
