"""The server's own keys: made once, wrapped by SECRET_KEY, rotated by command."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from outreach.core.keys import server_keys
from outreach.core.keys.server_keys import Keyring, KeysUnreadable
from outreach.extensions import db
from outreach.storage.audit import AuditLine
from outreach.storage.identity import ServerKey
from tests.support.factories import NOW
from tests.sync.conftest import Handset, Server

SECRET = "t" * 40


def rows() -> list[ServerKey]:
    db.session.rollback()
    return list(db.session.scalars(select(ServerKey)))


def test_keys_are_made_at_first_need_and_told_to_phones(phone: Handset) -> None:
    assert rows() == []
    told = phone.announce().json["keys"]
    assert [key["kind"] for key in told] == ["seal", "sign"]
    assert {key["kid"] for key in told} == {row.kid for row in rows()}
    assert all(len(key["public"]) == 87 for key in told)
    assert phone.announce().json["keys"] == told
    made = select(AuditLine.action).filter_by(action="server_key_made")
    assert len(db.session.scalars(made).all()) == 2


def test_two_processes_at_once_make_one_pair(app: Flask) -> None:
    found: list[set[str]] = []
    start = threading.Barrier(4)
    shared = Keyring(SECRET)

    def work(ring: Keyring) -> None:
        with app.app_context():
            start.wait(10)
            found.append({key.kid for key in ring.keys(db.session(), NOW)})
            db.session.remove()

    rings = [shared, shared, Keyring(SECRET), Keyring(SECRET)]
    threads = [threading.Thread(target=work, args=(ring,)) for ring in rings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(found) == 4
    assert all(kids == found[0] for kids in found)
    with app.app_context():
        assert {row.kid for row in rows()} == found[0]
        assert len(found[0]) == 2


def test_private_halves_are_wrapped_and_bound_to_their_row(server: Server) -> None:
    ring = Keyring(SECRET)
    for key in ring.keys(db.session(), NOW):
        assert key.private is not None
        secret = key.private.private_numbers().private_value.to_bytes(32, "big")
        assert all(secret not in row.wrapped for row in rows())
    one, two = rows()
    one.wrapped, two.wrapped = two.wrapped, one.wrapped
    db.session.commit()
    assert [key.private for key in Keyring(SECRET).keys(db.session(), NOW)] == [None, None]


def test_another_secret_reads_no_private_half_and_makes_no_new_pair(server: Server) -> None:
    Keyring(SECRET).keys(db.session(), NOW)
    other = Keyring("u" * 40)
    assert [key.private for key in other.keys(db.session(), NOW)] == [None, None]
    assert len(rows()) == 2
    with pytest.raises(KeysUnreadable, match="another SECRET_KEY"):
        other.signer(db.session(), NOW)


def test_a_rotated_key_is_learnt_within_a_minute_and_at_once_by_name(server: Server) -> None:
    ring = Keyring(SECRET)
    before = ring.signer(db.session(), NOW)
    (fresh,) = server_keys.rotate(db.session(), SECRET, ["seal"], NOW)
    assert ring.sealing(db.session(), NOW, fresh) is None, "once for each moment"
    later = server.wait(seconds=1)
    assert ring.sealing(db.session(), later, fresh) is not None
    (kid,) = server_keys.rotate(db.session(), SECRET, ["sign"], later)
    assert ring.signer(db.session(), server.wait(seconds=50)).kid == before.kid
    assert ring.signer(db.session(), server.wait(seconds=20)).kid == kid
    assert ring.sealing(db.session(), server.now, kid) is None, "a signing key opens nothing"


def run(app: Flask, *args: str) -> Any:
    return app.test_cli_runner().invoke(args=["keys", *args])


def test_commands_list_and_rotate(server: Server) -> None:
    first = run(server.app, "list").output.split()
    assert first.count("current") == 2
    done = run(server.app, "rotate", "--kind", "seal")
    assert done.exit_code == 0
    assert done.output.split()[1:] == ["seal", "current"]
    server.app.extensions["keyring"] = Keyring(SECRET)
    listed = run(server.app, "list").output
    assert (listed.count("current"), listed.count("retired")) == (2, 1)
    assert SECRET not in listed


def test_list_says_when_the_secret_has_changed(server: Server) -> None:
    run(server.app, "list")
    server.app.extensions["keyring"] = Keyring("u" * 40)
    done = run(server.app, "list")
    assert done.exit_code == 1
    assert "NOT OPENED BY THIS SECRET_KEY" in done.output
    assert "SECRET_KEY bukan yang membungkus" in done.output
    assert "flask keys rotate" in done.output
