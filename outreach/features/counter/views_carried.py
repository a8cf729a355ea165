"""Address where carried files are put in: chosen or dragged, several at once, told in words."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue

from outreach.core.carried.carried_file import MAX_FILE, FileRefused, Import
from outreach.core.carried.carried_import import take_in
from outreach.core.keys.server_keys import KeysUnreadable
from outreach.extensions import db, htmx
from outreach.features.counter import presenter
from outreach.web.access import current_actor, requires, today, utc_now

pages = Blueprint("counter_carried", __name__)
REQUEST_MAX = 64 * 1024 * 1024


@pages.get("/carried")
@requires("supervisor", "mpp")
def carried() -> str:
    """The empty form."""
    return render_template("counter/carried.html", results=[], asked=False)


@pages.post("/carried")
@requires("supervisor", "mpp")
def put_in() -> ResponseReturnValue:
    """The outcome of each file; the results alone where a script sends them one by one."""
    request.max_content_length = REQUEST_MAX
    files = sorted(request.files.getlist("files"), key=lambda file: str(file.filename))
    results = []
    for file in files:
        with file.stream as stream:
            if file.filename:
                results.append(result_of(file.filename, stream.read(MAX_FILE + 1)))
    if htmx:
        return render_template("counter/_carried.html", results=results)
    page = render_template("counter/carried.html", results=results, asked=True)
    return page if results else (page, 422)


def result_of(name: str, data: bytes) -> dict[str, object]:
    """One file's name and what became of it."""
    config = current_app.config["OUTREACH"]
    on = Import(
        db.session(),
        current_app.extensions["blobs"],
        current_app.extensions["keyring"],
        current_actor(),
        today(),
        utc_now(),
        config.production,
    )
    try:
        taken = take_in(on, data)
    except FileRefused as refused:
        return presenter.refused_file(name, refused.code)
    except KeysUnreadable:
        return presenter.refused_file(name, "keys")
    return presenter.taken_file(name, taken)
