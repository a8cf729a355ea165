"""Addresses of the field feature: the boot page, the workers' scripts, the app manifest."""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    current_app,
    jsonify,
    make_response,
    render_template,
    request,
)
from flask_login import current_user

from outreach.features.field.browsers import chrome_intent, in_app_browser
from outreach.web import assets
from outreach.web.i18n import current_lang, t
from outreach.web.inputs import address_here

pages = Blueprint("field", __name__)
PAPER, GREEN = "#fbfaf6", "#145c3e"
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
WRITES = ["POST", "PUT", "PATCH", "DELETE"]


@pages.get("/field/")
@pages.get("/field/<path:_path>")
def boot(_path: str = "") -> Response:
    """The page that installs the worker, or says why this browser cannot have it."""
    if current_app.config["OUTREACH"].kill_switch:
        return make_response(render_template("field/boot.html", stopped=True, anonymous=False))
    app = in_app_browser(request.headers.get("User-Agent", ""))
    if app is not None:
        return make_response(in_app_page(app))
    anonymous = not current_user.is_authenticated
    return make_response(render_template("field/boot.html", stopped=False, anonymous=anonymous))


def in_app_page(app: str) -> str:
    """The page that leads out of another app's web view."""
    path = address_here()
    return render_template(
        "field/in_app.html",
        app=app or t("shell.in_app_this"),
        address=request.host_url.rstrip("/") + path,
        intent=chrome_intent(request.host, path, request.is_secure),
    )


@pages.route("/field/", methods=WRITES)
@pages.route("/field/<path:_path>", methods=WRITES)
def not_here(_path: str = "") -> tuple[Response, int]:
    """409: what a phone records is taken by its own worker, never by this address."""
    if "text/html" not in request.headers.get("Accept", ""):
        return jsonify({"code": "not_here", "params": {}}), 409
    return make_response(render_template("field/refused.html")), 409


@pages.get("/sw.js")
def worker() -> Response:
    """The script of the app's worker."""
    return script("sw.js", "/field/")


@pages.get("/away.js")
def outside_worker() -> Response:
    """The script of the worker of all other addresses: what they are without signal."""
    return script("away.js", "/")


def script(name: str, scope: str) -> Response:
    """A worker's script, or the kill switch; packed as the browser accepts it."""
    killed = current_app.config["OUTREACH"].kill_switch
    path = assets.DIST / ("kill.js" if killed else name)
    encoding, suffix = accepted_encoding(path.name)
    answer = Response(path.with_name(path.name + suffix).read_bytes())
    answer.headers["Content-Type"] = "text/javascript; charset=utf-8"
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Service-Worker-Allowed"] = scope
    answer.headers["Vary"] = "Accept-Encoding"
    if encoding:
        answer.headers["Content-Encoding"] = encoding
    answer.add_etag()
    return answer.make_conditional(request)  # type: ignore[return-value]


def accepted_encoding(name: str) -> tuple[str, str]:
    """The best packed form that the browser takes and the build made: (encoding, suffix)."""
    for encoding, suffix in ENCODINGS:
        if request.accept_encodings[encoding] > 0 and (assets.DIST / (name + suffix)).exists():
            return encoding, suffix
    return "", ""


@pages.get("/manifest.webmanifest")
def app_manifest() -> Response:
    """The manifest with which a phone keeps the app on its home screen."""
    sizes = (192, 512)
    icons = [
        {
            "src": assets.asset(f"icons/icon-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for size in sizes
        for purpose in ("any", "maskable")
    ]
    answer = jsonify(
        id="/field/",
        scope="/",
        start_url="/field/",
        name=t("shell.product"),
        short_name=t("shell.product"),
        lang=current_lang(),
        display="standalone",
        background_color=PAPER,
        theme_color=GREEN,
        icons=icons,
    )
    answer.headers["Content-Type"] = "application/manifest+json"
    answer.headers["Cache-Control"] = "no-cache"
    return answer
