"""Addresses of a signed version: its page, the photos of papers, what a supervisor or the holder of
the office says of it, and the proof of one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import orjson
from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Redirect

from outreach.core.evidence import blobs
from outreach.core.evidence.pdf_signatures import PDF, roots_of
from outreach.core.evidence.pictures import SIGNATURE, BlobRefused
from outreach.core.record.rights import NotAllowed
from outreach.core.register import look_audit
from outreach.domain.actor import Actor
from outreach.domain.refusals import AlreadyDecided, NotThere
from outreach.extensions import db
from outreach.features.village_lists.checking import counting
from outreach.features.village_lists.minutes import (
    certified_presenter,
    minutes_certified,
    minutes_compare,
    minutes_deciding,
    minutes_pdf,
    minutes_presenter,
    minutes_proof,
)
from outreach.features.village_lists.minutes.minutes_certified import CertifiedFile
from outreach.features.village_lists.minutes.minutes_file import MinutesFile, open_minutes
from outreach.features.village_lists.overview.words import sentence_of
from outreach.features.village_lists.records import minutes_queries
from outreach.storage.blobs_port import Blobs
from outreach.web.access import current_actor, requires, utc_now
from outreach.web.i18n import t
from outreach.web.signature import draw

pages = Blueprint("list_minutes", __name__, url_prefix="/lists/<list_id>/minutes/<int:n>")
READERS = ("supervisor", "mpp", "head")


def store() -> Blobs:
    """Where files lie."""
    kept: Blobs = current_app.extensions["blobs"]
    return kept


def file_of(list_id: str, n: int) -> MinutesFile:
    """The version, or 404; its list is taken in first where it has come."""
    session, actor = db.session(), current_actor()
    file = open_minutes(session, actor, list_id, n)
    if file.row.state != minutes_queries.WAITS:
        return file
    counting.settle(session, store(), actor.regency, file.row.id, utc_now())
    return open_minutes(session, actor, list_id, n)


def note(file: MinutesFile, action: str, **detail: object) -> None:
    """The look at a version in the audit."""
    told = {"list": file.of.id, "version": file.row.n, **detail}
    look_audit.note_look(db.session(), current_actor(), action, utc_now(), detail=told)


@pages.get("")
@requires(*READERS)
def show(list_id: str, n: int) -> str:
    """The version; opening it is noted in the audit, for it shows many people."""
    return minutes_page(file_of(list_id, n))


def minutes_page(
    file: MinutesFile,
    errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> str:
    """The page of a version, with what is wrong with a form on it."""
    session, actor = db.session(), current_actor()
    part = minutes_queries.takes_part(session, file.row, actor.user_id)
    shown = minutes_presenter.minutes_page(
        actor, file, drawings(file), takes_part=part, errors=errors, typed=typed
    )
    note(file, "list_minutes", lines=len(file.lines))
    signed = certified_presenter.certified_lines(file, certified_files(file))
    return render_template(
        "village_lists/minutes.html", **shown, pdfs=pdf_links(file), certified=signed
    )


def certified_files(file: MinutesFile) -> list[CertifiedFile]:
    """The PDFs that were signed elsewhere, as they are worth today."""
    fields = file.photos[minutes_queries.CERTIFIED]
    if not fields:
        return []
    roots = roots_of(current_app.config["OUTREACH"].cert_roots)
    found = ((field, picture_of(file, field)) for field in fields)
    return [minutes_certified.read(file, field, one[1], roots) for field, one in found if one]


def pdf_links(file: MinutesFile) -> list[tuple[str, str]]:
    """(address, word) of each document and size that the reader may have."""
    kinds = [kind for kind in minutes_pdf.KINDS if minutes_pdf.is_there(file, kind)]
    if current_actor().role == "mpp":
        kinds = [kind for kind in kinds if kind != minutes_pdf.FULL]
    return [
        (
            minutes_presenter.address("pdf", file.row, kind=kind, size=size),
            t(f"village_lists.pdf.open.{kind}", size=size.upper()),
        )
        for kind in kinds
        for size in minutes_pdf.SIZES
    ]


def drawings(file: MinutesFile) -> dict[str, str]:
    """The signatures on glass that have come, drawn, by field."""
    found = {}
    for field in file.files:
        shown = picture_of(file, field) if field.startswith("glass") else None
        if shown is not None and shown[0] == SIGNATURE:
            found[field] = draw(shown[1]) or ""
    return found


def picture_of(file: MinutesFile, field: str) -> tuple[str, bytes] | None:
    """(mime, bytes) of a file of the version as it may be shown."""
    row = file.row
    return blobs.open_for_row(db.session(), store(), row.regency, row.id, field)


@pages.get("/photos/<field>")
@requires(*READERS)
def photo(list_id: str, n: int, field: str) -> Response:
    """The photo of a paper, through the list's permission; noted. A PDF is only downloaded."""
    file = file_of(list_id, n)
    known = [one for kind in file.photos.values() for one in kind]
    shown = picture_of(file, field) if field in known else None
    if shown is None:
        abort(404)
    note(file, "list_photo", field=field.partition(":")[0])
    answer = Response(shown[1], mimetype=shown[0])
    answer.headers["Cache-Control"] = "private, no-store"
    shown_how = "attachment" if shown[0] == PDF else "inline"
    answer.headers["Content-Disposition"] = shown_how
    return answer


