"""One list as its page shows it: how far it is, its lines with what is decided, who said so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for

from outreach.core.record.changes import Errors
from outreach.domain.actor import Actor
from outreach.domain.village_decisions import (
    ASKED,
    FIELDS_ON_LIST,
    REASONS,
    REFUSED,
    UNDONE,
    VERDICTS,
    Decision,
    Resolution,
    counts,
)
from outreach.features.village_lists.checking import desk
from outreach.features.village_lists.checking.deciding import decision_of
from outreach.features.village_lists.checking.list_file import (
    Difference,
    ListFile,
    told_day,
)
from outreach.features.village_lists.checking.saying import RECORD
from outreach.features.village_lists.minutes.minutes_presenter import version_links
from outreach.features.village_lists.one_list import changed_words
from outreach.features.village_lists.overview import words
from outreach.features.village_lists.overview.open_presenter import sentences
from outreach.features.village_lists.overview.presenter import reference
from outreach.features.village_lists.records.membership import VISIT
from outreach.features.village_lists.records.queries import FullList
from outreach.features.village_lists.records.queries_list import ShownLine, ToldDecision, ToldName
from outreach.web import display
from outreach.web.access import today
from outreach.web.i18n import current_lang, t
from outreach.web.lists import Column, Empty, Listing, Switch, UrlArgs

DESK = "office"  # the name that a desk has as a device
DETAILS = ("date", "source", "to", "same_as", "field", "employer")
ONLY = ("todo", "clash", "refused", "self", "changed", "gone")
FACTS = ("place", "state", "forum", "due", "objection", "opened", "heard")
MAIN_VERDICT = {"fund": "layak", "monthly": "masih_ada", VISIT: "ada"}


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line in words. ``main`` is the answer of one press, empty where none may be given."""

    id: str
    href: str
    no: str
    name: str
    born: str
    hamlet: str
    occupation: str
    nik: str
    flags: list[str]
    gone: str
    said: str
    detail: str
    is_clash: bool
    is_together: bool
    supplement: bool
    main: str
    main_word: str
    over: str
    changed: str
    joined: list[str]
    earlier: str
    self_mark: str


@dataclass(frozen=True, slots=True)
class SaidLine:
    """One decision of a line's history, or one side of a clash."""

    said: str
    detail: str
    by: str
    office: str
    via: str
    device: str
    at: str
    came: str
    how: str
    stands: bool
    self_mark: str


@dataclass(frozen=True, slots=True)
class NameRow:
    """A missing person in words."""

    name: str
    hamlet: str
    note: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Group:
    """The open names of one hamlet and RT that may be decided in one go."""

    hamlet: str
    rt: str
    text: str
    n: int


def list_page(actor: Actor, file: ListFile, only: str) -> dict[str, object]:
    """Everything village_lists/list.html needs."""
    decides = may_decide(actor, file)
    return {
        "head": head_of(file),
        "facts": facts(file),
        "progress": progress(file),
        "list": Listing(
            title=t("village_lists.lines"),
            columns=line_columns(decides=decides),
            rows=[line_row(file, one, decides=decides) for one in shown_lines(file, only)],
            empty=Empty(t("village_lists.lines.filtered" if only else "village_lists.lines.none")),
            cls="lines",
            testid="lines",
            row_testid="line",
        ),
        "switches": switches(file, only),
        "visits": Listing(
            title=t("village_lists.visits"),
            columns=visit_columns(decides=decides),
            rows=[line_row(file, one, decides=decides) for one in file.visits],
            cls="lines",
            testid="visits",
            row_testid="visit",
        ),
        "names": [name_row(file, one) for one in file.names],
        "versions": version_links(file.versions),
        "decides": decides,
        "groups": groups(file) if decides else [],
        "may_meet": decides and file.row.state == "open" and file.row.purpose == "fund",
        "may_print": file.row.state != "closed",
        "may_close": actor.role == "supervisor" and file.row.state != "closed",
        "reminder": reminder(file) if actor.role == "supervisor" else "",
        "others": [(one.id, words.purpose(one)) for one in file.others],
        "filter_words": [t(f"village_lists.line.{only}")] if only else [],
        "only": only,
    }


