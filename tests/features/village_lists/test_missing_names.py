"""Who is missing on a list, and the meeting over it."""

from __future__ import annotations

from typing import Any

import pytest

from outreach.core.record import office_device
from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.features.village_lists.checking.opening import close_list
from outreach.features.village_lists.records.tables import (
    AddedName,
    VillageList,
)
from tests.support.factories import KUBU_PERAHU
from tests.support.list_saying import (
    opened_with,
    refusal,
)
from tests.support.lists import MONTHLY, line_of, opened, register
from tests.sync.conftest import Handset, Server


class TestMissingNames:
    def name(self, phone: Handset, list_id: str, /, **said: Any) -> dict[str, Any]:
        values = {"list": list_id, "name": "PAK SLAMET", **said}
        return phone.mutation(KUBU_PERAHU, table="added_name", set=values)

    def test_name_is_enough(self, server: Server, head: Handset) -> None:
        made = opened(server)
        sent = self.name(head, made.id)
        assert head.results(sent)[0]["status"] == "applied"
        row = db.session.get_one(AddedName, sent["id"])
        assert (row.name, row.hamlet, row.via, row.author) == (
            "PAK SLAMET",
            None,
            "own",
            head.user_id,
        )

    @pytest.mark.parametrize(
        ("said", "expected"),
        [
            ({"name": ""}, ("name", "check_name")),
            ({"name": "12"}, ("name", "check_name")),
            ({"name": None}, ("name", "check_name")),
            ({"name": "A" * 101}, ("name", "check_too_long")),
            ({"hamlet": "x" * 61}, ("hamlet", "check_too_long")),
            ({"note": 5}, ("note", "check_too_long")),
            ({"list": "x"}, ("list", "check_list_unknown")),
            ({"author": "x"}, ("author", "field_unknown")),
            ({"via": "link"}, ("via", "field_unknown")),
            ({"hamlet": "2\x00"}, ("hamlet", "text_unreadable")),
            ({"note": "a\x1b[31m"}, ("note", "text_unreadable")),
        ],
    )
    def test_bad_input_gets_one_sentence(
        self, server: Server, head: Handset, said: dict[str, Any], expected: tuple[str, str]
    ) -> None:
        made = opened(server)
        assert refusal(head, self.name(head, made.id, **said)) == expected

    def test_name_is_never_written_over(self, server: Server, head: Handset) -> None:
        made = opened(server)
        sent = self.name(head, made.id)
        assert head.results(sent)[0]["status"] == "applied"
        again = {**self.name(head, made.id), "id": sent["id"]}
        assert head.results(again)[0]["status"] == "applied"
        other = {**self.name(head, made.id, name="PAK LAIN"), "id": sent["id"]}
        assert refusal(head, other) == ("_", "check_stands")
        noted = {**self.name(head, made.id, note="rumah biru"), "id": sent["id"]}
        assert refusal(head, noted) == ("_", "check_stands")
        officer = server.phone(KUBU_PERAHU)
        stolen = {**self.name(officer, made.id), "id": sent["id"]}
        assert refusal(officer, stolen) == ("_", "check_stands")
        row = db.session.get_one(AddedName, sent["id"])
        assert (row.name, row.note, row.author) == ("PAK SLAMET", None, head.user_id)

    def test_desk_begins_none(self, server: Server) -> None:
        made = opened(server)
        said = {"state": (None, "meeting")}
        about = {"key": uuid7(), "table": "village_list"}
        body = office_device.compose(made.id, KUBU_PERAHU, said, server.now, **about)
        [verdict] = office_device.submit(db.session(), server.actor(), [body], server.now)
        assert (verdict.status, verdict.errors["_"][0]["code"]) == ("invalid", "check_role")
        assert db.session.get_one(VillageList, made.id).state == "open"

    def test_closed_list_holds_it(self, server: Server, head: Handset) -> None:
        made = opened(server)
        close_list(db.session(), server.actor(), made.id, server.now)
        result = head.results(self.name(head, made.id))[0]
        assert (result["status"], result["reason"]) == ("held", "list_closed")


class TestMeeting:
    def begin(self, phone: Handset, list_id: str, state: Any = "meeting") -> dict[str, Any]:
        values = {"state": ("open", state)}
        return phone.mutation(KUBU_PERAHU, table="village_list", id=list_id, set=values)

    def test_meeting_freezes_the_numbered_part_once(
        self, server: Server, phone: Handset, head: Handset
    ) -> None:
        made = opened_with(server, phone, 1)
        first = head.results(self.begin(head, made.id))[0]
        assert first["status"] == "applied"
        began = server.now
        server.wait(minutes=5)
        again = phone.results(self.begin(phone, made.id))[0]
        assert (again["status"], again["ver"]) == ("applied", first["ver"])
        db.session.expire_all()
        row = db.session.get_one(VillageList, made.id)
        assert (row.state, row.frozen_at, row.ver) == ("meeting", began, first["ver"])
        later = register(phone)
        assert line_of(made.id, later).part == "supplement"

    @pytest.mark.parametrize("state", ["closed", "open", None, 1])
    def test_phones_set_no_other_state(self, server: Server, head: Handset, state: Any) -> None:
        made = opened(server)
        assert refusal(head, self.begin(head, made.id, state)) == ("state", "check_state")

    def test_month_has_no_meeting_and_a_supervisor_begins_none(
        self, server: Server, head: Handset
    ) -> None:
        month = opened(server, MONTHLY)
        assert refusal(head, self.begin(head, month.id)) == ("state", "check_state")
        made = opened(server)
        desk = server.phone(KUBU_PERAHU, role="supervisor")
        assert refusal(desk, self.begin(desk, made.id)) == ("_", "check_role")

    def test_closed_list_holds_it(self, server: Server, head: Handset) -> None:
        made = opened(server)
        close_list(db.session(), server.actor(), made.id, server.now)
        result = head.results(self.begin(head, made.id))[0]
        assert (result["status"], result["reason"]) == ("held", "list_closed")
