"""Serves built files for ever (their names carry their hash); whitenoise finds .br and .gz."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from whitenoise import WhiteNoise

DIST = Path(__file__).parent.parent / "static" / "dist"


def init_app(app: Flask) -> None:
    """Wrap the WSGI app; headers of our own are added because whitenoise answers before Flask."""
    from outreach.web.headers import STRICT

    def add_headers(headers: object, _path: str, _url: str) -> None:
        for name, value in STRICT.items():
            headers[name] = value  # type: ignore[index]

    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(DIST),
        prefix="/static/dist/",
        autorefresh=not app.config["OUTREACH"].production,
        immutable_file_test=lambda path, url: True,
        add_headers_function=add_headers,
    )
