"""The office's pages of lists: who may open them, what they show, what is done there."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from outreach.domain import catalogue
from outreach.domain.actor import ROLES
from outreach.extensions import db
from outreach.features.village_lists.overview import presenter, views
from outreach.features.village_lists.records.tables import ListDecision, VillageList
from outreach.storage.audit import AuditLine
from outreach.storage.regions import Region
from tests.support.desk_pages import forget_request, log_in, page, post
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.support.lists import MONTHLY, lines_of, opened, register
from tests.support.office import ELSEWHERE
from tests.sync.conftest import Handset, Server

FORM = {"purpose": "fund", "fund": "apbd_kab", "year": "2027", "in": KUBU_PERAHU}


@pytest.fixture
def head(server: Server) -> FlaskClient:
    """The head of Kubu Perahu at a desk."""
    return log_in(server, "head", KUBU_PERAHU)


class TestAccess:
    def addresses(self, server: Server, phone: Handset) -> list[tuple[str, str]]:
        """(method, address) of every page of one list, and of the matrix."""
        register(phone)
        made, other = opened(server), opened(server, MONTHLY)
        line = lines_of(made.id)[0].id
        own = f"/lists/{made.id}"
        return [
            ("GET", own),
            ("POST", f"{own}/export"),
            ("GET", f"{own}/close"),
            ("POST", f"{own}/close"),
            ("POST", f"{own}/meeting"),
            ("POST", f"{own}/together"),
            ("POST", f"{own}/names"),
            ("GET", f"{own}/lines/{line}"),
            ("POST", f"{own}/lines/{line}"),
            ("GET", f"{own}/compare/{other.id}"),
        ]

    def test_only_supervisor_mpp_and_head_open_any(self, server: Server, phone: Handset) -> None:
        addresses = [
            *self.addresses(server, phone),
            ("GET", "/lists"),
            ("POST", "/lists/export"),
            ("GET", "/lists/open"),
            ("POST", "/lists/open"),
        ]
        for role in sorted(set(ROLES) - set(views.READERS)):
            client = log_in(server, role, KUBU_PERAHU)
            for method, address in addresses:
                forget_request()
                assert client.open(address, method=method).status_code == 403, address

    def test_head_of_another_village_finds_nothing(self, server: Server, phone: Handset) -> None:
        addresses = self.addresses(server, phone)
        other = log_in(server, "head", SEBARUS)
        for method, address in addresses:
            forget_request()
            assert other.open(address, method=method).status_code in (403, 404), address
        assert "Kubu Perahu" not in page(other, "/lists")
        assert not list(db.session.scalars(select(ListDecision)))

    def test_list_of_another_regency_is_not_there(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        db.session.add(
            Region(code=ELSEWHERE, name="Jauh", level=4, parent_code="18.05.01", kind="pekon")
        )
        made = opened(server)
        row = db.session.get_one(VillageList, made.id)
        row.regency, row.region_code = "18.05", ELSEWHERE
        db.session.commit()
        page(desk, f"/lists/{made.id}", 404)
        assert "Jauh" not in page(desk, "/lists")

    def test_line_and_list_are_found_under_their_own_alone(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        register(phone)
        register(phone, village_code=SEBARUS)
        made, other = opened(server), opened(server, village=SEBARUS)
        foreign = lines_of(other.id)[0].id
        page(desk, f"/lists/{made.id}/lines/{foreign}", 404)
        page(desk, f"/lists/{other.id}/lines/{foreign}")
        page(desk, f"/lists/{made.id}/compare/{other.id}", 404)

    def test_every_look_at_people_is_audited(
        self, server: Server, phone: Handset, desk: FlaskClient
    ) -> None:
        register(phone)
        made, other = opened(server), opened(server, MONTHLY)
        own = f"/lists/{made.id}"
        page(desk, own)
        page(desk, f"{own}/lines/{lines_of(made.id)[0].id}")
        page(desk, f"{own}/compare/{other.id}")
        for address in (f"{own}/export", "/lists/export"):
            forget_request()
            assert desk.post(address).status_code == 200
        looked = select(AuditLine.action, AuditLine.detail).order_by(AuditLine.id)
        found = [
            (action, detail.get("list"))
            for action, detail in db.session.execute(looked)
            if action in ("list", "list_line", "list_compared", "export")
        ]
        assert found == [
            ("list", made.id),
            ("list_line", made.id),
            ("list_compared", made.id),
            ("export", made.id),
            ("export", None),
        ]

    def test_head_reads_of_no_village_but_the_own(self, server: Server, head: FlaskClient) -> None:
        text = page(head, "/lists?only=none")
        assert re.findall(r'data-testid="village"', text) == ['data-testid="village"']
        assert "Sebarus" not in text

    def test_place_of_another_regency_is_none(self, server: Server, desk: FlaskClient) -> None:
        db.session.add(
            Region(code=ELSEWHERE, name="Jauh", level=4, parent_code="18.05.01", kind="pekon")
        )
        db.session.commit()
        assert "Jauh" not in page(desk, f"/lists?only=none&in={ELSEWHERE}")
        post(desk, "/lists/open", 422, **{**FORM, "in": ELSEWHERE})

    def test_supervisor_decides_nothing_and_head_opens_nothing(
        self, server: Server, phone: Handset, desk: FlaskClient, head: FlaskClient
    ) -> None:
        register(phone)
        made = opened(server)
        line = lines_of(made.id)[0].id
        post(desk, f"/lists/{made.id}/lines/{line}", 403, verdict="layak")
        post(desk, f"/lists/{made.id}/meeting", 403)
        post(head, "/lists/open", 403, **FORM)
        post(head, f"/lists/{made.id}/close", 403)

    def test_places_of_one_regency_are_none_of_another(self, server: Server) -> None:
        with server.app.test_request_context():
            found = [presenter.is_place(KUBU_PERAHU, regency) for regency in ("18.04", "18.05")]
        assert found == [True, False]


def test_letters_of_sexes_are_those_of_their_language(
    server: Server, phone: Handset, desk: FlaskClient
) -> None:
    register(phone)
    own = f"/lists/{opened(server).id}"
    assert re.search(r"\b[LP] · 19\d\d", page(desk, own))
    desk.post("/lang", data={"lang": "en", "back": own})
    text = page(desk, own)
    assert re.search(r"\b[MF] · 19\d\d", text)
    assert not re.search(r"\b[LP] · 19\d\d", text)


@pytest.mark.parametrize("lang", catalogue.LANGS)
def test_every_word_of_the_other_language_is_there(lang: str) -> None:
    own = {key for key in catalogue.load(lang) if key.startswith("village_lists.")}
    own = {key for key in own if key.removesuffix(".one") not in own - {key}}  # one of many
    other = {key for key in catalogue.load("id") if key.startswith("village_lists.")}
    other = {key for key in other if key.removesuffix(".one") not in other - {key}}
    assert own == other
