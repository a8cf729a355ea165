"""Serves built files for ever (their names carry their hash); whitenoise finds .br and .gz."""

from __future__ import annotations

from wsgiref.headers import Headers

from flask import Flask
from whitenoise import WhiteNoise

from outreach.web import assets
from outreach.web.headers import strict_of

# Parts of the build that have their own addresses, or none.
NOT_STATIC = ("sw.js", "away.js", "kill.js", "manifest.json", ".inputs")


def init_app(app: Flask) -> None:
    """Serve what was built when the app started; a new build needs a restart, as asset() does.

    The folder is read once, never per request: an address can name no file outside this list.
    """
    if not assets.DIST.is_dir():
        return
    strict = strict_of(app)

    def add_headers(headers: Headers, _path: str, _url: str) -> None:
        # whitenoise answers before Flask's after_request
        for name, value in strict.items():
            headers[name] = value

    static = WhiteNoise(
        app.wsgi_app,
        immutable_file_test=lambda path, url: True,
        add_headers_function=add_headers,
        allow_all_origins=False,
    )
    static.add_files(str(assets.DIST), prefix=assets.PREFIX)
    for name in NOT_STATIC:
        for suffix in ("", ".gz", ".br"):
            static.files.pop(f"{assets.PREFIX}{name}{suffix}", None)
    app.wsgi_app = static  # type: ignore[method-assign]
