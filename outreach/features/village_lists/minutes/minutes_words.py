"""Sentences of signed versions: why one waits, is held, or counts; in which office somebody signed.

A kelurahan has its own words.
"""

from __future__ import annotations

from collections.abc import Mapping

from outreach.domain.list_signers import HEAD, OWN_RIGHT
from outreach.domain.signed_answers import DISPUTED, UNHEARD
from outreach.features.village_lists.checking import acting
from outreach.features.village_lists.checking.entitling import Holding, day_of
from outreach.features.village_lists.minutes.minutes_file import MinutesFile
from outreach.features.village_lists.overview import words
from outreach.features.village_lists.records.minutes_queries import (
    BROKEN,
    COUNTS,
    DECLINED,
    HELD,
    PAPER,
)
from outreach.web import display
from outreach.web.i18n import t

# Why a line did nothing; with any other word the status followed it.
DID = frozenset(
    {
        acting.CHANGED,
        DISPUTED,
        UNHEARD,
        acting.GONE,
        acting.OTHER_LIST,
        acting.OVERTAKEN,
        acting.WAITS_SECOND,
        acting.NOTHING,
        acting.REFUSED,
    }
)
# Members of a signed line that the record calls otherwise.
RECORD_NAMES = {
    "name": "full_name",
    "birth_year": "birth_date",
    "hamlet": "pemangku",
    "occupation": "occupation_code",
    "nik_no": "nik",
}


def member(name: str, kind: str) -> str:
    """The label of a member of a signed line."""
    return words.field_label(RECORD_NAMES.get(name, name), kind)


def state_sentences(file: MinutesFile) -> list[str]:
    """Where the version stands, why, and who decided so, a sentence each."""
    row = file.row
    found = [first_sentence(file)]
    if row.why and row.state != BROKEN:
        found.append(why_sentence(file))
    if row.decided_by and row.state != DECLINED:
        found.append(said_by(file, "accepted", row.decided_by))
    if row.seen_by:
        at = display.moment(row.seen_at)
        by = file.names.get(row.seen_by, "")
        found.append(t("village_lists.minutes.seen_by", by=by, at=at))
    if row.confirmed_by:
        at = display.moment(row.confirmed_at)
        by = file.names.get(row.confirmed_by, "")
        found.append(t("village_lists.minutes.confirmed_by", by=by, at=at))
    return found


def first_sentence(file: MinutesFile) -> str:
    """What the state means for the list."""
    row = file.row
    if row.state == COUNTS:
        return t("village_lists.minutes.is.counts", at=display.moment(row.counted_at))
    if row.state == DECLINED:
        return said_by(file, "declined", row.decided_by or "")
    if row.state == BROKEN:
        why = t(f"village_lists.minutes.broken.{row.why}")
        return t("village_lists.minutes.is.broken", why=why)
    if row.state in (HELD, PAPER):
        return t(f"village_lists.minutes.is.{row.state}")
    return t("village_lists.minutes.is.waits")


def said_by(file: MinutesFile, what: str, user_id: str) -> str:
    """Who decided so, when, and with which words."""
    row = file.row
    return t(
        f"village_lists.minutes.{what}_by",
        by=file.names.get(user_id, ""),
        at=display.moment(row.decided_at),
        words=row.words or "",
    )


def why_sentence(file: MinutesFile) -> str:
    """Why the signature is, or was, held; with both dates where a term had ended."""
    row, signer = file.row, head_signer(file)
    holding = file.holdings.get(str(signer.get("term")))
    parts = {
        "name": str(signer.get("name") or ""),
        "day": display.day(row.day),
        "came": display.day(day_of(row.received_at)),
        "term": term_words(holding),
        "signed": capacity_words(signer.get("capacity")),
        "kept": capacity_words(holding.term.capacity if holding else None),
    }
    if row.why == "no_term":
        return words.of_kind("village_lists.minutes.why.no_term", file.kind, **parts)
    return t(f"village_lists.minutes.why.{row.why}", **parts)


def head_signer(file: MinutesFile) -> Mapping[str, object]:
    """Who signed for the office; nothing where nobody did."""
    return next((one for one in file.row.signers if one.get("role") == HEAD), {})


def term_words(holding: Holding | None) -> str:
    """From when until when somebody holds the office."""
    if holding is None:
        return t("kit.none")
    starts, ends = display.day(holding.term.starts), display.day(holding.term.ends)
    if not ends:
        return t("village_lists.minutes.term.since", starts=starts)
    return t("village_lists.minutes.term.until", starts=starts, ends=ends)


def capacity_words(code: object) -> str:
    """How an office is held: "Pj.", "a.n." …"""
    return t(f"village_lists.minutes.capacity.{code}") if code else t("kit.none")


def office_of(file: MinutesFile, signer: Mapping[str, object]) -> str:
    """In which office somebody signed, how it is held, under which letter and term."""
    role = str(signer.get("role"))
    if role != HEAD:
        return words.of_kind(f"village_lists.minutes.role.{role}", file.kind)
    parts = [office_on_paper(file, signer)]
    holding = file.holdings.get(str(signer.get("term")))
    if holding is not None:
        parts += [holding.office.name, term_words(holding)]
    return ", ".join(parts)


def office_on_paper(file: MinutesFile, signer: Mapping[str, object]) -> str:
    """The office as it stands above a signature, from the minutes alone: "Pj. Peratin, surat 1"."""
    role, capacity = str(signer.get("role")), signer.get("capacity")
    if role != HEAD:
        return words.of_kind(f"village_lists.minutes.role.{role}", file.kind)
    title = str(signer.get("title") or t(f"label.head.{file.kind or 'pekon'}"))
    if capacity not in (None, OWN_RIGHT):
        title = f"{capacity_words(capacity)} {title}"
    if not signer.get("delegation"):
        return title
    return f"{title}, {t('village_lists.minutes.delegation', no=str(signer['delegation']))}"
