"""Cells of a row are mended at the desk, checked at once, taken back, and kept through checks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.actor import Actor
from outreach.domain.refusals import AlreadyDecided, NotThere
from outreach.features.intake import jobs, mending, queries_rows
from outreach.features.intake.mended_cells import cells_of
from outreach.features.intake.refused_file import refused_lines
from outreach.features.intake.tables import ImportLine
from outreach.storage.audit import AuditLine
from tests.features.intake.test_jobs import PEOPLE, Hand, counts, dying
from tests.support import factories

NO_PLACE = "TANPA DESA UJI;1804044708809003;;;40"
DOUBTFUL = "SARI UJI;18040470088;Sebarus;;400"


@pytest.fixture
def hand(session: Session, now: datetime) -> Hand:
    factories.add_regions(session)
    session.commit()
    return Hand(session, now)


@pytest.fixture
def run_id(hand: Hand) -> str:
    """A checked run with a refused row and a doubtful one."""
    made = hand.give(*PEOPLE, NO_PLACE, DOUBTFUL)
    hand.do(made, "check")
    assert counts(hand.run(made)) == {"new": 4, "refused": 1, "rows": 5}
    return made


def mend(hand: Hand, run_id: str, at: int, **cells: str) -> ImportLine:
    """The row after a change."""
    line = hand.lines(run_id)[at]
    today = hand.now.date()
    mending.mend(hand.session, hand.actor, run_id, line.id, cells, hand.now, today)
    return hand.lines(run_id)[at]


def undo(hand: Hand, run_id: str, at: int) -> ImportLine:
    line = hand.lines(run_id)[at]
    mending.undo(hand.session, hand.actor, run_id, line.id, hand.now, hand.now.date())
    return hand.lines(run_id)[at]


def state(line: ImportLine) -> dict[str, Any]:
    names = ("values", "nik", "nik_state", "village_code", "problems", "decision", "fate")
    return {name: getattr(line, name) for name in (*names, "name_key", "birth_date", "given")}


def test_a_refused_row_is_mended_counted_and_written(hand: Hand, run_id: str) -> None:
    line = mend(hand, run_id, 3, village="Kubu  Perahu", full_name="SUKINI UJI")
    assert (line.fate, line.decision, line.nik) == (None, "new", "1804044708809003")
    assert counts(hand.run(run_id)) == {"new": 5, "rows": 5}
    noted = hand.session.scalars(select(AuditLine).where(AuditLine.action == "intake_mend")).one()
    assert noted.detail == {"row": 5, "cells": ["full_name", "village"]}
    hand.do(run_id, "write")
    assert "SUKINI UJI" in hand.names()
    assert len(hand.names()) == 5


def test_what_was_changed_last_is_taken_back_one_after_another(hand: Hand, run_id: str) -> None:
    first = state(hand.lines(run_id)[3])
    second = state(mend(hand, run_id, 3, village="Kubu Perahu"))
    assert mend(hand, run_id, 3, full_name="123").fate == "refused"
    assert state(undo(hand, run_id, 3)) == second
    assert state(undo(hand, run_id, 3)) == first
    assert counts(hand.run(run_id)) == {"new": 4, "refused": 1, "rows": 5}
    with pytest.raises(AlreadyDecided):
        undo(hand, run_id, 3)


def test_a_row_is_no_witness_of_its_own_number(hand: Hand) -> None:
    run_id = hand.give("SARI UJI;1804044708809000;Sebarus;;46")
    hand.do(run_id, "check")
    assert hand.lines(run_id)[0].nik_state == "lost_last_digit"
    assert mend(hand, run_id, 0, nik="1804044708809003").nik == "1804044708809003"
    line = undo(hand, run_id, 0)
    assert (line.nik, line.nik_restored, line.nik_state) == (None, None, "lost_last_digit")


def test_a_mended_row_may_be_somebody_registered_or_another_row(hand: Hand, run_id: str) -> None:
    hand.do(run_id, "write")
    other = hand.give("SUTINA UJI;1804047008809001;;;46", "ANI UJI;;;;50", "ANI UJI;;Sebarus;;50")
    hand.do(other, "check")
    line = mend(hand, other, 0, village="Kubu Perahu")
    assert (line.fate, line.decision, hand.run(other).state) == (None, None, "awaiting_decisions")
    assert line.matches
    assert mend(hand, other, 1, village="Sebarus").fate == "left"
    assert counts(hand.run(other)) == {"maybe": 1, "double_in_file": 1, "new": 1, "rows": 3}


def test_days_and_numbers_that_nobody_mended_stay_as_their_column_was_read(hand: Hand) -> None:
    text = "Nama;Tanggal Lahir;KPJ;Desa\nSARI UJI;12/25/1980;123;\nANI UJI;11/30/1981;;Sebarus"
    run_id = hand.give(content=text.encode())
    hand.do(run_id, "check")
    line = mend(hand, run_id, 0, village="Sebarus")
    assert (str(line.birth_date), line.values["kpj"]) == ("1980-12-25", "00000000123")  # type: ignore[index]
    line = mend(hand, run_id, 0, birth_date="07-08-1979")
    assert str(line.birth_date) == "1979-08-07"


def test_what_was_mended_stays_through_a_new_check(hand: Hand, run_id: str) -> None:
    mended = state(mend(hand, run_id, 3, village="Kubu Perahu"))
    hand.do(run_id, "check")
    assert state(hand.lines(run_id)[3]) == mended
    assert counts(hand.run(run_id)) == {"new": 5, "rows": 5}
    assert undo(hand, run_id, 3).fate == "refused"


@pytest.mark.parametrize("after", [0, 1, 2])
def test_what_was_mended_stays_through_a_check_that_dies(
    hand: Hand, run_id: str, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    monkeypatch.setattr("outreach.features.intake.checking.PIECE", 1)
    mended = state(mend(hand, run_id, 3, village="Kubu Perahu"))
    with monkeypatch.context() as dead:
        dying(hand, dead, after)
        jobs.enqueue(hand.session, hand.actor, run_id, "check", hand.now)
        assert jobs.do_next(hand.session, "dead", hand.clock)
    hand.wait(90)
    assert jobs.do_next(hand.session, "next", hand.clock)
    assert state(hand.lines(run_id)[3]) == mended
    assert len(hand.lines(run_id)) == 5


def test_mended_cells_go_with_a_row_that_another_sheet_does_not_have(
    hand: Hand, run_id: str
) -> None:
    mend(hand, run_id, 3, village="Kubu Perahu")
    run = hand.run(run_id)
    run.columns = {"full_name": 2, "village": 0}
    hand.session.commit()
    hand.do(run_id, "check")
    assert all(line.fate == "refused" for line in hand.lines(run_id))


def test_a_refused_row_leaves_as_it_was_mended(hand: Hand, run_id: str) -> None:
    mend(hand, run_id, 3, full_name="SUKINI UJI")
    [line] = refused_lines(hand.session, "18.04", run_id)
    assert cells_of(line.given)["full_name"] == "SUKINI UJI"


def test_what_is_written_worked_on_or_sound_is_not_mended(hand: Hand, run_id: str) -> None:
    with pytest.raises(AlreadyDecided):
        mend(hand, run_id, 0, full_name="LAIN UJI")
    jobs.enqueue(hand.session, hand.actor, run_id, "write", hand.now)
    with pytest.raises(AlreadyDecided):
        mend(hand, run_id, 3, village="Sebarus")
    assert jobs.do_next(hand.session, "this", hand.clock)
    for at in (0, 3):
        with pytest.raises(AlreadyDecided):
            mend(hand, run_id, at, village="Sebarus")


def test_nobody_mends_a_row_of_another_run_office_or_regency(hand: Hand, run_id: str) -> None:
    other = hand.give(NO_PLACE)
    line = hand.lines(run_id)[3]
    someone = factories.make_user(hand.session, "department")
    hand.session.commit()
    strangers = [
        (hand.actor, other),
        (Actor(someone.id, "department", "Lain", "18.04", None), run_id),
        (Actor(hand.user.id, "supervisor", "Lain", "18.01", None), run_id),
    ]
    acts: list[Callable[[Actor, str], None]] = [
        lambda who, run: mending.mend(
            hand.session, who, run, line.id, {"village": "Sebarus"}, hand.now, hand.now.date()
        ),
        lambda who, run: mending.undo(hand.session, who, run, line.id, hand.now, hand.now.date()),
    ]
    for actor, run in strangers:
        for act in acts:
            with pytest.raises(NotThere):
                act(actor, run)
    assert hand.lines(run_id)[3].fate == "refused"


def test_rows_are_counted_and_found_by_state_fault_village_and_name(
    hand: Hand, run_id: str
) -> None:
    run = hand.run(run_id)
    told = queries_rows.counts_by_state(hand.session, run)
    assert {name: many for name, many in told.items() if many} == {
        "refused": 1,
        "mend": 2,
        "ready": 2,
    }
    causes = queries_rows.counts_by_cause(hand.session, run)
    assert causes == {"village_missing": 1, "nik_absent": 1, "nik_length": 1, "age_unreadable": 1}

    def names(**asked: str) -> list[int]:
        wanted = queries_rows.RowFilter(**asked)
        rows = queries_rows.page_of_rows(hand.session, run, wanted, 0, 50)
        assert queries_rows.count_rows(hand.session, run, wanted) == len(rows)
        return [row.line.row_no for row in rows]

    assert names() == [2, 3, 4, 5, 6]
    assert names(state="refused") == names(cause="village_missing") == [5]
    assert names(state="mend", cause="age_unreadable") == [6]
    assert names(village=factories.KUBU_PERAHU) == [2, 4]
    assert names(words="uji rohani") == [4]
    assert names(words="%") == []
