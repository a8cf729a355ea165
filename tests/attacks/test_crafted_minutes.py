"""A phone with a login that signs a list in its own way, to stop the desk or to lie to it.

Whatever stands in the minutes or in the list that it sends, the pages stay readable, a supervisor
can decline it, and nothing is stored that no phone of ours would send.
"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from outreach.domain.list_document import canonical
from outreach.extensions import db
from outreach.features.village_lists.records.minutes_tables import ListMinutes
from tests.features.village_lists.test_minutes import address
from tests.support.desk_pages import log_in, post
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.support.list_saying import say
from tests.support.lists import MONTHLY, line_of, lines_of, opened, register
from tests.support.signed_lists import (
    head_signer,
    head_with_term,
    minutes_of,
    standing,
    whole_list,
)
from tests.sync.conftest import Handset, Server
from tests.sync.test_blobs import SIGNATURE, name_of, upload

HUGE = "x" * 5_000
WRONG_COUNTS: tuple[dict[str, Any], ...] = (
    {"verdicts": {"layak": 5}, "reasons": {}},
    {"verdicts": {"sakti": {"L": 1, "P": 0}}, "reasons": {}},
    {"verdicts": {}, "reasons": {"layak": {"L": 1, "P": 0}}},
    {"verdicts": {"layak": {"L": 10**18, "P": 0}}, "reasons": {}},
    {"verdicts": {"layak": {"L": 1e308, "P": None}}, "reasons": {}},
    {"verdicts": {"layak": {HUGE: 1}}, "reasons": {}},
    {"verdicts": {}, "reasons": {}, "lines": HUGE},
    {"verdicts": {}, "reasons": {}, "sesuatu": {"a": [1]}},
)


def signed_so(server: Server, phone: Handset, **more: Any) -> tuple[Handset, str, dict[str, Any]]:
    """(the head's phone, a list of one person, the verdict on a signature with these members)."""
    head, term = head_with_term(server)
    row = register(phone)
    list_id = opened(server).id
    say(head, list_id, line_of(list_id, row).id, "layak")
    whole, told = whole_list(list_id)
    signer = more.pop("signer", {})
    made = minutes_of(head, list_id, term, whole, told, signers=[head_signer(term, **signer)])
    for name, value in more.items():
        made["set"][name] = [None, value]
    return head, list_id, head.results(made)[0]


class TestMinutes:
    @pytest.mark.parametrize("told", WRONG_COUNTS)
    def test_counts_that_no_list_has_are_refused(
        self, server: Server, phone: Handset, told: dict[str, Any]
    ) -> None:
        _, _, result = signed_so(server, phone, counts=told)
        assert result["status"] == "invalid", result

    @pytest.mark.parametrize(
        "signer",
        [
            {"title": {"a": 1}},
            {"title": HUGE},
            {"delegation": HUGE},
            {"delegation": {"a": 1}},
            {"witness": HUGE},
            {"strokes": HUGE},
            {"capacity": []},
            {"method": []},
            {"role": []},
        ],
    )
    def test_signer_with_more_than_an_entry_has_is_refused(
        self, server: Server, phone: Handset, signer: dict[str, Any]
    ) -> None:
        _, _, result = signed_so(server, phone, signer=signer)
        assert result["status"] == "invalid", result

    @pytest.mark.parametrize(
        "more",
        [
            {"letter_no": {"a": 1}},
            {"letter_no": HUGE},
            {"place": HUGE},
            {"place": [1]},
            {"present": "banyak"},
            {"present": 2**40},
            {"present": -1},
        ],
    )
    def test_month_says_nothing_of_a_meeting(
        self, server: Server, phone: Handset, more: dict[str, Any]
    ) -> None:
        head, term = head_with_term(server)
        list_id = opened(server, MONTHLY).id
        whole, told = whole_list(list_id)
        made = minutes_of(
            head,
            list_id,
            term,
            whole,
            told,
            **{"letter_no": None, "place": None, "present": None} | more,
        )
        assert head.results(made)[0]["status"] == "invalid"

    def test_nothing_is_kept_that_nobody_reads(self, server: Server, phone: Handset) -> None:
        _, list_id, result = signed_so(server, phone, signer={"sesuatu": HUGE})
        assert result["status"] == "applied"
        [row] = db.session.scalars(select(ListMinutes).filter_by(list_id=list_id)).all()
        assert HUGE not in str(row.signers)


class TestAddition:
    @pytest.mark.parametrize("together", [True, False])
    def test_paper_of_another_village_is_put_beside_no_version(
        self, server: Server, phone: Handset, together: bool
    ) -> None:
        """The version would take a number of that village, and no phone here would hear of it."""
        head, term = head_with_term(server)
        register(phone)
        list_id = opened(server).id
        other = server.phone(KUBU_PERAHU, SEBARUS)
        say(head, list_id, lines_of(list_id)[0].id, "layak")
        made = minutes_of(other, list_id, term, *whole_list(list_id))
        paper = {"stamped": name_of(SIGNATURE)}
        first = [] if together else other.results(made)
        added = other.mutation(SEBARUS, table="list_minutes", id=made["id"], set=paper)
        told = first + other.results(*([made] if together else []), added)
        assert [one["status"] for one in told] == ["applied", "invalid"]
        assert told[1]["errors"]["_"][0]["code"] == "check_other_village"
        ver = db.session.get_one(ListMinutes, str(made["id"])).ver
        assert ver == told[0]["ver"]


class TestList:
    @pytest.mark.parametrize(
        "item",
        [
            {"birth_year": 10**400},
            {"birth_year": 2**63},
            {"name": 5},
            {"hamlet": 5, "rt": 7},
            {"gone": "sakti"},
            {"gone": 7},
            {"gone": None},
            {"verdict": "sakti"},
            {"verdict": 7},
            {"reason": "sakti"},
            {"occupation": 7},
            {"nik_no": "x"},
            {"sex": 3},
        ],
    )
    def test_list_that_no_phone_makes_is_refused_and_can_be_declined(
        self, server: Server, phone: Handset, item: dict[str, Any]
    ) -> None:
        head, term = head_with_term(server)
        row = register(phone)
        list_id = opened(server).id
        say(head, list_id, line_of(list_id, row).id, "layak")
        whole, told = whole_list(list_id)
        whole["items"][0] |= item
        made = minutes_of(head, list_id, term, whole, told)
        head.results(made)
        assert upload(head, canonical(whole), 32_000)["state"] == "refused"
        assert standing(str(made["id"])) == ("waits", None)
        desk = log_in(server, "supervisor")
        assert desk.get(address(list_id)).status_code == 200
        post(desk, address(list_id, more="/decline"), words="bukan daftar")
        assert standing(str(made["id"])) == ("declined", None)

    def test_list_that_came_before_more_was_asked_stops_nobody(
        self, server: Server, phone: Handset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        head, term = head_with_term(server)
        row = register(phone)
        list_id = opened(server).id
        say(head, list_id, line_of(list_id, row).id, "layak")
        whole, told = whole_list(list_id)
        whole["items"][0]["birth_year"] = 10**400
        made = minutes_of(head, list_id, term, whole, told)
        head.results(made)
        with monkeypatch.context() as before:
            before.setattr("outreach.core.evidence.pictures.read_document", lambda _: {})
            upload(head, canonical(whole), 32_000)
        desk = log_in(server, "supervisor")
        assert desk.get(address(list_id)).status_code == 200
        assert standing(str(made["id"])) == ("broken", "other_list")
