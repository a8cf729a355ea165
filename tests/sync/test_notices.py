"""Both sides of a conflict hear of it, each only what the role may see, until it is settled."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from sqlalchemy import select

from outreach.core.exchange.holds import decide_hold
from outreach.core.record import conflicts, worker_edits
from outreach.core.record.conflicts import resolve_conflict
from outreach.core.record.rights import NotAllowed
from outreach.domain.refusals import NotThere
from outreach.extensions import db
from outreach.storage.accounts import User
from outreach.storage.sync import Conflict
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.sync.conftest import Handset, Server
from tests.sync.test_verdicts import create, put, worker


def told(phone: Handset) -> list[dict[str, Any]]:
    """What stands in the user's own scope."""
    return [row["data"] for row in phone.inbox().values() if not row.get("gone")]


def clash(one: Handset, two: Handset, **base: Any) -> str:
    """A row whose notes ``one`` made "b" and ``two``, late, "c"."""
    row = create(one, notes="a", **base)
    assert put(one, row, notes=("a", "b"))["status"] == "applied"
    assert put(two, row, notes=("a", "c"), rt=(None, "002"))["status"] == "conflict"
    return row


def test_both_officers_and_the_supervisor_see_it(phone: Handset, other: Handset) -> None:
    row = clash(phone, other)
    (mine,), (theirs,) = told(other), told(phone)
    entry = mine["conflicts"][0]
    assert (entry["base"], entry["mine"], entry["theirs"]) == ("a", "c", "b")
    assert "other" not in mine
    assert theirs["other"] is True
    assert (theirs["kind"], theirs["worker_id"], theirs["scope"]) == ("conflict", row, KUBU_PERAHU)
    people = {user.id: user.name for user in db.session.scalars(select(User))}
    assert entry["who"] == people[phone.user_id]
    seen = {**entry, "mine": "b", "theirs": "c", "who": people[other.user_id]}
    assert theirs["conflicts"] == [seen]
    assert db.session.scalars(select(Conflict.id)).one() == entry["id"]
    assert worker(row).data["rt"] == "002"


def test_only_the_one_whose_value_stands_is_told(
    server: Server, phone: Handset, other: Handset
) -> None:
    row = create(phone, notes="a")
    third = server.phone(KUBU_PERAHU)
    put(third, row, notes=("a", "b"))
    put(phone, row, rt=(None, "001"))
    put(other, row, notes=("a", "c"))
    assert told(phone) == []
    assert [note["conflicts"][0]["mine"] for note in told(third)] == ["b"]


def test_two_authors_hear_of_their_own_field(
    server: Server, phone: Handset, other: Handset
) -> None:
    row = create(phone, notes="a", rt="001")
    third = server.phone(KUBU_PERAHU)
    put(phone, row, notes=("a", "b"))
    put(third, row, rt=("001", "002"))
    put(other, row, notes=("a", "c"), rt=("001", "003"))
    assert [[c["field"] for c in note["conflicts"]] for note in told(phone)] == [["notes"]]
    assert [[c["field"] for c in note["conflicts"]] for note in told(third)] == [["rt"]]
    put(other, row, rt=("002", "003"))
    assert told(third) == []
    assert len(told(phone)) == 1
    assert [[c["field"] for c in note["conflicts"]] for note in told(other)] == [["notes"]]


def test_value_of_the_office_is_told_to_no_phone(
    server: Server, phone: Handset, other: Handset
) -> None:
    row, boss = create(phone, notes="a"), server.actor()
    worker_edits.edit_worker(db.session(), boss, row, {"notes": ("a", "b")}, server.now)
    put(other, row, notes=("a", "c"))
    assert told(phone) == []
    (note,) = told(other)
    assert note["conflicts"][0]["who"] == boss.name, "and the officer reads whose it is"


def test_who_left_the_village_is_not_told(server: Server, phone: Handset, other: Handset) -> None:
    row = create(phone, notes="a")
    put(phone, row, notes=("a", "b"))
    server.unassign(phone.user_id)
    put(other, row, notes=("a", "c"))
    assert told(phone) == []


def test_head_hears_of_what_a_head_may_see_alone(server: Server, phone: Handset) -> None:
    head = server.phone(KUBU_PERAHU, role="head")
    row = create(phone, notes="a", mother_name="SUTINAH")
    put(head, row, notes=("a", "b"))
    late = put(phone, row, notes=("a", "c"), mother_name=("TINAH", "SUTI"))
    assert len(late["conflicts"]) == 2
    assert [[c["field"] for c in note["conflicts"]] for note in told(head)] == [["notes"]]


