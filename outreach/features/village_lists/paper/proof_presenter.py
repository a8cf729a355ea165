"""What a paper turned out to be, in words, and the two forms that ask."""

from __future__ import annotations

from collections.abc import Mapping

from flask import url_for

from outreach.domain.paper_proof import CHANGED, SAME
from outreach.features.village_lists.overview import words
from outreach.features.village_lists.overview.presenter import reference
from outreach.features.village_lists.paper.proof import MINUTES, Finding, Paper
from outreach.features.village_lists.records.queries import FullList
from outreach.web import display
from outreach.web.i18n import t


def scan_page(
    typed: Mapping[str, str], errors: Mapping[str, str], found: Finding | None
) -> dict[str, object]:
    """Everything village_lists/proof.html needs for a code."""
    return {
        "list": None,
        "asked": [],
        "typed": {} if found else typed,
        "errors": errors,
        "found": finding_words(found) if found else None,
    }


def blocks_page(
    row: FullList,
    asked: list[int],
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    found: Finding | None,
) -> dict[str, object]:
    """The same for two blocks of a paper of this list."""
    return {
        "list": {
            "href": url_for("village_list.show", list_id=row.id),
            "act": url_for("list_proof.typed", list_id=row.id),
            "title": list_words(row),
        },
        "asked": asked,
        "typed": {} if found else typed,
        "errors": errors,
        "found": finding_words(found) if found else None,
    }


def list_words(row: FullList) -> str:
    """ "Daftar APBD kabupaten 2027, Kubu Perahu"."""
    return f"{words.purpose(row)}, {reference().place_name(row.region_code)}"


def finding_words(found: Finding) -> dict[str, object]:
    """What was found: the word, what the paper is, and which version stands now."""
    of, newest = found.of, found.newest
    says = []
    if found.list is not None:
        says.append(list_words(found.list))
    if of is not None:
        says.append(paper_words(of))
    if of is not None and newest is not None and newest.n != of.n:
        says.append(t("village_lists.proof.newest", paper=paper_words(newest)))
    elif of is not None and of.state == CHANGED:
        says.append(t("village_lists.proof.changed"))
    return {
        "word": t(f"village_lists.proof.{found.word}"),
        "explain": t(f"village_lists.proof.{found.word}.explain"),
        "same": found.word == SAME,
        "says": says,
        "href": version_address(found),
    }


def paper_words(paper: Paper) -> str:
    """ "Versi 2, 22 November 2026: berlaku"."""
    day = display.day(paper.day)
    if paper.kind != MINUTES:
        return t("village_lists.proof.sheet", n=paper.n, day=day)
    state = t(f"village_lists.minutes.state.{paper.state}")
    return t("village_lists.proof.version", n=paper.n, day=day, state=state)


def version_address(found: Finding) -> str:
    """The page of the version that stands now; empty for none."""
    newest = found.newest
    if found.list is None or newest is None or newest.kind != MINUTES:
        return ""
    return url_for("list_minutes.show", list_id=found.list.id, n=newest.n)
