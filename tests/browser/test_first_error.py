"""Every office form that comes back has the cursor in its first wrong field, without any script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.support.browser import DESK, FLAGS, chromium_path
from tests.support.form import log_in_office
from tests.support.server import RunningServer, desk_server

pytestmark = pytest.mark.browser
MORE = """
from outreach import create_app
from outreach.extensions import db
from outreach.storage.accounts import User
from outreach.storage.sync import Hold
from tests.support.desk_day import unproven
from tests.sync.conftest import Handset, Server
app = create_app()
with app.app_context():
    server = Server(app)
    rina = db.session.query(User).filter_by(name="Rina Wulandari").one()
    unproven(server, Handset(server, rina))
    db.session.query(Hold).filter_by(reason="out_of_scope").update({"reason": "revoked"})
    db.session.commit()
"""
MARKED = "main [aria-invalid=true]"
DISCARD = "main [name=choice][value=discard]"
WITHOUT_OWN_CHECK = "for (const form of document.forms) form.noValidate = true"


@dataclass(frozen=True)
class Form:
    """A form, what is typed into it, the button, and what has the focus when it comes back."""

    path: str
    focused: str = MARKED
    typed: dict[str, str] = field(default_factory=dict)
    button: str = "main form .main-action"


@pytest.fixture(scope="module")
def server(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """The app with invented workers and a day on which much did not go straight; no form of these
    tests is accepted."""
    with desk_server(tmp_path_factory.mktemp("wrong"), workers=20, also=MORE) as running:
        yield running


@pytest.fixture
def page(playwright: Playwright, server: RunningServer) -> Iterator[Page]:
    """A page of a desk on which no script runs."""
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
    context = browser.new_context(viewport=DESK, locale="id-ID", java_script_enabled=False)  # type: ignore[arg-type]
    yield context.new_page()
    browser.close()


def one(server: RunningServer, question: str) -> str:
    """The first value that the database answers."""
    return str(server.rows(question)[0][0])


def where_the_cursor_is(page: Page, url: str, form: Form) -> None:
    """Send the form and see that the cursor stands where it should, and in sight."""
    page.goto(url + form.path)
    page.evaluate(WITHOUT_OWN_CHECK)
    for name, value in form.typed.items():
        page.locator(f"main [name='{name}']").last.fill(value)
    page.locator(form.button).last.click()
    page.locator("[autofocus]").first.wait_for(state="attached")
    expect(page.locator(form.focused).first, form.path).to_be_focused()
    expect(page.locator(form.focused).first, form.path).to_be_in_viewport()
    assert page.locator("[autofocus]").count() == 1, form.path
    assert page.evaluate("performance.getEntriesByType('navigation')[0].responseStatus") == 422


ENTRANCE = (
    Form("/login", "#f-username"),
    Form("/login", "#f-password", {"username": "supervisor"}),
    Form("/login", "#f-password", {"username": "supervisor", "password": "x"}),
    Form("/reset", "#f-repeat", {"username": "mpp", "code": "1", "new": "a", "repeat": "b"}),
    Form("/reset", "#f-code", {"username": "mpp", "code": "1"}),
)


@pytest.mark.parametrize("form", ENTRANCE, ids=lambda form: f"{form.path} {form.focused}")
def test_at_the_entrance(page: Page, server: RunningServer, form: Form) -> None:
    where_the_cursor_is(page, server.url, form)


def of_supervisors(server: RunningServer) -> Iterator[Form]:
    """Forms about people, their saves and their phones."""
    living = "merged_into IS NULL AND deleted_at IS NULL"
    agreed = """data LIKE '%"pendaftaran":true%'"""
    person = one(server, f"SELECT id FROM worker WHERE {agreed} AND {living}")
    yield Form("/account/password", "#f-repeat", {"old": "a", "new": "b", "repeat": "c"})
    yield Form(f"/workers/{person}/edit/kontak", "#i-phone", {"phone": "12345", "email": "x"})
    yield Form(f"/workers/{person}/edit/identitas", MARKED, {"full_name": "", "nik": "12"})
    yield Form(f"/workers/{person}/move", "#village")
    yield Form(f"/workers/{person}/withdraw", "[name=purpose]")
    held = "FROM hold JOIN mutation USING (key) WHERE state = 'open' AND reason ="
    wrong = one(server, f"SELECT key {held} 'invalid'")
    yield Form(f"/holds/{wrong}", "main [name=words]", button=DISCARD)
    yield Form(f"/holds/{wrong}", "main [name^='fix.']", {"fix.nik": "99"})
    file = one(server, "SELECT id FROM device WHERE kind = 'carried'")
    yield Form(f"/holds/files/{file}", "#words", button=DISCARD)
    disputed = one(server, "SELECT worker_id FROM conflict WHERE resolved_at IS NULL")
    yield Form(f"/conflicts/{disputed}", "main input[type=radio]")
    phone = one(server, f"SELECT device_id {held} 'revoked'")
    yield Form(f"/phones/{phone}", "#words", button=DISCARD)
    yield Form("/carried", "#files")
    yield Form("/receipts", "#receipt", {"receipt": "JKR1.x"})
    yield Form("/receipts", "main textarea", {"receipt": "JKR1\x01x"})


def of_administrators(server: RunningServer) -> Iterator[Form]:
    """Forms about users, offices, terms and assignments."""
    office = one(server, "SELECT id FROM office WHERE active")
    user = one(server, "SELECT id FROM user_account WHERE username = 'petugas'")
    me = one(server, "SELECT id FROM user_account WHERE username = 'admin'")
    assigned = one(server, "SELECT id FROM assignment WHERE ends IS NULL")
    person = {"name": "Budi Uji", "username": "."}
    backwards = {"starts": "2026-02-01", "ends": "2026-01-01"}
    yield Form("/admin/users/new", "#f-username", person)
    yield Form("/admin/users/new", "#f-name", {"name": "", "username": "budi"})
    yield Form(f"/admin/users/{user}/edit", "#f-phone", {"phone": "12"})
    yield Form(f"/admin/users/{me}/deactivate", "#refused", button="main form .danger")
    yield Form("/admin/offices/new", "#f-name")
    yield Form(f"/admin/offices/{office}/edit", "#f-name", {"name": ""})
    yield Form(f"/admin/offices/{office}/terms/new", "#f-ends", backwards)
    yield Form(
        f"/admin/offices/{office}/handover", "#f-username", {"name": "Budi Uji", "username": "."}
    )
    yield Form("/admin/assignments/new", "#f-letter")
    yield Form("/admin/assignments/new", ".places summary", {"letter": "1/2026"})
    later = f"/admin/assignments/{assigned}/end"
    yield Form(later, "#f-ends", {"ends": ""}, "main form:has(#f-ends) button")


@pytest.mark.parametrize(
    ("username", "forms"), [("supervisor", of_supervisors), ("admin", of_administrators)]
)
def test_in_each_form_of(
    page: Page, server: RunningServer, username: str, forms: type[Iterator[Form]]
) -> None:
    log_in_office(page, server.url, username)
    for form in forms(server):  # type: ignore[call-arg]
        where_the_cursor_is(page, server.url, form)
