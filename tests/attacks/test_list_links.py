"""Somebody without an account at the door of a village's list.

The attacker knows the product, may hold the address from a forwarded chat, or a session of another
list, and has many browsers. The attacker wants the list of a village, or to write into one, or to
keep the village out of its own.
"""

from __future__ import annotations

import statistics
import time
from typing import Any

import pytest
from flask import Flask
from itsdangerous import URLSafeSerializer
from sqlalchemy import select

from outreach.core.accounts import passwords
from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.features.village_lists.checking.opening import close_list
from outreach.features.village_lists.links import link_saying, links
from outreach.features.village_lists.links.link_cookies import KNOWN, SESSION
from outreach.features.village_lists.links.links import revoke_link
from outreach.features.village_lists.records.tables import ListDecision
from outreach.storage.accounts import User
from outreach.storage.audit import AuditLine
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.support.list_links import Villager, audited, later, linked, row, says
from tests.support.lists import lines_of, opened, register
from tests.sync.conftest import Handset, Server

BOTS = ("WhatsApp/2.23.20.0", "TelegramBot (like TwitterBot)", "facebookexternalhit/1.1")


@pytest.fixture
def list_id(server: Server, phone: Handset) -> str:
    """An open list of Kubu Perahu with one person."""
    register(phone, full_name="SUTINI UJI")
    return opened(server).id


class TestGuessing:
    def test_fifth_wrong_code_slows_the_link_for_a_quarter_of_an_hour_and_never_kills_it(
        self, server: Server, list_id: str
    ) -> None:
        made = linked(server, list_id)
        for n in range(5):
            assert Villager(server, f"10.0.0.{n}").enter(made.token, "salah").status_code == 422
        slowed = Villager(server, "10.0.1.1").open(made)
        assert slowed.status_code == 429
        assert "15" in slowed.json["text"]
        assert row(made.id).slowed_until is not None
        later(server, minutes=15, seconds=1)
        assert Villager(server).open(made).status_code == 200
        assert row(made.id).slowed_until is None

    def test_guessing_goes_on_as_slowly(self, server: Server, list_id: str) -> None:
        made = linked(server, list_id)
        tried = 0
        for _ in range(60):  # one a minute, for an hour
            tried += Villager(server).enter(made.token, "salah").status_code == 422
            later(server, minutes=1)
        assert tried <= 8
        assert row(made.id).tries == tried

    def test_browser_that_was_in_is_never_slowed_by_others(
        self, server: Server, list_id: str
    ) -> None:
        made, own = linked(server, list_id), Villager(server)
        own.open(made)
        for _ in range(7):
            Villager(server).enter(made.token, "salah")
        assert Villager(server).open(made).status_code == 429
        assert own.open(made).status_code == 200

    def test_known_browser_guesses_no_faster(self, server: Server, list_id: str) -> None:
        made, own = linked(server, list_id), Villager(server)
        own.open(made)
        answers = [own.enter(made.token, "salah").status_code for _ in range(7)]
        assert answers == [422] * 5 + [429] * 2
        assert Villager(server, "10.9.9.9").open(made).status_code == 200

    def test_cookie_of_one_link_is_not_known_for_another(
        self, server: Server, list_id: str
    ) -> None:
        one, other = linked(server, list_id), linked(server, list_id)
        own = Villager(server)
        own.open(one)
        for _ in range(5):
            Villager(server).enter(other.token, "salah")
        assert own.open(other).status_code == 429

    def test_forged_cookies_make_nobody_known_and_open_nothing(
        self, server: Server, list_id: str
    ) -> None:
        made, thief = linked(server, list_id), Villager(server)
        contents = {SESSION: {"l": made.id, "u": 4_000_000_000}, KNOWN: {"b": "x", "l": [made.id]}}
        for name, content in contents.items():
            forged = str(URLSafeSerializer("another key", salt=f"list link {name}").dumps(content))
            thief.client.set_cookie(name, forged, path="/l")
        assert thief.get().status_code == 401
        for _ in range(5):
            thief.enter(made.token, "salah")
        assert thief.open(made).status_code == 429

    def test_known_cookie_is_no_session(self, server: Server, list_id: str) -> None:
        made, own = linked(server, list_id), Villager(server)
        own.open(made)
        known = own.client.get_cookie("jk_link_known", path="/l")
        assert known is not None
        thief = Villager(server)
        thief.client.set_cookie(SESSION, known.value, path="/l")
        assert thief.get().status_code == 401

    def test_address_counts_for_nothing_where_no_proxy_is_known(
        self, server: Server, list_id: str
    ) -> None:
        """Everybody may come from the one address of a proxy."""
        made, thief = linked(server, list_id), Villager(server, "10.3.3.3")
        for n in range(5):
            assert thief.enter(f"x{n}", "salah").status_code == 422
        assert Villager(server, "10.3.3.3").open(made).status_code == 200

    def test_address_behind_a_known_proxy_waits_for_every_link(
        self, make_app: Any, database_url: str
    ) -> None:
        app: Flask = make_app(database_url, trusted_proxies=1)
        with app.app_context():
            from tests.support import factories

            factories.add_regions(db.session())
            db.session.commit()
            server = Server(app)
            register(server.phone(KUBU_PERAHU))
            list_id = opened(server).id
            made, other = linked(server, list_id), linked(server, list_id)
            thief = Villager(server, "10.3.3.3", proxied=True)
            answers = [thief.enter(f"x{n}", "salah").status_code for n in range(5)]
            assert answers == [422] * 5
            assert thief.open(other).status_code == 429
            assert Villager(server, "10.4.4.4", proxied=True).open(made).status_code == 200


