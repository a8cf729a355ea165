"""Addresses of the board: /phones, one phone, whom to call, the file, and what to do with it."""

from __future__ import annotations

from typing import cast

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
from werkzeug.datastructures import MultiDict

from outreach.core.exchange.holds import Choice
from outreach.core.record.rights import NotAllowed
from outreach.core.register import exports
from outreach.core.register.workbook import workbook
from outreach.domain.age import jakarta_date
from outreach.extensions import db, htmx
from outreach.features.phones import files, phone_board, presenter
from outreach.web import display
from outreach.web.access import current_actor, requires, today, utc_now
from outreach.web.assets import manifest
from outreach.web.health import health_now
from outreach.web.i18n import t
from outreach.web.lists import page_number

pages = Blueprint("phones", __name__)
PAGE = 50


def version() -> str:
    """The version of the app that phones get today."""
    return str(manifest().get("version", ""))


def states_here(args: MultiDict[str, str]) -> list[str]:
    """The filters asked for, as far as they exist."""
    return [state for state in args.getlist("only") if state in phone_board.STATES]


def lines_here() -> list[phone_board.Phone]:
    """Every phone the reader looks after."""
    return phone_board.board(db.session(), current_actor(), utc_now(), version())


@pages.get("/phones")
@requires("supervisor", "admin")
def board() -> str:
    """The board, filtered and sorted as its address asks for."""
    every = lines_here()
    states, sort = states_here(request.args), request.args.get("sort", "")
    phones = phone_board.chosen(every, states, sort)
    number = page_number(request.args, digits=5)
    shown = presenter.board_page(every, phones, states, sort, number, PAGE)
    return render_template("phones/board.html", **shown, server_says=server_says())


def server_says() -> list[str]:
    """Faults that keep the server from taking what phones send, or soon will."""
    health = health_now()
    free = display.number((health.free or 0) // 1_000_000)
    codes = [*health.faults, *(["low"] if health.low else [])]
    return [t(f"phones.health.{code}", free=free) for code in codes]


@pages.post("/phones/export")
@requires("supervisor", "admin")
def export() -> Response:
    """The board as a file: its filters, its order, every column."""
    states, sort = states_here(request.form), request.form.get("sort", "")
    phones = phone_board.chosen(lines_here(), states, sort)
    kind = "xlsx" if request.form.get("kind") == "xlsx" else "csv"
    actor, now = current_actor(), utc_now()
    phone_board.note_export(db.session(), actor, len(phones), states, now)
    villages = phone_board.villages_of(db.session(), actor.regency, phones, today())
    board = files.Board(phones, villages, str(current_app.config["OUTREACH"].timezone))
    answer = Response(written(board, kind), content_type=exports.MIMES[kind])
    name = f"hp-petugas-{jakarta_date(now).isoformat()}.{kind}"
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


def written(board: files.Board, kind: str) -> bytes:
    """The file's bytes: a workbook, or CSV for programs."""
    if kind == "csv":
        return exports.plain_csv([board.names(), *board.rows()])
    return b"".join(workbook([board.labels()], [board.rows()], "HP petugas"))


@pages.get("/phones/call")
@requires("supervisor", "admin")
def call() -> str:
    """Whom to call today, and why; made to be printed."""
    phones = phone_board.calls(lines_here())
    return render_template(
        "phones/call.html", lines=[presenter.call_line(phone) for phone in phones]
    )


@pages.get("/phones/<device_id>")
@requires("supervisor", "admin")
def show_phone(device_id: str) -> str:
    """One phone: what it said, its gaps and pictures, the officer's other phones."""
    file = phone_board.open_phone(db.session(), current_actor(), device_id, utc_now(), version())
    return phone_page(file)


def phone_page(file: phone_board.PhoneFile, **messages: str) -> str:
    """The page of one phone, or its panel for the board."""
    part = "_panel" if htmx else "phone"
    return render_template(f"phones/{part}.html", **presenter.phone_page(file), **messages)


@pages.post("/phones/<device_id>/held")
@requires("supervisor")
def decide_held(device_id: str) -> ResponseReturnValue:
    """Decide in one act about all that waits from this phone; 422 with the page again without
    the words that a return or discarding needs."""
    choice, words = request.form.get("choice", ""), request.form.get("words", "")
    actor, now = current_actor(), utc_now()
    if choice not in ("accept", "return", "discard"):
        abort(422)
    try:
        decision = cast(Choice, choice)
        done = phone_board.decide_held(db.session(), actor, device_id, decision, words, now)
    except NotAllowed:
        file = phone_board.open_phone(db.session(), actor, device_id, now, version())
        return phone_page(file, wrong="words", choice=choice), 422
    left = t("phones.held.left", n=done.left) if done.left else ""
    flash(f"{t(f'phones.held.done.{choice}', n=done.decided)} {left}".strip(), "ok")
    return redirect(url_for(".show_phone", device_id=device_id), 303)


@pages.post("/phones/<device_id>/<any(revoke, lose, restore):act>")
@requires("supervisor", "admin")
def do(device_id: str, act: str) -> ResponseReturnValue:
    """Revoke a phone, mark it as lost, or let it fetch again."""
    done = phone_board.act(db.session(), current_actor(), device_id, act, utc_now())
    flash(t(f"phones.done.{act}" if done else "phones.done.already"), "ok" if done else "warning")
    return redirect(url_for(".show_phone", device_id=device_id), 303)
