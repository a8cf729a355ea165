"""Text that no form of ours would send: control characters, endless words, days of other ages.

The attacker has an account, or only an address, and wants an answer of 500: a page without
words for people, a stack in the log for each, and series without end in the metrics. So does,
without meaning it, whoever pastes a name out of another program.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape
from werkzeug.datastructures import MultiDict
from werkzeug.routing import Rule

from outreach.domain.catalogue import translate
from outreach.features.review import corrections
from outreach.features.review.worker_presenter import SECTIONS
from tests.support.addresses import names_read, path_of, rules
from tests.support.people import add_person, log_in
from tests.support.walker import Typed, Walker, typed_at

# The parts of the walk, each about as long as the others.
PARTS = [
    ("accounts.", "set_lang", "field.", "coverage.", "counter", "phones", "whats_new"),
    ("admin_",),
    ("review_list.", "review_worker.", "review_holds.", "review_conflicts."),
    ("review_acts.", "review_edit.", "review_merge.", "review_pairs.", "review_complete."),
    ("village_list", "list_", "paper_entry.", "intake", "visits.", "spreadsheets."),
]
STOPPED = ["a\x00b", "x" * 20_000]
PASSED = ["²", "9999-12-31", "0001-01-01", "9" * 30, "💀"]
UNDECODABLE = "%ED%A0%80%FF"


def walk(walker: Walker, rule: Rule, method: str, there: dict[str, str]) -> list[str | None]:
    """One address with each bad value in each of its names, and in its path."""
    path = path_of(rule, there)
    wrong = [walker.ask(rule, method, f"{path}?q={UNDECODABLE}")]
    for bad in (*STOPPED, *PASSED):
        wrong += [
            walker.ask(rule, method, path_of(rule, {**there, name: quote(bad)}))
            for name in rule.arguments
            if name in there
        ]
    typed = typed_at(walker.browser(rule), path) if method == "POST" else MultiDict()
    names = sorted(typed) or list(names_read(walker.app, rule.endpoint))
    for sent in bad_forms(names):
        form = typed.copy()
        for name, bad in sent.items():
            form.setlist(name, [bad])
        how = {"query_string": sent} if method == "GET" else {"data": form}
        wrong.append(walker.ask(rule, method, path, **how))
    return wrong


def bad_forms(names: Sequence[str]) -> Iterator[dict[str, str]]:
    """Every bad value in the first name and in all at once, and in each name two of them in turn:
    all of them in every name would ask three times as often, and found nothing more."""
    for bad in (*STOPPED, *PASSED):
        yield dict.fromkeys(names[:1], bad)
    for bad in PASSED:
        yield dict.fromkeys(names, bad)
    for number, name in enumerate(names[1:]):
        for turn in (0, 1):
            yield {name: PASSED[(2 * number + turn) % len(PASSED)]}


@pytest.mark.parametrize("part", PARTS)
def test_no_address_answers_500_to_any_bad_value(
    app: Flask, busy_day: dict[str, str], part: tuple[str, ...]
) -> None:
    walker, wrong = Walker(app), []
    for rule, method in rules(app):
        if rule.endpoint.startswith(part):
            sections = SECTIONS if "section" in rule.arguments else [""]
            for section in sections:
                wrong += walk(walker, rule, method, {**busy_day, "section": section})
    assert not [line for line in wrong if line]
    assert walker.seen > 100, "the walk found its addresses"


def test_every_address_is_walked(sqlite_app: Flask) -> None:
    parts = tuple(name for part in PARTS for name in part)
    left = {rule.endpoint for rule, _ in rules(sqlite_app) if not rule.endpoint.startswith(parts)}
    assert left == {"healthz", "metrics"}


class TestForm:
    """What was typed comes back, with a sentence in the reader's language."""

    @pytest.mark.parametrize("lang", ["id", "en"])
    def test_a_pasted_control_character_gives_the_form_back_without_it(
        self, app: Flask, lang: str
    ) -> None:
        add_person(app, "admin")
        client = app.test_client()
        log_in(client, "admin")
        client.set_cookie("lang", lang)
        typed = {"name": "SITI\x0b AMINAH", "username": "siti", "role": "officer", "lang": "id"}
        answer = client.post("/admin/users/new", data=typed)
        page = Typed()
        page.feed(answer.get_data(as_text=True))
        assert answer.status_code == 422
        assert t_in(lang, "inputs.unreadable") in answer.get_data(as_text=True)
        given = dict(page.fields)
        assert {name: given[name] for name in ("username", "role", "lang")} == {
            "username": "siti",
            "role": "officer",
            "lang": "id",
        }
        assert ">SITI AMINAH</textarea>" in answer.get_data(as_text=True)
        again = client.post("/admin/users/new", data={**typed, "name": "SITI AMINAH"})
        assert again.status_code in (200, 303), "and is taken when it is sent again"

    def test_words_without_end_come_back_whole(self, app: Flask) -> None:
        add_person(app, "admin")
        client = app.test_client()
        log_in(client, "admin")
        words = "kopi " * 3000
        answer = client.post("/admin/offices/new", data={"name": words, "kind": "dinas"})
        assert answer.status_code == 422
        assert f">{words}</textarea>" in answer.get_data(as_text=True)

    def test_a_password_is_never_given_back(self, client: FlaskClient) -> None:
        answer = client.post("/login", data={"username": "a\x00b", "password": "rahasia besar"})
        assert answer.status_code == 422
        assert "rahasia besar" not in answer.get_data(as_text=True)
        assert ">ab</textarea>" in answer.get_data(as_text=True)

    def test_lines_and_tabs_are_text(self, client: FlaskClient) -> None:
        answer = client.post("/login", data={"username": "a\tb\r\nc", "password": "x"})
        assert 'data-testid="login"' in answer.get_data(as_text=True)

    def test_the_name_of_a_file_is_looked_at_too(self, app: Flask) -> None:
        add_person(app, "supervisor")
        client = app.test_client()
        log_in(client, "supervisor")
        file = (io.BytesIO(b"x"), "titip\x07.jkc")
        answer = client.post("/carried", data={"files": file})
        assert answer.status_code == 422
        assert 'data-testid="again"' in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/workers?status=a%00b", "/workers/%00", "/workers/%FF", "/x%1B"])