def may_decide(actor: Actor, file: ListFile) -> bool:
    """True for the head at the desk, as long as the list is open."""
    return actor.role == "head" and file.row.state != "closed"


def head_of(file: ListFile) -> dict[str, str]:
    """What names the list."""
    place = reference().place_name(file.row.region_code)
    return {
        "id": file.row.id,
        "place": place,
        "village": file.row.region_code,
        "purpose": words.purpose(file.row),
        "title": words.of_kind("village_lists.one", file.kind, place=place),
        "kind": file.kind,
        "hamlet": words.hamlet_label(file.kind),
    }


def facts(file: ListFile) -> list[tuple[str, str]]:
    """The list's facts as (label, words); those that say nothing are left out."""
    row = file.row
    told = {
        "place": reference().place_name(row.region_code[:8]),
        "state": words.state(row.state),
        "forum": words.forum(row.forum),
        "due": due_words(row),
        "objection": t("village_lists.days", n=row.objection_days) if row.objection_days else "",
        "opened": t(
            "village_lists.by_at", by=file.opened_by, at=display.short_moment(row.opened_at)
        ),
        "heard": display.moment(row.heard_at) if row.heard_at else t("village_lists.heard.never"),
    }
    return [(t(f"village_lists.fact.{name}"), told[name]) for name in FACTS if told[name]]


def due_words(row: FullList) -> str:
    """Until when the list is due, and whether that has passed."""
    is_over = row.state != "closed" and row.due is not None and row.due < today()
    day = display.day(row.due)
    return t("village_lists.due.over", day=day) if is_over else day


def progress(file: ListFile) -> dict[str, object]:
    """How far the list is, in one sentence and a bar."""
    found = counts([desk.as_line(line) for line in file.lines], file.resolved)
    there = found["lines"] - found["gone"]
    decided = there - found["undecided"] - found["clashes"]
    numbers = {"n": display.number(decided), "all": display.number(there)}
    more = [
        t(f"village_lists.count.{name}", n=display.number(n))
        for name, n in (
            ("clashes", found["clashes"]),
            ("together", found["together"]),
            ("gone", found["gone"]),
        )
        if n
    ]
    return {
        "text": t("village_lists.progress.decided", **numbers),
        "more": " · ".join(more),
        "decided": decided,
        "all": there,
        "verdicts": verdict_counts(found["verdicts"]),
    }


def verdict_counts(found: Mapping[str, Mapping[str, int]]) -> list[tuple[str, int, int, int]]:
    """(verdict in words, men, women, all) for each verdict."""
    return [
        (
            words.verdict(code, None),
            sexes.get("L", 0),
            sexes.get("P", 0),
            sum(sexes.values()),
        )
        for code, sexes in found.items()
    ]


def shown_lines(file: ListFile, only: str) -> Sequence[ShownLine]:
    """The numbered lines that the filter shows."""
    tests = {
        "todo": lambda line: line.gone is None and not file.of(line).verdict,
        "clash": lambda line: line.gone is None and file.of(line).clash,
        "refused": lambda line: line.gone is None and file.of(line).verdict == REFUSED,
        "self": lambda line: file.mark_of(line) is not None,
        "changed": lambda line: line.id in file.changed or line.id in file.joined,
        "gone": lambda line: line.gone is not None,
    }
    test = tests.get(only)
    return [line for line in file.numbered if test is None or test(line)]


def switches(file: ListFile, only: str) -> list[Switch]:
    """A filter for each kind of line."""
    return [
        Switch(
            text=t(f"village_lists.line.{name or 'all'}"),
            href=url_for("village_list.show", list_id=file.row.id, **only_args(name)),
            on=only == name,
            count=display.number(len(shown_lines(file, name))),
            one_of=True,
        )
        for name in ("", *ONLY)
    ]