@pages.post("/photos")
@requires(*READERS)
def attach(list_id: str, n: int) -> ResponseReturnValue:
    """Put the photo of a paper, or a PDF that was signed elsewhere, beside the version."""
    file = file_of(list_id, n)
    paper = request.form.get("paper", "")
    if paper not in minutes_deciding.PAPERS:
        abort(422)
    data = sent_file()
    try:
        minutes_deciding.attach(
            db.session(), store(), current_actor(), file, paper, data, utc_now()
        )
    except BlobRefused as refused:
        errors = {f"photo_{paper}": photo_words(refused.code)}
        return minutes_page(file_of(list_id, n), errors), 422
    return back(list_id, n, t("village_lists.minutes.photo.kept"))


def sent_file() -> bytes:
    """The bytes of the file that was chosen, one more than may be taken; none where none was."""
    sent = request.files.get("photo")
    if sent is None:
        return b""
    with sent.stream as stream:
        return bytes(stream.read(blobs.BLOB_MAX + 1))


def photo_words(code: str) -> str:
    """Why a file is not taken, and what to do at a desk."""
    if code in ("blob_none", "pdf_not_signed"):
        return t(f"error.{code}")
    own = ("blob_too_big", "blob_too_many_pixels", "blob_busy", "blob_kind_refused")
    return t(f"village_lists.minutes.photo.{code if code in own else 'blob_not_readable'}")


def back(list_id: str, n: int, said: str, kind: str = "ok") -> Redirect:
    """The way back to the version, with a sentence."""
    flash(said, kind)
    return redirect(url_for(".show", list_id=list_id, n=n), 303)


@pages.get("/look")
@requires("supervisor")
def look(list_id: str, n: int) -> str:
    """The photo of the stamped sheet beside what must stand on it."""
    return look_page(file_of(list_id, n))


def look_page(file: MinutesFile, errors: Mapping[str, str] | None = None, typed: str = "") -> str:
    """The same with what is wrong."""
    if not file.photos[minutes_queries.STAMPED]:
        raise NotThere(file.row.id)
    shown = minutes_presenter.look_page(file, errors or {}, typed)
    note(file, "list_minutes", look=True)
    return render_template("village_lists/minutes_look.html", **shown)


@pages.post("/seen")
@requires("supervisor")
def seen(list_id: str, n: int) -> ResponseReturnValue:
    """The stamped sheet has been looked at, and is this version's."""
    file, session = file_of(list_id, n), db.session()
    said = t("village_lists.minutes.seen_done")
    return done(
        file, said, lambda: minutes_deciding.look(session, current_actor(), file, utc_now())
    )


