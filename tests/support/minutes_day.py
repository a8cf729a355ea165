"""Two villages that have signed: a pekon's list on an officer's phone, with photos of the papers,
and a kelurahan's under a term that has ended. And a death that waits for a second person."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy import select

from outreach import create_app
from outreach.core.accounts.actors import actor_for
from outreach.core.demo.demo_accounts import STARTS
from outreach.extensions import db
from outreach.features.village_lists.checking.opening import ListForm, open_list
from outreach.features.village_lists.records.queries_list import lines_of
from outreach.storage.accounts import Office, Term, User
from tests.support.factories import make_user
from tests.support.list_day import KELURAHAN, PEKON, name_of, place_of
from tests.support.list_saying import say
from tests.support.lists import register
from tests.support.signed_lists import give_term, head_signer, minutes_of, send, whole_list
from tests.sync.conftest import Handset, Server
from tests.sync.test_blobs import SIGNATURE, upload
from tests.sync.test_blobs import name_of as hash_of

LONG = "SITI AMINAH BINTI HAJI MUHAMMAD SYAFRUDDIN KUSUMAWARDHANI"
NOT_FIT: dict[int, dict[str, Any]] = {
    3: {"reason": "tidak_bekerja"},
    5: {"reason": "meninggal", "detail": {"date": "2026-11-01", "source": "keluarganya"}},
    8: {"reason": "tidak_bersedia"},
}


def stamped_sheet() -> bytes:
    """A photo of a sheet with a stamp."""
    image = Image.new("RGB", (900, 1270), "#f4f2ec")
    draw = ImageDraw.Draw(image)
    for row in range(12, 58):
        draw.line((90, row * 20, 810, row * 20), fill="#8a8f8c", width=2)
    draw.ellipse((520, 980, 740, 1200), outline="#403a9c", width=9)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def make_list(server: Server, village: str, many: int) -> str:
    """The id of a village's list of so many people."""
    officer = make_user(db.session(), "officer", (village,), f"pendata-rapat-{village}")
    db.session.commit()
    phone = Handset(server, officer)
    for n in range(1, many + 1):
        name = LONG if n == 2 else name_of(n + (200 if village == KELURAHAN else 0))
        register(phone, village_code=village, full_name=name, **place_of(n))
    year = max(STARTS.year, date.today().year)
    user = db.session.scalars(select(User).where(User.username == "supervisor")).one()
    actor = actor_for(db.session(), user, "18.04", server.now.date())
    form = ListForm("fund", year, "apbd_kab")
    return open_list(db.session(), actor, village, form, server.now).id


def term_of(village: str) -> Term | None:
    """The term of the village's head; None where there is none."""
    office = select(Office.id).where(Office.region_code == village, Office.kind != "dinas")
    return db.session.scalars(select(Term).where(Term.office_id.in_(office))).first()


def decide(head: Handset, list_id: str, village: str) -> None:
    """The head decides every numbered name."""
    numbered = [one for one in lines_of(db.session(), "18.04", list_id) if one.no]
    for line in numbered:
        words = NOT_FIT.get(line.no or 0, {})
        say(head, list_id, line.id, "tidak_masuk" if words else "layak", scope=village, **words)


def sign(server: Server, phone: Handset, list_id: str, village: str, **signer: Any) -> str:
    """The id of a version that is signed on this phone today."""
    term, today = term_of(village), (server.now + timedelta(hours=7)).date()
    assert term is not None, "the head has a term"
    whole, told = whole_list(list_id)
    title = "Lurah" if village == KELURAHAN else "Peratin"
    own = head_signer(term, name=f"{title.upper()} UJI", title=title, **signer)
    more = {"date": today.isoformat(), "place": "Balai pertemuan", "signers": [own]}
    made = minutes_of(phone, list_id, term, whole, told, **more)
    result = phone.results(made | {"scope": village})[0]
    assert result["status"] == "applied", result
    send(phone, whole)
    return str(made["id"])


def main() -> None:
    """Make both villages' day."""
    app = create_app()
    with app.app_context():
        server = Server(app)
        server.now = datetime.now(UTC).replace(microsecond=0)
        users = {user.username: user for user in db.session.scalars(select(User))}
        on_officers_phone(server, users["peratin"])
        under_a_term_that_ended(server, users["lurah"])


def on_officers_phone(server: Server, peratin: User) -> None:
    """The pekon's list, signed on glass on the phone of an officer, with both photos."""
    list_id = make_list(server, PEKON, 40)
    decide(Handset(server, peratin), list_id, PEKON)
    officer = make_user(db.session(), "officer", (PEKON,), "pencatat-rapat")
    db.session.commit()
    phone = Handset(server, officer)
    made = sign(server, phone, list_id, PEKON, method="glass", strokes=hash_of(SIGNATURE))
    upload(phone, SIGNATURE)
    sheet = stamped_sheet()
    for paper in ("stamped", "attendance"):
        said = {paper: hash_of(sheet)}
        later = phone.mutation(PEKON, table="list_minutes", id=made, set=said)
        assert phone.results(later)[0]["status"] == "applied"
    upload(phone, sheet)


def under_a_term_that_ended(server: Server, lurah: User) -> None:
    """The kelurahan's list, signed the day after the lurah's term was over."""
    list_id = make_list(server, KELURAHAN, 12)
    head = Handset(server, lurah)
    decide(head, list_id, KELURAHAN)
    term = term_of(KELURAHAN) or give_term(lurah.id, KELURAHAN)
    term.ends = (server.now - timedelta(days=2)).date()
    db.session.commit()
    sign(server, head, list_id, KELURAHAN)
