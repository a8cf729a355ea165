"""Addresses of people who may be registered twice: the queue, and the answer that they are two.

That they are one is answered by merging them, views_merge.py.
"""

from __future__ import annotations

import re

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from outreach.core.record.rights import NotAllowed
from outreach.core.register.listing import PLACE
from outreach.domain.rules import fault
from outreach.extensions import db
from outreach.features.review import pair_presenter, pairs_reading
from outreach.features.review.views_merge import seen
from outreach.features.review.worker_presenter import sentence
from outreach.storage.queries_pairs import Pair
from outreach.web.access import current_actor, requires, utc_now
from outreach.web.i18n import t

pages = Blueprint("review_pairs", __name__, url_prefix="/duplicates")
PAGE = 50
CURSOR = re.compile(r"([0-9a-f-]{36})~([0-9a-f-]{36})")


def place_here(regency: str) -> str:
    """The kecamatan or village of this address; "" for none or one elsewhere."""
    place = request.args.get("in", "")
    return place if PLACE.fullmatch(place) and place.startswith(regency + ".") else ""


def after_here() -> Pair | None:
    """The pair after which this page begins."""
    cursor = CURSOR.fullmatch(request.args.get("after", ""))
    return (cursor[1], cursor[2]) if cursor else None


def pair_of(one: str, other: str) -> Pair:
    """The two in the order in which pairs are kept; 404 for one with itself."""
    if one == other:
        abort(404)
    return (min(one, other), max(one, other))


def is_production() -> bool:
    """True where invented NIKs are marked."""
    return bool(current_app.config["OUTREACH"].production)


@pages.get("")
@requires("supervisor")
def pairs() -> str:
    """Pairs that wait for an answer, or with ``?done=1`` what was answered."""
    session, actor = db.session(), current_actor()
    place, after, done = place_here(actor.regency), after_here(), request.args.get("done") == "1"
    if done:
        decided = pairs_reading.list_decided(session, actor, place, after, PAGE + 1)
        shown = pair_presenter.decided_page(decided, place, PAGE)
    else:
        pairs = pairs_reading.list_open(session, actor, place, after, PAGE + 1)
        shown = pair_presenter.open_page(pairs, place, PAGE)
    return render_template("review/pairs.html", **shown)


@pages.post("/<one>/<other>/different")
@requires("supervisor")
def different(one: str, other: str) -> ResponseReturnValue:
    """Two people after all."""
    pair, session, actor = pair_of(one, other), db.session(), current_actor()
    versions, live = seen(*pair), is_production()
    try:
        pairs_reading.say_different(session, actor, pair, versions, utc_now(), production=live)
    except NotAllowed as error:
        flash(sentence(fault(error.code)), "warning")
    else:
        flash(t("review.pairs.said_different"), "ok")
    return redirect(url_for(".pairs"), 303)


@pages.post("/<one>/<other>/again")
@requires("supervisor")
def again(one: str, other: str) -> ResponseReturnValue:
    """Take the answer back: the pair waits again."""
    pair, session, actor = pair_of(one, other), db.session(), current_actor()
    try:
        pairs_reading.ask_again(session, actor, pair, utc_now(), production=is_production())
    except NotAllowed as error:
        flash(sentence(fault(error.code)), "warning")
    else:
        flash(t("review.pairs.asked_again"), "ok")
    return redirect(url_for(".pairs"), 303)
