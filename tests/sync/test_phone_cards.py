"""A head's phone is told the server's word on whose phone it is; nobody else's is."""

from __future__ import annotations

import orjson
import pytest

from outreach.core.accounts.actors import actor_for
from outreach.core.exchange import devices
from outreach.core.keys.server_keys import Keyring, KeysUnreadable
from outreach.core.keys.signing import decode, encode, is_signed
from outreach.extensions import db
from outreach.storage import queries_sync
from outreach.storage.accounts import User
from outreach.storage.sync import Device
from tests.sync.conftest import KUBU_PERAHU, Handset, Server


def told(phone: Handset) -> tuple[dict[str, object], str | None]:
    """The answer to a registration, and its card."""
    answer = phone.post("device", {"device": phone.device}).json
    return answer, answer.get("card")


def test_card_of_a_heads_phone_is_signed_and_names_its_key_and_villages(server: Server) -> None:
    phone = server.phone(KUBU_PERAHU, role="head")
    answer, card = told(phone)
    assert card is not None
    mark, body, made = card.split(".")
    said = orjson.loads(decode(body))
    public = db.session.get_one(Device, phone.device).public_key
    assert public is not None
    assert said == {
        "device": phone.device,
        "public": encode(public),
        "user": phone.user_id,
        "name": answer["user"]["name"],
        "role": "head",
        "villages": [KUBU_PERAHU],
        "at": answer["server_time"],
        "kid": said["kid"],
    }
    [key] = [one for one in answer["keys"] if one["kid"] == said["kid"]]
    assert key["kind"] == "sign"
    assert is_signed(decode(key["public"]), made, f"{mark}.{body}".encode())


@pytest.mark.parametrize("role", ["officer", "supervisor"])
def test_other_roles_get_no_card(server: Server, role: str) -> None:
    assert told(server.phone(KUBU_PERAHU, role=role))[1] is None


def test_head_of_no_village_and_a_revoked_phone_get_no_card(server: Server) -> None:
    assert told(server.phone(role="head"))[1] is None
    phone = server.phone(KUBU_PERAHU, role="head")
    device = db.session.get_one(Device, phone.device)
    device.revoked_at = server.now
    db.session.commit()
    assert told(phone)[1] is None


def test_phone_without_a_key_and_one_that_was_ended_get_no_card(server: Server) -> None:
    assert told(server.phone(KUBU_PERAHU, role="head", signed=None))[1] is None
    phone = server.phone(KUBU_PERAHU, role="head")
    device = db.session.get_one(Device, phone.device)
    device.ended_at, device.ended_why = server.now, "logout"
    db.session.commit()
    assert told(phone)[1] is None


def test_server_that_cannot_sign_tells_everything_but_the_card(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = server.phone(KUBU_PERAHU, role="head")
    session, today = db.session(), server.now.date()
    known = queries_sync.device_at_door(session, phone.device)
    assert known is not None
    actor = actor_for(session, session.get_one(User, phone.user_id), "18.04", today)
    ring = Keyring("x" * 40)

    def unreadable(*_: object) -> None:
        raise KeysUnreadable("k1")

    monkeypatch.setattr(Keyring, "signer", unreadable)
    assert devices.card_of(session, known, actor, ring, server.now) == {}
