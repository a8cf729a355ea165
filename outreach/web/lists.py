"""A list of the office as its template draws it (templates/_kit/lists.html): what each presenter
makes of its rows. The kit knows no list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from flask import url_for

from outreach.web import display
from outreach.web.i18n import t
from outreach.web.inputs import whole_number

Row = TypeVar("Row")
UrlArgs = dict[str, Any]
"""Arguments of ``url_for``, which types some of its names itself."""


@dataclass(frozen=True, slots=True)
class Sort:
    """Where a click on a head leads, and which way the list runs by it now."""

    href: str
    aria: str


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a column; ``unseen`` ones are read aloud only."""

    text: str
    cls: str = ""
    sort: Sort | None = None
    unseen: bool = False


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, and the address that takes it away."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Switch(Chip):
    """A filter that a click puts on or takes off; of ``one_of`` exactly one is on. ``count`` is
    the number of rows behind it, in words."""

    on: bool
    count: str = ""
    one_of: bool = False


@dataclass(frozen=True, slots=True)
class Paging:
    """Addresses of the pages beside this one, empty where there is none, and what it shows."""

    previous: str = ""
    next: str = ""
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A way out of an empty list."""

    text: str
    href: str
    cls: str = ""


@dataclass(frozen=True, slots=True)
class Empty:
    """The words and links of a list without a row."""

    lead: str = ""
    words: str = ""
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    """One list; one without ``empty`` says nothing where it has no row.

    ``panel`` names the side panel that htmx fills, where rows open one; a list with ``keys`` is
    walked with the arrow keys. ``hint`` stands where no page follows though rows do. ``testid``
    names the table, ``row_testid`` each row.
    """

    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    empty: Empty | None = None
    paging: Paging = field(default_factory=Paging)
    hint: str = ""
    cls: str = ""
    panel: str = ""
    panel_cls: str = ""
    lying: bool = False
    keys: bool = False
    testid: str = ""
    row_testid: str = ""


class NumberedPage(Protocol):
    """A page of a list by its number; ``first`` and ``last`` are the places of its rows."""

    @property
    def number(self) -> int: ...
    @property
    def first(self) -> int: ...
    @property
    def last(self) -> int: ...
    @property
    def total(self) -> int: ...
    @property
    def has_next(self) -> bool: ...


def numbered(endpoint: str, filters: Mapping[str, str], page: NumberedPage) -> Paging:
    """Paging by number; ``filters`` are the filters of the address."""
    args: UrlArgs = {name: value for name, value in filters.items() if value}

    def address(number: int) -> str:
        return url_for(endpoint, **args, page=number)

    return Paging(
        previous=address(page.number - 1) if page.number > 1 else "",
        next=address(page.number + 1) if page.has_next else "",
        shown=shown_words(page.first, page.last, page.total),
    )


def page_number(args: Mapping[str, str], digits: int = 6) -> int:
    """The page asked for, of at most so many digits; the first for anything else."""
    return whole_number(args.get("page", ""), digits) or 1


def shown_words(first: int, last: int, total: int) -> str:
    """Which rows of how many stand on the page."""
    numbers = {"first": first, "last": last, "total": total}
    return t("kit.shown", **{name: display.number(n) for name, n in numbers.items()})
