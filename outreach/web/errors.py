"""Error pages: what happened, that nothing was lost, and what to do."""

from __future__ import annotations

from flask import Flask, Response, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

EXPLAINED = frozenset({400, 401, 403, 404, 405, 413, 429, 500})


def init_app(app: Flask) -> None:
    """Answer errors as JSON under /sync/v1 and as a page elsewhere."""

    @app.errorhandler(HTTPException)
    def known(error: HTTPException) -> Response | tuple[Response, int] | tuple[str, int]:
        code = error.code or 500
        if error.response is not None:
            return error.response  # type: ignore[return-value]
        if request.path.startswith("/sync/"):
            return jsonify({"code": f"http_{code}", "params": {}}), code
        return render_template("_kit/error.html", code=code, sentence=sentence(code)), code


def sentence(code: int) -> str:
    """The catalogue key that explains a status."""
    return f"shell.error_{code}" if code in EXPLAINED else "shell.error_other"
