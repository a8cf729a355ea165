"""Address of a run's sheet and columns: what the file seems to hold, confirmed or changed."""

from __future__ import annotations

from typing import NamedTuple, cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from outreach.core.workbooks.books import BadBook, Sheet
from outreach.domain.refusals import AlreadyDecided
from outreach.extensions import db
from outreach.features.intake import choosing, columns_presenter, plans
from outreach.features.intake.choosing import OpenRun
from outreach.features.intake.columns_form import Choice, ValueMaps, read_choice
from outreach.features.intake.gazetteer import occupations_of, places_of
from outreach.features.intake.lines import Column
from outreach.features.intake.reading.columns import SEARCHED, guess_header_row
from outreach.features.intake.run_access import READERS
from outreach.features.intake.views_runs import ask_for
from outreach.web.access import current_actor, requires, utc_now
from outreach.web.i18n import t

pages = Blueprint("intake_columns", __name__, url_prefix="/intake/<run_id>/columns")


class Here(NamedTuple):
    """The sheet and header that the page is about, with what they seem to hold."""

    sheet: Sheet
    proposal: plans.Proposal
    words: columns_presenter.Vocabulary


@pages.get("")
@requires(*READERS)
def show(run_id: str) -> ResponseReturnValue:
    """The columns as they were chosen or are guessed; another sheet or header may be asked for."""
    try:
        there = choosing.opened(db.session(), current_actor(), run_id)
    except (AlreadyDecided, BadBook) as refused:
        return turned_away(run_id, refused)
    return page(there, here(there, request.args), None)


@pages.post("")
@requires(*READERS)
def save(run_id: str) -> ResponseReturnValue:
    """Keep the choice and have every row checked by it; back here where it brought up words yet
    unknown."""
    session, actor, form = db.session(), current_actor(), request.form
    try:
        there = choosing.opened(session, actor, run_id)
        place = here(there, form)
        settled = columns_presenter.settled(there.run, place.sheet, place.proposal)
        choice = chosen(place, settled.value_maps)
        if choice.errors:
            return page(there, place, choice), 422
        shown = form.getlist("village_word")
        words = place.words.of_villages(place.sheet, place.proposal.header_row, choice)
        new = any(word.key not in shown and not word.code for word in words)
        header_row, now = place.proposal.header_row, utc_now()
        choosing.choose(session, actor, run_id, place.sheet, header_row, choice, now)
    except (AlreadyDecided, BadBook) as refused:
        return turned_away(run_id, refused)
    if new:
        flash(t("intake.columns.new_words"), "ok")
        return redirect(url_for(".show", run_id=run_id), 303)
    flash(t("intake.columns.said"), "ok")
    return ask_for(run_id, "check")


def here(there: OpenRun, asked: object) -> Here:
    """The sheet and header that were asked for, else the run's own, else the likely ones."""
    session, actor, (run, source, book) = db.session(), current_actor(), there
    get = cast(dict[str, str], asked).get
    sheet = book.sheet(get("sheet", run.sheet or "")) or plans.likely_sheet(book)
    place = (session, actor.regency, source.office_id)
    words = columns_presenter.Vocabulary(
        actor, places_of(session, actor.regency), occupations_of(session, actor.regency)
    )
    own = run.header_row if run.sheet == sheet.name else None
    header = get("header", "" if own is None else str(own))
    if not header.isdecimal() or int(header) > min(SEARCHED, len(sheet.rows)):
        header = str(guess_header_row(sheet.rows))
    return Here(sheet, plans.propose_columns(*place, sheet, int(header)), words)


def chosen(place: Here, before: ValueMaps) -> Choice:
    """The sent form as a choice."""
    width = len(place.proposal.headers)
    words = place.words
    return read_choice(request.form, width, before, words.codes(), needed(), words.beyond())


def needed() -> tuple[Column, ...]:
    """Columns that no list goes without; who speaks for one village need not name it."""
    villages = current_actor().villages
    only = villages is not None and len(villages) == 1
    return ("full_name",) if only else ("full_name", "village")


def page(there: OpenRun, place: Here, choice: Choice | None) -> str:
    """The page, with the choice that was sent and its faults, if any."""
    settled = choice or columns_presenter.settled(there.run, place.sheet, place.proposal)
    shown = columns_presenter.page(there, *place, settled, needed())
    return render_template("intake/columns.html", **shown)


def turned_away(run_id: str, refused: Exception) -> ResponseReturnValue:
    """Say why nothing can be chosen, and go to the run."""
    db.session.rollback()
    if isinstance(refused, BadBook):
        flash(t(f"intake.file.{refused.code}", **refused.params), "warning")
    else:
        flash(t("intake.columns.closed"), "warning")
    return redirect(run_page(run_id), 303)


def run_page(run_id: str) -> str:
    """Where the run's next step is taken."""
    return url_for("intake_runs.show", run_id=run_id)