def only_args(only: str) -> UrlArgs:
    """The filter as an argument of an address."""
    return {"only": only} if only else {}


def line_columns(*, decides: bool) -> list[Column]:
    """The heads of the numbered lines."""
    acts = ["act"] if decides else []
    names = ["no", "name", "said", *acts, "born", "hamlet", "occupation", "nik"]
    return [head_of_column(name) for name in names]


def visit_columns(*, decides: bool) -> list[Column]:
    """The heads of the names to visit."""
    acts = ["act"] if decides else []
    return [head_of_column(name) for name in ("name", "said", *acts, "hamlet", "occupation")]


def head_of_column(name: str) -> Column:
    """The head of one column."""
    cls = "num" if name == "no" else ""
    return Column(t(f"village_lists.line.col.{name}"), cls, unseen=name == "act")


def line_row(file: ListFile, line: ShownLine, *, decides: bool) -> LineRow:
    """One line in words; the NIK is masked where it was written."""
    shown, state = line.snapshot, file.of(line)
    code = str(shown.get("occupation") or "")
    main = MAIN_VERDICT[VISIT if line.part == VISIT else file.row.purpose]
    free = decides and line.gone is None and state.verdict != main
    return LineRow(
        id=line.id,
        href=url_for("village_list.line", list_id=file.row.id, line_id=line.id),
        no=str(line.no or ""),
        name=name_of(line),
        born=born(shown),
        hamlet=words.hamlet(shown.get("hamlet"), shown.get("rt"), file.kind),
        occupation=reference().occupation_name(code, current_lang()),
        nik=str(shown.get("nik") or ""),
        flags=flag_words(shown),
        gone=gone_words(file, line),
        said=said_words(state),
        detail=detail_words(file, state.verdict, state.reason, state.detail),
        is_clash=state.clash,
        is_together=state.together,
        supplement=line.part == "supplement",
        main=main if free else "",
        main_word=t(f"field.lists.do.{main}"),
        over=",".join(state.heads),
        changed=changed_text(file, line),
        joined=[changed_words.joined_words(one) for one in file.joined.get(line.id, ())],
        earlier=earlier_words(file, state),
        self_mark=words.self_flag(file.mark_of(line)),
    )


def changed_text(file: ListFile, line: ShownLine) -> str:
    """What of a line is not as it was signed; empty for one that is."""
    change = file.changed.get(line.id)
    return changed_words.sentence(change, file.shown[line.id], file.kind) if change else ""


def earlier_words(file: ListFile, state: Resolution) -> str:
    """What was decided of a line before it changed, and is asked again."""
    if state.verdict or state.clash:
        return ""
    heads = [one for one in file.decisions if one.id in state.heads]
    asked = [one for one in heads if one.via == RECORD]
    named = {over for one in asked for over in one.over} | set(state.heads if asked else ())
    said = [one for one in file.decisions if one.id in named and one.verdict != UNDONE]
    found = {words.verdict(one.verdict, one.reason) for one in said}
    return t("village_lists.earlier", said=" / ".join(sorted(found))) if found else ""


def name_of(line: ShownLine) -> str:
    """The name that the line shows; of an erased person there is none."""
    return str(line.snapshot.get("name") or t("village_lists.erased"))


def born(shown: Mapping[str, object]) -> str:
    """ "P · 1980": sex and year of birth, which tells two of one name apart."""
    return words.born(shown.get("sex"), shown.get("birth_year"))


def flag_words(shown: Mapping[str, object]) -> list[str]:
    """What to look at twice."""
    flags = shown.get("flags")
    return [t(f"field.lists.flag.{flag}") for flag in flags] if isinstance(flags, list) else []


