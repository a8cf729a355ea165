"""Somebody with a phone, a login or a link of one regency names rows of another one's lists.

Whatever is named, in an address, a form or a crafted save, is answered like what nobody knows. A
row of one's own under an id that is taken there is not kept, in a sentence that names nothing.
Not one row of the other regency changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.features.village_lists.records.display_tables import ListObjection
from outreach.features.village_lists.records.tables import AddedName, ListDecision, ListLink
from outreach.features.village_lists.records.task_tables import ListTask
from outreach.storage.accounts import Term
from outreach.storage.statements import table_of
from tests.features.village_lists.test_paper_printing import print_list
from tests.support.desk_pages import forget_request, log_in, page, post
from tests.support.factories import KUBU_PERAHU
from tests.support.list_links import Villager, linked, says
from tests.support.list_saying import DEATH, say
from tests.support.lists import lines_of, opened, register
from tests.support.paper_desk import Desk
from tests.support.second_regency import REGENCY, TABLES, VILLAGE, copy_day
from tests.support.signed_lists import (
    head_signer,
    head_with_term,
    minutes_of,
    sign,
    whole_list,
)
from tests.sync.conftest import Handset, Server
from tests.sync.test_blobs import SIGNATURE, name_of

Ids = dict[str, str]


class World(NamedTuple):
    """A list here with something of everything, the ids of the same there, and who is here."""

    server: Server
    officer: Handset
    head: Handset
    desk: FlaskClient
    term: Term
    here: Ids
    there: Ids


@pytest.fixture
def world(server: Server, phone: Handset) -> World:
    head, term = head_with_term(server)
    for _ in range(3):
        register(phone)
    list_id = opened(server).id
    lines = lines_of(list_id)
    say(head, list_id, lines[0].id)
    say(head, list_id, lines[1].id, "tidak_masuk", reason="data_salah", detail={"field": "nik"})
    say(head, list_id, lines[2].id, "tidak_masuk", reason="meninggal", detail=DEATH)
    missing = {"list": list_id, "name": "SITI UJI"}
    assert head.results(head.mutation(table="added_name", set=missing))[0]["status"] == "applied"
    made = sign(head, list_id, term)
    client = log_in(server, "supervisor")
    desk = Desk(client, list_id)
    print_list(client, list_id)
    desk.start(version="1", page="1")
    desk.say(1, "l")
    link = linked(server, list_id)
    objection = {"objector": "ANI UJI", "no": "1", "text": "Bukan warga", "written": "2026-11-20"}
    post(client, f"/lists/{list_id}/objections", **objection)
    page(client, f"/lists/{list_id}/objections")
    here = {
        "list": list_id,
        "line": lines[0].id,
        "other_line": lines[1].id,
        "worker": lines[0].worker_id,
        "minutes": made,
        "entry": desk.entry,
        "link": link.id,
        "term": term.id,
        "office": term.office_id,
        **{name: first(column) for name, column in FIRST.items()},
    }
    there = copy_day(here)
    assert not set(here.values()) & set(there.values())
    return World(server, phone, head, client, term, here, there)


FIRST = {
    "decision": ListDecision.id,
    "name": AddedName.id,
    "task": ListTask.id,
    "objection": ListObjection.id,
}


def first(column: Any) -> str:
    return str(db.session.scalars(select(column)).first())


def rows_there() -> list[tuple[str, str]]:
    """Every row of the other regency, in words."""
    db.session.expire_all()
    found = []
    for model in TABLES:
        table = table_of(model)
        if "regency" in table.c:
            rows = db.session.execute(select(table).where(table.c.regency == REGENCY))
            found += [(table.name, repr(sorted(dict(row).items()))) for row in rows.mappings()]
    return sorted(found)


@pytest.fixture(autouse=True)
def untouched(world: World) -> Iterator[None]:
    """Whatever somebody here does, nothing there is another."""
    before = rows_there()
    assert len(before) > 30
    yield
    assert rows_there() == before


def nobody(ids: Ids) -> Ids:
    """The same names with ids that nobody knows."""
    return {name: uuid7() for name in ids}


def blank(words: str, ids: Ids) -> str:
    """An answer without the ids that were asked for."""
    for one in ids.values():
        words = words.replace(one, "…")
    return words


def decided(world: World, /, **said: Any) -> Any:
    """A decision that is sound but for what it names."""
    values = {"list": world.here["list"], "lines": [world.here["line"]], "verdict": "layak"}
    return world.head.mutation(table="list_decision", set={**values, **said})


def signed(world: World, /, **more: Any) -> Any:
    """A signature that is sound but for what it names."""
    whole, told = whole_list(world.here["list"])
    return minutes_of(world.head, world.here["list"], world.term, whole, told, **more)


def twin(line: str) -> dict[str, Any]:
    return {"verdict": "tidak_masuk", "reason": "ganda", "detail": {"same_as": line}}


def paper(sheet: str) -> dict[str, Any]:
    return {"how": "paper", "paper": {"sheet": sheet, "n": 1, "page": 1, "entries": 2}}


# What a crafted save of a phone can name of another regency's.
SAVES: dict[str, Callable[[World, Ids], Any]] = {
    "a list and its line": lambda w, of: decided(w, list=of["list"], lines=[of["line"]]),
    "a list": lambda w, of: decided(w, list=of["list"]),
    "a line": lambda w, of: decided(w, lines=[of["line"]]),
    "a line beside an own one": lambda w, of: decided(
        w, lines=[w.here["line"], of["line"]], how="together"
    ),
    "a decision to replace": lambda w, of: decided(w, over=[of["decision"]]),
    "a decision to undo": lambda w, of: decided(w, verdict="batal", over=[of["decision"]]),
    "the same person's line": lambda w, of: decided(w, **twin(of["line"])),
    "a sheet": lambda w, of: decided(w, **paper(of["entry"])),
    "a list that misses somebody": lambda w, of: w.head.mutation(
        table="added_name", set={"list": of["list"], "name": "SITI UJI"}
    ),
    "a list whose meeting begins": lambda w, of: w.head.mutation(
        table="village_list", id=of["list"], set={"state": ("open", "meeting")}
    ),
    "a list to sign": lambda w, of: signed(w, list=of["list"]),
    "answers of a version": lambda w, of: signed(w, heads=[of["decision"]]),
    "a term to sign under": lambda w, of: signed(
        w, signers=[head_signer(w.term, term=of["term"], office=of["office"])]
    ),
    "a version's photo": lambda w, of: w.head.mutation(
        table="list_minutes", id=of["minutes"], set={"stamped": name_of(SIGNATURE)}
    ),
    "a version to confirm": lambda w, of: w.head.mutation(
        table="list_minutes", id=of["minutes"], set={"confirmed": True}
    ),
    "a task": lambda w, of: w.officer.mutation(
        table="list_task", id=of["task"], set={"state": ("open", "done")}
    ),
    "the record of a missing name": lambda w, of: w.officer.mutation(
        table="list_task", id=w.here["task"], set={"taken_as": of["worker"]}
    ),
}


@pytest.mark.parametrize("place", [KUBU_PERAHU, VILLAGE])
@pytest.mark.parametrize("names", SAVES)
def test_save_that_names_a_row_there_is_answered_like_an_unknown_one(
    world: World, names: str, place: str
) -> None:
    answers = []
    for ids in (world.there, nobody(world.there)):
        made = SAVES[names](world, ids)
        made["scope"] = place if ids is world.there or place == KUBU_PERAHU else "18.09.01.2001"
        phone = world.officer if made["table"] == "list_task" else world.head
        [result] = phone.results(made)
        own = {"key", "mid", "ver", "scope"}
        told = {name: value for name, value in result.items() if name not in own}
        answers.append(blank(repr(told), ids))
        if place != KUBU_PERAHU:
            assert result["status"] != "applied"
    assert answers[0] == answers[1]


OWN_IDS: dict[str, Callable[[World], Any]] = {
    "decision": lambda w: decided(w),
    "name": lambda w: w.head.mutation(
        table="added_name", set={"list": w.here["list"], "name": "SITI UJI"}
    ),
    "minutes": signed,
}


@pytest.mark.parametrize("row", OWN_IDS)
def test_row_of_ones_own_under_an_id_there_is_not_kept_and_stops_nothing_else(
    world: World, row: str
) -> None:
    made = OWN_IDS[row](world)
    made["id"] = world.there[row]
    sound = decided(world)
    sound["mid"] = made["mid"] + 1
    world.head.mid = sound["mid"]
    answers = world.head.results(made, sound)
    assert [one["status"] for one in answers] == ["invalid", "applied"]
    assert answers[0]["errors"]["_"][0]["code"] == "mutation_unstorable"
    assert REGENCY not in repr(answers)


class TestLink:
    @pytest.fixture
    def villager(self, world: World) -> Villager:
        browser = Villager(world.server)
        made = linked(world.server, world.here["list"])
        assert browser.open(made).status_code == 200
        return browser

    def said(self, world: World, ids: Ids) -> list[dict[str, Any]]:
        """What a crafted page can send."""
        own = world.here["line"]
        return [
            says(ids["line"]),
            says(own, over=[ids["decision"]]),
            {**says(own, "tidak_masuk"), "reason": "ganda", "detail": {"same_as": ids["line"]}},
            {"id": uuid7(), "name": "SITI UJI", "list": ids["list"]},
        ]

    def test_names_of_rows_there_are_answered_like_unknown_ones(
        self, world: World, villager: Villager
    ) -> None:
        answers = []
        for ids in (world.there, nobody(world.there)):
            got = villager.say(*self.said(world, ids))
            assert got.status_code == 200
            answers.append([(one["taken"], one["text"]) for one in got.json["results"]])
        assert answers[0] == answers[1]
        assert not answers[0][0][0]

    def test_id_that_is_taken_there_is_one_sentence_and_no_error(
        self, world: World, villager: Villager
    ) -> None:
        taken = {**says(world.here["line"]), "id": world.there["decision"]}
        got = villager.say(taken)
        assert (got.status_code, got.json["results"][0]["taken"]) == (200, False)
        assert "tidak bisa disimpan" in got.json["results"][0]["text"]
        assert villager.say(says(world.here["line"])).json["results"][0]["taken"]

    def test_link_of_another_regency_opens_nothing(self, world: World) -> None:
        made = linked(world.server, world.here["list"])
        row = db.session.get_one(ListLink, made.id)
        row.regency, row.region_code, row.list_id = REGENCY, VILLAGE, world.there["list"]
        db.session.commit()
        unknown = Villager(world.server).enter("x" * 43, made.code)
        opened_it = Villager(world.server).open(made)
        assert (opened_it.status_code, opened_it.json) == (unknown.status_code, unknown.json)
        db.session.delete(db.session.get_one(ListLink, made.id))
        db.session.commit()


# (address, form) of each office page of lists; ids of the address and of the form.
FORMS: dict[str, tuple[str, dict[str, str]]] = {
    "a list": ("/lists/{list}", {}),
    "a line": ("/lists/{list}/lines/{line}", {}),
    "a line of an own list": ("/lists/{own_list}/lines/{line}", {}),
    "a decision": ("/lists/{list}/lines/{line}", {"verdict": "layak"}),
    "a decision in an own list": ("/lists/{own_list}/lines/{line}", {"verdict": "layak"}),
    "a face": ("/lists/{list}/lines/{line}/face", {}),
    "a name": ("/lists/{list}/names", {"name": "SITI UJI"}),
    "a meeting": ("/lists/{list}/meeting", {"go": "1"}),
    "a task": ("/lists/{list}/tasks/{task}", {"go": "1"}),
    "a task of an own list": ("/lists/{own_list}/tasks/{task}", {"go": "1"}),
    "lists beside each other": ("/lists/{own_list}/compare/{list}", {}),
    "a version": ("/lists/{list}/minutes/1", {}),
    "a version to look at": ("/lists/{list}/minutes/1/seen", {"go": "1"}),
    "a version to decline": ("/lists/{list}/minutes/1/decline", {"words": "Salah"}),
    "a proof": ("/lists/{list}/minutes/1/lines/1/proof.json", {}),
    "a print": ("/lists/{list}/minutes/1/pdf/full", {}),
    "a photo": ("/lists/{list}/minutes/1/photos", {"paper": "stamped"}),
    "an objection": ("/lists/{list}/objections/{objection}", {"outcome": "accepted"}),
    "an objection in an own list": (
        "/lists/{own_list}/objections/{objection}",
        {"outcome": "accepted", "reason": "Benar"},
    ),
    "a sheet": ("/village-lists/{list}/paper/sheets/{entry}", {}),
    "a sheet of an own list": ("/village-lists/{own_list}/paper/sheets/{entry}", {}),
    "an answer": ("/village-lists/{list}/paper/sheets/{entry}/lines", {"no": "1", "answer": "l"}),
    "an answer in an own list": (
        "/village-lists/{own_list}/paper/sheets/{entry}/lines",
        {"no": "1", "answer": "l"},
    ),
    "a second entry": ("/village-lists/{own_list}/paper/sheets/{entry}/second", {"go": "1"}),
    "a difference": (
        "/village-lists/{own_list}/paper/sheets/{own_entry}/settle",
        {"line": "{line}", "turn": "1"},
    ),
    "a code of paper": (
        "/village-lists/{own_list}/paper/sheets",
        {"code": "JKL1.{list}.1.1." + "ab" * 32},
    ),
    "a code to prove": ("/lists/proof", {"code": "JKL1.{list}.1.1." + "ab" * 32}),
    "blocks to prove": ("/lists/{list}/proof", {"block_1": "abcd", "block_2": "abcd"}),
    "a link": ("/list-links/{list}", {"days": "7"}),
    "a link to end": ("/list-links/end/{link}", {"go": "1"}),
    "a death": ("/workers/{worker}/death", {"date": "2026-11-01", "source": "anaknya"}),
    "a death to undo": ("/workers/{worker}/death/undo", {"reason": "Masih hidup"}),
    "a line to decide over": (
        "/lists/{own_list}/lines/{own_line}",
        {"verdict": "layak", "over": "{decision}"},
    ),
    "a line of the same person": (
        "/lists/{own_list}/lines/{own_line}",
        {"verdict": "tidak_masuk", "reason": "ganda", "same_as": "{line}"},
    ),
}


@pytest.mark.parametrize("role", ["supervisor", "head"])
@pytest.mark.parametrize("names", FORMS)
def test_page_that_names_a_row_there_is_answered_like_an_unknown_one(
    world: World, names: str, role: str
) -> None:
    path, form = FORMS[names]
    client = world.desk if role == "supervisor" else log_in(world.server, "head", KUBU_PERAHU)
    own = {f"own_{name}": one for name, one in world.here.items()}
    answers = []
    for ids in (world.there, nobody(world.there)):
        of = {**ids, **own}
        sent = {name: value.format(**of) for name, value in form.items()}
        forget_request()
        got = client.post(path.format(**of), data=sent) if form else client.get(path.format(**of))
        where, words = got.headers.get("Location", ""), got.get_data(as_text=True)
        answers.append([str(got.status_code), where, *blank(words, ids).splitlines()])
    assert answers[0] == answers[1]
    assert answers[0][0] < "500"
