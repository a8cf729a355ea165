"""Two signed versions of a list beside each other: which lines were signed otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from outreach.domain.list_document import OF_LINE
from outreach.features.village_lists.minutes import minutes_presenter, minutes_words
from outreach.features.village_lists.minutes.minutes_file import FileLine, MinutesFile
from outreach.features.village_lists.overview import words
from outreach.web import display
from outreach.web.i18n import t
from outreach.web.lists import Column, Empty, Listing

COMPARED = tuple(name for name in OF_LINE if name not in ("no", "worker", "salt"))


@dataclass(frozen=True, slots=True)
class VersionDifference:
    """One line on two versions, in words."""

    no: str
    name: str
    one: str
    other: str


def differences(one: MinutesFile, other: MinutesFile) -> Iterator[VersionDifference]:
    """The lines that were signed otherwise, or on one of the two alone, by number."""
    here, there = by_number(one), by_number(other)
    for no in sorted(here.keys() | there.keys()):
        first, second = here.get(no), there.get(no)
        if first is None or second is None:
            line, absent = first or second, t("village_lists.compare.absent")
            assert line is not None, "a number is of one of the two"
            said = minutes_presenter.said_words(line.item)
            pair = (said, absent) if second is None else (absent, said)
            yield VersionDifference(str(no), name_of(line), *pair)
        elif first.item and second.item and first.item != second.item:
            yield told(one.kind, first, second)


def by_number(file: MinutesFile) -> Mapping[int, FileLine]:
    """The lines of a version by their numbers, which never change."""
    return {line.signed.no: line for line in file.lines}


def name_of(line: FileLine) -> str:
    """The name as it was signed."""
    return str(line.item.get("name") or t("village_lists.erased"))


def told(kind: str, first: FileLine, second: FileLine) -> VersionDifference:
    """How one line differs: what was decided, and each member that changed."""
    pair = [[minutes_presenter.said_words(line.item)] for line in (first, second)]
    for name in COMPARED:
        if first.item.get(name) != second.item.get(name):
            label = minutes_words.member(name, kind)
            for said, line in zip(pair, (first, second), strict=True):
                said.append(f"{label}: {minutes_presenter.member_words(line.item, name)}")
    one, other = ("; ".join(filter(None, said)) for said in pair)
    return VersionDifference(str(first.signed.no), name_of(first), one, other)


def compare_page(one: MinutesFile, other: MinutesFile) -> dict[str, object]:
    """Everything village_lists/minutes_compare.html needs."""
    found = list(differences(one, other))
    titles = [t("village_lists.minutes.version", n=file.row.n) for file in (one, other)]
    heads = [t("village_lists.minutes.col.no"), t("village_lists.minutes.col.name"), *titles]
    return {
        "head": minutes_presenter.head_of(one),
        "purpose": words.purpose(one.of),
        "sentence": t("village_lists.minutes.compare.sentence", n=display.number(len(found))),
        "list": Listing(
            title=t("village_lists.minutes.compare"),
            columns=[Column(text, "num" if place == 0 else "") for place, text in enumerate(heads)],
            rows=found,
            empty=Empty(t("village_lists.minutes.compare.same")),
            testid="differences",
            row_testid="difference",
        ),
    }