def test_an_address_that_cannot_be_read_is_refused_before_its_view(
    client: FlaskClient, path: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == 400
    assert 'data-code="400"' in answer.get_data(as_text=True)


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1899-12-31", "2026-13-01", "besok"])
def test_a_day_nobody_works_in_is_said_and_left_out(app: Flask, day: str) -> None:
    add_person(app, "supervisor")
    client = app.test_client()
    log_in(client, "supervisor")
    for name in ("from", "to"):
        assert client.get("/workers", query_string={name: day}).status_code == 200
        assert client.get("/", query_string={name: day}).status_code == 200


@pytest.mark.parametrize("digits", ["²", "٣", "1²", "9" * 30])
def test_what_is_no_number_stays_text_and_is_refused_by_its_rule(digits: str) -> None:
    assert corrections.typed_value("children_school_age", [digits]) == digits


def test_made_up_methods_make_no_series_and_no_words_in_the_log(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    for n in range(20):
        answer = client.open("/login", method=f"NAMA{n}")
        assert answer.status_code == 405
        assert client.open(f"/x{n}", method=f"NAMA{n}").status_code in (404, 405)
    text = client.get("/metrics").get_data(as_text=True)
    assert "NAMA" not in text + capsys.readouterr().out
    assert 'jangkau_requests_total{method="other",route="(no route)",status="405"}' in text


def t_in(lang: str, key: str) -> str:
    """The sentence as a page shows it."""
    return str(escape(translate(lang, key)))