def gone_words(file: ListFile, line: ShownLine) -> str:
    """Why the person is off the list; empty for who is on it."""
    if line.gone is None:
        return ""
    into = next((name_of(one) for one in file.lines if one.worker_id == line.into), None)
    return words.gone(line.gone, into)


def said_words(state: Resolution) -> str:
    """What is decided of a line."""
    if state.clash:
        return t("village_lists.clash")
    return words.verdict(state.verdict, state.reason)


def detail_words(
    file: ListFile, verdict: str | None, reason: str | None, detail: Mapping[str, object] | None
) -> str:
    """What was told with it."""
    names = {line.id: numbered_name(line) for line in file.lines}
    return words.detail(reason or verdict or "", detail or {}, names, file.kind)


def numbered_name(line: ShownLine) -> str:
    """ "12 SITI AMINAH"."""
    return f"{line.no} {name_of(line)}" if line.no else name_of(line)


def name_row(file: ListFile, row: ToldName) -> NameRow:
    """A missing person in words."""
    return NameRow(
        name=row.name or t("village_lists.erased"),
        hamlet=words.hamlet(row.hamlet, None, file.kind),
        note=row.note or "",
        by=row.by or t("village_lists.by_link"),
        at=display.short_moment(row.received_at),
    )


def groups(file: ListFile) -> list[Group]:
    """Each hamlet and RT with open names that nothing speaks against."""
    found: dict[tuple[str, str], int] = {}
    for line in file.remaining:
        shown = line.snapshot
        place = (str(shown.get("hamlet") or ""), str(shown.get("rt") or ""))
        found.setdefault(place, 0)
    return [
        Group(hamlet, rt, words.hamlet(hamlet, rt, file.kind) or t("village_lists.no_rt"), n)
        for hamlet, rt in found
        if (n := len(desk.open_together(file, hamlet, rt)))
    ]


def reminder(file: ListFile) -> str:
    """A message for the head, to copy; empty where nothing is left to do."""
    state = progress(file)
    left = file.row.state != "closed" and (state["decided"] != state["all"] or not file.decisions)
    if not left:
        return ""
    due = display.day(file.row.due)
    parts = {
        "place": reference().place_name(file.row.region_code),
        "purpose": words.purpose(file.row),
        "progress": state["text"],
        "due": t("village_lists.reminder.due", day=due) if due else "",
        "head": t(f"label.head.{file.kind}") if file.kind else "",
    }
    return t("village_lists.reminder", **parts).replace("  ", " ").strip()


# --- one line ------------------------------------------------------------------------------------


def line_page(
    actor: Actor,
    file: ListFile,
    line: ShownLine,
    typed: Mapping[str, str],
    errors: Errors | None = None,
) -> dict[str, object]:
    """Everything village_lists/line.html needs."""
    part = VISIT if line.part == VISIT else file.row.purpose
    state = file.of(line)
    verdicts = [code for code in VERDICTS[part] if code != REFUSED]
    return {
        "head": head_of(file),
        "line": line_row(file, line, decides=False),
        "decides": may_decide(actor, file) and line.gone is None,
        "verdicts": [(code, t(f"field.lists.do.{code}")) for code in verdicts if is_plain(code)],
        "reasons": [(code, t(f"field.lists.reason.{code}")) for code in reasons_of(part)],
        "refusal": REFUSED in VERDICTS[part],
        "fields": [(name, words.field_label(name, file.kind)) for name in FIELDS_ON_LIST],
        "typed": typed,
        "errors": sentences(by_field(errors or {})),
        "over": ",".join(state.heads),
        "can_undo": bool(state.heads) and (state.clash or state.verdict is not None),
        "sides": [said_line(file, line, one) for one in sides(file, line)] if state.clash else [],
        "history": [said_line(file, line, one, state.heads) for one in file.history(line.id)],
        "worker": url_for("review_worker.worker", worker_id=line.worker_id)
        if actor.role in ("supervisor", "mpp") and line.gone != "erased"
        else "",
    }


