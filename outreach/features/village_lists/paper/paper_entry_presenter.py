"""A sheet that is entered, for its page: the line to answer, what was entered, what differs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from outreach.core.record.rights import NotAllowed
from outreach.domain.actor import Actor
from outreach.domain.paper_entry import (
    ENDS,
    FIRST,
    KEYS,
    SECOND,
    SETTLED,
    Answer,
    deaths,
    final,
)
from outreach.domain.village_decisions import FIELDS_ON_LIST
from outreach.features.village_lists.overview import words
from outreach.features.village_lists.paper.paper_counting import SIGNERS
from outreach.features.village_lists.paper.paper_entering import Sheet
from outreach.features.village_lists.paper.paper_presenter import head_of, sheet_line, text
from outreach.features.village_lists.paper.paper_typed import asked_of, number_of
from outreach.features.village_lists.records.paper_sheets import (
    PaperLine,
    changes_since,
    lines_on,
    to_print,
)
from outreach.web import display
from outreach.web.i18n import t

Shown = dict[str, object]


def sheet_page(
    sheet: Sheet,
    actor: Actor,
    no: str,
    key: str,
    day: date,
    wrong: NotAllowed | None,
    typed: Mapping[str, str],
) -> Shown:
    """The page of a sheet."""
    return {
        **head_of(sheet.list),
        "entry": sheet.entry.id,
        "name": sheet_name(sheet),
        "purpose": sheet.list.purpose,
        "state": sheet.entry.state,
        "turn": sheet.turn,
        "ended": sheet.entry.state in ENDS,
        "same": sheet.entry.second_same,
        "may_type": sheet.turn == FIRST or actor.user_id == sheet.entry.second_by,
        "warnings": warnings(sheet),
        "wrong": wrong_words(sheet, wrong, number_of(no)),
        **line_part(sheet, no, key, day, wrong, typed),
        "entered": entered(sheet),
        "due": numbers_due(sheet),
        "differing": differing(sheet),
        "open": len(sheet.open_lines) if sheet.entry.state == "differs" else 0,
        "may_waive": actor.role in SIGNERS,
        "dead": to_confirm(sheet),
    }


def sheet_name(sheet: Sheet) -> str:
    """ "Versi 3, halaman 2", or the name of a sheet without a code."""
    return words.sheet(
        sheet.version.n if sheet.version else 0, sheet.entry.page or 0, sheet.entry.label or ""
    )


def warnings(sheet: Sheet) -> list[str]:
    """What has to be known before the first number is typed."""
    if sheet.entry.state in ENDS:
        return []
    if sheet.version is None:
        return [t("village_lists.paper.warn.no_code")]
    changes = changes_since(sheet.version.lines, sheet.lines.values())
    told = [
        ("changed", changes.changed),
        ("gone", changes.gone),
        ("new", changes.new),
    ]
    parts = [
        t(f"village_lists.paper.warn.{name}", numbers=", ".join(map(str, numbers)))
        for name, numbers in told
        if numbers
    ]
    return [t("village_lists.paper.warn.older", n=sheet.version.n), *parts] if parts else []


def wrong_words(sheet: Sheet, wrong: NotAllowed | None, no: int) -> str:
    """One sentence about what cannot be taken."""
    if wrong is None:
        return ""
    if wrong.code == "paper_no_unknown":
        return unknown_words(sheet, no)
    line = sheet.lines.get(no)
    if wrong.code == "paper_no_gone" and line is not None:
        return gone_words(sheet, line)
    before = sheet.turns[sheet.turn or FIRST].get(line.id) if line else None
    if wrong.code == "paper_twice" and before is not None:
        return t("village_lists.paper.say.twice", no=no, before=words_of(sheet, before))
    return t(f"error.{wrong.code}")


def unknown_words(sheet: Sheet, no: int) -> str:
    """The sentence about a number that the list does not have."""
    last = max(sheet.lines, default=0)
    if not no:
        return t("village_lists.paper.say.no_number")
    return t("village_lists.paper.say.unknown", no=no, last=last)


def gone_words(sheet: Sheet, line: PaperLine) -> str:
    """The sentence about a line whose person is off the list."""
    into = next((one.no for one in sheet.lines.values() if one.id and is_into(one, line)), None)
    why = t(f"village_lists.paper.gone.{line.gone}")
    if into:
        why = t("village_lists.paper.gone.into", no=into)
    return t("village_lists.paper.say.gone", no=line.no, why=why)


def is_into(one: PaperLine, line: PaperLine) -> bool:
    """True for the line of the person into whom another was merged."""
    return line.into is not None and getattr(one, "worker_id", None) == line.into


def line_part(
    sheet: Sheet,
    no: str,
    key: str,
    day: date,
    wrong: NotAllowed | None,
    typed: Mapping[str, str],
) -> Shown:
    """The line that is asked, with the answers it can get."""
    number = number_of(no)
    shown: Shown = {"no": no or next_number(sheet), "line": None, "answers": [], "fields": []}
    if not no or sheet.turn is None:
        return shown
    line = sheet.lines.get(number)
    if line is None or line.gone:
        if wrong is None:
            words = unknown_words(sheet, number) if line is None else gone_words(sheet, line)
            shown["wrong"] = words
        return shown
    return {
        **shown,
        "line": sheet_line(line, sheet.list.region_code, day),
        "elsewhere": elsewhere(sheet, number),
        "answers": answer_keys(sheet.list.purpose),
        "key": key,
        "answer_word": key_word(sheet.list.purpose, key) if key else "",
        "fields": fields_of(sheet, key, wrong, typed),
        "twice": wrong is not None and wrong.code == "paper_twice",
    }


def elsewhere(sheet: Sheet, no: int) -> str:
    """A number that does not stand on this sheet is probably mistyped."""
    if sheet.version is None or not sheet.entry.page:
        return ""
    if no in lines_on(sheet.version.lines, sheet.entry.page):
        return ""
    return t("village_lists.paper.say.elsewhere", no=no)


def next_number(sheet: Sheet) -> str:
    """The first number of the sheet without an answer; empty where nobody knows."""
    numbers = numbers_due(sheet)
    return str(numbers[0]) if numbers else ""


def numbers_due(sheet: Sheet) -> list[int]:
    """The numbers of the sheet that this entry has not answered."""
    if sheet.turn is None or sheet.version is None or not sheet.entry.page:
        return []
    done = {answer.no for answer in sheet.turns[sheet.turn].values()}
    there = {line.no for line in to_print(sheet.lines.values())}
    printed = lines_on(sheet.version.lines, sheet.entry.page)
    return [no for no in printed if no in there and no not in done]


def answer_keys(purpose: str) -> list[Shown]:
    """The answers: each with its key, and whether more has to be told."""
    return [
        {"key": key, "word": key_word(purpose, key), "asks": bool(asked_of(purpose, key))}
        for key in KEYS[purpose]
    ]


def key_word(purpose: str, key: str) -> str:
    """What a key says."""
    verdict, reason = KEYS[purpose].get(key, ("", None))
    return t(f"field.lists.reason.{reason}") if reason else t(f"field.lists.verdict.{verdict}")


def fields_of(
    sheet: Sheet, key: str, wrong: NotAllowed | None, typed: Mapping[str, str]
) -> list[Shown]:
    """What has to be told with an answer."""
    errors = wrong.errors if wrong else {}
    names = asked_of(sheet.list.purpose, key) if key else ()
    first = next((name for name in names if name in errors), names[0] if names else "")
    return [
        {
            "name": name,
            "focus": name == first,
            "label": t(f"field.lists.ask.{name}"),
            "value": typed.get(name, "")[:200],
            "error": t(f"error.{errors[name][0]['code']}") if name in errors else "",
            "options": [(one, display.field_label(one)) for one in FIELDS_ON_LIST]
            if name == "field"
            else [],
            "hint": t(f"field.lists.hint.{name}") if name in ("date", "source") else "",
        }
        for name in names
    ]


def entered(sheet: Sheet) -> list[Shown]:
    """What this entry has so far, the newest first; never the other entry's."""
    if sheet.entry.state in ENDS:
        answers = final(sheet.turns[FIRST], sheet.turns[SETTLED])
        return [entered_row(sheet, answer) for answer in answers]
    if sheet.turn is None:
        return []
    return [entered_row(sheet, one) for one in reversed([*sheet.turns[sheet.turn].values()])]


