"""The minutes of a version as a PDF: read back by other libraries, in both sizes."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from flask.testing import FlaskClient

from outreach.domain.list_document import blocks
from outreach.extensions import db
from outreach.features.village_lists.minutes import minutes_pdf
from outreach.features.village_lists.minutes.minutes_file import MinutesFile, open_minutes
from outreach.features.village_lists.records import minutes_queries
from outreach.features.village_lists.records.paper_sheets import read_code
from outreach.storage.audit import AuditLine
from tests.features.village_lists.test_minutes import address
from tests.features.village_lists.test_signing import decided
from tests.support.desk_pages import forget_request, log_in, page
from tests.support.factories import PASAR_LIWA
from tests.support.list_saying import say
from tests.support.lists import lines_of, opened, register
from tests.support.signed_lists import (
    give_term,
    head_signer,
    head_with_term,
    minutes_of,
    send,
    sign,
    version,
    whole_list,
)
from tests.sync.conftest import Handset, Server

LONG = "SITI AMINAH BINTI HAJI MUHAMMAD SYAFRUDDIN KUSUMAWARDHANI AL-BANTANI"
REFUSED = {"verdict": "tidak_masuk", "reason": "tidak_bekerja"}
MILLIMETRE = 72 / 25.4


class Pdf:
    """A document as another library reads it."""

    def __init__(self, data: bytes) -> None:
        self.document = pypdfium2.PdfDocument(data)
        self.pages = [page.get_textpage().get_text_bounded() for page in self.document]
        self.text = re.sub(r"\s+", " ", " ".join(self.pages))

    def codes(self) -> Iterator[str]:
        """What the QR code of each page says."""
        for one in self.document:
            [code] = zxingcpp.read_barcodes(one.render(scale=2).to_pil())
            yield code.text

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in millimetres."""
        width, height = self.document[0].get_size()
        return round(width / MILLIMETRE), round(height / MILLIMETRE)

    def close(self) -> None:
        """Let the file go."""
        self.document.close()


def pdf(client: FlaskClient, list_id: str, kind: str = "full", size: str = "a4") -> Pdf:
    """The document as the page gives it."""
    forget_request()
    answer = client.get(f"{address(list_id)}/pdf/{kind}?size={size}")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Cache-Control"] == "private, no-store"
    return Pdf(answer.data)


def signed(server: Server, phone: Handset, **more: Any) -> str:
    """A list of three, of whom one is refused, that the head signed."""
    head, term = head_with_term(server, **more.pop("term", {}))
    register(phone, full_name=LONG, pemangku="Sinar Jaya", rt="002")
    list_id = opened(server).id
    for line in lines_of(list_id):
        say(head, list_id, line.id)
    for said in ({}, REFUSED):
        line = register(phone)
        words = {"verdict": "layak", **said}
        own = next(one for one in lines_of(list_id) if one.worker_id == line)
        say(head, list_id, own.id, words.pop("verdict"), **words)
    signers = more.pop("signers", None) or [head_signer(term, delegation="800/1")]
    sign(head, list_id, term, signers=signers, **more)
    return list_id


@pytest.mark.parametrize(("size", "millimetres"), [("a4", (210, 297)), ("f4", (215, 330))])
def test_full_minutes_say_everything_and_every_page_carries_the_code(
    server: Server, phone: Handset, desk: FlaskClient, size: str, millimetres: tuple[int, int]
) -> None:
    list_id = signed(server, phone, term={"capacity": "plh"})
    made = pdf(desk, list_id, "full", size)
    row = minutes_queries.minutes_by_no(db.session(), "18.04", list_id, 1)
    assert row is not None
    assert made.size == millimetres
    for said in (
        "BERITA ACARA RAPAT VERIFIKASI",
        "Pekon Kubu Perahu",
        "140/07/2026",
        "22 November 2026",
        "Balai pekon",
        "Tidak masuk · Tidak bekerja",
        "Plh. Peratin, surat 800/1",
        "PERATIN UJI",
        "Lembar bertanda tangan basah dan bercap inilah yang berlaku",
        "Sinar Jaya / 002",
    ):
        assert said in made.text, said
    assert LONG in made.text
    assert " ".join(blocks(row.root)) in made.text
    for text in made.pages:
        assert " ".join(blocks(row.hash)) in re.sub(r"\s+", " ", text)
    for number, text in enumerate(made.codes(), start=1):
        code = read_code(text)
        assert code is not None
        found = (code.list_id, code.version, code.page, code.hash)
        assert found == (list_id, 1, number, row.hash)
    made.close()


def test_copy_for_those_present_names_the_eligible_alone(
    server: Server, phone: Handset, desk: FlaskClient
) -> None:
    list_id = signed(server, phone)
    made = pdf(desk, list_id, "copy")
    names = {line.no: str(line.snapshot["name"]) for line in lines_of(list_id)}
    assert names[1] in made.text
    assert names[2] in made.text
    assert names[3] not in made.text
    assert "••••" not in made.text, "no NIK, not even a masked one"
    assert "Petani" not in made.text
    assert "Salinan untuk yang hadir".upper() in made.text
    assert "kantor pekon dan LHP" in made.text
    assert len(list(made.codes())) == 1
    made.close()


def test_same_version_makes_the_same_bytes_whoever_asks_and_whatever_changed(
    server: Server, phone: Handset, desk: FlaskClient
) -> None:
    list_id = signed(server, phone)
    first = desk.get(f"{address(list_id)}/pdf/full").data
    say(phone, list_id, lines_of(list_id)[0].id, "tunda")
    server.wait(days=2)
    other = log_in(server, "supervisor")
    other.set_cookie("lang", "en")
    forget_request()
    assert other.get(f"{address(list_id)}/pdf/full").data == first


