"""A head's phone is told the server's word on whose phone it is; nobody else's is."""

from __future__ import annotations

import orjson
import pytest

from outreach.core.keys.signing import decode, encode, is_signed
from outreach.extensions import db
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
