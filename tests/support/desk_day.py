"""A day on which much did not go straight: phones, gaps, holds, conflicts for the screens.

Run as a module against the database of the environment: ``python -m tests.support.desk_day``.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from outreach import create_app
from outreach.core.carried.carried_file import Import
from outreach.core.carried.carried_import import take_in
from outreach.core.exchange import devices
from outreach.core.record.merging import merge_workers
from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.features.village_lists.checking.opening import close_list
from outreach.features.village_lists.paper import paper_entering, paper_printing
from outreach.features.village_lists.paper.paper_entering import Said, Which
from outreach.storage.accounts import User
from outreach.storage.regions import Region
from outreach.storage.sync import Device
from tests.support.addresses import things
from tests.support.carried import outbox
from tests.support.factories import KUBU_PERAHU, add_regions, make_office, make_user
from tests.support.keys import PhoneKey
from tests.support.list_links import linked
from tests.support.lists import MONTHLY, lines_of, opened, register, worker
from tests.sync.conftest import Handset, Server

FOREIGN = "18.04.04.2006"  # a village the demo officer does not serve
MB = 1_000_000
NIK = "1804044708809001"


def officer(name: str, phone: str | None = None) -> User:
    """An officer of Kubu Perahu."""
    user = make_user(db.session(), "officer", (KUBU_PERAHU,))
    user.name, user.phone = name, phone
    db.session.commit()
    return user


def report(device_id: str, **said: Any) -> None:
    """What the phone last said about itself."""
    device = db.session.get_one(Device, device_id)
    for column, value in said.items():
        setattr(device, column, value)
    db.session.commit()


def healthy(server: Server) -> Handset:
    """A phone in order, with one person registered."""
    now = server.now
    phone = Handset(server, officer("Rina Wulandari", "+6281200000001"))
    phone.push(phone.mutation())
    report(
        phone.device,
        name="Oppo A5s",
        app="3f9c12aa77b1",
        drafts=1,
        persisted=True,
        pin=True,
        clock_offset=2,
        storage_used=18 * MB,
        storage_quota=240 * MB,
        reported_at=now,
    )
    return phone


def troubled(server: Server) -> None:
    """Phones to call about, each for another reason."""
    now = server.now
    silent = Handset(server, officer("Dedi Kurniawan", "+6281200000002"))
    silent.push(silent.mutation(), recorded=13)
    report(
        silent.device, name="Redmi 9A", oldest_unsent=now - timedelta(days=6), clock_offset=-5400
    )
    report(silent.device, seen_at=now - timedelta(days=5), storage_used=221 * MB)
    report(silent.device, storage_quota=240 * MB, persisted=False, pin=False)
    gap = Handset(server, officer("Maryati"))
    gap.push(gap.mutation())
    gap.mid = 6
    gap.push(gap.mutation(), kept_from=7, first_prev="ab" * 32)
    report(gap.device, name="Samsung J2")
    user = db.session.get_one(User, gap.user_id)
    said = devices.Announcement(uuid7(), was=gap.device, was_empty=True, was_recorded=11)
    devices.register(db.session(), "18.04", user, said, now)


def held(server: Server, phone: Handset) -> str:
    """A registration out of scope with two edits that wait for it, and an edit of a lost NIK."""
    person = {"full_name": "PONIMAN UJI", "sex": "L", "birth_date": "1975-03-02", "rt": "003"}
    made = phone.mutation(FOREIGN, set={**person, "nik": "1804040203759002"})
    rt = phone.mutation(FOREIGN, id=made["id"], set={"rt": ("003", "004")})
    note = phone.mutation(FOREIGN, id=made["id"], set={"notes": (None, "rumah di ujung jalan")})
    phone.push(made, rt, note)
    bad = phone.mutation(set={"full_name": "HERI UJI", "sex": "L", "nik": "18040412"})
    phone.push(bad, phone.mutation(id=bad["id"], set={"notes": (None, "KTP buram")}))
    lost = phone.mutation(id=uuid7(), ver=3, set={"rt": ("001", "002")})
    phone.push(lost)
    return str(made["key"])


def unproven(server: Server, phone: Handset) -> str:
    """A carried file with one registration that a foreign key signed; the id of what it is held
    under."""
    body = phone.mutation(set={"full_name": "SARINAH UJI", "sex": "P"})
    phone.mid -= 1
    parts = (server.app.extensions["blobs"], server.app.extensions["keyring"])
    on = Import(db.session(), *parts, server.actor("mpp"), server.now.date(), server.now)
    take_in(on, outbox(phone, [body], signer=PhoneKey()))
    return str(db.session.scalars(select(Device.id).filter_by(kind="carried")).one())


def disputed(server: Server, phone: Handset) -> None:
    """Two officers disagree on three answers about one person."""
    second = Handset(server, officer("Sarmin", "+6281200000003"))
    before = {"rt": "001", "notes": "rumah biru", "birth_place": "Liwa"}
    made = phone.mutation(set={"full_name": "JUMADI UJI", "sex": "L", "nik": NIK, **before})
    phone.push(made)
    here = {"rt": "002", "notes": "rumah hijau", "birth_place": "Kenali"}
    late = {"rt": "005", "notes": "pindah ke belakang masjid", "birth_place": "Sekincau"}
    edits = {name: (before[name], here[name]) for name in before}
    phone.push(phone.mutation(id=made["id"], set=edits))
    edits = {name: (before[name], late[name]) for name in before}
    second.push(second.mutation(id=made["id"], set=edits))


def doubled(server: Server, phone: Handset) -> None:
    """One person registered twice, and two records made one."""
    person = {"full_name": "SUTINI UJI", "sex": "P", "birth_date": "1980-08-07"}
    ids = []
    for more in ({"rt": "001", "nik": "1804044708809007"}, {"notes": "ibu kos"}, {"rw": "002"}):
        made = phone.mutation(set={**person, **more})
        phone.push(made)
        ids.append(str(made["id"]))
    supervisor = server.actor()
    merge_workers(db.session(), supervisor, ids[2], ids[1], server.now)
    phone.push(phone.mutation(id=ids[2], set={"notes": ("ibu kos", "pindah kos")}))


def checked(server: Server, phone: Handset) -> None:
    """Two lists of the village: one decided in part, on paper, behind a link; another that was
    closed before the phone's last words of it came."""
    for name in ("PARTINI UJI", "SURATMAN UJI"):
        register(phone, full_name=name)
    worker(register(phone, full_name="LASIYEM UJI")).status = "aktif"
    db.session.commit()
    fund, month = opened(server).id, opened(server, MONTHLY).id
    lines = [line.id for line in lines_of(fund)]
    head = Handset(server, server.user(KUBU_PERAHU, role="head"))
    head.push(decision(head, fund, lines[0]), decision(head, fund, lines[1], verdict="tunda"))
    phone.push(decision(phone, fund, lines[1]))
    on_paper(server, fund)
    linked(server, fund)
    late = lines_of(month)[0].id
    close_list(db.session(), server.actor(), month, server.now)
    said = decision(phone, month, late, verdict="masih_ada")
    phone.push(said, name_of(phone, month), minutes(phone, month))


