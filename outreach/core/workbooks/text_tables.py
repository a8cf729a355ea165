"""Separated text (CSV) as rows: its alphabet, its separator and its quotes are found, not asked."""

from __future__ import annotations

import csv
import io
from collections import Counter
from itertools import islice

SEPARATORS = ";\t,|"
SAMPLE = 60
MOST_ROWS = 100_000
MOST_COLUMNS = 256
# Lines in one cell of a file with faulty quotes; more are rows that an open quote has swallowed.
MOST_LINES = 3
# Characters that no text has; a file with many of them is a program's own.
CONTROLS = frozenset(map(chr, set(range(32)) - {9, 10, 13}))


def read_text_table(content: bytes) -> list[list[str]] | str:
    """The rows, blank ends cut; or the code of the error: is_other, too_many_rows or _columns."""
    text = decoded(content)
    if text is None:
        return "is_other"
    lines, separator = _separator_said(text)
    rows = _parsed(lines, separator or _separator_found(lines))
    while rows and not rows[-1]:
        rows.pop()
    if len(rows) > MOST_ROWS:
        return "too_many_rows_text"
    return "too_many_columns_text" if max(map(len, rows), default=0) > MOST_COLUMNS else rows


def decoded(content: bytes) -> str | None:
    """The text: by its mark (BOM), UTF-16 by its zeros, UTF-8, else Windows-1252. None: no text."""
    text = _by_mark(content)
    if text is None:
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            text = content.decode("cp1252", errors="replace")
            if text.count("\ufffd") * 1000 > len(text):
                return None
    text = text.replace("\x00", "")
    controls = sum(map(text[:100_000].count, CONTROLS))
    return None if controls * 100 > len(text[:100_000]) else text


def _by_mark(content: bytes) -> str | None:
    if content.startswith(b"\xef\xbb\xbf"):
        return content[3:].decode("utf-8", errors="replace")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    start = content[:2000]
    for code, zeros in (("utf-16-le", start[1::2]), ("utf-16-be", start[::2])):
        if zeros and zeros.count(0) * 10 > len(zeros) * 7:
            return content.decode(code, errors="replace")
    return None


def _separator_said(text: str) -> tuple[str, str | None]:
    """The text without Excel's own line ``sep=;``, and that separator."""
    first, _, rest = text.partition("\n")
    first = first.strip().lower()
    if first.startswith("sep=") and len(first) == 5:
        return rest, first[4]
    return text, "\t" if first == "sep=" else None


def _separator_found(text: str) -> str:
    """The separator that cuts the most lines into the same number of columns, more than one."""
    sample = "\n".join(islice(text.splitlines(), SAMPLE))
    return max(SEPARATORS, key=lambda separator: _agreement(sample, separator))


def _agreement(sample: str, separator: str) -> tuple[int, int]:
    widths = Counter(len(row) for row in _parsed(sample, separator) if len(row) > 1)
    width, times = widths.most_common(1)[0] if widths else (0, 0)
    return times, width


def _parsed(text: str, separator: str) -> list[list[str]]:
    """The rows. Where a quote is never closed, quotes are read as letters: no row is swallowed."""
    for strict in (True, False):
        try:
            rows = _rows(csv.reader(io.StringIO(text), delimiter=separator, strict=strict))
        except csv.Error:
            continue
        if strict or not any(cell.count("\n") > MOST_LINES for row in rows for cell in row):
            return rows
    lines = io.StringIO(text)
    reader = csv.reader(lines, delimiter=separator, quoting=csv.QUOTE_NONE)
    return [[cell.strip('"') for cell in row] for row in _rows(reader)]


def _rows(reader: object) -> list[list[str]]:
    rows = []
    for cells in reader:  # type: ignore[attr-defined]
        row = [cell.strip() for cell in cells]
        while row and not row[-1]:
            row.pop()
        rows.append(row)
    return rows
