"""The phone's own modules and this server agree: a carried file goes in, a receipt is believed."""

from __future__ import annotations

from sqlalchemy import select

from outreach.core.carried import carried_import
from outreach.core.carried.carried_file import Import
from outreach.core.exchange import devices
from outreach.core.keys import signing
from outreach.extensions import db
from outreach.storage.accounts import User
from outreach.storage.sync import Device
from outreach.storage.workers import Worker
from tests.support.factories import KUBU_PERAHU
from tests.sync.conftest import Handset, Server
from tests.sync.test_other_libraries import outside


def test_a_file_made_by_the_phone_goes_in_and_its_numbers_go_on(
    server: Server, phone: Handset
) -> None:
    keys = phone.announce().json["keys"]
    user = server.user(KUBU_PERAHU)
    names = ["SUTINI", "HERI"]
    told = outside("phone_side", carry={"user": user.id, "keys": keys, "names": names})["carried"]
    said = devices.Announcement(told["device"], public_key=signing.decode(told["public"]))
    devices.register(db.session(), "18.04", db.session.get_one(User, user.id), said, server.now)
    app = server.app
    parts = (app.extensions["blobs"], app.extensions["keyring"], server.actor("mpp"))
    on = Import(db.session(), *parts, server.now.date(), server.now)
    taken = carried_import.take_in(on, told["file"].encode())
    assert (taken.proven, dict(taken.verdicts), taken.missing) == (True, {"applied": 2}, None)
    assert set(db.session.scalars(select(Worker.full_name))) == set(names)
    device = db.session.get_one(Device, told["device"])
    assert (device.last_mid, device.last_hash.hex()) == (2, told["hash"])


def test_the_phone_believes_this_server_s_receipts_alone(phone: Handset) -> None:
    receipt = phone.push(phone.mutation())["receipt"]
    wrong = receipt[:-4] + ("A" if receipt[-4] != "A" else "B") + receipt[-3:]
    keys = phone.announce().json["keys"]
    told = outside("phone_side", receipts=[receipt, wrong], keys=keys)
    assert told["signed"] == [True, False]
    others = [key for key in keys if key["kind"] != "sign"]
    assert outside("phone_side", receipts=[receipt], keys=others)["signed"] == [None]
