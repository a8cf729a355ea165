"""Addresses of what is new: every user's page, the mark that it is read, and who has read."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from outreach.domain.actor import Actor
from outreach.domain.refusals import NotThere
from outreach.extensions import db
from outreach.features.whats_new import presenter, queries, reading
from outreach.features.whats_new.releases import RELEASES, Release
from outreach.storage.queries_phones import Care
from outreach.web.access import EVERYONE, current_actor, requires, utc_now
from outreach.web.i18n import t
from outreach.web.lists import page_number

pages = Blueprint("whats_new", __name__)
CARERS = ("supervisor", "admin")
PAGE = 50


@pages.get("/whats-new")
@requires(*EVERYONE)
def listing() -> str:
    """Every version's changes, the newest first; how many have read them, for who cares."""
    session, actor = db.session(), current_actor()
    known = queries.read_by(session, actor.regency, [actor.user_id])
    read = {row.version for row in known}
    counts = queries.count_readers(session, care_of(actor)) if actor.role in CARERS else None
    cards = [presenter.card(release, read, counts) for release in RELEASES]
    return render_template("whats_new/list.html", cards=cards)


@pages.post("/whats-new/<version>")
@requires(*EVERYONE)
def read(version: str) -> Response:
    """Write down that the user has read of it."""
    reading.note_read(db.session(), current_actor(), version, utc_now())
    flash(t("whats_new.thanks"), "ok")
    return redirect(url_for(".listing"), 303)


@pages.get("/whats-new/<version>")
@requires(*CARERS)
def readers(version: str) -> str:
    """Who has read of a version and who has not."""
    session, actor, release = db.session(), current_actor(), release_of(version)
    page = page_number(request.args)
    care = care_of(actor)
    rows = queries.readers(session, care, version, (page - 1) * PAGE, PAGE)
    people, counted = queries.count_readers(session, care)
    return render_template(
        "whats_new/readers.html",
        list=presenter.readers_list(release, rows, people, page, PAGE),
        counted=presenter.counted(version, (people, counted)),
    )


def release_of(version: str) -> Release:
    """The version; raises NotThere."""
    for release in RELEASES:
        if release.version == version:
            return release
    raise NotThere(version)


def care_of(actor: Actor) -> Care:
    """Whose people the actor may see: all of the regency's, or some villages'."""
    return Care(actor.regency, actor.villages)