def by_field(errors: Errors) -> Errors:
    """The errors by the fields of the form: a wrong detail has a field of its own."""
    found = dict(errors)
    for error in found.pop("detail", []):
        name = error["code"].removeprefix("check_")
        found.setdefault(name if name in DETAILS else "detail", []).append(error)
    return found


def is_plain(code: str) -> bool:
    """True for an answer that needs no more words."""
    return code not in ASKED


def reasons_of(part: str) -> Sequence[str]:
    """What may be said against a name on such a list."""
    return REASONS if part == "fund" else [code for code in VERDICTS[part] if not is_plain(code)]


def sides(file: ListFile, line: ShownLine) -> list[ToldDecision]:
    """The decisions that contradict each other."""
    heads = file.of(line).heads
    return [one for one in file.decisions if one.id in heads and one.verdict != UNDONE]


def said_line(
    file: ListFile, line: ShownLine, row: ToldDecision, heads: Sequence[str] = ()
) -> SaidLine:
    """One decision with who made it, in which office, from where and when."""
    said: Decision = decision_of(row)
    term = file.term(row.author, told_day(row))
    office = f"{term.title}, {term.office}" if term else role_words(row)
    return SaidLine(
        said=words.verdict(row.verdict, row.reason),
        detail=detail_words(file, row.verdict, row.reason, said.get("detail")),
        by=row.by or t("village_lists.by_link"),
        office=office,
        via=t(f"village_lists.via.{row.via}"),
        device="" if row.device in (None, DESK) else row.device,
        at=display.moment(row.at) if row.at else "",
        came=display.moment(row.received_at),
        how=words.how_made(row.how, row.paper),
        stands=row.id in heads,
        self_mark=words.self_mark(file.mark_of_decision(line, row)),
    )


def role_words(row: ToldDecision) -> str:
    """What its author is; nothing for who came by a link."""
    return t(f"kit.role.{row.role}") if row.role else ""


# --- two lists -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One person on two lists, in words."""

    name: str
    one: str
    other: str


def compare_page(one: ListFile, other: ListFile, found: Sequence[Difference]) -> dict[str, object]:
    """Everything village_lists/compare.html needs."""
    titles = [words.purpose(one.row), words.purpose(other.row)]
    return {
        "head": head_of(one),
        "list": Listing(
            title=t("village_lists.compare"),
            columns=[
                Column(t("village_lists.line.col.name")),
                *(Column(title) for title in titles),
            ],
            rows=[difference_row(one, other, row) for row in found],
            empty=Empty(t("village_lists.compare.same")),
            testid="differences",
            row_testid="difference",
        ),
        "sentence": t("village_lists.compare.sentence", n=display.number(len(found))),
    }


def difference_row(one: ListFile, other: ListFile, row: Difference) -> DifferenceRow:
    """One difference in words: what stands on each."""
    line = row.one or row.other
    assert line is not None, "a difference has a line"
    return DifferenceRow(
        name=name_of(line),
        one=side_words(one, row.one, row),
        other=side_words(other, row.other, row),
    )


def side_words(file: ListFile, line: ShownLine | None, row: Difference) -> str:
    """What stands on one of the two lists."""
    if line is None:
        return t("village_lists.compare.absent")
    if not row.members:
        return t("village_lists.compare.there", no=line.no)
    told = [member_words(file, line, name) for name in row.members]
    return f"{line.no}: " + "; ".join(told)


def member_words(file: ListFile, line: ShownLine, name: str) -> str:
    """One member of a line in words."""
    if name == "verdict":
        return said_words(file.of(line)) or t("village_lists.undecided")
    if name == "occupation":
        code = str(line.snapshot.get(name) or "")
        return reference().occupation_name(code, current_lang()) or t("kit.none")
    return str(line.snapshot.get(name) or t("kit.none"))
