"""Address where carried files are put in: chosen or dragged, several at once, told in words."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template, request

from outreach.core.carried.carried_file import MAX_FILE, FileRefused, Import
from outreach.core.carried.carried_import import Taken, take_in
from outreach.core.keys.server_keys import KeysUnreadable
from outreach.extensions import db, htmx
from outreach.features.counter.views_receipts import span
from outreach.web import display
from outreach.web.access import current_actor, requires, today, utc_now
from outreach.web.i18n import t

pages = Blueprint("counter_carried", __name__)
REQUEST_MAX = 64 * 1024 * 1024
COUNTED = ("applied", "conflict", "held", "invalid")
PICTURES = ("new", "known", "refused", "closed")


@pages.get("/carried")
@requires("supervisor", "mpp")
def carried() -> str:
    """The empty form."""
    return render_template("counter/carried.html", results=[], asked=False)


@pages.post("/carried")
@requires("supervisor", "mpp")
def put_in() -> Any:
    """What became of each file; the results alone where a script sends them one by one."""
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


def result_of(name: str, data: bytes) -> dict[str, Any]:
    """One file's name and what became of it, in words."""
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
        return {"file": name, "refused": t(f"counter.carried.refused.{refused.code}")}
    except KeysUnreadable:
        return {"file": name, "refused": t("counter.carried.refused.keys")}
    return {
        "file": name,
        "taken": taken,
        "lines": lines_of(taken),
        "numbers": numbers_of(taken),
        "missing": "" if taken.missing is None else span(*taken.missing),
    }


def lines_of(taken: Taken) -> list[str]:
    """What became of records and pictures, one sentence each."""
    found = [(f"counter.carried.{name}", taken.verdicts[name]) for name in COUNTED]
    found += [("counter.carried.known", taken.known)]
    found += [(f"counter.carried.pictures.{name}", taken.pictures[name]) for name in PICTURES]
    return [t(key, n=n) for key, n in found if n] or [t("counter.carried.empty")]


def numbers_of(taken: Taken) -> str:
    """Which of the phone's numbers the file carries; empty for none."""
    if not taken.last:
        return ""
    if taken.first == taken.last:
        return t("counter.carried.number", n=display.number(taken.first))
    first, last = display.number(taken.first), display.number(taken.last)
    return t("counter.carried.numbers", first=first, last=last)