def test_kelurahan_has_no_word_of_a_pekon(
    server: Server, phone: Handset, desk: FlaskClient
) -> None:
    register(phone, village_code=PASAR_LIWA)
    lurah = server.phone(PASAR_LIWA, role="head")
    term = give_term(lurah.user_id, PASAR_LIWA)
    term.title = "Lurah"
    db.session.commit()
    list_id = opened(server, village=PASAR_LIWA).id
    say(lurah, list_id, lines_of(list_id)[0].id, "layak", scope=PASAR_LIWA)
    whole, told = whole_list(list_id)
    signer = head_signer(term, title="Lurah", name="LURAH UJI")
    made = minutes_of(lurah, list_id, term, whole, told, place="Aula", signers=[signer])
    assert lurah.results(made | {"scope": PASAR_LIWA})[0]["status"] == "applied"
    send(lurah, whole)
    for kind in minutes_pdf.KINDS:
        read = pdf(desk, list_id, kind)
        assert "Kelurahan Pasar Liwa" in read.text
        assert not re.search(r"pekon|peratin|pemangku|LHP", read.text, re.IGNORECASE)
        read.close()


def test_signatures_on_glass_are_told_from_certified_ones(
    server: Server, phone: Handset, desk: FlaskClient
) -> None:
    head, term = head_with_term(server)
    list_id = decided(server, phone, head, {})
    sign(head, list_id, term, signers=[head_signer(term, method="glass", strokes="a" * 64)])
    made = pdf(desk, list_id)
    assert "bukan tanda tangan elektronik tersertifikasi" in made.text
    made.close()


def test_look_is_in_the_audit_and_desks_get_no_full_minutes(
    server: Server, phone: Handset, desk: FlaskClient
) -> None:
    list_id = signed(server, phone)
    pdf(desk, list_id, "copy", "f4").close()
    line = db.session.query(AuditLine).filter_by(action="list_printed").one()
    assert line.detail == {"list": list_id, "version": 1, "kind": "copy", "size": "f4"}
    clerk = log_in(server, "mpp")
    page(clerk, f"{address(list_id)}/pdf/full", 403)
    assert "/pdf/full" not in page(clerk, address(list_id))
    pdf(clerk, list_id, "copy").close()
    page(desk, f"{address(list_id)}/pdf/other", 404)


def test_version_whose_list_has_not_come_has_no_document(
    server: Server, phone: Handset, desk: FlaskClient
) -> None:
    head, term = head_with_term(server)
    list_id = decided(server, phone, head, {})
    sign(head, list_id, term, send_list=False)
    page(desk, f"{address(list_id)}/pdf/full", 404)
    assert "/pdf/" not in page(desk, address(list_id))


def test_three_hundred_names_take_less_than_two_seconds(
    server: Server, phone: Handset, desk: FlaskClient
) -> None:
    list_id = signed(server, phone)
    file = open_minutes(db.session(), server.actor(), list_id, 1)
    many = with_lines(file, 300)
    with server.app.test_request_context():
        minutes_pdf.make_pdf(many, "full", "a4")
        began = time.process_time()
        data = minutes_pdf.make_pdf(many, "full", "a4")
        took = time.process_time() - began
    made = Pdf(data)
    assert took < 2.0
    assert made.text.count("PONIMAN") == 300
    codes = [read_code(text) for text in made.codes()]
    assert [code.page for code in codes if code] == list(range(1, len(made.pages) + 1))
    assert version(file.row.id).n == 1
    made.close()


def test_long_names_stay_in_their_column_and_no_line_is_cut_by_a_page(
    server: Server, phone: Handset, desk: FlaskClient
) -> None:
    many = with_lines(open_minutes(db.session(), server.actor(), signed(server, phone), 1), 60)
    for line in many.lines:
        line.signed.item["name"] = LONG if line.signed.no % 2 else f"HI. {'ABDURRAHMAN' * 5}"
    with server.app.test_request_context():
        made = Pdf(minutes_pdf.make_pdf(many, "full", "f4"))
    # The name's column is 39 mm wide on F4, from 31 mm on; the next one ends at 89 mm.
    assert len(made.pages) > 3
    for one in made.document:
        named, beside = (band(one, *sides) for sides in ((31, 70), (70.5, 88.5)))
        assert "ABDUR" not in beside
        assert not named or re.match(r"Nama (HI\.|SITI)", named), named
    made.close()


def band(page: Any, left: float, right: float) -> str:
    """The words of a page's table between two distances from the left edge, in millimetres."""
    sides = {"left": left * MILLIMETRE, "right": right * MILLIMETRE}
    words = re.sub(r"\s+", " ", page.get_textpage().get_text_bounded(**sides))
    return words[words.index("Nama") :] if "Nama" in words else ""


def with_lines(file: MinutesFile, many: int) -> MinutesFile:
    """The same version with so many lines of other people."""
    first = file.lines[0]
    kept = {name: getattr(first.signed, name) for name in ("id", "leaf", "acted", "line_id")}
    lines = []
    for no in range(1, many + 1):
        item = {**first.item, "no": no, "name": f"PONIMAN {no} ABDURRAHMAN WAHIDIN"}
        signed: Any = SimpleNamespace(**kept, no=no, item=item)
        lines.append(replace(first, signed=signed))
    return replace(file, lines=lines)
