"""Every answer of the door is signed by the server, to the very request that it answers."""

from __future__ import annotations

import gzip
from typing import Any

import orjson
import pytest
from werkzeug.test import TestResponse

from outreach.core.exchange import devices
from outreach.core.keys import server_keys
from outreach.core.keys.challenges import Challenges
from outreach.core.keys.server_keys import Keyring
from outreach.extensions import db
from outreach.sync import views
from tests.support.factories import NOW
from tests.support.signed import answered_by
from tests.sync.conftest import Handset, Server

SECRET = "t" * 40
ASKED = "2..AAAA"


def told(phone: Handset) -> list[dict[str, str]]:
    """The server's keys as a phone hears them."""
    return phone.announce().json["keys"]  # type: ignore[no-any-return]


def is_ours(keys: list[dict[str, str]], answer: TestResponse, asked: str) -> bool:
    """True when the server signed it."""
    body = answer.get_data()
    if answer.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    made = answer.headers.get("Jangkau-Answer", "")
    return answered_by(keys, asked, answer.status_code, body, made) is not None


def answer_of(phone: Handset, case: str) -> TestResponse:
    """An answer of each status that the door has."""
    me, sha = phone.device, "ab" * 32
    headers = {"Jangkau-Signature": ASKED, "Accept-Encoding": "gzip"}
    ask: Any = phone.client.open
    bodies = {
        "200": ("POST", "push", {"device": me, "epoch": 1, "mutations": []}),
        "400": ("POST", "push", b"{"),
        "401": ("POST", "push", {"device": "0193" + me[4:], "epoch": 1}),
        "403": ("POST", "pull", {"device": me, "epoch": 1, "cursors": {}}),
        "404": ("GET", "nowhere", None),
        "405": ("DELETE", "push", None),
        "410": ("POST", "pull", {"device": me, "epoch": 1, "cursors": {}}),
        "413": ("POST", "push", b"x" * 70_000),
        "422": ("POST", "push", []),
        "428": ("POST", "push", {"device": me, "epoch": 1}),
        "blob": ("GET", f"blob/{sha}?device={me}", None),
        "picture": ("GET", f"worker/{me}/blob/ktp_photo?device={me}", None),
        "gzip": ("POST", "device", {"device": me, "name": "x"}),
    }
    method, path, body = bodies[case]
    data = body if isinstance(body, bytes) or body is None else orjson.dumps(body)
    return ask(f"/sync/v1/{path}", method=method, data=data, headers=headers)  # type: ignore[no-any-return]


CASES = ["400", "401", "404", "405", "413", "422", "428", "blob", "picture", "gzip"]


@pytest.mark.parametrize("case", CASES)
def test_every_answer_is_signed_whatever_it_says(phone: Handset, case: str) -> None:
    keys = told(phone)
    answer = answer_of(phone, case)
    assert is_ours(keys, answer, ASKED)
    assert not is_ours(keys, answer, ""), "only to the request that was asked"
    if case.isdigit() and case != "422":
        assert answer.status_code == int(case)


@pytest.mark.parametrize(("act", "status"), [("revoke", 403), ("lose", 410)])
def test_what_bars_a_phone_is_signed(server: Server, phone: Handset, act: str, status: int) -> None:
    keys = told(phone)
    getattr(devices, act)(db.session(), "18.04", server.actor(), phone.device, server.now)
    answer = phone.ask({})
    asked = answer.request.headers["Jangkau-Signature"]
    assert (answer.status_code, is_ours(keys, answer, asked)) == (status, True)


def test_our_own_failure_is_signed(phone: Handset, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = told(phone)

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(views, "push_mutations", fail)
    app: Any = phone.client.application
    app.testing, app.log_exception = False, lambda *_: None
    answer = phone.send()
    assert (answer.status_code, answer.json["code"]) == (500, "http_500")
    assert is_ours(keys, answer, answer.request.headers.get("Jangkau-Signature", ""))


def test_a_server_that_cannot_open_its_key_answers_unsigned(phone: Handset) -> None:
    told(phone)
    app = phone.client.application
    app.extensions["keyring"] = Keyring("u" * 40)
    answer = phone.send(phone.mutation())
    assert (answer.status_code, answer.json["last_mid"]) == (200, 1)
    assert "Jangkau-Answer" not in answer.headers


def test_a_phone_is_answered_with_the_key_that_it_knows(server: Server, phone: Handset) -> None:
    old = next(key for key in told(phone) if key["kind"] == "sign")
    server_keys.rotate(db.session(), SECRET, ["sign"], server.now)
    server.wait(minutes=2)

    def announced(kid: str) -> tuple[TestResponse, str]:
        body = {"device": phone.device, "app": "1"}
        answer = phone.client.post("/sync/v1/device", json=body, headers={"Jangkau-Key": kid})
        return answer, answer.request.headers["Jangkau-Signature"]

    answer, asked = announced(old["kid"])
    assert is_ours([old], answer, asked)
    fresh = next(key for key in answer.json["keys"] if key["kind"] == "sign")
    assert fresh["kid"] != old["kid"]
    for kid in ("", fresh["kid"], "unknown"):
        assert is_ours([fresh], *announced(kid))


class TestChallenge:
    ONE, TWO = "01930000-0000-7000-8000-000000000001", "01930000-0000-7000-8000-000000000002"

    def test_is_fresh_for_its_phone_and_a_quarter_of_an_hour(self) -> None:
        challenges = Challenges(SECRET)
        made = challenges.make(self.ONE, NOW)
        later = lambda seconds: NOW.fromtimestamp(NOW.timestamp() + seconds, NOW.tzinfo)  # noqa: E731
        assert challenges.is_fresh(made, self.ONE, NOW)
        assert challenges.is_fresh(made, self.ONE, later(900))
        assert not challenges.is_fresh(made, self.ONE, later(901)), "too old"
        assert not challenges.is_fresh(made, self.ONE, later(-1)), "of the future"
        assert not challenges.is_fresh(made, self.TWO, NOW), "of another phone"
        assert not Challenges("u" * 40).is_fresh(made, self.ONE, NOW), "of another server"

    @pytest.mark.parametrize("text", ["", ".", "x.y", "1", "1.", "²." + "A" * 22, "9" * 40 + ".A"])
    def test_anything_else_is_none(self, text: str) -> None:
        assert not Challenges(SECRET).is_fresh(text, self.ONE, NOW)

    def test_an_answer_brings_one_for_the_phone_that_asked(
        self, server: Server, phone: Handset
    ) -> None:
        made = phone.announce().headers["Jangkau-Challenge"]
        assert Challenges(SECRET).is_fresh(made, phone.device, server.now)
