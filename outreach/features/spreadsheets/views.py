"""Addresses of sheets: the list leaves, a file comes home, is looked at, decided, saved, undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue

from outreach.core.register import listing
from outreach.core.register.exports import Choice
from outreach.core.workbooks.books import MOST_BYTES, BadBook, open_book
from outreach.domain.refusals import AlreadyDecided
from outreach.extensions import db
from outreach.features.spreadsheets import presenter, queries, returns, saving, undoing
from outreach.features.spreadsheets.judging import judge_rows, workers_of
from outreach.features.spreadsheets.leaving import MOST_PEOPLE, TooManyPeople, leave
from outreach.features.spreadsheets.reading import BadReturn
from outreach.features.spreadsheets.seals import SealBox
from outreach.web import display
from outreach.web.access import current_actor, requires, today, utc_now
from outreach.web.i18n import current_lang, t
from outreach.web.lists import UrlArgs, page_number

pages = Blueprint("spreadsheets", __name__, url_prefix="/spreadsheets")
WHO = ("supervisor", "head")
# The file with the fields beside it; what is longer is not read at all.
REQUEST_MAX = 20 * 1024 * 1024
# What a head's sheet shows beside what a head may change.
HEAD_COLUMNS = ("sex", "birth_date", "occupation")


def box() -> SealBox:
    """The seals of this server."""
    return SealBox(str(current_app.config["SECRET_KEY"]))


def production() -> bool:
    """True where invented people are refused."""
    return bool(current_app.config["OUTREACH"].production)


@pages.post("/leave")
@requires(*WHO)
def leave_sheet() -> ResponseReturnValue:
    """The list of workers as a sheet that may come home, or back to the list with a sentence."""
    actor, form = current_actor(), request.form
    query = listing.parse(form, form.getlist("cols"), actor.regency)
    if actor.role == "head":
        query = replace(query, columns=HEAD_COLUMNS)
    choice = Choice(
        kind="xlsx",
        full_nik=False,
        all_fields=form.get("all_fields") == "1" or actor.role == "head",
        lang=current_lang(),
        timezone=str(current_app.config["OUTREACH"].timezone),
    )
    try:
        file = leave(db.session(), actor, query, choice, box(), utc_now())
    except TooManyPeople:
        flash(t("spreadsheets.too_many", most=display.number(MOST_PEOPLE)), "warning")
        if actor.role == "head":
            return redirect(url_for(".show_all"), 303)
        args: UrlArgs = {**query.to_args()}
        return redirect(url_for("review_list.workers", **args), 303)
    named = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return Response(stream_with_context(file.chunks), mimetype=file.mime, headers=named)


@pages.get("/")
@requires(*WHO)
def show_all() -> str:
    """The form for a file, and the files that came before."""
    return list_page("")


def list_page(error: str) -> str:
    """The page, with what is wrong with the file that was sent."""
    session, actor = db.session(), current_actor()
    number, size = page_number(request.args), presenter.PAGE
    rows = queries.returns_of(session, actor, (number - 1) * size, size)
    total = queries.count_returns(session, actor)
    shown = presenter.list_page(actor, rows, number, total, error)
    most = MOST_BYTES // 1024 // 1024
    return render_template("spreadsheets/returns.html", **shown, most=most)


@pages.post("/")
@requires(*WHO)
def come_home() -> ResponseReturnValue:
    """Read a file and go to what it changes; or the form again with what is wrong."""
    request.max_content_length = REQUEST_MAX
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return list_page(t("spreadsheets.file.missing")), 422
    with sent.stream as stream:
        content = bytes(stream.read(MOST_BYTES + 1))
    session, actor = db.session(), current_actor()
    try:
        book = open_book(content, sent.filename)
        sheet = returns.read_file(session, actor, book, box(), today())
    except BadBook as bad:
        locked = bad.code.startswith("password_")
        code = "password_unknown_kind" if locked else bad.code
        return list_page(t(f"intake.file.{code}", **bad.params)), 422
    except BadReturn as bad:
        most = display.number(MOST_PEOPLE)
        return list_page(t(f"spreadsheets.file.{bad.code}", most=most)), 422
    session.rollback()
    return_id = returns.begin(session, actor, sheet, sent.filename, content, utc_now())
    return redirect(url_for(".show", return_id=return_id), 303)


@pages.get("/<return_id>")
@requires(*WHO)
def show(return_id: str) -> str:
    """What a file changes, or what became of it."""
    return return_page(return_id)


def return_page(return_id: str) -> str:
    """The page of a return, judged against the register of this moment."""
    session, actor = db.session(), current_actor()
    one = returns.find_return(session, actor, return_id)
    rows = queries.rows_of(session, actor.regency, return_id)
    number = page_number(request.args)
    if one.state != "open":
        ids = sorted({row.worker_id for row in rows if row.worker_id})
        workers = workers_of(session, actor.regency, ids)
        people = {
            i: (worker.full_name, worker.region_code)
            for i, worker in workers.items()
            if actor.can_see(worker.region_code)
        }
        shown = presenter.ended_page(one, rows, people, number)
        return render_template("spreadsheets/ended.html", **shown)
    judged = judge_rows(session, actor, rows)
    tab, goes_on = request.args.get("tab", ""), request.args.get("next") == "1"
    shown = presenter.return_page(one, judged, tab, number, goes_on=goes_on)
    return render_template("spreadsheets/return.html", **shown)


def acted(return_id: str, act: Callable[[], str], **args: object) -> ResponseReturnValue:
    """Do it, say so, and go back to the return; where it is too late, that is said."""
    try:
        flash(act(), "ok")
    except AlreadyDecided:
        db.session.rollback()
        flash(t("spreadsheets.said.past"), "warning")
    shown: UrlArgs = {name: value for name, value in args.items() if value}
    return redirect(url_for(".show", return_id=return_id, **shown), 303)


@pages.post("/<return_id>/rows/<row_id>")
@requires(*WHO)
def decide(return_id: str, row_id: str) -> ResponseReturnValue:
    """Keep what was chosen in one row's cells."""
    picks = {
        name.removeprefix("pick."): side
        for name, side in request.form.items()
        if name.startswith("pick.") and side in ("ours", "theirs")
    }
    back: UrlArgs = {"tab": "open", "page": request.form.get("page") or None, "next": "1"}
    session, actor, now = db.session(), current_actor(), utc_now()
    returns.find_return(session, actor, return_id)
    if not picks:
        flash(t("spreadsheets.said.unchosen"), "warning")
        return redirect(url_for(".show", return_id=return_id, **back), 303)

    def act() -> str:
        returns.decide(session, actor, return_id, row_id, picks, now)
        return t("spreadsheets.said.picked")

    return acted(return_id, act, **back)


