"""Pages of versions: each one's changes, whether they are read, and by whom."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from flask import url_for

from outreach.features.whats_new.queries import Reader
from outreach.features.whats_new.releases import Release
from outreach.web import display
from outreach.web.i18n import t
from outreach.web.lists import Column, Empty, Listing, Paging, shown_words


@dataclass(frozen=True, slots=True)
class ReleaseCard:
    """One version on the page; ``counted`` is how many have read, for who may know it."""

    version: str
    title: str
    groups: list[tuple[str, list[str]]]
    read: bool
    counted: str
    readers_href: str


def card(
    release: Release, read: Collection[str], counts: tuple[int, dict[str, int]] | None
) -> ReleaseCard:
    """The card of one version."""
    groups = [
        (t("whats_new.on_phone"), [t(f"whats_new.point.{name}") for name in release.phone]),
        (t("whats_new.desk.title"), [t(f"whats_new.desk.point.{name}") for name in release.desk]),
    ]
    return ReleaseCard(
        version=release.version,
        title=title(release),
        groups=[group for group in groups if group[1]],
        read=release.version in read,
        counted=counted(release.version, counts) if counts else "",
        readers_href=url_for("whats_new.readers", version=release.version) if counts else "",
    )


def title(release: Release) -> str:
    """ "Versi 0.1.0, 1 Desember 2026"."""
    return t("whats_new.version", version=release.version, day=display.day(release.date))


def counted(version: str, counts: tuple[int, dict[str, int]]) -> str:
    """How many of the people have read."""
    people, read = counts
    numbers = {"read": read.get(version, 0), "people": people}
    return t("whats_new.desk.counted", **{name: display.number(n) for name, n in numbers.items()})


@dataclass(frozen=True, slots=True)
class ReaderLine:
    """One person in the list."""

    name: str
    role: str
    read_at: str


def readers_list(
    release: Release, rows: list[Reader], people: int, page: int, size: int
) -> Listing[ReaderLine]:
    """People with what they have read of one version."""
    first = (page - 1) * size
    return Listing(
        title=t("whats_new.desk.readers", version=release.version),
        columns=[
            Column(t("accounts.name")),
            Column(t("accounts.role")),
            Column(t("whats_new.desk.read_at")),
        ],
        rows=[
            ReaderLine(
                name=row.name,
                role=t(f"kit.role.{row.role}"),
                read_at=display.short_moment(row.read_at) if row.read_at else "",
            )
            for row in rows
        ],
        empty=Empty(t("whats_new.desk.nobody")),
        paging=Paging(
            previous=address(release, page - 1) if page > 1 else "",
            next=address(release, page + 1) if first + size < people else "",
            shown=shown_words(first + 1 if rows else 0, first + len(rows), people),
        ),
        testid="readers",
        row_testid="reader",
    )


def address(release: Release, page: int) -> str:
    """Another page of the list."""
    return url_for("whats_new.readers", version=release.version, page=page)
