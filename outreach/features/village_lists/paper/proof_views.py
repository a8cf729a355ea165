"""Addresses where somebody with a paper in hand asks whether it is what the server has."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from outreach.core.record.rights import NotAllowed
from outreach.domain.paper_proof import ASKED, BLOCKS
from outreach.extensions import db
from outreach.features.village_lists.paper import proof, proof_presenter
from outreach.features.village_lists.paper.paper_printing import list_for
from outreach.features.village_lists.paper.proof import Finding
from outreach.features.village_lists.records.queries import FullList
from outreach.web.access import current_actor, requires
from outreach.web.i18n import t
from outreach.web.inputs import whole_number

pages = Blueprint("list_proof", __name__)
READERS = ("supervisor", "mpp", "head")
CHANCE = secrets.SystemRandom()


@pages.get("/lists/check")
@requires(*READERS)
def scan() -> str:
    """The form for a QR code, of whichever list."""
    return scan_page()


def scan_page(errors: Mapping[str, str] | None = None, found: Finding | None = None) -> str:
    """The same with what is wrong, or with what was found."""
    shown = proof_presenter.scan_page(request.form, errors or {}, found)
    return render_template("village_lists/proof.html", **shown)


@pages.post("/lists/check")
@requires(*READERS)
def scanned() -> ResponseReturnValue:
    """What the paper with this code is."""
    try:
        found = proof.by_code(db.session(), current_actor(), request.form.get("code", ""))
    except NotAllowed as refused:
        return scan_page({"code": t(f"error.{refused.code}")}), 422
    return scan_page(found=found)


@pages.get("/lists/<list_id>/check")
@requires(*READERS)
def blocks(list_id: str) -> str:
    """The form that asks for two blocks of a paper of this list."""
    row = list_for(db.session(), current_actor(), list_id)
    return blocks_page(row, proof.ask(CHANCE.sample))


def blocks_page(
    row: FullList,
    asked: list[int],
    errors: Mapping[str, str] | None = None,
    found: Finding | None = None,
) -> str:
    """The same with what is wrong, or with what was found."""
    shown = proof_presenter.blocks_page(row, asked, request.form, errors or {}, found)
    return render_template("village_lists/proof.html", **shown)


@pages.post("/lists/<list_id>/check")
@requires(*READERS)
def typed(list_id: str) -> ResponseReturnValue:
    """What the paper with these blocks is."""
    session, actor = db.session(), current_actor()
    row, asked = list_for(session, actor, list_id), asked_in(request.form)
    said = {place: request.form.get(f"block_{place}", "") for place in asked}
    try:
        found = proof.by_blocks(session, actor, list_id, said)
    except NotAllowed as refused:
        again = asked if len(asked) == ASKED else proof.ask(CHANCE.sample)
        return blocks_page(row, again, {"blocks": t(f"error.{refused.code}")}), 422
    return blocks_page(row, proof.ask(CHANCE.sample), found=found)


def asked_in(form: Mapping[str, str]) -> list[int]:
    """The places of the blocks that a form was asked for."""
    parts = form.get("asked", "").split(",")
    found = {whole_number(part, 2) or 0 for part in parts}
    return sorted(place for place in found if 1 <= place <= BLOCKS)
