"""Names for the wall, and objections: who is named, what is late, who reads who objects."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from outreach.core.backup import erasure
from outreach.core.record.merging import merge_workers
from outreach.core.record.worker_edits import delete_worker, withdraw_consent
from outreach.extensions import db
from outreach.features.village_lists.checking.opening import close_list
from outreach.features.village_lists.display import display_presenter, displaying
from outreach.features.village_lists.display.displaying import Hanging
from outreach.features.village_lists.records import queries
from outreach.features.village_lists.records.display_tables import ListDisplay, ListObjection
from outreach.storage.audit import AuditLine
from outreach.web.i18n import speaking
from tests.domain.test_vectors import PERSON
from tests.support.desk_pages import log_in, page, post
from tests.support.factories import KUBU_PERAHU, PASAR_LIWA, SEBARUS
from tests.support.list_saying import say
from tests.support.lists import FUND, MONTHLY, edit, line_of, opened, register, worker
from tests.sync.conftest import Handset, Server

DAYS = replace(FUND, objection_days=5)
OBJECTION = {
    "objector": "PAK SANGGAH",
    "no": "1",
    "text": "Dia punya toko.",
    "written": "2026-11-20",
}


def consent(**purposes: bool) -> dict[str, Any]:
    """A consent with these purposes besides registration."""
    return {**PERSON["consent"], "purposes": {"pendaftaran": True, **purposes}}


def wall(client: FlaskClient, list_id: str, size: str = "a4") -> str:
    """The text of the pages for the wall."""
    text = page(client, f"/lists/{list_id}/display/sheet?size={size}")
    return re.sub(r"<[^>]*>", " ", re.split("<main[^>]*>", text)[1])


class TestCopy:
    def test_only_who_said_yes_is_named_and_nothing_else_is_told(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        yes = register(
            phone, full_name="SITI BOLEH", pemangku="2", consent=consent(pajang_nama=True)
        )
        register(phone, full_name="UMI TIDAK", consent=consent(pajang_nama=False))
        register(phone, full_name="ANI DULU", consent=consent())
        register(phone, full_name="BUDI USULAN", consent=None)
        made = opened(server, DAYS)
        head = server.phone(KUBU_PERAHU, role="head")
        say(head, made.id, line_of(made.id, yes).id, "tidak_masuk", reason="tidak_bekerja")
        text = wall(desk, made.id)
        assert "SITI BOLEH" in text
        assert "Pemangku 2" in text
        assert "2 orang lain juga ada di daftar" in text
        for absent in ("UMI", "ANI", "BUDI", "tidak bekerja", "Tidak masuk", "18••", "RT"):
            assert absent not in text

    def test_who_takes_it_back_hangs_no_longer(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        row = register(phone, full_name="SITI BOLEH", consent=consent(pajang_nama=True))
        made = opened(server, DAYS)
        assert "SITI BOLEH" in wall(desk, made.id)
        args = (db.session(), server.actor(), row, {"pajang_nama"})
        withdraw_consent(*args, server.now)
        assert "SITI BOLEH" not in wall(desk, made.id)
        assert worker(row).status == "verifikasi_pekon"

    def test_who_withdrew_from_registration_is_not_counted_either(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        row = register(phone, full_name="SITI BOLEH", consent=consent(pajang_nama=True))
        made = opened(server, DAYS)
        withdraw_consent(db.session(), server.actor(), row, {"pendaftaran"}, server.now)
        text = wall(desk, made.id)
        assert "SITI BOLEH" not in text
        assert "orang lain" not in text

    @pytest.mark.parametrize("how", ["withdraws", "moves", "is taken away", "is merged"])
    def test_who_left_after_the_list_was_closed_hangs_no_longer(
        self, server: Server, phone: Handset, desk: FlaskClient, how: str
    ) -> None:
        """Nobody keeps the lines of a closed list."""
        row = register(phone, full_name="SITI BOLEH", consent=consent(pajang_nama=True))
        other = register(phone, full_name="UMI TIDAK", consent=consent())
        made = opened(server, DAYS)
        close_list(db.session(), server.actor(), made.id, server.now)
        assert "SITI BOLEH" in wall(desk, made.id)
        session, actor = db.session(), server.actor()
        if how == "withdraws":
            withdraw_consent(session, actor, row, {"pendaftaran"}, server.now)
        elif how == "moves":
            edit(server, row, village_code=SEBARUS)
        elif how == "is taken away":
            delete_worker(session, actor, row, server.now)
        else:
            merge_workers(session, actor, row, other, server.now)
        text = wall(desk, made.id)
        assert "SITI BOLEH" not in text
        assert "1 orang lain juga ada di daftar" in text

    def test_each_list_has_its_own_names_and_an_unknown_one_none(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        yes = consent(pajang_nama=True)
        register(phone, full_name="SITI BOLEH", consent=yes)
        register(phone, full_name="UMI SANA", village_code=SEBARUS, consent=yes)
        made, other = opened(server, DAYS), opened(server, DAYS, SEBARUS)
        texts = [wall(desk, one.id) for one in (made, other)]
        assert [("SITI" in text, "UMI" in text) for text in texts] == [(True, False), (False, True)]
        page(desk, "/lists/nothing/display", 404)

    def test_names_stand_by_hamlet_and_name_on_both_sizes(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        for name, hamlet in (("UMI", "10"), ("SITI", "2"), ("ANI", "2")):
            register(phone, full_name=name, pemangku=hamlet, consent=consent(pajang_nama=True))
        made = opened(server, DAYS)
        for size in ("a4", "f4"):
            words = re.findall(r"Pemangku \d+|ANI|SITI|UMI", wall(desk, made.id, size))
            assert words == ["Pemangku 2", "ANI", "SITI", "Pemangku 10", "UMI"]

    def test_kelurahan_has_its_own_words(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        register(
            phone,
            village_code=PASAR_LIWA,
            full_name="SITI",
            pemangku="2",
            consent=consent(pajang_nama=True),
        )
        made = opened(server, DAYS, PASAR_LIWA)
        for text in (
            wall(desk, made.id),
            page(desk, f"/lists/{made.id}/display"),
            page(desk, f"/lists/{made.id}/objections"),
        ):
            shown = re.sub(r"<[^>]*>", " ", text.split("<main")[-1])
            assert "pekon" not in shown.lower()
            assert "pemangku" not in shown.lower()
        assert "Lingkungan 2" in wall(desk, made.id)

    def test_looking_and_hanging_are_noted(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        register(phone, consent=consent(pajang_nama=True))
        made = opened(server, DAYS)
        where = post(desk, f"/lists/{made.id}/display", hung_on="2026-11-22", size="f4")
        assert where.endswith(f"/lists/{made.id}/display/sheet?size=f4")
        row = db.session.scalars(select(ListDisplay)).one()
        assert (row.named, row.unnamed, row.hung_on) == (1, 0, date(2026, 11, 22))
        assert (row.regency, row.region_code) == ("18.04", KUBU_PERAHU)
        wall(desk, made.id)
        actions = set(db.session.scalars(select(AuditLine.action)))
        assert {"list_displayed", "list"} <= actions

    @pytest.mark.parametrize("day", ["", "kemarin", "2026-11-01", "2027-03-01"])
    def test_day_that_cannot_be_is_one_sentence(
        self, server: Server, phone: Handset, desk: FlaskClient, day: str
    ) -> None:
        made = opened(server, DAYS)
        text = post(desk, f"/lists/{made.id}/display", 422, hung_on=day, size="a4")
        assert "tulis tanggal antara 2026-11-22" in text
        assert db.session.scalars(select(ListDisplay)).all() == []

    def test_month_has_none(self, server: Server, phone: Handset, desk: FlaskClient) -> None:
        made = opened(server, MONTHLY)
        for address in ("display", "display/sheet", "objections"):
            page(desk, f"/lists/{made.id}/{address}", 404)
        assert "Pajangan" not in page(desk, f"/lists/{made.id}")


class TestPeriod:
    def test_lists_page_says_since_when_and_until_when(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        made = opened(server, DAYS)
        text = page(desk, f"/lists/{made.id}")
        assert "Masa sanggah 5 hari. Daftar belum dipasang." in text
        assert f'href="/lists/{made.id}/display"' in text
        post(desk, f"/lists/{made.id}/display", hung_on="2026-11-23", size="a4")
        text = page(desk, f"/lists/{made.id}")
        assert (
            "Dipasang sejak 23 November 2026. Masa sanggah 5 hari, terakhir 28 November 2026."
            in text
        )
        assert "paling lambat 28 November 2026" in wall(desk, made.id)

    def test_newest_copy_says_since_when(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        made = opened(server, DAYS)
        post(desk, f"/lists/{made.id}/display", hung_on="2026-11-23", size="a4")
        server.wait(minutes=1)
        post(desk, f"/lists/{made.id}/display", hung_on="2026-11-22", size="a4")
        assert "terakhir 27 November 2026" in page(desk, f"/lists/{made.id}")

    def test_minutes_keep_the_days_of_the_day_of_signing(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        made = opened(server, DAYS)
        for day in ("2026-11-22", "2026-11-30"):
            post(desk, f"/lists/{made.id}/display", hung_on=day, size="a4")
            server.wait(minutes=1)
        row = queries.list_by_id(db.session(), "18.04", made.id)
        assert row is not None
        period = displaying.period_of(db.session(), row, date(2026, 11, 29))
        assert period.last == date(2026, 11, 27)
        assert displaying.period_of(db.session(), row).last == date(2026, 12, 5)

    def test_minutes_say_that_it_was_signed_early(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        made = opened(server, DAYS)

        def said(day: date) -> str:
            row = queries.list_by_id(db.session(), "18.04", made.id)
            assert row is not None
            with server.app.test_request_context():
                period = displaying.period_of(db.session(), row)
                return display_presenter.early_words(period, day)

        assert "sebelum dipasang" in said(date(2026, 11, 25))
        post(desk, f"/lists/{made.id}/display", hung_on="2026-11-22", size="a4")
        assert "hari terakhirnya 27 November 2026" in said(date(2026, 11, 26))
        assert said(date(2026, 11, 27)) == ""


class TestObjections:
    def entered(self, server: Server, phone: Handset, desk: FlaskClient, /, **said: str) -> str:
        """The list on which one person stands, with an objection."""
        register(phone, full_name="SITI AMINAH")
        made = opened(server, DAYS)
        post(desk, f"/lists/{made.id}/display", hung_on="2026-11-22", size="a4")
        post(desk, f"/lists/{made.id}/objections", **{**OBJECTION, **said})
        return made.id

    def test_objection_is_kept_with_both_days(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        list_id = self.entered(server, phone, desk)
        row = db.session.scalars(select(ListObjection)).one()
        assert (row.written, row.arrived_at) == (date(2026, 11, 20), server.now)
        assert (row.objector, row.outcome, row.regency) == ("PAK SANGGAH", None, "18.04")
        assert row.line_id is not None
        text = page(desk, f"/lists/{list_id}/objections")
        assert "1 SITI AMINAH" in text
        assert "Dari PAK SANGGAH" in text
        assert "1 sanggahan, 1 belum diputuskan" in page(desk, f"/lists/{list_id}")

    def test_missing_name_can_be_objected_to(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        list_id = self.entered(server, phone, desk, no="", name="MISNO")
        assert "Nama baru: MISNO" in page(desk, f"/lists/{list_id}/objections")

    def test_late_ones_are_marked_and_none_is_refused(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        list_id = self.entered(server, phone, desk)
        server.wait(days=10)
        desk = log_in(server, "supervisor")
        post(desk, f"/lists/{list_id}/objections", **{**OBJECTION, "written": "2026-11-27"})
        post(desk, f"/lists/{list_id}/objections", **{**OBJECTION, "written": "2026-11-28"})
        text = page(desk, f"/lists/{list_id}/objections")
        assert text.count("sampai setelah hari terakhir") == 1
        assert text.count("ditulis setelah hari terakhir") == 1
        assert text.count('data-testid="objection"') == 3

    @pytest.mark.parametrize(
        ("said", "sentence"),
        [
            ({"objector": ""}, "Tulis nama yang menyanggah"),
            ({"objector": "A" * 101}, "Tulis nama yang menyanggah"),
            ({"text": ""}, "Tulis isi sanggahannya"),
            ({"text": "a" * 1001}, "Tulis isi sanggahannya"),
            ({"no": "", "name": "A" * 101}, "isi nomor di daftar, atau nama"),
            ({"written": "2026-12-24"}, "tanggal itu tidak boleh lewat"),
            ({"written": "x"}, "tanggal itu tidak boleh lewat"),
            ({"no": "99"}, "Nomor 99 tidak ada di daftar ini"),
            ({"no": "satu"}, "Nomor satu tidak ada di daftar ini"),
            ({"no": ""}, "isi nomor di daftar, atau nama"),
            ({"name": "MISNO"}, "Isi salah satu"),
        ],
    )
    def test_bad_form_says_one_sentence_and_keeps_what_was_typed(
        self, server: Server, phone: Handset, desk: FlaskClient, said: dict[str, str], sentence: str
    ) -> None:
        register(phone)
        made = opened(server, DAYS)
        text = post(desk, f"/lists/{made.id}/objections", 422, **{**OBJECTION, **said})
        assert sentence in text
        assert 'aria-invalid="true"' in text
        if said.get("text") is None:
            assert "Dia punya toko." in text
        assert db.session.scalars(select(ListObjection)).all() == []

    def test_outcome_needs_its_reason_and_is_given_once(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        list_id = self.entered(server, phone, desk)
        row = db.session.scalars(select(ListObjection.id)).one()
        own = f"/lists/{list_id}/objections/{row}"
        assert "Tulis alasannya" in post(desk, own, 422, outcome="accepted", reason="")
        assert "Tulis alasannya" in post(desk, own, 422, outcome="accepted", reason="a" * 501)
        assert "pilih diterima atau ditolak" in post(desk, own, 422, outcome="", reason="Benar.")
        post(desk, own, outcome="accepted", reason="Sudah dicek.")
        db.session.expire_all()
        found = db.session.get_one(ListObjection, row)
        assert (found.outcome, found.reason) == ("accepted", "Sudah dicek.")
        assert found.decided_at == server.now
        post(desk, own, outcome="refused", reason="Lain.")
        db.session.expire_all()
        assert db.session.get_one(ListObjection, row).outcome == "accepted"
        text = page(desk, f"/lists/{list_id}/objections")
        assert "Sudah dicek." in text
        post(desk, f"/lists/{list_id}/objections/nothing", 404, outcome="refused", reason="x")
        actions = [*db.session.scalars(select(AuditLine.action))]
        assert (actions.count("objection_entered"), actions.count("objection_decided")) == (1, 1)

    def test_objection_is_read_and_decided_on_its_own_list_alone(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        self.entered(server, phone, desk)
        row = db.session.scalars(select(ListObjection.id)).one()
        other = opened(server, DAYS, SEBARUS)
        said = {"outcome": "refused", "reason": "x"}
        post(desk, f"/lists/{other.id}/objections/{row}", 404, **said)
        assert "SANGGAH" not in page(desk, f"/lists/{other.id}/objections")
        post(desk, f"/lists/{other.id}/objections", 422, **OBJECTION)

    def test_who_objects_is_in_no_file_no_print_no_audit_and_no_pull(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        list_id = self.entered(server, phone, desk)
        text = page(desk, f"/lists/{list_id}/objections")
        [shown] = re.findall(r"<p[^>]*>Dari PAK SANGGAH</p>", text)
        assert 'class="no-print"' in shown
        assert "SANGGAH" not in page(desk, f"/lists/{list_id}")
        assert "SANGGAH" not in wall(desk, list_id)
        assert "SANGGAH" not in post(desk, f"/lists/{list_id}/export", 200, kind="csv")
        assert "SANGGAH" not in str([row.detail for row in db.session.scalars(select(AuditLine))])
        tables = ["list_objection", "list_display", "list_line", "village_list"]
        assert "SANGGAH" not in str(phone.pull({KUBU_PERAHU: 0}, tables=tables))

    def test_erased_person_leaves_the_objection_blank(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        list_id = self.entered(server, phone, desk)
        person = db.session.scalars(select(ListObjection.line_id)).one()
        row = next(one for one in worker_ids(list_id) if one)
        store = server.app.extensions["blobs"]
        erasure.erase(db.session(), store, "18.04", row, "12/2026", None, server.now)
        db.session.expire_all()
        found = db.session.scalars(select(ListObjection)).one()
        assert (found.line_id, found.objector, found.text) == (person, "", "")
        text = page(desk, f"/lists/{list_id}/objections")
        assert "SANGGAH" not in text
        assert "toko" not in text


def worker_ids(list_id: str) -> list[str]:
    from tests.support.lists import lines_of

    return [line.worker_id for line in lines_of(list_id)]


class TestWhoMay:
    def test_head_reads_objections_of_the_own_village_alone(
        self, server: Server, phone: Handset
    ) -> None:
        mine, theirs = opened(server, DAYS), opened(server, DAYS, SEBARUS)
        head = log_in(server, "head", KUBU_PERAHU)
        for address in ("display", "display/sheet", "objections"):
            page(head, f"/lists/{mine.id}/{address}")
            page(head, f"/lists/{theirs.id}/{address}", 404)

    def test_mpp_prints_names_and_reads_no_objection(self, server: Server, phone: Handset) -> None:
        made = opened(server, DAYS)
        client = log_in(server, "mpp")
        page(client, f"/lists/{made.id}/display")
        page(client, f"/lists/{made.id}/objections", 403)
        post(client, f"/lists/{made.id}/objections", 403, **OBJECTION)
        assert f"/lists/{made.id}/objections" not in page(client, f"/lists/{made.id}")

    @pytest.mark.parametrize("role", ["department", "admin"])
    def test_others_open_nothing(self, server: Server, phone: Handset, role: str) -> None:
        made = opened(server, DAYS)
        client = log_in(server, role)
        for address in ("display", "display/sheet", "objections"):
            page(client, f"/lists/{made.id}/{address}", 403)


def test_sheet_leaves_its_day_to_the_pen_until_it_hangs(
    server: Server, phone: Handset, desk: FlaskClient
) -> None:
    made = opened(server, DAYS)
    sheet = f"/lists/{made.id}/display/sheet?size=a4"
    assert "Dipasang tanggal …" in page(desk, sheet)
    post(desk, f"/lists/{made.id}/display", hung_on="2026-11-22", size="a4")
    text = page(desk, sheet)
    assert "Dipasang 22 November 2026" in text
    assert "Dipasang tanggal" not in text


def test_edit_of_a_name_hangs_as_it_is_now(
    server: Server, phone: Handset, desk: FlaskClient
) -> None:
    row = register(phone, full_name="SITI", consent=consent(pajang_nama=True))
    made = opened(server, DAYS)
    edit(server, row, full_name="SITI AMINAH")
    assert "SITI AMINAH" in wall(desk, made.id)


class TestColumns:
    def hung(self, *hamlets: str) -> list[tuple[str, str]]:
        """The rows of columns of four: (text, class)."""
        names = [Hanging(hamlet, f"WARGA {n}") for n, hamlet in enumerate(hamlets)]
        with speaking("id"):
            found = display_presenter.entries(names, "pekon", 4)
        return [(one.text, one.cls) for one in found]

    def test_each_column_says_in_which_hamlet_it_goes_on(self, server: Server) -> None:
        rows = self.hung(*"1111")
        assert [rows[at] for at in (0, 4)] == [
            ("Pemangku 1", "hamlet"),
            ("Pemangku 1 (lanjutan)", "hamlet"),
        ]
        assert [text for text, cls in rows if not cls] == [f"WARGA {n}" for n in range(4)]

    def test_no_column_ends_with_the_name_of_a_hamlet(self, server: Server) -> None:
        rows = self.hung(*"1122")
        assert rows[3:5] == [("", "gap"), ("Pemangku 2", "hamlet")]
        assert [text for text, cls in rows if not cls] == [f"WARGA {n}" for n in range(4)]

    def test_print_is_as_large_as_the_name_allows(self) -> None:
        letters = (34, 35, 44, 45)
        found = [display_presenter.print_of("M" * many) for many in letters]
        assert found == ["", "fine", "fine", "long"]
