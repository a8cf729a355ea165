"""Somebody with a login of the desk wants what the desk masks: whole lists with full NIKs, photos.

At the desk each look is masked and leaves a line in the audit. The phones' door does neither, so a
supervisor's or counter officer's session registers a device there and asks. It gets reference data
and its own notes, never a row of a village and never a picture. What field officers look at and
which phones are registered is in the audit.
"""

from __future__ import annotations

import io
from hashlib import sha256
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from outreach.core.accounts.actors import actor_for
from outreach.core.exchange.pull import may_pull
from outreach.domain.actor import FIELD_ROLES, ROLES
from outreach.extensions import db
from outreach.storage.audit import AuditLine
from tests.support.factories import KUBU_PERAHU, NOW, SEBARUS
from tests.support.pockets import Pocket, person
from tests.sync.conftest import PERSON, Server

DESK = [role for role in ROLES if role not in FIELD_ROLES]
WITH_PHONE = ["supervisor", "mpp"]


def photographed(server: Server) -> tuple[Pocket, str]:
    """(an officer's phone, the id of a worker whose card it has photographed and sent)."""
    out = io.BytesIO()
    Image.effect_noise((64, 64), 90).convert("RGB").save(out, "JPEG")
    data = out.getvalue()
    sha = sha256(data).hexdigest()
    phone = Pocket(server, person(server, "petugas1", KUBU_PERAHU)).ready()
    made = phone.mutation(set={**PERSON, "nik": "1804044708809001", "ktp_photo": sha})
    phone.push(made)
    where = f"/sync/v1/blob/{sha}?device={phone.device}&offset=0&total={len(data)}"
    assert phone.client.put(where, data=data).status_code == 200
    return phone, made["id"]


def lines(action: str) -> list[AuditLine]:
    return list(
        db.session.scalars(select(AuditLine).filter_by(action=action).order_by(AuditLine.id))
    )


@pytest.mark.parametrize("role", WITH_PHONE)
def test_a_desk_role_pulls_no_row_of_any_village(server: Server, role: str) -> None:
    photographed(server)
    desk = Pocket(server, person(server, "meja", role=role)).ready()
    own = f"u:{desk.user_id}"
    for view in ("list", "full"):
        answer = desk.pull({KUBU_PERAHU: 0, SEBARUS: 0, own: 0, "ref": 0}, view=view)
        assert answer["revoked"] == sorted([KUBU_PERAHU, SEBARUS])
        assert KUBU_PERAHU not in answer["scopes"]
        assert "ref" in answer["scopes"]
        assert "1804044708809001" not in str(answer)


@pytest.mark.parametrize("role", DESK)
def test_no_role_of_the_desk_may_pull_a_village(server: Server, role: str) -> None:
    actor = actor_for(db.session(), server.user(role=role), "18.04", NOW.date())
    assert not may_pull(actor, KUBU_PERAHU)
    assert may_pull(actor, f"u:{actor.user_id}")


@pytest.mark.parametrize("role", WITH_PHONE)
@pytest.mark.parametrize("field", ["ktp_photo", "face_photo", "consent_evidence"])
def test_a_desk_role_gets_no_picture_through_the_phones_door(
    server: Server, role: str, field: str
) -> None:
    _, worker = photographed(server)
    desk = Pocket(server, person(server, "meja", role=role)).ready()
    answer = desk.look(f"/sync/v1/worker/{worker}/blob/{field}?device={desk.device}")
    assert (answer.status_code, answer.mimetype) == (404, "application/json")


@pytest.mark.parametrize("role", ["department", "admin"])
def test_a_role_without_people_registers_no_phone(server: Server, role: str) -> None:
    desk = Pocket(server, person(server, "meja", role=role))
    desk.log_in()
    assert desk.open_app().status_code == 403


def test_the_counter_registers_walk_ins_and_hears_what_became_of_them(server: Server) -> None:
    desk = Pocket(server, person(server, "meja", role="mpp")).ready()
    good, wrong = desk.mutation(), desk.mutation(set={**PERSON, "nik": "1"})
    assert [r["status"] for r in desk.results(good, wrong)] == ["applied", "invalid"]
    assert desk.open_app().json["writable"]  # type: ignore[index]


def test_every_picture_that_a_phone_fetches_is_in_the_audit(server: Server) -> None:
    phone, worker = photographed(server)
    address = f"/sync/v1/worker/{worker}/blob/ktp_photo?device={phone.device}"
    for _ in range(2):
        assert phone.look(address).status_code == 200
    seen: list[Any] = [(x.actor_id, x.object_id, x.region_code) for x in lines("blob_shown")]
    assert seen == [(phone.user_id, worker, KUBU_PERAHU)] * 2


def test_every_registration_of_a_phone_is_in_the_audit(server: Server) -> None:
    phone = Pocket(server, person(server, "meja", role="supervisor")).ready()
    phone.client.delete_cookie(f"jk_{phone.device}", path="/sync/v1")
    phone.open_app()
    found = [(x.actor_id, x.object_id, x.detail["new"]) for x in lines("device_registered")]
    assert found == [(phone.user_id, phone.device, True), (phone.user_id, phone.device, False)]
    assert lines("device_registered")[0].detail["address"] == "127.0.0.1"


def test_asking_for_another_persons_phone_is_in_the_audit(server: Server) -> None:
    phone, _ = photographed(server)
    other = Pocket(server, person(server, "meja", role="mpp"))
    other.log_in()
    other.device = phone.device
    assert other.open_app().status_code == 403
    assert [x.actor_id for x in lines("device_refused")] == [other.user_id]
