"""The office's page of a signed version: what it shows, and who decides whether it counts."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from outreach.core.evidence import blobs
from outreach.core.exchange import push
from outreach.domain.actor import ROLES
from outreach.domain.ids import uuid7
from outreach.domain.list_document import blocks
from outreach.extensions import db
from outreach.features.village_lists.minutes import minutes_views
from outreach.features.village_lists.records import queries
from outreach.features.village_lists.records.tables import VillageList
from outreach.storage.accounts import User
from outreach.storage.audit import AuditLine
from outreach.sync.commands import sync
from tests.features.village_lists.test_signing import decided, status_of
from tests.support import factories
from tests.support.desk_pages import forget_request, log_in, page, post
from tests.support.factories import KUBU_PERAHU, PASAR_LIWA, SEBARUS
from tests.support.list_saying import say
from tests.support.lists import FUND, edit, line_of, lines_of, opened, register
from tests.support.office import PASSWORD
from tests.support.signed_lists import (
    acted,
    give_term,
    head_signer,
    head_with_term,
    minutes_of,
    send,
    sign,
    standing,
    version,
    whole_list,
)
from tests.sync.conftest import Handset, Server
from tests.sync.test_blobs import SIGNATURE, name_of, photo, upload


@pytest.fixture
def desk(server: Server) -> FlaskClient:
    """A supervisor at the desk, who took no part in any list."""
    return log_in(server, "supervisor")


def address(list_id: str, n: int = 1, more: str = "") -> str:
    """The address of a version's page, or of one below it."""
    return f"/lists/{list_id}/minutes/{n}{more}"


