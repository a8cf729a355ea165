"""A list of the office: its table, its paging, and what it says where it is empty."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask, render_template_string

from outreach.web.lists import Column, Empty, Link, Listing, Paging, Sort, numbered

DRAWN = """{% from "_kit/lists.html" import listing %}
{% call(row) listing(list) %}<th scope="row">{{ row }}</th>{% endcall %}"""


@dataclass
class Page:
    """The second of three pages."""

    number: int = 2
    first: int = 51
    last: int = 100
    total: int = 1234
    has_next: bool = True


def drawn(app: Flask, found: Listing[str]) -> str:
    with app.test_request_context("/"):
        return render_template_string(DRAWN, list=found)


def test_paging_by_number_keeps_the_filters_that_are_set(sqlite_app: Flask) -> None:
    with sqlite_app.test_request_context("/admin/users?_external=1&endpoint=x"):
        paging = numbered("admin_users.listing", {"q": "siti", "role": ""}, Page())
        assert paging.previous == "/admin/users?q=siti&page=1"
        assert paging.next == "/admin/users?q=siti&page=3"
        assert paging.shown == "51–100 dari 1.234"
        last = numbered("admin_users.listing", {}, Page(has_next=False))
        assert last.next == ""


def test_rows_stand_in_a_named_table_with_what_the_list_has(sqlite_app: Flask) -> None:
    found = Listing(
        title="Daftar <b>",
        columns=[Column("Nama", sort=Sort("/x?sort=name", "ascending")), Column("n", cls="num")],
        rows=["<i>Siti</i>"],
        empty=Empty("nobody"),
        paging=Paging(next="/x?page=2"),
        panel="Ringkasan",
        keys=True,
        testid="people",
        row_testid="person",
    )
    page = drawn(sqlite_app, found)
    assert 'aria-label="Daftar &lt;b&gt;"' in page
    assert "&lt;i&gt;Siti" in page
    assert '<th scope="col" aria-sort="ascending"><a href="/x?sort=name">Nama</a></th>' in page
    assert '<th scope="col" class="num">n</th>' in page
    assert '<table class="grid" data-office-keys data-testid="people">' in page
    assert '<tr data-row data-testid="person">' in page
    assert '<aside id="panel"' in page
    assert 'rel="next" href="/x?page=2"' in page
    assert "nobody" not in page


@pytest.mark.parametrize(
    ("empty", "said"),
    [
        (Empty("Belum ada", "Mulai di sini"), ["<strong>Belum ada</strong>", "Mulai di sini"]),
        (Empty(words="x", links=(Link("Semua", "/all"),)), ['<a href="/all">Semua</a>']),
    ],
)
def test_an_empty_list_says_what_to_do(sqlite_app: Flask, empty: Empty, said: list[str]) -> None:
    page = drawn(sqlite_app, Listing(title="x", columns=[], rows=[], empty=empty))
    assert "<table" not in page
    assert all(words in page for words in said)


def test_a_list_may_say_nothing_where_it_is_empty(sqlite_app: Flask) -> None:
    silent: Listing[str] = Listing(title="x", columns=[], rows=[])
    assert not drawn(sqlite_app, silent).strip()
