"""A run's file read by what was chosen for it, or by what its office chose before."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from outreach.core.workbooks.books import Book, Sheet, open_book
from outreach.domain.actor import Actor
from outreach.features.intake import gazetteer, plans
from outreach.features.intake.tables import ImportRun, Source
from outreach.storage.accounts import User
from outreach.storage.regions import RegionAlias
from outreach.storage.workers import Reference
from tests.features.intake.given import make_run
from tests.support import workbooks
from tests.support.factories import KUBU_PERAHU, NOW, PASAR_LIWA
from tests.support.office import office

REGENCY = "18.04"
ROWS = [
    ["DAFTAR NAMA", ""],
    ["Nama", "Pekon", "Panggilan"],
    ["Contoh Satu", "Kubuperahu", "Satu"],
    ["Contoh Dua", "Pasar Liwa", "Dua"],
]
BOOK = Book("xlsx", (Sheet("Lain", False, [["x"]]), Sheet("Data", False, [list(r) for r in ROWS])))


@pytest.fixture
def run(session: Session) -> ImportRun:
    """A run of a department's list."""
    maker: User = office(session)
    session.add(RegionAlias(code=KUBU_PERAHU, alias="Kebun Perahu", origin="press"))
    made = make_run(session, maker.id)
    made.columns, made.header_row, made.sheet = {"full_name": 0, "village": 1}, 2, "Data"
    session.flush()
    return made


def giver(run: ImportRun, *villages: str) -> Actor:
    return Actor(run.made_by, "department", "Contoh", REGENCY, frozenset(villages) or None)


def office_of(session: Session, run: ImportRun) -> str:
    source = session.get(Source, run.source_id)
    assert source is not None
    return source.office_id


def villages_of(session: Session, actor: Actor, run: ImportRun, book: Book = BOOK) -> list[object]:
    lines = plans.lines_of_run(session, actor, run, book, date(2026, 12, 2))
    return [line.values.get("village_code") or line.problems[0].code for line in lines]


def test_run_is_read_from_its_sheet_below_its_header(session: Session, run: ImportRun) -> None:
    assert villages_of(session, giver(run), run) == [KUBU_PERAHU, PASAR_LIWA]
    content = workbooks.xlsx({"Data": workbooks.sheet_xml(ROWS)})
    read = open_book(content, run.file_name)
    assert villages_of(session, giver(run), run, read) == [KUBU_PERAHU, PASAR_LIWA]


def test_giver_of_a_village_reads_its_rows_alone(session: Session, run: ImportRun) -> None:
    actor = giver(run, KUBU_PERAHU)
    assert villages_of(session, actor, run) == [KUBU_PERAHU, "village_not_yours"]
    run.columns = {"full_name": 0}
    assert villages_of(session, actor, run) == [KUBU_PERAHU, KUBU_PERAHU]


def test_choice_of_a_word_holds_in_all_rows(session: Session, run: ImportRun) -> None:
    run.value_maps = {"village": {"PASAR LIWA": KUBU_PERAHU}}
    assert villages_of(session, giver(run), run) == [KUBU_PERAHU, KUBU_PERAHU]


def test_sheet_and_header_are_proposed(session: Session, run: ImportRun) -> None:
    proposal = plans.propose(session, REGENCY, office_of(session, run), BOOK)
    assert (proposal.sheet, proposal.header_row) == ("Data", 2)
    assert {name: guess.at for name, guess in proposal.guesses.items()} == {
        "full_name": 0,
        "village": 1,
    }


def test_hidden_sheet_is_proposed_only_where_no_other_holds_rows() -> None:
    shown, hidden = Sheet("A", False, [["x"]]), Sheet("B", True, BOOK.sheets[1].rows)
    assert plans.likely_sheet(Book("xlsx", (shown, hidden))).name == "A"
    assert plans.likely_sheet(Book("xlsx", (Sheet("A", False, []), hidden))).name == "B"


def test_office_meets_its_own_choice_again_and_no_other_does(
    session: Session, run: ImportRun
) -> None:
    mine, headers = office_of(session, run), ROWS[1]
    run.columns, run.value_maps = {"full_name": 2, "village": 1}, {"village": {"X": KUBU_PERAHU}}
    run.date_order = "mdy"
    plans.remember_mapping(session, mine, run, headers, NOW)
    plans.remember_mapping(session, mine, run, headers, NOW)
    again = plans.propose(session, REGENCY, mine, BOOK)
    assert (again.guesses["full_name"].at, again.guesses["full_name"].why) == (2, "learned")
    assert (again.value_maps, again.date_order) == ({"village": {"X": KUBU_PERAHU}}, "mdy")
    other = plans.propose(session, REGENCY, "another", BOOK)
    assert other.guesses["full_name"].at == 0
    abroad = plans.propose(session, "18.05", mine, BOOK)
    assert abroad.guesses["full_name"].at == 0


def test_columns_in_another_order_are_another_header(session: Session, run: ImportRun) -> None:
    mine = office_of(session, run)
    plans.remember_mapping(session, mine, run, ["Nama", "Pekon"], NOW)
    assert plans.learned_mapping(session, REGENCY, mine, ["Pekon", "Nama"]) is None


def test_villages_are_found_by_their_other_spelling(session: Session, run: ImportRun) -> None:
    places = gazetteer.places_of(session, run.regency)
    assert places.find("Kebun Perahu", "").village_code == KUBU_PERAHU
    assert places.find("Kebun Perahu", "Balik Bukit").village_code == KUBU_PERAHU


def test_kept_occupations_are_found_and_dropped_ones_are_not(
    session: Session, run: ImportRun
) -> None:
    kept = {"id": "Tukang kayu", "en": "Carpenter", "terms": "mebel", "ktp": 27}
    kind = {"kind": "occupation", "regency": run.regency, "ver": 1}
    session.add(Reference(id="UJI-KAYU", data=kept, **kind))
    session.add(Reference(id="UJI-LALU", data={"id": "Pawang"}, gone=True, **kind))
    session.flush()
    occupations = gazetteer.occupations_of(session, run.regency)
    assert occupations.find("mebel")[0] == "UJI-KAYU"
    assert occupations.find("27")[0] == "UJI-KAYU"
    assert occupations.find("Pawang") == (None, "Pawang")
