"""Whatever is sent, the answer is JSON with a code; never a traceback, never a lost record."""

from __future__ import annotations

import gzip
import zlib
from hashlib import sha256
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.storage.sync import Mutation
from outreach.storage.workers import Worker
from tests.support.factories import KUBU_PERAHU
from tests.sync.conftest import Handset, Server

BODIES = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"x"',
    b"\xff\xfe",
    b'{"device":1}',
    b'{"device":"\\ud800"}',
    b"[" * 5000,
    b'{"a":' * 900 + b"1" + b"}" * 900,
    b'{"device":"x\\u0000"}',
]
ODD = [
    None,
    True,
    -1,
    1.5,
    10**30,
    "",
    "\x00",
    "x" * 300,
    [],
    {},
    [[]],
    {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": {"i": 1}}}}}}}}},
]


def is_answer(response: Any) -> bool:
    """True for a JSON answer that is no server error."""
    return response.status_code < 500 and response.is_json and isinstance(response.json, dict)


@pytest.mark.parametrize("path", ["device", "push", "pull"])
@pytest.mark.parametrize("body", BODIES)
def test_broken_bodies_are_refused_with_a_code(phone: Handset, path: str, body: bytes) -> None:
    for zipped in (False, True):
        answer = phone.post(path, body, zipped)
        assert is_answer(answer)
        assert 400 <= answer.status_code < 500
        assert set(answer.json) - {"keys"} == {"code", "params"}


class TestGzip:
    def test_gzip_body_is_read(self, phone: Handset) -> None:
        body = {"device": phone.device, "epoch": 1, "mutations": []}
        assert phone.post("push", body, zipped=True).status_code == 200

    @pytest.mark.parametrize("said", [None, "identity", "br"])
    def test_gzip_body_whose_header_was_stripped_is_read(
        self, phone: Handset, said: str | None
    ) -> None:
        sent = phone.mutation()
        body = {"device": phone.device, "epoch": 1, "mutations": [orjson.dumps(sent).decode()]}
        answer = phone.post("push", body, zipped=True, encoding=said)
        assert answer.json["results"][0]["status"] == "applied"

    def test_body_inflated_on_the_way_is_read_under_its_old_header(self, phone: Handset) -> None:
        body = {"device": phone.device, "epoch": 1, "mutations": []}
        assert phone.post("push", body, encoding="gzip").status_code == 200

    def test_pieces_of_files_are_never_inflated(self, phone: Handset) -> None:
        data = gzip.compress(b"a picture that looks like gzip")
        sha = sha256(data).hexdigest()
        address = f"/sync/v1/blob/{sha}?device={phone.device}&offset=0&total={len(data)}"
        assert phone.client.put(address, data=data).json["offset"] == len(data)

    def test_bomb_is_stopped(self, phone: Handset) -> None:
        bomb = gzip.compress(b" " * 5_000_000)
        assert len(bomb) < 64 * 1024
        headers = {"Content-Encoding": "gzip"}
        answer = phone.client.post("/sync/v1/push", data=bomb, headers=headers)
        assert (answer.status_code, answer.json["code"]) == (413, "body_too_big")

    def test_large_wire_body_is_stopped(self, phone: Handset) -> None:
        assert phone.post("push", b"x" * (64 * 1024 + 1)).status_code == 413

    def test_truncated_gzip_is_refused(self, phone: Handset) -> None:
        half = gzip.compress(orjson.dumps({"device": phone.device}))[:-9]
        headers = {"Content-Encoding": "gzip"}
        answer = phone.client.post("/sync/v1/push", data=half, headers=headers)
        assert (answer.status_code, answer.json["code"]) == (400, "body_not_gzip")
        assert phone.client.post("/sync/v1/push", data=half).status_code == 400
        raw = zlib.compress(b"{}")
        assert phone.client.post("/sync/v1/push", data=raw, headers=headers).status_code == 400


@pytest.mark.parametrize("value", ODD)
def test_odd_parts_of_envelopes_are_refused_or_taken(phone: Handset, value: Any) -> None:
    for path, names in (
        ("push", ("device", "epoch", "app", "recorded", "kept_from", "first_prev", "mutations")),
        ("pull", ("device", "epoch", "cursors", "view", "limit")),
        ("device", ("device", "was", "name", "app", "persisted", "storage", "recorded")),
    ):
        for name in names:
            body = {"device": phone.device, "epoch": 1, "mutations": [], name: value}
            if isinstance(value, int) and value > 2**63:
                raw = orjson.dumps({**body, name: "HUGE"}).replace(b'"HUGE"', str(value).encode())
                assert is_answer(phone.post(path, raw))
            else:
                assert is_answer(phone.post(path, body))


@pytest.mark.parametrize("name", ["schema", "op", "table", "id", "scope", "ver", "set", "at"])
def test_odd_parts_of_mutations_are_stored_as_invalid(phone: Handset, name: str) -> None:
    sent = [value for value in ODD if not (isinstance(value, int) and value > 2**63)]
    bodies = [{**phone.mutation(), name: value} for value in sent]
    results = phone.results(*bodies)
    assert [r["mid"] for r in results] == [b["mid"] for b in bodies]
    assert {r["status"] for r in results} <= {"applied", "invalid"}
    assert db.session.scalar(select(func.count()).select_from(Mutation)) == len(bodies)


@pytest.mark.parametrize("value", ["a\x00b", "\u2028\u202e\x07", 1e308, "x" * 20000, {"a": 1}])
@pytest.mark.parametrize("field", ["full_name", "notes", "nik", "heirs", "village_code"])
def test_odd_values_end_in_a_verdict(phone: Handset, field: str, value: Any) -> None:
    sent = phone.mutation(set={"full_name": "ADA", field: value})
    assert phone.results(sent)[0]["status"] in ("invalid", "applied")


def test_lone_surrogate_and_depth_inside_a_mutation(phone: Handset) -> None:
    key = uuid7()
    odd = '{"mid":1,"key":"' + key + '","set":{"notes":[null,"\\ud800"]}}'
    answer = phone.send(odd)
    assert (answer.status_code, answer.json["code"]) == (422, "mutation_unnumbered")
    assert answer.json["params"] == {"index": 0}
    raw = orjson.dumps({"mid": 1, "key": key, "raw": odd}).decode()
    assert phone.results(raw)[0]["status"] == "invalid"


def test_too_big_a_mutation_is_stored_as_invalid(phone: Handset) -> None:
    sent = phone.mutation(pad="x" * 25000)
    result = phone.results(sent)[0]
    assert result["errors"]["_"][0] == {"code": "mutation_too_big", "params": {"max": 24576}}
    assert len(db.session.get_one(Mutation, sent["key"]).payload) > 25000


def test_more_than_fifty_are_refused(phone: Handset) -> None:
    assert phone.send(*(phone.mutation() for _ in range(51))).status_code == 413


class TestWho:
    def test_no_cookie_no_answer(self, phone: Handset) -> None:
        phone.client.delete_cookie(f"jk_{phone.device}", path="/sync/v1")
        for path in ("push", "pull"):
            answer = phone.post(path, {"device": phone.device, "epoch": 1})
            assert (answer.status_code, answer.json["code"]) == (401, "device_unknown")

    def test_foreign_device_needs_its_own_cookie(self, phone: Handset, other: Handset) -> None:
        assert phone.post("push", {"device": other.device, "epoch": 1}).status_code == 401

    def test_token_dies_after_90_quiet_days_and_lives_on_with_use(
        self, server: Server, phone: Handset
    ) -> None:
        server.wait(days=60)
        answer = phone.send(phone.mutation())
        assert "Max-Age=7776000" in answer.headers["Set-Cookie"]
        assert "HttpOnly" in answer.headers["Set-Cookie"]
        assert "Path=/sync/v1" in answer.headers["Set-Cookie"]
        server.wait(days=60)
        assert phone.send(phone.mutation()).status_code == 200
        server.wait(days=91)
        assert phone.send(phone.mutation()).status_code == 401

    def test_token_is_stored_hashed(self, phone: Handset) -> None:
        from outreach.storage.sync import Device

        cookie = phone.client.get_cookie(f"jk_{phone.device}", path="/sync/v1")
        assert cookie is not None
        assert db.session.get_one(Device, phone.device).token_hash != cookie.value

    def test_device_of_another_user_is_refused(self, server: Server, phone: Handset) -> None:
        from outreach.core.exchange import devices

        with pytest.raises(devices.DeviceRefused, match="device_of_other_user"):
            Handset(server, server.user(KUBU_PERAHU), phone.device)

    def test_same_user_gets_a_new_token(self, server: Server, phone: Handset) -> None:
        from outreach.storage.accounts import User

        old = phone.client.get_cookie(f"jk_{phone.device}", path="/sync/v1").value
        phone.register(db.session.get_one(User, phone.user_id))
        assert phone.client.get_cookie(f"jk_{phone.device}", path="/sync/v1").value != old
        assert phone.send(phone.mutation()).status_code == 200

    @pytest.mark.parametrize("role", ["department", "admin"])
    def test_roles_without_people_carry_no_phone(self, server: Server, role: str) -> None:
        from outreach.core.exchange import devices

        with pytest.raises(devices.DeviceRefused, match="role_without_phone"):
            server.phone(role=role)

    def test_device_answer_tells_everything(self, server: Server, phone: Handset) -> None:
        body = {"device": phone.device, "was_empty": True, "storage": {"usage": 1, "x": {"y": 2}}}
        answer = phone.post("device", body).json
        assert answer["scopes"] == [f"u:{phone.user_id}", "ref", KUBU_PERAHU]
        assert answer["writable"] == [KUBU_PERAHU]
        assert answer["user"]["letters"] == {KUBU_PERAHU: "094/1"}
        assert (answer["epoch"], answer["lease_days"], len(answer["keys"])) == (1, 14, 2)
        from outreach.storage.sync import Device

        stored = db.session.get_one(Device, phone.device, populate_existing=True)
        assert (stored.was_empty, stored.storage) == (True, {"usage": 1})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)


def test_any_json_as_mutation_ends_in_an_answer(phone: Handset) -> None:
    @settings(
        max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(st.dictionaries(st.sampled_from(["set", "id", "scope", "op", "ver", "at"]), JSON))
    def run(parts: dict[str, Any]) -> None:
        import json

        before = phone.mid
        body = {**phone.mutation(), **parts}
        answer = phone.send(json.dumps(body))
        assert is_answer(answer)
        if answer.status_code != 200:
            phone.mid = before

    run()
    assert db.session.scalar(select(func.count()).select_from(Worker)) is not None
