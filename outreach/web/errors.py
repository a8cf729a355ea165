"""Error pages: what happened, that nothing was lost, and what to do.

Which status a refusal of the core has is told here by ``answer_refusals``; the kit knows none.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, Response, current_app, g, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from outreach.extensions import htmx

EXPLAINED = frozenset({400, 401, 403, 404, 405, 409, 413, 429, 500})


def init_app(app: Flask) -> None:
    """Answer errors as JSON under /sync/v1 and as a page elsewhere."""

    @app.errorhandler(HTTPException)
    def answer_http_error(
        error: HTTPException,
    ) -> Response | tuple[Response, int] | tuple[str, int]:
        if error.response is not None:
            return error.response  # type: ignore[return-value]
        return answer(error.code or 500)


def answer_refusals(app: Flask, statuses: Mapping[type[Exception], int]) -> None:
    """Answer each of these, and what derives from it, with its status where no view catches it."""
    for refusal, code in statuses.items():
        app.register_error_handler(refusal, lambda _, code=code: answer(code))


def answer(code: int) -> tuple[Response, int] | tuple[str, int]:
    """The answer of a status: JSON to phones, a page or a part of one to everybody else."""
    if request.path.startswith("/sync/"):
        return jsonify({"code": f"http_{code}", "params": {}}), code
    return page_of(code), code


def page_of(code: int) -> str:
    """The page of a status, or its sentence alone for a part of a page.

    A fault of the server is answered without asking who reads: the database may be what fails.
    """
    g.plain = code >= 500
    part = "_error" if htmx else "error"
    context = {"code": code, "sentence": sentence(code)}
    if g.plain:  # without Flask-Login's context, which loads the user
        return current_app.jinja_env.get_template(f"_kit/{part}.html").render(context)
    return render_template(f"_kit/{part}.html", **context)


def sentence(code: int) -> str:
    """The catalogue key that explains a status."""
    return f"shell.error_{code}" if code in EXPLAINED else "shell.error_other"
