"""What stands on the paper that a village ticks: pages of numbered lines, and a hash over them.

A page is known by its list, the version of the print and its number; the code on it says these and
the hash, nothing of people. No I/O.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from outreach.domain.ids import is_uuid7
from outreach.domain.list_document import ListFacts, canonical, document_hash, nfc, sha256

LINES_A_PAGE = 25
OF_SHEET = ("name", "birth_year", "hamlet", "rt", "occupation", "nik")
SHORT_HASH = 16
CODE = re.compile(r"JKL1\.([0-9a-f-]{36})\.(\d{1,4})\.(\d{1,3})\.([0-9a-f]{64})", re.IGNORECASE)
DEATH = "meninggal"

Json = dict[str, object]


class PaperLine(Protocol):
    """What a sheet of paper asks of a line."""

    id: str
    no: int | None
    snapshot: dict[str, object]
    nik_no: int
    salt: str
    gone: str | None
    into: str | None


@dataclass(frozen=True, slots=True)
class SheetCode:
    """What the code on a page says. ``version`` 0: the number was not known when it was printed."""

    list_id: str
    version: int
    page: int
    hash: str


def to_print(lines: Iterable[PaperLine]) -> list[PaperLine]:
    """The numbered lines of those who are still on the list, by number."""
    there = [line for line in lines if line.no is not None and not line.gone]
    return sorted(there, key=lambda line: line.no or 0)


def pages_of(lines: Sequence[PaperLine]) -> list[Sequence[PaperLine]]:
    """The lines by page."""
    return [lines[i : i + LINES_A_PAGE] for i in range(0, len(lines), LINES_A_PAGE)]


def printed_item(line: PaperLine) -> Json:
    """A line as it is printed. ``nik_no`` tells hidden digits apart; the salt keeps the hash from
    telling who it is."""
    shown = {name: nfc(line.snapshot.get(name)) for name in OF_SHEET}
    return {"no": line.no, **shown, "nik_no": line.nik_no, "salt": line.salt}


def item_hash(line: PaperLine) -> str:
    """The hash of one printed line, cut short: enough to see that it changed."""
    return sha256(canonical(printed_item(line))).hex()[:SHORT_HASH]


def print_hash(facts: ListFacts, lines: Sequence[PaperLine]) -> str:
    """The hash of everything that is printed, 64 hexadecimal digits."""
    return document_hash({"v": 1, **facts, "items": [printed_item(line) for line in lines]})


def print_rows(lines: Sequence[PaperLine]) -> list[Json]:
    """Which line stands on which page, and its hash, as the version keeps it."""
    return [
        {"line": line.id, "no": line.no, "page": page, "hash": item_hash(line)}
        for page, own in enumerate(pages_of(lines), start=1)
        for line in own
    ]


def code_of(code: SheetCode) -> str:
    """The text of the code on a page; capitals, which make the picture small."""
    return f"JKL1.{code.list_id}.{code.version}.{code.page}.{code.hash}".upper()


def read_code(text: str) -> SheetCode | None:
    """What a scanned code says; None for another text."""
    found = CODE.fullmatch(text.strip())
    if found is None:
        return None
    list_id, version, page, digest = found.groups()
    if not is_uuid7(list_id.lower()):
        return None
    return SheetCode(list_id.lower(), int(version), int(page), digest.lower())


@dataclass(frozen=True, slots=True)
class Changes:
    """How the list differs now from what was printed, by number."""

    changed: tuple[int, ...] = ()
    gone: tuple[int, ...] = ()
    new: tuple[int, ...] = ()

    @property
    def any(self) -> bool:
        """True where the paper is of an older version."""
        return bool(self.changed or self.gone or self.new)


def changes_since(printed: Sequence[Json], lines: Iterable[PaperLine]) -> Changes:
    """What changed since a version was printed; lines are found by themselves, not by place."""
    now = {line.id: line for line in to_print(lines)}
    before = {str(row["line"]): row for row in printed}
    return Changes(
        changed=tuple(
            number_of(row)
            for one, row in before.items()
            if one in now and item_hash(now[one]) != row["hash"]
        ),
        gone=tuple(number_of(row) for one, row in before.items() if one not in now),
        new=tuple(line.no or 0 for one, line in now.items() if one not in before),
    )


def number_of(row: Json) -> int:
    """The number of a printed line."""
    no = row["no"]
    return no if isinstance(no, int) else 0


def lines_on(printed: Sequence[Json], page: int) -> list[int]:
    """The numbers that stand on a page of a version."""
    return [number_of(row) for row in printed if row["page"] == page]
