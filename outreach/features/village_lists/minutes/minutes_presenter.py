"""A signed version as its pages show it: where it stands and why, who signed, each line as it was
signed beside the list of today."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for

from outreach.domain.actor import Actor
from outreach.domain.list_document import blocks
from outreach.domain.list_signers import HEAD, THUMB
from outreach.features.village_lists.display import display_presenter
from outreach.features.village_lists.minutes import minutes_words
from outreach.features.village_lists.minutes.minutes_file import FileLine, MinutesFile
from outreach.features.village_lists.overview import words
from outreach.features.village_lists.overview.presenter import reference
from outreach.features.village_lists.records.minutes_queries import (
    ATTENDANCE,
    BROKEN,
    COUNTS,
    DECLINED,
    HELD,
    ON_THE_WAY,
    PAPER,
    STAMPED,
    TO_DECIDE,
    MinutesRow,
)
from outreach.web import display
from outreach.web.i18n import current_lang, t
from outreach.web.lists import Column, Listing, UrlArgs

LINE_COLUMNS = (
    "no",
    "name",
    "said",
    "since",
    "did",
    "born",
    "hamlet",
    "occupation",
    "nik",
    "proof",
)
ENDED = (COUNTS, BROKEN, DECLINED)


@dataclass(frozen=True, slots=True)
class VersionLink:
    """A version in one line, and its page."""

    href: str
    title: str
    state: str
    counts: bool


@dataclass(frozen=True, slots=True)
class SignerLine:
    """Who signed, in words; ``drawn`` is a signature on glass as the address of a picture."""

    name: str
    office: str
    how: str
    drawn: str


@dataclass(frozen=True, slots=True)
class SignedLineRow:
    """One line as it was signed, in words. ``since`` says how the list differs by now."""

    no: str
    name: str
    said: str
    since: list[str]
    did: str
    born: str
    hamlet: str
    occupation: str
    nik: str
    proof: str
    self_mark: str


@dataclass(frozen=True, slots=True)
class PhotoLink:
    """The photo of a paper."""

    href: str
    text: str


def version_links(rows: Sequence[MinutesRow]) -> list[VersionLink]:
    """The versions of a list, the newest first."""
    return [version_link(row) for row in rows]


def version_link(row: MinutesRow) -> VersionLink:
    """One version in a line: number, letter, day."""
    parts = (t("village_lists.minutes.version", n=row.n), row.letter_no, display.day(row.day))
    return VersionLink(
        href=address("show", row),
        title=" · ".join(part for part in parts if part),
        state=t(f"village_lists.minutes.state.{row.state}"),
        counts=row.state == COUNTS,
    )


def address(page: str, row: MinutesRow, **more: object) -> str:
    """The address of one of the version's pages."""
    args: UrlArgs = {"list_id": row.list_id, "n": row.n, **more}
    return url_for(f"list_minutes.{page}", **args)