@pages.post("/accept")
@requires("supervisor")
def accept(list_id: str, n: int) -> ResponseReturnValue:
    """A held signature is taken, with words."""
    said = t("village_lists.minutes.accepted_done")
    return with_words(list_id, n, minutes_deciding.accept, said, "accept_words")


@pages.post("/decline")
@requires("supervisor")
def decline(list_id: str, n: int) -> ResponseReturnValue:
    """A version is declined, with words."""
    said = t("village_lists.minutes.declined_done")
    return with_words(list_id, n, minutes_deciding.decline, said, "decline_words")


def with_words(
    list_id: str,
    n: int,
    decide: Callable[[Session, Actor, MinutesFile, str, datetime], None],
    said: str,
    field: str,
) -> ResponseReturnValue:
    """Decide with the words that were typed; what is wrong with them shows at ``field``."""
    file, session, typed = file_of(list_id, n), db.session(), request.form.get("words", "")
    return done(file, said, lambda: decide(session, current_actor(), file, typed, utc_now()), field)


@pages.post("/confirm")
@requires("head")
def confirm(list_id: str, n: int) -> ResponseReturnValue:
    """Who holds the office says that the version is theirs."""
    file, session = file_of(list_id, n), db.session()
    said = t("village_lists.minutes.confirmed_done")
    return done(
        file, said, lambda: minutes_deciding.confirm(session, current_actor(), file, utc_now())
    )


def done(
    file: MinutesFile, said: str, act: Callable[[], None], field: str = ""
) -> ResponseReturnValue:
    """Do it and say so; missing words show at their field, any other reason above the page."""
    list_id, n = file.of.id, file.row.n
    try:
        act()
    except AlreadyDecided:
        return back(list_id, n, t("village_lists.minutes.elsewhere"), "warning")
    except NotAllowed as refused:
        if field and "words" in refused.errors:
            errors = {field: sentence_of(refused)}
            return minutes_page(file_of(list_id, n), errors, request.form), 422
        return back(list_id, n, sentence_of(refused), "error")
    return back(list_id, n, said)


@pages.get("/compare/<int:second>")
@requires(*READERS)
def beside(list_id: str, n: int, second: int) -> str:
    """Two versions beside each other; noted, for it shows people."""
    one, other = file_of(list_id, n), file_of(list_id, second)
    shown = minutes_compare.compare_page(one, other)
    note(one, "list_minutes", beside=second)
    return render_template("village_lists/minutes_compare.html", **shown)


@pages.get("/pdf/<kind>")
@requires(*READERS)
def pdf(list_id: str, n: int, kind: str) -> Response:
    """The version as a PDF: in full for office and LHP, or the copy for those present; noted."""
    file, size = file_of(list_id, n), request.args.get("size", "")
    size = size if size in minutes_pdf.SIZES else next(iter(minutes_pdf.SIZES))
    if not minutes_pdf.is_there(file, kind):
        raise NotThere(f"{list_id} {n} {kind}")
    if kind == minutes_pdf.FULL and current_actor().role == "mpp":
        abort(403)
    made, name = minutes_pdf.make_pdf(file, kind, size), minutes_pdf.name_of(file, kind)
    note(file, "list_printed", kind=kind, size=size)
    answer = Response(made, mimetype="application/pdf")
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


@pages.get("/lines/<int:no>/proof.json")
@requires("supervisor", "head")
def proof(list_id: str, n: int, no: int) -> Response:
    """The proof of one line as a file: the line, and the hashes that lead to the signed root."""
    file = file_of(list_id, n)
    made = minutes_proof.proof_of(file, no)
    if made is None:
        raise NotThere(f"{list_id} {n} {no}")
    note(file, "export", what="line_proof", line=no)
    name = f"bukti-v{n}-no{no}-{file.row.hash[:8]}.json"
    return Response(
        orjson.dumps(made, option=orjson.OPT_INDENT_2),
        mimetype="application/json",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )
