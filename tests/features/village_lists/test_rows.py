"""What phones pull of a village's lists: all of it where they work, nothing elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from outreach.extensions import db
from outreach.features.village_lists.records.tables import AddedName, ListDecision
from outreach.storage.sync import ScopeCounter
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.support.lists import lines_of, opened, register
from tests.sync.conftest import Handset, Server

TABLES = ["village_list", "list_line", "list_decision", "added_name"]


def pulled(phone: Handset, scope: str = KUBU_PERAHU, **more: Any) -> list[dict[str, Any]]:
    answer = phone.pull({scope: 0}, tables=TABLES, **more)
    page = answer["scopes"].get(scope, {"rows": []})
    return [row for row in page["rows"] if row["table"] in TABLES]


def say(server: Server, phone: Handset, list_id: str) -> None:
    """A decision and a missing name, as they are stored."""
    counter = db.session.get_one(ScopeCounter, (KUBU_PERAHU, "18.04"))
    counter.seq += 2
    own = {
        "regency": "18.04",
        "region_code": KUBU_PERAHU,
        "list_id": list_id,
        "author": phone.user_id,
        "via": "officer_phone",
        "on_behalf": None,
        "device_id": phone.device,
        "at": server.now,
        "received_at": server.now,
    }
    lines = [lines_of(list_id)[0].id]
    said = {"lines": lines, "verdict": "layak", "reason": None, "detail": {}, "over": []}
    db.session.add(ListDecision(id="d", ver=counter.seq - 1, how="single", **said, **own))
    db.session.add(AddedName(id="n", ver=counter.seq, name="PAK X", hamlet="2", note=None, **own))
    db.session.commit()


@pytest.mark.parametrize("role", ["officer", "head"])
def test_field_roles_of_the_village_get_list_lines_decisions_and_names(
    server: Server, phone: Handset, role: str
) -> None:
    row = register(phone, full_name="SITI AMINAH", nik="1804044708809001")
    made = opened(server)
    say(server, phone, made.id)
    told = pulled(server.phone(KUBU_PERAHU, role=role))
    assert [one["ver"] for one in told] == sorted(one["ver"] for one in told)
    by_table = {one["table"]: one for one in told}
    assert by_table["village_list"]["id"] == made.id
    assert by_table["village_list"]["data"]["state"] == "open"
    assert by_table["village_list"]["data"]["opened_at"] == "2026-11-22T06:05:00Z"
    line = by_table["list_line"]["data"]
    assert (line["list"], line["worker"], line["no"], line["part"]) == (made.id, row, 1, "main")
    assert (line["name"], line["nik"]) == ("SITI AMINAH", "18••••••••••9001")
    said = by_table["list_decision"]["data"]
    assert (said["list"], said["verdict"], said["via"]) == (made.id, "layak", "officer_phone")
    assert said["author_name"].startswith("Akun officer")
    assert by_table["added_name"]["data"]["name"] == "PAK X"


def test_no_full_nik_and_nothing_of_the_record_beyond_the_list(
    server: Server, phone: Handset
) -> None:
    register(phone, nik="1804044708809001", monthly_income=900_000)
    opened(server)
    told = str(pulled(phone))
    for secret in ("1804044708809001", "900000", "income", "heirs", "consent", "vulnerab"):
        assert secret not in told


def test_who_works_elsewhere_and_an_earlier_phone_get_nothing(
    server: Server, phone: Handset
) -> None:
    register(phone)
    opened(server)
    assert pulled(server.phone(SEBARUS, role="head")) == []
    early = phone.pull()["scopes"][KUBU_PERAHU]["rows"]
    assert {row["table"] for row in early} == {"worker"}


def test_pages_of_a_long_list_lose_and_repeat_nothing(server: Server, phone: Handset) -> None:
    for _ in range(7):
        register(phone)
    made = opened(server)
    seen, cursor, more = [], 0, True
    while more:
        page = phone.pull({KUBU_PERAHU: cursor}, tables=TABLES, limit=3)["scopes"][KUBU_PERAHU]
        seen += [row["id"] for row in page["rows"] if row["table"] == "list_line"]
        cursor, more = page["cursor"], page["more"]
    assert sorted(seen) == sorted(line.id for line in lines_of(made.id))
