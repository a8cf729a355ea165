"""The desk's pages of links: of which lists there are some, making one, and ending one."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from outreach.core.record.rights import NotAllowed
from outreach.domain.refusals import AlreadyDecided
from outreach.extensions import db
from outreach.features.village_lists.links import link_presenter, links
from outreach.features.village_lists.records import link_queries
from outreach.web.access import current_actor, requires, utc_now
from outreach.web.i18n import t
from outreach.web.inputs import whole_number

pages = Blueprint("list_links", __name__)
MAKERS = ("supervisor",)


@pages.get("/list-links")
@requires(*MAKERS)
def listing() -> str:
    """Every open list in sight, and how many links lead to it."""
    session, actor = db.session(), current_actor()
    found = link_queries.lists_not_closed(session, actor.regency)
    lists = [one for one in found if actor.can_see(one.region_code)]
    made = link_queries.links_of(session, actor.regency, [one.id for one in lists])
    shown = link_presenter.lists(lists, made, utc_now())
    return render_template("village_lists/links_all.html", list=shown)


@pages.get("/list-links/<list_id>")
@requires(*MAKERS)
def of_list(list_id: str) -> str:
    """The links of one list, and a form for another."""
    return links_page(list_id)


def links_page(list_id: str, days: str = "", refused: NotAllowed | None = None) -> str:
    """The page of one list's links; after a refusal with what was typed."""
    session, actor = db.session(), current_actor()
    own = links.list_in_sight(session, actor, list_id)
    made = link_queries.links_of(session, actor.regency, [own.id])
    return render_template(
        "village_lists/links.html",
        **link_presenter.links_page(own, made, utc_now()),
        days=days or str(links.DAYS),
        refused=link_presenter.refusal(refused) if refused else None,
    )


@pages.post("/list-links/<list_id>")
@requires(*MAKERS)
def make(list_id: str) -> ResponseReturnValue:
    """Make a link; its address and code are shown in this answer and never again."""
    session, actor = db.session(), current_actor()
    typed = request.form.get("days", "").strip()
    days = whole_number(typed, 3)
    try:
        made = links.make_link(session, actor, list_id, days, utc_now())
    except NotAllowed as refused:
        if refused.code == "decision_forbidden":
            abort(403)
        return links_page(list_id, typed, refused), 422
    own = links.list_in_sight(session, actor, list_id)
    address = f"{url_for('list_link_pages.enter', _external=True)}#{made.token}"
    shown = link_presenter.made_page(own, made, address)
    return render_template("village_lists/link_made.html", **shown)


@pages.post("/list-links/end/<link_id>")
@requires(*MAKERS)
def revoke(link_id: str) -> Response:
    """End a link at once."""
    session, actor = db.session(), current_actor()
    try:
        list_id = links.revoke_link(session, actor, link_id, utc_now())
    except AlreadyDecided:
        flash(t("village_lists.links.ended_before"), "error")
        return redirect(url_for(".listing"), 303)
    flash(t("village_lists.links.ended"), "ok")
    return redirect(url_for(".of_list", list_id=list_id), 303)