def entered_row(sheet: Sheet, answer: Answer) -> Shown:
    """One answer in words."""
    line = sheet.lines[answer.no]
    return {
        "no": answer.no,
        "name": text(line.snapshot.get("name")),
        "words": words_of(sheet, answer),
    }


def words_of(sheet: Sheet, answer: Answer | None) -> str:
    """An answer in words, with what was told."""
    if answer is None or answer.verdict is None:
        return t("village_lists.paper.not_ticked")
    word = t(f"field.lists.verdict.{answer.verdict}")
    if answer.reason:
        word = t("field.lists.refused", why=t(f"field.lists.reason.{answer.reason}"))
    told = [told_word(sheet, name, str(value)) for name, value in sorted(answer.detail.items())]
    return f"{word} ({', '.join(told)})" if told else word


def told_word(sheet: Sheet, name: str, value: str) -> str:
    """One part of what was told, as people read it."""
    if name == "date":
        return display.short_day(value)
    if name == "field":
        return display.field_label(value)
    same = next((line.no for line in sheet.lines.values() if line.id == value), None)
    return t("village_lists.paper.line_no", no=same) if same else value


def differing(sheet: Sheet) -> list[Shown]:
    """The lines that the two entries read otherwise, once both are there."""
    if sheet.entry.state != "differs":
        return []
    settled = sheet.turns[SETTLED]
    numbers = {line.id: line for line in sheet.lines.values()}
    return [
        {
            "line": one,
            "no": numbers[one].no,
            "name": text(numbers[one].snapshot.get("name")),
            "readings": [
                (turn, words_of(sheet, sheet.turns[turn].get(one))) for turn in (FIRST, SECOND)
            ],
            "taken": words_of(sheet, settled[one]) if one in settled else "",
        }
        for one in sheet.differing
    ]


def to_confirm(sheet: Sheet) -> list[Answer]:
    """Deaths on a sheet that waits for its second entry; the signer types each full name."""
    if sheet.entry.state != "first_done":
        return []
    return deaths(final(sheet.turns[FIRST], {}))