class TestOneAnswer:
    def answers(self, server: Server, list_id: str) -> dict[str, tuple[int, Any, list[str]]]:
        """What is answered to each kind of link that does not open."""
        actor = server.actor()
        wrong, revoked, expired = (linked(server, list_id, days=n) for n in (7, 7, 1))
        closed = linked(server, opened(server, village=SEBARUS).id)
        maker = server.user(role="supervisor")
        gone = linked(server, list_id, actor=server.app.extensions["find_actor"](maker))
        revoke_link(db.session(), actor, revoked.id, server.now)
        later(server, days=2)
        close_list(db.session(), actor, row(closed.id).list_id, server.now)
        db.session.get_one(User, maker.id).active = False
        db.session.commit()
        sent = {
            "wrong": (wrong.token, "AAAA-AAAA"),
            "revoked": (revoked.token, revoked.code),
            "expired": (expired.token, expired.code),
            "closed": (closed.token, closed.code),
            "maker": (gone.token, gone.code),
            "unknown": ("x" * 43, "AAAA-AAAA"),
            "empty": ("", ""),
            "long": ("x" * 5000, "y" * 5000),
        }
        found = {}
        for name, (token, code) in sent.items():
            answer = Villager(server).enter(token, code)
            headers = sorted(set(answer.headers.keys()) - {"X-Request-Id"})
            found[name] = (answer.status_code, answer.json, headers)
        return found

    def test_wrong_revoked_expired_and_unknown_are_answered_alike(
        self, server: Server, list_id: str
    ) -> None:
        found = self.answers(server, list_id)
        assert found["wrong"][0] == 422
        assert found["wrong"][1]["text"]
        assert all(answer == found["wrong"] for answer in found.values())

    def test_each_costs_one_slow_hash(
        self, server: Server, list_id: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[bool] = []
        real = passwords.password_matches

        def counted(stored: str | None, code: str) -> bool:
            asked.append(stored is not None)
            return real(stored, code)

        monkeypatch.setattr(links, "password_matches", counted)
        found = self.answers(server, list_id)
        assert len(asked) == len(found)
        assert sum(asked) == 1  # the wrong code alone met a hash of ours

    def test_unknown_tokens_take_as_long(self, server: Server, list_id: str) -> None:
        made = linked(server, list_id)
        passwords.dummy_hash()

        def median(token: str) -> float:
            taken = []
            for n in range(5):
                began = time.perf_counter()
                Villager(server).enter(token.format(n), "AAAA-AAAA")
                taken.append(time.perf_counter() - began)
                later(server, hours=25)
            return statistics.median(taken)

        assert 1 / 3 < median(made.token) / median("x{}") < 3

    def test_waiting_tells_nothing_of_a_token(self, server: Server, list_id: str) -> None:
        made = linked(server, list_id)
        answers = []
        for token in (made.token, "x" * 43):
            tries = [Villager(server).enter(token, "salah") for _ in range(6)]
            answers.append([(one.status_code, one.json) for one in tries])
        assert answers[0] == answers[1]


class TestSession:
    def test_opens_no_other_address(self, server: Server, list_id: str) -> None:
        villager = Villager(server)
        villager.open(linked(server, list_id))
        value = str(villager.session)
        client = server.app.test_client()
        for name in (SESSION, server.app.config["SESSION_COOKIE_NAME"], "remember_token"):
            client.set_cookie(name, value, path="/")
        for rule in server.app.url_map.iter_rules():
            public = rule.rule in ("/l", "/l/list") or "static" in rule.endpoint
            if rule.arguments or public or "GET" not in (rule.methods or ()):
                continue
            answer = client.get(rule.rule)
            assert "SUTINI UJI" not in answer.text, rule.rule
        for path in ("/", "/workers", "/list-links", f"/list-links/{list_id}", "/account"):
            assert client.get(path).headers["Location"].startswith("/login?"), path
        assert client.post("/sync/v1/pull", json={}).status_code in (400, 401, 403, 426)

    def test_writes_no_line_of_another_list(self, server: Server, list_id: str) -> None:
        register(server.phone(SEBARUS), village_code=SEBARUS)
        other = opened(server, village=SEBARUS).id
        foreign = lines_of(other)[0].id
        villager = Villager(server)
        villager.open(linked(server, list_id))
        for claimed in ({}, {"list": other}, {"list": other, "scope": SEBARUS}):
            [result] = villager.say(says(foreign, **claimed)).json["results"]
            assert not result["taken"]
        assert not db.session.scalars(select(ListDecision.id)).all()

    def test_cannot_write_over_what_others_said(
        self, server: Server, phone: Handset, list_id: str
    ) -> None:
        line = lines_of(list_id)[0].id
        made = phone.mutation(
            KUBU_PERAHU,
            table="list_decision",
            set={"list": list_id, "lines": [line], "verdict": "layak"},
        )
        assert phone.results(made)[0]["status"] == "applied"
        villager = Villager(server)
        villager.open(linked(server, list_id))
        taken = {**says(line, "tunda"), "id": made["id"]}
        assert not villager.say(taken).json["results"][0]["taken"]
        db.session.expire_all()
        assert db.session.get_one(ListDecision, made["id"]).verdict == "layak"

    def test_revoked_in_the_middle_it_shows_and_takes_nothing(
        self, server: Server, list_id: str
    ) -> None:
        made, villager = linked(server, list_id), Villager(server)
        villager.open(made)
        revoke_link(db.session(), server.actor(), made.id, server.now)
        self.shut(villager, list_id)

    def test_expired_in_the_middle_it_shows_and_takes_nothing(
        self, server: Server, list_id: str
    ) -> None:
        made, villager = linked(server, list_id, days=1), Villager(server)
        later(server, hours=23)
        villager.open(made)
        later(server, hours=2)
        self.shut(villager, list_id)

    def test_closed_in_the_middle_it_shows_and_takes_nothing(
        self, server: Server, list_id: str
    ) -> None:
        made, villager = linked(server, list_id), Villager(server)
        villager.open(made)
        close_list(db.session(), server.actor(), list_id, server.now)
        self.shut(villager, list_id)

    def shut(self, villager: Villager, list_id: str) -> None:
        page = villager.get()
        assert page.status_code == 401
        assert "SUTINI UJI" not in page.text
        answer = villager.say(says(lines_of(list_id)[0].id))
        assert answer.status_code == 401
        assert not db.session.scalars(select(ListDecision.id)).all()

    def test_other_sites_send_nothing(self, server: Server, list_id: str) -> None:
        made, villager = linked(server, list_id), Villager(server)
        villager.open(made)
        said = {"said": [says(lines_of(list_id)[0].id)]}
        for foreign in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://jahat.example"}):
            for path, body in (("/l/list", said), ("/l", {"token": made.token, "code": "x"})):
                assert villager.post(path, body, **foreign).status_code == 403
        form = {"said": "x"}  # what a foreign form can send at all
        assert villager.client.post("/l/list", data=form).status_code == 400
        assert not db.session.scalars(select(ListDecision.id)).all()
        assert row(made.id).tries == 0


class TestPreviews:
    @pytest.mark.parametrize("agent", BOTS)
    def test_preview_of_a_chat_uses_nothing_up_and_sees_nothing(
        self, server: Server, list_id: str, agent: str
    ) -> None:
        made, bot = linked(server, list_id), Villager(server)
        bot.headers = {"User-Agent": agent}
        for method in ("get", "head"):
            for path in ("/l", f"/l?{made.token}", "/l/list"):
                answer = getattr(bot.client, method)(path, headers=bot.headers)
                assert answer.status_code in (200, 401)
                assert "SUTINI UJI" not in answer.text
                assert "Kubu Perahu" not in answer.text
                assert "og:" not in answer.text
        assert (row(made.id).opened, row(made.id).tries) == (0, 0)
        assert [action for action, _ in audited(made.id)] == ["list_link_made"]
        assert Villager(server).open(made).status_code == 200


class TestTraces:
    def test_neither_token_nor_code_is_in_log_audit_or_answer(
        self, server: Server, list_id: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        made, villager = linked(server, list_id), Villager(server)
        villager.enter(made.token, "SALAH-123")
        answers = [villager.open(made), villager.get(), villager.say({"id": "x"})]
        logged = capsys.readouterr()
        db.session.expire_all()
        lines = [str(line.detail) for line in db.session.scalars(select(AuditLine))]
        whole = " ".join([logged.out, logged.err, *lines])
        for secret in (made.token, made.code, made.code.replace("-", ""), "SALAH-123"):
            assert secret not in whole
            assert not any(secret in one.text for one in answers)
        assert [action for action, _ in audited(made.id)] == [
            "list_link_made",
            "list_link_wrong",
            "list_link_opened",
        ]


class TestBadInput:
    @pytest.mark.parametrize(
        "body",
        [
            None,
            [],
            "x",
            {"token": 1, "code": "x"},
            {"token": "x"},
            {"token": "x", "code": ["x"]},
            {"token": "x\u0000", "code": "x"},
        ],
    )
    def test_way_in_answers_400(self, server: Server, list_id: str, body: Any) -> None:
        assert Villager(server).post("/l", body).status_code == 400

    @pytest.mark.parametrize(
        "said",
        [
            None,
            {},
            [],
            ["x"],
            [{"id": "x"}],
            [{"id": 7}],
            [{"id": uuid7(), "lines": []}] * 2,
            [{"id": uuid7(), "lines": []} for _ in range(501)],
            [{"id": uuid7(), "name": "A"}, {"id": uuid7(), "note": "x" * 600_000}],
            [{"id": uuid7(), "name": "A\u0000B"}],
            [{"id": uuid7(), "detail": {"a": {"b": {"c": {"d": {"e": {"f": 1}}}}}}}],
        ],
    )
    def test_list_answers_400(self, server: Server, list_id: str, said: Any) -> None:
        villager = Villager(server)
        villager.open(linked(server, list_id))
        assert villager.post("/l/list", {"said": said}).status_code == 400

    @pytest.mark.parametrize(
        "said",
        [
            {},
            {"lines": "x"},
            {"lines": [uuid7()], "verdict": "layak"},
            {"lines": [1], "verdict": "layak"},
            {"lines": [], "verdict": "layak"},
            {"name": ""},
            {"name": "<script>"},
            {"name": "A" * 101},
            {"name": 7},
            {"name": "RASMAN", "hamlet": "x" * 61},
            {"name": "RASMAN", "note": {"a": 1}},
            {"lines": None, "verdict": {"a": 1}, "over": "x"},
        ],
    )
    def test_save_that_says_nothing_gets_one_sentence(
        self, server: Server, list_id: str, said: dict[str, Any]
    ) -> None:
        villager = Villager(server)
        villager.open(linked(server, list_id))
        [result] = villager.say({"id": uuid7(), **said}).json["results"]
        assert not result["taken"]
        assert result["text"]


class TestEndless:
    def test_nobody_fills_the_disk_by_a_link(
        self, server: Server, list_id: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whoever got address and code from a chat has no login that could be stopped."""
        monkeypatch.setattr(link_saying, "MOST_BY_LINK", 3)
        browser = Villager(server)
        browser.open(linked(server, list_id))
        line = lines_of(list_id)[0].id
        name = {"id": uuid7(), "name": "UJI HILANG"}
        assert browser.say(says(line), name).status_code == 200
        over = browser.say(says(line, "tunda"), says(line))
        assert over.status_code == 429
        assert "mintalah alamat baru" in over.json["text"]
        own = db.session.query(ListDecision).filter_by(list_id=list_id)
        assert own.count() == 1
        assert browser.say(says(line)).status_code == 200
        assert Villager(server).open(linked(server, list_id)).status_code == 200