def out_of_time(server: Server) -> None:
    """A phone whose clock stands at the ends of the calendar."""
    phone = Handset(server, officer("Wagimin"))
    report(phone.device, oldest_unsent=datetime(9999, 12, 31, 23, 59, tzinfo=UTC), unsent=1)
    line = lines_of(things()["list_id"])[0].id
    for at in ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"):
        said = decision(phone, things()["list_id"], line)
        held = phone.mutation(FOREIGN, set={"full_name": "TUMINI UJI"}, at=at)
        phone.push(phone.mutation(at=at), {**said, "at": at}, held)


def decision(phone: Handset, list_id: str, line: str, **said: Any) -> dict[str, Any]:
    """The save of a decision on one line."""
    told = {"list": list_id, "lines": [line], "verdict": "layak", **said}
    return phone.mutation(KUBU_PERAHU, table="list_decision", set=told)


def name_of(phone: Handset, list_id: str) -> dict[str, Any]:
    """The save of a missing name."""
    told = {"list": list_id, "name": "WAGIMAN UJI", "hamlet": "2"}
    return phone.mutation(KUBU_PERAHU, table="added_name", set=told)


def minutes(phone: Handset, list_id: str) -> dict[str, Any]:
    """The save of a signature, in no more than its form."""
    told = {"list": list_id, "counts": {"verdicts": {}, "reasons": {}}, "hash": "ab" * 32}
    return phone.mutation(KUBU_PERAHU, table="list_minutes", set=told)


def on_paper(server: Server, list_id: str) -> None:
    """A printed version of the list whose first page is entered in part."""
    session, clerk = db.session(), server.actor("mpp")
    paper_printing.make_version(session, clerk, list_id, server.now)
    sheet = paper_entering.start(session, clerk, list_id, Which(version="1", page="1"), server.now)
    paper_entering.answer(session, clerk, list_id, sheet, 1, Said("layak", None, {}), server.now)


def busy_day(app: Flask) -> dict[str, str]:
    """Something of everything in an empty database; answers one id of each. Faults are answered
    as in production."""
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context():
        add_regions(db.session())
        db.session.add(
            Region(code=FOREIGN, name="Jauh", level=4, parent_code="18.04.04", kind="pekon")
        )
        make_office(db.session())
        db.session.commit()
        server = Server(app)
        phone = healthy(server)
        troubled(server)
        held(server, phone)
        disputed(server, phone)
        doubled(server, phone)
        unproven(server, phone)
        checked(server, phone)
        out_of_time(server)
        return things()


def main() -> None:
    """Fill the database that the environment names."""
    app = create_app()
    with app.app_context():
        server = Server(app)
        server.now = datetime.now(UTC).replace(microsecond=0)
        demo = db.session.scalars(select(User).where(User.username == "supervisor")).one()
        demo.phone = "+6281200000009"
        phone = healthy(server)
        troubled(server)
        held(server, phone)
        disputed(server, phone)
        doubled(server, phone)


if __name__ == "__main__":
    main()