def text_of(html: str) -> str:
    """The words of a page, without its elements."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def attach(
    client: FlaskClient, list_id: str, data: bytes, status: int = 303, paper: str = "stamped"
) -> str:
    """Put a photo beside the first version."""
    forget_request()
    form = {"paper": paper, "photo": (io.BytesIO(data), "lembar.png")}
    answer = client.post(address(list_id, more="/photos"), data=form)
    assert answer.status_code == status, answer.get_data(as_text=True)[:400]
    return answer.get_data(as_text=True)


def decide_again(
    head: Handset, list_id: str, line: str, verdict: str = "layak", **said: Any
) -> None:
    """Decide a line once more: it changed since it was signed, or the village thinks otherwise."""
    rows = queries.decisions(db.session(), "18.04", {list_id})
    over = [row.id for row in rows if line in row.lines]
    say(head, list_id, line, verdict, over=over, **said)


def on_officers_phone(server: Server, phone: Handset, *said: dict[str, Any]) -> tuple[str, str]:
    """(list, version) that was signed on the phone of an officer who registered nobody on it."""
    head, term = head_with_term(server)
    list_id = decided(server, phone, head, *(said or ({},)))
    other = server.phone(KUBU_PERAHU)
    return list_id, sign(other, list_id, term)


class TestWhatIsShown:
    def test_everything_that_the_minutes_say(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(
            server, phone, head, {}, {"verdict": "tidak_masuk", "reason": "tidak_bekerja"}
        )
        signer = head_signer(term, method="glass", strokes=name_of(SIGNATURE))
        made = sign(head, list_id, term, signers=[signer])
        upload(head, SIGNATURE)
        html = page(desk, address(list_id))
        text = text_of(html)
        for said in (
            "Versi 1",
            "140/07/2026",
            "22 November 2026",
            "Balai pekon",
            "Rapat verifikasi",
            "PERATIN UJI",
            "tanda tangan di layar HP",
            "Tidak masuk · Tidak bekerja",
            "2 nama ditandatangani",
            "berlaku",
        ):
            assert said in text
        shown = re.search(r'data-testid="blocks">(.*?)</p>', html, re.S)
        assert shown is not None
        assert text_of(shown[1]).split() == blocks(version(made).hash)
        assert "data:image/svg+xml;base64," in html
        assert 'data-testid="signed-line"' in html

    def test_signature_before_the_last_day_for_objections_is_said_whatever_hangs_later(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {})
        db.session.get_one(VillageList, list_id).objection_days = 5
        db.session.commit()
        post(desk, f"/lists/{list_id}/display", hung_on="2026-11-22", size="a4")
        sign(head, list_id, term)
        said = "hari terakhirnya 27 November 2026"
        assert said in text_of(page(desk, address(list_id)))
        post(desk, f"/lists/{list_id}/display", hung_on="2026-11-23", size="a4")
        assert said in text_of(page(desk, address(list_id)))

    def test_signature_whose_strokes_have_not_come_shows_no_picture(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {})
        signer = head_signer(term, method="glass", strokes=name_of(SIGNATURE))
        sign(head, list_id, term, signers=[signer])
        assert "data:image/svg+xml" not in page(desk, address(list_id))

    def test_lines_that_differ_since_say_how(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {}, {}, {})
        sign(head, list_id, term)
        first, second, _ = lines_of(list_id)
        edit(server, first.worker_id, rt="009")
        say(phone, list_id, second.id, "tunda")
        text = text_of(page(desk, address(list_id)))
        assert "Berubah: RT" in text
        assert "Jawaban berbeda di server" in text
        assert "2 nama tidak lagi seperti saat ditandatangani." in text

    def test_term_that_ended_shows_both_dates(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        head, term = head_with_term(server, ends="2026-11-21")
        list_id = decided(server, phone, head, {})
        sign(head, list_id, term, date="2026-11-20")
        text = text_of(page(desk, address(list_id)))
        assert "1 Januari 2026 sampai 21 November 2026" in text
        assert "Tanggal di berita acara 20 November 2026" in text
        assert "ditahan" in text

    def test_capacity_and_delegation_stand_with_the_name(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        head, term = head_with_term(server, capacity="plh")
        list_id = decided(server, phone, head, {})
        sign(head, list_id, term, signers=[head_signer(term, delegation="800/1")])
        assert "Plh. Peratin, surat 800/1" in text_of(page(desk, address(list_id)))

    def test_kelurahan_has_no_word_of_a_pekon(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        register(phone, village_code=PASAR_LIWA)
        lurah = server.phone(PASAR_LIWA, role="head")
        term = give_term(lurah.user_id, PASAR_LIWA)
        term.title = "Lurah"
        db.session.commit()
        list_id = opened(server, village=PASAR_LIWA).id
        say(lurah, list_id, lines_of(list_id)[0].id, "layak", scope=PASAR_LIWA)
        whole, told = whole_list(list_id)
        signer = head_signer(term, name="LURAH UJI", title="Lurah")
        more = {"place": "Aula", "signers": [signer]}
        made = minutes_of(lurah, list_id, term, whole, told, **more) | {"scope": PASAR_LIWA}
        assert lurah.results(made)[0]["status"] == "applied"
        send(lurah, whole)
        text = text_of(page(desk, address(list_id))).lower()
        main = text.split("versi 1", 1)[1]
        assert not re.search(r"pekon|peratin|pemangku", main)

    def test_list_and_matrix_lead_to_the_versions(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        list_id, _ = on_officers_phone(server, phone)
        assert f'href="{address(list_id)}"' in page(desk, f"/lists/{list_id}")
        matrix = page(desk, "/lists?only=sign")
        assert f'href="{address(list_id)}"' in matrix
        assert "versi 1: menunggu lembar bercap" in text_of(matrix)
        assert address(list_id) not in page(desk, "/lists?only=done")

    def test_look_at_the_people_is_in_the_audit(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        list_id, _ = on_officers_phone(server, phone)
        page(desk, address(list_id))
        line = db.session.scalars(select(AuditLine).filter_by(action="list_minutes")).one()
        assert line.detail == {"list": list_id, "version": 1, "lines": 1}


class TestTwoVersions:
    def test_lines_that_were_signed_otherwise_stand_beside_each_other(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {}, {}, {})
        sign(head, list_id, term)
        first, second, _ = lines_of(list_id)
        edit(server, first.worker_id, rt="009")
        decide_again(head, list_id, first.id)
        refusal = {"reason": "tidak_bekerja"}
        decide_again(head, list_id, second.id, "tidak_masuk", **refusal)
        late = register(phone)
        say(head, list_id, line_of(list_id, late).id)
        sign(head, list_id, term)
        html = page(desk, address(list_id, 2, "/compare/1"))
        told = [text_of(part) for part in html.split('data-testid="difference"')[1:]]
        assert len(told) == 3
        assert "RT: 009" in told[0]
        assert "Tidak masuk · Tidak bekerja" in told[1]
        assert "tidak ada" in told[2]
        assert "3 nama ditandatangani berbeda." in text_of(html)
        assert address(list_id, 2, "/compare/1") in page(desk, address(list_id, 2))
        same = page(desk, address(list_id, 2, "/compare/2"))
        assert "nama dan keputusan yang sama" in same
        page(desk, address(list_id, 2, "/compare/3"), 404)


class TestAccess:
    def test_only_supervisor_mpp_and_head_of_the_village(
        self, server: Server, phone: Handset
    ) -> None:
        list_id, _ = on_officers_phone(server, phone)
        for role in sorted(set(ROLES) - set(minutes_views.READERS)):
            page(log_in(server, role, KUBU_PERAHU), address(list_id), 403)
        other = log_in(server, "head", SEBARUS)
        for more in ("", "/lines/1/proof.json", "/photos/stamped:1"):
            page(other, address(list_id, more=more), 404)
        page(log_in(server, "head", KUBU_PERAHU), address(list_id, 2), 404)

    def test_only_photos_and_pdfs_are_fetched_as_files(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        """The list itself and drawn signatures have no address of their own."""
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {})
        signer = head_signer(term, method="glass", strokes=name_of(SIGNATURE))
        sign(head, list_id, term, signers=[signer])
        upload(head, SIGNATURE)
        for field in ("list", "glass0", "stamped:none"):
            page(desk, address(list_id, more=f"/photos/{field}"), 404)

    def test_version_of_another_list_is_not_there(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        list_id, _ = on_officers_phone(server, phone)
        other = opened(server, village=SEBARUS).id
        page(desk, address(other), 404)
        assert db.session.get_one(VillageList, list_id)

    @pytest.mark.parametrize("role", ["head", "mpp"])
    def test_who_is_no_supervisor_decides_nothing(
        self, server: Server, phone: Handset, role: str
    ) -> None:
        list_id, made = on_officers_phone(server, phone)
        client = log_in(server, role, KUBU_PERAHU)
        for act in ("/seen", "/accept", "/decline"):
            post(client, address(list_id, more=act), 403, words="sudah")
        assert standing(made) == ("paper", None)


class TestStampedSheet:
    def test_supervisor_who_saw_the_photo_lets_the_version_count(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        list_id, made = on_officers_phone(server, phone)
        attach(desk, list_id, photo())
        shown = page(desk, address(list_id, more="/look"))
        [picture] = set(re.findall(r'src="([^"]+/photos/[^"]+)"', shown))
        forget_request()
        answer = desk.get(picture)
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        post(desk, address(list_id, more="/seen"))
        assert standing(made) == ("counts", None)
        assert status_of(list_id) == ["terverifikasi"]
        assert version(made).seen_at == server.now
        assert "Lembar bercap dilihat" in page(desk, address(list_id))

    def test_photo_from_the_officers_phone_serves_as_well(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        list_id, made = on_officers_phone(server, phone)
        sheet = photo("red")
        later = phone.mutation(
            KUBU_PERAHU, table="list_minutes", id=made, set={"stamped": name_of(sheet)}
        )
        phone.push(later)
        post(desk, address(list_id, more="/seen"))
        assert standing(made) == ("paper", None), "the photo itself has not come"
        upload(phone, sheet)
        post(desk, address(list_id, more="/seen"))
        assert standing(made) == ("counts", None)

    def test_nothing_is_seen_without_a_photo(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        list_id, made = on_officers_phone(server, phone)
        page(desk, address(list_id, more="/look"), 404)
        attach(desk, list_id, photo(), paper="attendance")
        post(desk, address(list_id, more="/seen"))
        assert standing(made) == ("paper", None)

    @pytest.mark.parametrize("part", ["registered", "recorded", "entered"])
    def test_who_took_part_judges_nothing(
        self, server: Server, phone: Handset, desk: FlaskClient, part: str
    ) -> None:
        """Whoever was an officer then may be a supervisor now."""
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {})
        other = server.phone(KUBU_PERAHU)
        if part == "entered":
            line = lines_of(list_id)[0].id
            told = {"how": "paper", "paper": {"sheet": uuid7(), "entries": 2}}
            say(other, list_id, line, "layak", over=heads_of(list_id), **told)
        signed_by = other if part == "recorded" else server.phone(KUBU_PERAHU)
        made = sign(signed_by, list_id, term)
        attach(desk, list_id, photo())
        became = phone.user_id if part == "registered" else other.user_id
        client = as_supervisor(server, became)
        assert "mintalah orang lain memeriksanya" in page(client, address(list_id))
        post(client, address(list_id, more="/seen"))
        post(client, address(list_id, more="/decline"), words="Bukan dari saya")
        assert standing(made) == ("paper", None)

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            (b"", "pilih dulu."),
            (b"%PDF-1.7 bukan foto", "bukan foto JPG"),
            (SIGNATURE, "bukan foto JPG"),
            (b"\x89PNG\r\n\x1a\n rusak", "tidak bisa dibuka"),
        ],
    )
    def test_what_is_no_photo_is_refused_in_one_sentence(
        self, server: Server, phone: Handset, desk: FlaskClient, data: bytes, said: str
    ) -> None:
        list_id, _ = on_officers_phone(server, phone)
        html = attach(desk, list_id, data, 422)
        assert said in html
        assert 'aria-invalid="true" autofocus' in html

    def test_photo_that_is_too_large_is_refused_too(
        self,
        server: Server,
        phone: Handset,
        desk: FlaskClient,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        list_id, _ = on_officers_phone(server, phone)
        sheet = photo()
        monkeypatch.setattr(blobs, "BLOB_MAX", len(sheet) - 1)
        assert "lebih dari 4 MB" in attach(desk, list_id, sheet, 422)
        monkeypatch.setattr(blobs, "BLOB_MAX", len(sheet))
        attach(desk, list_id, sheet)

    def test_same_photo_once_more_changes_nothing(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        list_id, _ = on_officers_phone(server, phone)
        sheet = photo()
        for _ in range(2):
            attach(desk, list_id, sheet)
        assert "Lihat lembar bercap 1" in page(desk, address(list_id))


def heads_of(list_id: str) -> list[str]:
    """The decisions of the list's first line."""
    [line] = lines_of(list_id)
    rows = queries.decisions(db.session(), "18.04", {list_id})
    return [row.id for row in rows if line.id in row.lines]