def minutes_page(
    actor: Actor,
    file: MinutesFile,
    strokes: Mapping[str, str],
    *,
    takes_part: bool,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> dict[str, object]:
    """Everything village_lists/minutes.html needs; ``strokes`` are drawings by their field."""
    row = file.row
    return {
        "head": head_of(file),
        "state": state_of(file),
        "facts": facts(file),
        "blocks": blocks(row.hash),
        "counts": count_rows(row.counts.get("verdicts"), "verdict"),
        "reasons": count_rows(row.counts.get("reasons"), "reason"),
        "count_words": count_words(row.counts),
        "signers": [signer_line(file, n, strokes) for n in range(len(row.signers))],
        "list": line_listing(file) if file.lines else None,
        "since": since_sentence(file),
        "selves": selves(file),
        "photos": photos(file),
        "may": acts(actor, file, takes_part=takes_part),
        "takes_part": takes_part and actor.role == "supervisor" and row.state not in ENDED,
        "versions": version_links(others(file)),
        "compares": [compare_link(file, one) for one in others(file)] if file.lines else [],
        "typed": typed or {},
        "errors": errors or {},
    }


def others(file: MinutesFile) -> list[MinutesRow]:
    """The list's other versions, the newest first."""
    return [one for one in file.versions if one.id != file.row.id]


def compare_link(file: MinutesFile, other: MinutesRow) -> tuple[str, str]:
    """The address where the version stands beside another one, and its words."""
    href = address("beside", file.row, second=other.n)
    return href, t("village_lists.minutes.compare.with", n=other.n)


def acts(actor: Actor, file: MinutesFile, *, takes_part: bool) -> dict[str, bool]:
    """What the reader may do with the version now."""
    state = file.row.state
    decides = actor.role == "supervisor" and not takes_part
    return {
        "look": decides and state == PAPER and bool(file.photos[STAMPED]),
        "needs_photo": state == PAPER and not file.photos[STAMPED],
        "accept": decides and state == HELD,
        "decline": decides and state in ON_THE_WAY,
        "confirm": actor.role == HEAD and state in TO_DECIDE and may_confirm(actor, file),
        "attach": state not in (BROKEN, DECLINED),
        "print": bool(file.lines),
    }


def may_confirm(actor: Actor, file: MinutesFile) -> bool:
    """True for somebody other than who signed in for the signature, in an office of the village."""
    held = any(one.user.id == actor.user_id for one in file.holdings.values())
    return held and actor.user_id != file.row.author


def head_of(file: MinutesFile) -> dict[str, object]:
    """What names the version."""
    row, place = file.row, reference().place_name(file.row.region_code)
    return {
        "id": row.list_id,
        "n": row.n,
        "place": place,
        "purpose": words.purpose(file.of),
        "list": words.of_kind("village_lists.one", file.kind, place=place),
        "title": t("village_lists.minutes.version", n=row.n),
        "hamlet": words.hamlet_label(file.kind),
    }


def state_of(file: MinutesFile) -> dict[str, object]:
    """Where the version stands, and why, in sentences."""
    row = file.row
    return {
        "code": row.state,
        "word": t(f"village_lists.minutes.state.{row.state}"),
        "says": minutes_words.state_sentences(file),
        "counts": row.state == COUNTS,
    }


def facts(file: MinutesFile) -> list[tuple[str, str]]:
    """What is known of the version: what the minutes say, who recorded them, when they came."""
    row = file.row
    by, via = file.names.get(row.author, ""), t(f"village_lists.via.{row.via}")
    came = {
        "signed_in": t("village_lists.minutes.by_via", by=by, via=via),
        "came": display.moment(row.received_at),
    }
    return [*meeting_facts(file), *labelled(came)]


def meeting_facts(file: MinutesFile) -> list[tuple[str, str]]:
    """What the minutes say of the meeting."""
    row = file.row
    told = {
        "letter": row.letter_no or "",
        "kind": words.forum(row.kind) if row.kind else t("village_lists.minutes.no_forum"),
        "day": display.day(row.day),
        "place": row.place or "",
        "present": display.number(row.present) if row.present else "",
        "objections": display_presenter.early_words(file.period, row.day),
    }
    return labelled(told)


def labelled(told: Mapping[str, str]) -> list[tuple[str, str]]:
    """Facts as (label, words), without those that say nothing."""
    return [(t(f"village_lists.minutes.fact.{name}"), said) for name, said in told.items() if said]


def count_rows(found: object, group: str) -> list[tuple[str, int, int, int]]:
    """(verdict or reason in words, men, women, all)."""
    if not isinstance(found, dict):
        return []
    rows = []
    for code, sexes in found.items():
        numbers = {sex: n for sex, n in sexes.items() if isinstance(n, int)}
        every = sum(numbers.values())
        if every:
            word = t(f"field.lists.{group}.{code}")
            rows.append((word, numbers.get("L", 0), numbers.get("P", 0), every))
    return rows


def count_words(found: Mapping[str, object]) -> str:
    """How many lines were signed, and how many of them together, in one sentence."""
    parts = [
        t(f"village_lists.minutes.count.{name}", n=display.number(n))
        for name in ("lines", "gone", "together")
        if isinstance(n := found.get(name), int) and (n or name == "lines")
    ]
    return " · ".join(parts)


def signer_line(file: MinutesFile, place: int, strokes: Mapping[str, str]) -> SignerLine:
    """One signer in words."""
    signer = file.row.signers[place]
    return SignerLine(
        name=str(signer.get("name") or ""),
        office=minutes_words.office_of(file, signer),
        how=method_words(signer),
        drawn=data_address(strokes.get(f"glass{place}", "")),
    )


def method_words(signer: Mapping[str, object]) -> str:
    """How somebody signed."""
    method = signer.get("method")
    parts = {"witness": str(signer.get("witness"))} if method == THUMB else {}
    return t(f"village_lists.minutes.method.{method}", **parts)


def data_address(drawing: str) -> str:
    """A drawing as an address that needs no further request."""
    return f"data:image/svg+xml;base64,{b64encode(drawing.encode()).decode()}" if drawing else ""


def photos(file: MinutesFile) -> dict[str, list[PhotoLink]]:
    """The photos of papers that have come, by kind."""
    return {
        kind: [
            PhotoLink(
                address("photo", file.row, field=field),
                t(f"village_lists.minutes.photo.{kind}", n=n),
            )
            for n, field in enumerate(file.photos[kind], start=1)
        ]
        for kind in (STAMPED, ATTENDANCE)
    }


def line_listing(file: MinutesFile) -> Listing[SignedLineRow]:
    """Each line as it was signed."""
    return Listing(
        title=t("village_lists.minutes.lines"),
        columns=[
            Column(
                t(f"village_lists.minutes.col.{name}"),
                "num" if name == "no" else "no-print" if name == "proof" else "",
            )
            for name in LINE_COLUMNS
        ],
        rows=[line_row(file, one) for one in file.lines],
        cls="lines",
        testid="signed-lines",
        row_testid="signed-line",
    )


def line_row(file: MinutesFile, one: FileLine) -> SignedLineRow:
    """One line in words; of an erased person nothing but the number is left."""
    item, no = one.item, one.signed.no
    code = str(item.get("occupation") or "")
    return SignedLineRow(
        no=str(no),
        name=str(item.get("name") or t("village_lists.erased")),
        said=said_words(item),
        since=since_words(file, one),
        did=did_words(one.signed.acted) if item else "",
        born=words.born(item.get("sex"), item.get("birth_year")),
        hamlet=words.hamlet(item.get("hamlet"), item.get("rt"), file.kind),
        occupation=reference().occupation_name(code, current_lang()),
        nik=str(item.get("nik") or ""),
        proof=address("proof", file.row, no=no) if item else "",
        self_mark=words.self_flag(file.marks.get(no)),
    )


def said_words(item: Mapping[str, object]) -> str:
    """What was signed of the line; of somebody who had left, why."""
    if item.get("gone"):
        return words.gone(str(item["gone"]), None)
    verdict, reason = item.get("verdict"), item.get("reason")
    return words.verdict(str(verdict), str(reason) if reason else None) if verdict else ""


def member_words(item: Mapping[str, object], name: str) -> str:
    """One member of a signed line in words."""
    value = item.get(name)
    if name == "occupation":
        return reference().occupation_name(str(value or ""), current_lang()) or t("kit.none")
    return str(value if value is not None else t("kit.none"))


def since_words(file: MinutesFile, one: FileLine) -> list[str]:
    """How the list differs from what was signed: what changed, and who said otherwise."""
    found = []
    if one.differs:
        names = ", ".join(minutes_words.member(name, file.kind) for name in one.differs)
        found.append(t("village_lists.minutes.since.changed", fields=names))
    if one.is_other and one.now.clash:
        found.append(t("village_lists.minutes.since.clash"))
    elif one.is_other:
        now = words.verdict(one.now.verdict, one.now.reason) or t("village_lists.undecided")
        found.append(t("village_lists.minutes.since.now", said=now))
    gone = one.line.gone if one.line else None
    if gone and gone != one.item.get("gone"):
        found.append(words.gone(gone, None))
    return found


def did_words(acted: str | None) -> str:
    """What the line did when the version began to count."""
    if acted is None:
        return ""
    code = acted if acted in minutes_words.DID else "followed"
    return t(f"village_lists.minutes.did.{code}")


def since_sentence(file: MinutesFile) -> str:
    """How many lines differ by now; empty for none."""
    n = sum(bool(since_words(file, one)) for one in file.lines)
    return t("village_lists.minutes.since.sentence", n=display.number(n)) if n else ""


def selves(file: MinutesFile) -> dict[str, object]:
    """Who decided on himself or his household, or signed: a sentence, and the lines."""
    n = len(file.marks)
    lines = [(one.item, file.marks.get(one.signed.no)) for one in file.lines]
    return {
        "says": t("village_lists.self.sentence", n=display.number(n)) if n else "",
        "lines": [
            (f"{item['no']} {item['name']}", words.self_mark(mark)) for item, mark in lines if mark
        ],
    }


def look_page(file: MinutesFile, errors: Mapping[str, str], words_typed: str) -> dict[str, object]:
    """Everything village_lists/minutes_look.html needs: the photo beside what must stand on it."""
    row = file.row
    return {
        "head": head_of(file),
        "blocks": blocks(row.hash),
        "facts": meeting_facts(file),
        "counts": count_rows(row.counts.get("verdicts"), "verdict"),
        "signers": [signer_line(file, n, {}) for n in range(len(row.signers))],
        "photos": photos(file)[STAMPED],
        "selves": selves(file),
        "errors": errors,
        "typed": {"words": words_typed},
    }
