"""A given file as sheets of cells, whatever its name says, or one reason why not.

A workbook is unpacked and parsed in a process of its own with limits (``workbook_child``): a file
of 1.4 kB whose last cell is XFD1048576 makes the parser ask for 549 GB and abort whoever runs it.
Besides, the served app's threads go on while a long file is read. Text is read here.
Whoever waits for a long file may say each second that the work lives.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Thread
from typing import IO, TypedDict

import orjson

from outreach.core.workbooks.text_tables import read_text_table

# Text, number, date; a blank cell is the empty text.
Cell = str | float | date
Row = list[Cell]

CHILD = Path(__file__).parent / "workbook_child.py"
MOST_BYTES = 8 * 1024 * 1024
MOST_SECONDS = 60
# How a file that is no table begins, and the word for it.
OTHERS = (
    (b"%PDF", "pdf"),
    (b"\xff\xd8\xff", "picture"),
    (b"\x89PNG", "picture"),
    (b"GIF8", "picture"),
    (b"RIFF", "picture"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"SQLite", "other"),
    (b"{\\rtf", "document"),
)
MARKUP = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<head", b"<meta", b"<style", b"<div")
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class GivenSheet(TypedDict):
    """A sheet as the child tells it."""

    name: str
    hidden: bool
    rows: list[list[str | float | dict[str, str]]]


class Answer(TypedDict, total=False):
    """What the child says: an error with its words, or a workbook."""

    error: str
    params: dict[str, str]
    kind: str
    days_1904: bool
    sheets: list[GivenSheet]


class BadBook(Exception):
    """A file that gives no rows. ``code`` and ``params`` make the sentence about mending it."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code, self.params = code, params


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its rows from the first row of the file, blank rows at the end left out."""

    name: str
    hidden: bool
    rows: list[Row]

    @property
    def width(self) -> int:
        """The number of columns of the longest row."""
        return max(map(len, self.rows), default=0)


@dataclass(frozen=True, slots=True)
class Book:
    """A file as sheets. ``kind`` is xlsx, xls, ods or csv; a csv has one sheet without a name.

    ``days_1904`` is true where days count from 1904, as in workbooks of old Macintoshes.
    """

    kind: str
    sheets: tuple[Sheet, ...]
    days_1904: bool = False

    @property
    def is_text(self) -> bool:
        """True where every cell came as text, so that nobody knows which were numbers once."""
        return self.kind == "csv"

    def sheet(self, name: str) -> Sheet | None:
        """The sheet with this name."""
        return next((sheet for sheet in self.sheets if sheet.name == name), None)


def silent() -> None:
    """Nobody wants to hear that the reading goes on."""


def open_book(
    content: bytes, name: str, password: str | None = None, alive: Callable[[], None] = silent
) -> Book:
    """The file's sheets. The content decides what it is, ``name`` stands in sentences alone.

    Raises BadBook. A password is used for this reading only. ``alive`` is called each second, and
    what it raises ends the reading.
    """
    if not content.strip(b"\x00 \r\n\t"):
        raise BadBook("empty", name=name)
    if len(content) > MOST_BYTES:
        raise BadBook("too_many_bytes", name=name, most=str(MOST_BYTES // 1024 // 1024))
    _refuse_others(content, name)
    if content.startswith(WORKBOOKS):
        book = _open_workbook(content, name, password, alive)
    else:
        book = _open_text(content, name)
    if not any(sheet.rows for sheet in book.sheets):
        raise BadBook("no_rows", name=name)
    return book


def _refuse_others(content: bytes, name: str) -> None:
    for begins, kind in OTHERS:
        if content.startswith(begins):
            raise BadBook(f"is_{kind}", name=name)
    start = content[:1024].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith(MARKUP):
        raise BadBook("is_web_page", name=name)
    if start.startswith((b"{", b"[{")):
        raise BadBook("is_other", name=name)


def _open_text(content: bytes, name: str) -> Book:
    rows = read_text_table(content)
    if isinstance(rows, str):
        raise BadBook(rows, name=name)
    return Book("csv", (Sheet("", False, [list(row) for row in rows]),))


def _open_workbook(
    content: bytes, name: str, password: str | None, alive: Callable[[], None]
) -> Book:
    answer = _ask_child(content, password, alive)
    if "error" in answer:
        raise BadBook(answer["error"], name=name, **answer.get("params", {}))
    sheets = tuple(
        Sheet(each["name"], each["hidden"], [_cells(row) for row in each["rows"]])
        for each in answer["sheets"]
    )
    return Book(answer["kind"], sheets, answer["days_1904"])


def _cells(row: list[str | float | dict[str, str]]) -> Row:
    return [date.fromisoformat(cell["d"]) if isinstance(cell, dict) else cell for cell in row]


def _ask_child(content: bytes, password: str | None, alive: Callable[[], None]) -> Answer:
    """The child's answer, or the error that its end means."""
    head = json.dumps({"password": password}).encode() + b"\n"
    with subprocess.Popen(  # noqa: S603 (our own file, nothing of the given one)
        [sys.executable, "-I", str(CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"RUST_BACKTRACE": "0"},
    ) as child:
        try:
            told = _hear_out(child, head + content, alive)
        finally:
            child.kill()
    if told is not None and child.returncode == 0:
        answer: Answer = orjson.loads(told)
        return answer
    # Ended by a signal: the limits of memory or of time, or an abort for want of memory.
    return {"error": "too_much" if told is None or child.returncode < 0 else "broken"}


def _hear_out(
    child: subprocess.Popen[bytes], content: bytes, alive: Callable[[], None]
) -> bytes | None:
    """All that the child says; None when it takes too long.

    A thread of its own gives the content, for ``communicate`` called again forgets what it has not
    yet written. A busy machine needs its first second to begin the child.
    """
    pipe, child.stdin = child.stdin, None
    assert pipe is not None, "the child has a pipe to read from"
    feeder = Thread(target=_feed, args=(pipe, content), daemon=True)
    feeder.start()
    for _ in range(MOST_SECONDS):
        try:
            return child.communicate(timeout=1)[0]
        except subprocess.TimeoutExpired:
            alive()
    return None


def _feed(pipe: IO[bytes], content: bytes) -> None:
    """Write everything and close; a child that has ended reads no more."""
    with suppress(BrokenPipeError), pipe:
        pipe.write(content)