@pages.post("/<return_id>/keep")
@requires(*WHO)
def keep(return_id: str) -> ResponseReturnValue:
    """Leave the register as it is wherever nobody has decided."""
    session, actor, now = db.session(), current_actor(), utc_now()

    def act() -> str:
        return t("spreadsheets.said.kept", n=returns.keep_all(session, actor, return_id, now))

    return acted(return_id, act)


@pages.post("/<return_id>/save")
@requires(*WHO)
def save(return_id: str) -> ResponseReturnValue:
    """Save every change that stands."""
    session, actor, now = db.session(), current_actor(), utc_now()

    def act() -> str:
        counts = saving.save_return(session, actor, return_id, now, production=production())
        return t("spreadsheets.said.saved", n=counts["written"])

    try:
        return acted(return_id, act)
    except saving.Undecided as undecided:
        session.rollback()
        flash(t("spreadsheets.said.undecided", n=undecided.cells), "warning")
        return redirect(url_for(".show", return_id=return_id), 303)


@pages.post("/<return_id>/cancel")
@requires(*WHO)
def cancel(return_id: str) -> ResponseReturnValue:
    """Give the return up; nothing of it is saved."""
    session, actor, now = db.session(), current_actor(), utc_now()

    def act() -> str:
        returns.cancel(session, actor, return_id, now)
        return t("spreadsheets.said.cancelled")

    return acted(return_id, act)


@pages.get("/<return_id>/undo")
@requires(*WHO)
def ask_undo(return_id: str) -> ResponseReturnValue:
    """How many people go back, and how many stay; or back with a sentence."""
    session, actor = db.session(), current_actor()
    one = returns.find_return(session, actor, return_id)
    try:
        told = undoing.outlook(session, actor, return_id)
    except AlreadyDecided:
        flash(t("spreadsheets.said.past"), "warning")
        return redirect(url_for(".show", return_id=return_id), 303)
    shown = presenter.undo_page(one, len(told.work), len(told.left))
    return render_template("spreadsheets/undo.html", **shown)


@pages.post("/<return_id>/undo")
@requires(*WHO)
def undo(return_id: str) -> ResponseReturnValue:
    """Take the return back."""
    session, actor, now = db.session(), current_actor(), utc_now()

    def act() -> str:
        counts = undoing.undo_return(session, actor, return_id, now, production=production())
        return t("spreadsheets.said.undone", n=counts["undone"])

    return acted(return_id, act)
