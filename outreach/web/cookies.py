"""Takes a second session cookie away that a cut-off answer left in a browser.

A cookie whose ``Path`` was lost on the way lies in the folder of the address that was asked.
There it is sent first and for ever, and whoever logs in again is still not known there.
"""

from __future__ import annotations

from flask import Flask, Response, request


def init_app(app: Flask) -> None:
    """Delete the spare cookies of a request that carries more than one session."""

    @app.after_request
    def drop_spare(response: Response) -> Response:
        name = app.config["SESSION_COOKIE_NAME"]
        if len(request.cookies.getlist(name)) > 1:
            for folder in folders(request.path):
                response.delete_cookie(name, path=folder)
        return response


def folders(path: str) -> list[str]:
    """Every folder a cookie of this address may lie in, except the root."""
    parts = path.strip("/").split("/")
    return ["/" + "/".join(parts[:end]) for end in range(1, len(parts) + 1)]
