"""Sheets in tests: fetched from the list, opened as a program opens them, changed, sent back."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from werkzeug.test import TestResponse

from tests.support.workbooks import sheet_xml, xlsx

BEHIND = "_jangkau"
Rows = list[list[Any]]


class Sheet:
    """A sheet as it left. ``rows`` hold the titles first; the last column is the key."""

    def __init__(self, content: bytes) -> None:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        self.rows: Rows = [list(row) for row in book.get_sheet_by_name("pekerja").to_python()]
        self.behind: Rows = [list(row) for row in book.get_sheet_by_name(BEHIND).to_python()]

    @property
    def titles(self) -> list[str]:
        return self.rows[0]

    def column(self, title: str) -> int:
        """The place of the column whose title begins so."""
        return next(i for i, one in enumerate(self.titles) if one.startswith(title))

    def row(self, name: str) -> int:
        """The row of the person with this name."""
        place = self.column("Nama lengkap")
        return next(i for i, row in enumerate(self.rows) if row[place] == name)

    def put(self, name: str, title: str, value: object) -> None:
        """Change one cell."""
        self.rows[self.row(name)][self.column(title)] = value

    def saved(self, *, hidden: bool = True) -> bytes:
        """The file as a spreadsheet writes it."""
        parts = {"pekerja": sheet_xml(self.rows)}
        if hidden:
            parts[BEHIND] = sheet_xml(self.behind)
        return xlsx(parts, [BEHIND])


def fetch(client: FlaskClient, **form: object) -> Sheet:
    """The list as a sheet, with every answer that may come back."""
    answer = client.post("/spreadsheets/leave", data={"all_fields": "1", **form})
    assert answer.status_code == 200, answer.headers
    return Sheet(answer.data)


def send(client: FlaskClient, content: bytes, name: str = "ubah.xlsx") -> TestResponse:
    """The file brought in."""
    return client.post("/spreadsheets/", data={"file": (io.BytesIO(content), name)})


def bring(client: FlaskClient, content: bytes) -> str:
    """The address of what the file changes."""
    answer = send(client, content)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.headers["Location"]


def changed(client: FlaskClient, change: Callable[[Sheet], None]) -> str:
    """The address after a sheet was fetched, changed so and brought in."""
    sheet = fetch(client)
    change(sheet)
    return bring(client, sheet.saved())


def save(client: FlaskClient, address: str) -> TestResponse:
    """Every change saved."""
    return client.post(f"{address}/save", follow_redirects=True)


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)