def as_supervisor(server: Server, user_id: str) -> FlaskClient:
    """A login of this user, who is a supervisor now."""
    user = db.session.get_one(User, user_id)
    user.role, user.password_hash = "supervisor", factories.quick_hash(PASSWORD)
    username = user.username
    db.session.commit()
    client = server.app.test_client()
    forget_request()
    said = {"username": username, "password": PASSWORD}
    assert client.post("/login", data=said).status_code == 303
    return client


class TestHeldSignature:
    def held(self, server: Server, phone: Handset, **term: Any) -> tuple[str, str]:
        """(list, version) that the head signed on the own phone when the term was over."""
        head, given = head_with_term(server, **(term or {"ends": "2026-11-21"}))
        list_id = decided(server, phone, head, {})
        return list_id, sign(head, list_id, given, date="2026-11-20")

    def test_supervisor_takes_it_with_words_and_paper_is_asked(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        list_id, made = self.held(server, phone)
        assert standing(made) == ("held", "term_ended")
        post(desk, address(list_id, more="/accept"), words="Surat perpanjangan ada")
        assert standing(made) == ("paper", "term_ended")
        assert "Surat perpanjangan ada" in page(desk, address(list_id))
        attach(desk, list_id, photo())
        post(desk, address(list_id, more="/seen"))
        assert standing(made) == ("counts", "term_ended")
        assert status_of(list_id) == ["terverifikasi"]

    def test_declined_one_never_counts(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        list_id, made = self.held(server, phone)
        post(desk, address(list_id, more="/decline"), words="Masa jabatan habis")
        assert standing(made) == ("declined", "term_ended")
        assert version(made).words == "Masa jabatan habis"
        for act in ("/accept", "/seen", "/decline"):
            post(desk, address(list_id, more=act), words="lagi")
        attach(desk, list_id, photo())
        assert standing(made) == ("declined", "term_ended")
        assert status_of(list_id) == ["verifikasi_pekon"]
        assert "Masa jabatan habis" in page(desk, address(list_id))

    @pytest.mark.parametrize("act", ["accept", "decline"])
    def test_words_are_asked(
        self, server: Server, phone: Handset, desk: FlaskClient, act: str
    ) -> None:
        list_id, made = self.held(server, phone)
        html = post(desk, address(list_id, more=f"/{act}"), 422, words="  ")
        assert "tulis dengan singkat" in html
        assert 'aria-invalid="true"' in html
        assert standing(made) == ("held", "term_ended")

    def test_decision_on_what_moved_on_changes_nothing(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        list_id, made = on_officers_phone(server, phone)
        post(desk, address(list_id, more="/accept"), words="Terima")
        assert standing(made) == ("paper", None)
        assert version(made).decided_by is None


class TestHolderOfTheOffice:
    def test_confirms_at_a_desk_by_an_own_login(self, server: Server, phone: Handset) -> None:
        list_id, made = on_officers_phone(server, phone)
        client = log_in(server, "head", KUBU_PERAHU)
        assert 'data-testid="confirm"' not in page(client, address(list_id)), "no term"
        give_term(newest_user().id)
        assert 'data-testid="confirm"' in page(client, address(list_id))
        post(client, address(list_id, more="/confirm"))
        assert standing(made) == ("counts", None)
        assert status_of(list_id) == ["terverifikasi"]

    def test_word_of_who_holds_nothing_does_not_shut_out_the_holder(
        self, server: Server, phone: Handset
    ) -> None:
        list_id, made = on_officers_phone(server, phone)
        stranger = log_in(server, "head", KUBU_PERAHU)
        post(stranger, address(list_id, more="/confirm"))
        assert standing(made) == ("paper", None)
        holder = log_in(server, "head", KUBU_PERAHU)
        give_term(newest_user().id)
        post(holder, address(list_id, more="/confirm"))
        assert standing(made) == ("counts", None)


def newest_user() -> User:
    """The user who was made last."""
    return db.session.scalars(select(User).order_by(User.id.desc())).first()  # type: ignore[return-value]


class TestListThatCameFirst:
    """The file is here, the signature comes later: nobody sends it again."""

    def signed(self, server: Server, phone: Handset) -> tuple[str, str]:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {})
        send(head, whole_list(list_id)[0])
        return list_id, sign(head, list_id, term, send_list=False)

    def test_counts_with_the_push_of_the_signature(self, server: Server, phone: Handset) -> None:
        _, made = self.signed(server, phone)
        assert standing(made) == ("counts", None)
        assert acted(made) == ["layak"]

    @pytest.mark.parametrize("by", ["page", "list", "matrix", "night"])
    def test_counts_when_somebody_looks_or_at_night(
        self,
        server: Server,
        phone: Handset,
        desk: FlaskClient,
        by: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(push, "follow_named", lambda *_: 0)
        list_id, made = self.signed(server, phone)
        assert standing(made) == ("waits", None)
        if by == "night":
            said = server.app.test_cli_runner().invoke(sync, ["tidy"])
            assert "1 files followed" in said.output
        else:
            addresses = {"page": address(list_id), "list": f"/lists/{list_id}", "matrix": "/lists"}
            assert "berlaku" in text_of(page(desk, addresses[by]))
        assert standing(made) == ("counts", None)


class TestClosing:
    def test_list_is_not_closed_while_a_signature_is_on_its_way(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        list_id, made = on_officers_phone(server, phone)
        post(desk, f"/lists/{list_id}/close")
        assert "Masih ada versi bertanda tangan" in page(desk, f"/lists/{list_id}")
        db.session.expire_all()
        assert db.session.get_one(VillageList, list_id).state == "open"
        post(desk, address(list_id, more="/decline"), words="Salah rapat")
        post(desk, f"/lists/{list_id}/close")
        db.session.expire_all()
        assert db.session.get_one(VillageList, list_id).state == "closed"
        assert standing(made) == ("declined", None)

    def test_list_with_a_version_that_counts_is_closed_and_keeps_who_is_verified(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        head, term = head_with_term(server)
        list_id = decided(server, phone, head, {}, {"verdict": "tunda"})
        sign(head, list_id, term)
        post(desk, f"/lists/{list_id}/close")
        assert sorted(map(str, status_of(list_id))) == ["calon", "terverifikasi"]


class TestLineOfTheList:
    def test_of_two_funds_the_further_list_lowers_nobody(
        self, server: Server, phone: Handset
    ) -> None:
        head, term = head_with_term(server)
        first = decided(server, phone, head, {}, {})
        sign(head, first, term)
        second = opened(server, replace(FUND, fund="dbh_sawit")).id
        rows = [line.worker_id for line in lines_of(second)]
        said = ({"reason": "tidak_bekerja"}, {"reason": "meninggal", "detail": DEATH})
        for row, words in zip(rows, said, strict=True):
            say(head, second, line_of(second, row).id, "tidak_masuk", **words)
        made = sign(head, second, term)
        assert acted(made) == ["other_list", "second_word"]
        assert status_of(second) == ["terverifikasi"] * 2


DEATH = {"date": "2026-11-20", "source": "keluarga"}