def test_hidden_field_reaches_no_head_though_he_changed_the_row_last(
    server: Server, phone: Handset, monkeypatch: pytest.MonkeyPatch
) -> None:
    from outreach.core.record import conflict_notices

    head = server.phone(KUBU_PERAHU, role="head")
    row = create(phone, mother_name="SUTINAH")
    put(head, row, notes=(None, "b"))
    monkeypatch.setattr(
        conflict_notices, "equal", lambda _a, _b: False
    )  # no edit explains the value
    put(phone, row, mother_name=("TINAH", "SUTI"))
    assert told(head) == []


class TestGone:
    def test_author_settles_it(self, phone: Handset, other: Handset) -> None:
        row = clash(phone, other)
        put(other, row, notes=("b", "c"))
        assert (told(phone), told(other)) == ([], [])
        assert [note["gone"] for note in phone.inbox().values()] == [1]

    @pytest.mark.parametrize("choice", ["mine", "theirs"])
    def test_supervisor_settles_it_and_both_read_the_end(
        self, server: Server, phone: Handset, other: Handset, choice: Any
    ) -> None:
        row = clash(phone, other)
        conflict = db.session.scalars(select(Conflict.id)).one()
        before = (told(phone), told(other))
        actor = server.actor()
        resolve_conflict(db.session(), actor, conflict, choice, server.now)
        stands = "c" if choice == "mine" else "b"
        for handset in (phone, other):
            (note,) = told(handset)
            assert note["conflicts"] == []
            (end,) = note["decided"]
            assert (end["field"], end["value"], end["by"]) == ("notes", stands, actor.name)
        assert worker(row).data["notes"] == stands
        conflicts.reopen(db.session(), actor, conflict, server.now)
        assert (told(phone), told(other)) == before
        assert worker(row).data["notes"] == "b"
        assert worker(row).has_conflict
        assert db.session.get_one(Conflict, conflict).state == "open"

    def test_undo_leaves_what_was_changed_since(
        self, server: Server, phone: Handset, other: Handset
    ) -> None:
        row = clash(phone, other)
        conflict = db.session.scalars(select(Conflict.id)).one()
        actor = server.actor()
        resolve_conflict(db.session(), actor, conflict, "mine", server.now)
        put(phone, row, notes=("c", "d"))
        with pytest.raises(NotAllowed, match="conflict_changed_since"):
            conflicts.reopen(db.session(), actor, conflict, server.now)
        assert worker(row).data["notes"] == "d"
        assert not worker(row).has_conflict

    def test_what_its_author_settled_cannot_be_undone_at_the_desk(
        self, server: Server, phone: Handset, other: Handset
    ) -> None:
        row = clash(phone, other)
        put(other, row, notes=("b", "c"))
        conflict = db.session.scalars(select(Conflict.id)).one()
        with pytest.raises(NotThere):
            conflicts.reopen(db.session(), server.actor(), conflict, server.now)

    def test_note_stays_while_one_of_two_fields_is_open(
        self, phone: Handset, other: Handset
    ) -> None:
        row = create(phone, notes="a", rt="001")
        put(phone, row, notes=("a", "b"), rt=("001", "002"))
        put(other, row, notes=("a", "c"), rt=("001", "003"))
        put(other, row, notes=("b", "c"))
        for handset in (phone, other):
            (note,) = told(handset)
            assert [c["field"] for c in note["conflicts"]] == ["rt"]
        assert worker(row).has_conflict


class TestNames:
    """A phone that did not make the save has nothing but the note to call it by."""

    PERSON: ClassVar = {"full_name": "PONIMAN UJI", "sex": "L", "birth_date": "1975-03-02"}

    def names(self, phone: Handset) -> dict[str, str | None]:
        """What the note about each save calls it, on the person's next phone."""
        second = Handset(phone.server, db.session.get_one(User, phone.user_id))
        rows = second.inbox().values()
        return {row["id"]: row["data"].get("name") for row in rows if not row.get("gone")}

    def test_a_held_returned_or_refused_save_keeps_the_name_it_gave(
        self, server: Server, phone: Handset
    ) -> None:
        held, returned = (phone.mutation(SEBARUS, set=self.PERSON) for _ in range(2))
        wrong = phone.mutation(set={**self.PERSON, "nik": "12"})
        phone.push(held, returned, wrong)
        decide_hold(db.session(), server.actor(), returned["key"], "return", "Lagi", server.now)
        named = self.names(phone)
        assert {held["key"], returned["key"]} <= named.keys()
        assert set(named.values()) == {"PONIMAN UJI"}

    def test_an_edit_tells_no_name_that_its_author_did_not_write(
        self, server: Server, phone: Handset, other: Handset
    ) -> None:
        row = create(other, SEBARUS)
        edit = phone.mutation(SEBARUS, id=row, ver=1, set={"notes": (None, "x")})
        assert phone.results(edit)[0]["status"] == "held"
        assert self.names(phone) == {edit["key"]: None}

    def test_what_took_effect_is_called_as_its_row_is(self, phone: Handset, other: Handset) -> None:
        clash(phone, other)
        assert set(self.names(other).values()) == {None}
