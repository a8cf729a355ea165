"""A version's PDF that was signed elsewhere: intact, whose, and of which version."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from outreach.core.backup import erasure
from outreach.core.evidence.pdf_signatures import NotSigned, roots_of, signatures_in
from outreach.domain.list_document import canonical
from outreach.extensions import db
from outreach.features.village_lists.minutes import minutes_pdf
from tests.features.village_lists.test_minutes import (
    address,
    attach,
    on_officers_phone,
    text_of,
)
from tests.support.desk_pages import forget_request, log_in, page
from tests.support.factories import SEBARUS
from tests.support.lists import lines_of
from tests.support.signed_lists import standing, whole_list
from tests.support.signed_pdfs import Signing, signing
from tests.sync.conftest import Handset, Server
from tests.sync.test_blobs import name_of, upload


@pytest.fixture(scope="module")
def peratin() -> Signing:
    """Somebody with a certificate."""
    return signing("PERATIN UJI", datetime.now(UTC))


def document(client: FlaskClient, list_id: str) -> bytes:
    """The full minutes as the page gives them."""
    forget_request()
    answer = client.get(f"{address(list_id)}/pdf/full")
    assert answer.status_code == 200
    return bytes(answer.data)


def shown(client: FlaskClient, list_id: str) -> str:
    """What the page says of PDFs that were signed elsewhere."""
    return text_of(
        page(client, address(list_id)).split('id="certified-head"')[1].split("</section>")[0]
    )


def test_intact_one_names_its_signer_and_says_that_the_chain_is_unknown(
    server: Server, phone: Handset, desk: FlaskClient, peratin: Signing
) -> None:
    list_id, made = on_officers_phone(server, phone)
    attach(desk, list_id, peratin.sign(document(desk, list_id)), paper="certified")
    said = shown(desk, list_id)
    assert "PERATIN UJI" in said
    assert "utuh · rantai sertifikat belum dikenal" in said
    assert "Isinya tepat dokumen versi ini." in said
    assert standing(made) == ("paper", None), "it counts for nothing by itself"


def test_root_that_an_administrator_put_in_is_known(
    server: Server, phone: Handset, desk: FlaskClient, peratin: Signing, tmp_path: Path
) -> None:
    list_id, _ = on_officers_phone(server, phone)
    attach(desk, list_id, peratin.sign(document(desk, list_id)), paper="certified")
    roots = tmp_path / "roots.pem"
    roots.write_bytes(peratin.pem)
    config = server.app.config["OUTREACH"]
    server.app.config["OUTREACH"] = replace(config, cert_roots=str(roots))
    assert "utuh · rantai sertifikat dikenal" in shown(desk, list_id)
    stranger = signing("PERATIN UJI", datetime.now(UTC))
    roots.write_bytes(stranger.pem)
    assert "belum dikenal" in shown(desk, list_id), "the same name is not the same root"


def test_changed_one_is_not_intact(
    server: Server, phone: Handset, desk: FlaskClient, peratin: Signing
) -> None:
    list_id, _ = on_officers_phone(server, phone)
    data = bytearray(peratin.sign(document(desk, list_id)))
    place = data.index(b"stream") + 40
    data[place] ^= 1
    attach(desk, list_id, bytes(data), paper="certified")
    said = shown(desk, list_id)
    assert "tidak utuh" in said
    assert "belum bisa dicocokkan" in said


def test_other_document_is_not_this_version(
    server: Server, phone: Handset, desk: FlaskClient, peratin: Signing
) -> None:
    list_id, _ = on_officers_phone(server, phone)
    attach(desk, list_id, peratin.sign(empty_pdf()), paper="certified")
    said = shown(desk, list_id)
    assert "PERATIN UJI" in said
    assert "belum bisa dicocokkan dengan versi ini" in said


def test_documents_are_laid_out_once_however_often_the_page_is_seen(
    server: Server,
    phone: Handset,
    desk: FlaskClient,
    peratin: Signing,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import typst

    list_id, _ = on_officers_phone(server, phone)
    attach(desk, list_id, peratin.sign(empty_pdf()), paper="certified")
    monkeypatch.setattr(minutes_pdf, "made_before", OrderedDict())
    laid_out: list[object] = []
    compiled = typst.compile
    counting = lambda *given, **named: laid_out.append(given) or compiled(*given, **named)  # noqa: E731
    monkeypatch.setattr(typst, "compile", counting)
    for _ in range(2):
        assert "belum bisa dicocokkan dengan versi ini" in shown(desk, list_id)
        assert len(laid_out) == 4, "two kinds in two sizes"
    attach(desk, list_id, peratin.sign(document(desk, list_id)), paper="certified")
    before = len(laid_out)
    assert "Isinya tepat dokumen versi ini." in shown(desk, list_id)
    assert len(laid_out) == before
    monkeypatch.setattr(minutes_pdf, "DIGESTS", 1)
    document(desk, list_id)
    assert len(minutes_pdf.made_before) == 1


def test_two_signatures_are_both_named(peratin: Signing, tmp_path: Path) -> None:
    lhp = signing("KETUA LHP UJI", datetime.now(UTC))
    twice = lhp.sign(peratin.sign(empty_pdf()), "Tandatangan2")
    found = signatures_in(twice, [peratin.der])
    assert [(one.name, one.intact, one.known) for one in found] == [
        ("PERATIN UJI", True, True),
        ("KETUA LHP UJI", True, False),
    ]
    assert all(one.whole for one in found), "a further signature is no change"


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.7 rusak", b"\xff\xd8\xff", b"%PDF-1.7\n%%EOF", b"%PDF-" + b"[" * 5_000]
)
def test_what_is_no_signed_pdf_is_refused(data: bytes) -> None:
    with pytest.raises(NotSigned):
        signatures_in(data, [])
    with pytest.raises(NotSigned):
        signatures_in(empty_pdf(), [])


def empty_pdf() -> bytes:
    """A document that nobody signed."""
    import typst

    made = typst.compile(b"kosong", ignore_system_fonts=True, format="pdf")
    assert isinstance(made, bytes)
    return made


def test_unsigned_document_gets_one_sentence_at_its_field(
    server: Server, phone: Handset, desk: FlaskClient
) -> None:
    list_id, _ = on_officers_phone(server, phone)
    html = attach(desk, list_id, document(desk, list_id), 422, paper="certified")
    assert "belum ditandatangani secara elektronik" in html
    assert 'aria-invalid="true" autofocus' in html


def test_it_is_only_downloaded_as_it_came_and_by_who_may_see_the_list(
    server: Server, phone: Handset, desk: FlaskClient, peratin: Signing
) -> None:
    list_id, _ = on_officers_phone(server, phone)
    data = peratin.sign(document(desk, list_id))
    attach(desk, list_id, data, paper="certified")
    html = page(desk, address(list_id)).split('id="certified-head"')[1]
    href = html.split('href="')[1].split('"')[0]
    forget_request()
    answer = desk.get(href)
    assert answer.data == data
    assert answer.headers["Content-Disposition"] == "attachment"
    page(log_in(server, "head", SEBARUS), href, 404)


def test_phone_brings_none(server: Server, phone: Handset, peratin: Signing) -> None:
    assert upload(phone, peratin.sign(empty_pdf()))["state"] == "refused"


def test_erased_person_takes_the_document_along(
    server: Server, phone: Handset, desk: FlaskClient, peratin: Signing
) -> None:
    list_id, _ = on_officers_phone(server, phone)
    data = peratin.sign(document(desk, list_id))
    attach(desk, list_id, data, paper="certified")
    assert canonical(whole_list(list_id)[0])
    person = lines_of(list_id)[0].worker_id
    store = server.app.extensions["blobs"]
    erasure.erase(db.session(), store, "18.04", person, "12/2026", None, server.now)
    assert store.get(name_of(data), "original") is None


def test_roots_that_cannot_be_read_are_none(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert roots_of("") == []
    assert roots_of(str(tmp_path / "none.pem")) == []
    broken = tmp_path / "broken.pem"
    broken.write_text("no certificate")
    assert roots_of(str(broken)) == []
    assert "roots of certificates" in caplog.text


def test_server_that_runs_an_event_loop_reads_it_too(peratin: Signing) -> None:
    signed = peratin.sign(empty_pdf())

    async def reading() -> list[str]:
        return [one.name for one in signatures_in(signed, [])]

    # In a thread of its own: a browser's test that ran before may have left a loop in this one.
    with ThreadPoolExecutor(max_workers=1) as thread:
        assert thread.submit(lambda: asyncio.run(reading())).result() == ["PERATIN UJI"]
