"""The app as it is served, behind somebody who answers in its place while a file says so.

``MIDDLE_BOX`` names the file: ``{"paths": […], "status": 410, "type": "text/html", "body": "…"}``.
Requests of these paths never reach the app.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from werkzeug.wrappers import Response

from wsgi import app

file = Path(os.environ.get("MIDDLE_BOX", "none"))
behind = app.wsgi_app


def between(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """The box's answer where it has one, else the app's."""
    said = json.loads(file.read_text()) if file.exists() else {"paths": []}
    if not environ["PATH_INFO"].startswith(tuple(said["paths"])):
        return behind(environ, start)
    answer = Response(said["body"], said["status"], content_type=said["type"])
    return answer(environ, start)


app.wsgi_app = between  # type: ignore[method-assign]
