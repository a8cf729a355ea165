"""What is decided of lines: each decision is checked, kept as a row of its own, and resolved.

Which verdict stands is a pure function of all rows (``domain/village_decisions``), worked out anew
for the lines that a decision names. A decision moves no status: only a signature does. A death is
noted at once, and a name that is said to be another's makes a pair to look at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import cast

from outreach.core.record import duplicates, imported_names
from outreach.core.record.changes import Change, Errors
from outreach.core.record.judgement import Judgement
from outreach.core.record.verdicts import Verdict
from outreach.domain.ids import is_uuid7, uuid7
from outreach.domain.moments import moment
from outreach.domain.paper_entry import DEATH, paper_fault, sheet_told
from outreach.domain.signed_answers import spoken
from outreach.domain.village_decisions import (
    ASKED_AGAIN,
    BY_LINK,
    HOW,
    TOGETHER,
    UNDECIDED,
    UNDONE,
    Decision,
    Resolution,
    decision_fault,
    resolution_of,
    resolve,
    twin_of,
)
from outreach.features.village_lists.checking import death_reports, tasks
from outreach.features.village_lists.checking.disputing import SignedLines
from outreach.features.village_lists.checking.saying import (
    DESK_ROLES,
    Speakers,
    Voice,
    faults,
    form_faults,
    new_value,
    refused,
)
from outreach.features.village_lists.records import queries
from outreach.features.village_lists.records.membership import VISIT
from outreach.features.village_lists.records.queries import DecisionRow, ShortLine
from outreach.storage.bulk import insert_rows
from outreach.storage.statements import Values, update_rows

TABLE = "list_decision"
MEMBERS = frozenset({"list", "lines", "verdict", "reason", "detail", "how", "over"})
PAPER = "paper"
TWIN = "same_as"
MOST = 500
# What may be said of many in one go: nothing that needs a reason or a date.
OF_MANY = frozenset({"layak", "masih_ada", "ada", UNDONE})
# The numbers of a list's lines by their ids.
Numbers = Mapping[str, int | None]


def check(change: Change) -> Errors:
    """What is wrong with the form of a decision, by member; what it says is asked later."""
    errors = form_faults(change, MEMBERS | {PAPER})
    if errors:
        return errors
    paper = new_value(change, PAPER)
    if paper is not None and (sheet_told(paper) is None or new_value(change, "how") != PAPER):
        errors |= faults(paper="paper_form")
    if not is_uuid7(new_value(change, "list")):
        errors |= faults(list="check_list_unknown")
    if not is_ids(new_value(change, "lines")):
        errors |= faults(lines="check_lines")
    if not is_ids(new_value(change, "over"), empty=True):
        errors |= faults(over="check_over")
    if new_value(change, "how") not in (None, *HOW):
        errors |= faults(how="check_how")
    return errors


def is_ids(value: object, *, empty: bool = False) -> bool:
    """True for a list of different ids, not too long."""
    if value is None or value == []:
        return empty
    if not isinstance(value, list) or len(value) > MOST or not all(map(is_uuid7, value)):
        return False
    return len(set(value)) == len(value)


def as_decision(change: Change) -> Decision:
    """The decision in a save."""
    said = {name: new_value(change, name) for name in MEMBERS}
    return cast(
        Decision,
        {
            "id": str(change.id),
            "lines": said["lines"],
            "verdict": said["verdict"],
            "reason": said["reason"] or None,
            "detail": said["detail"] or {},
            "how": said["how"] or HOW[0],
            "over": said["over"] or [],
        },
    )


def twin_in(detail: object, own: str, numbers: Numbers) -> str | None:
    """Whom what is said of a line names as the same person, by the line where it is one of these;
    "" where it says nothing of that, and None where it names nobody else."""
    text = detail.get(TWIN) if isinstance(detail, Mapping) else None
    return twin_of(text, own, numbers) if isinstance(text, str) else ""


def with_twin(said: Decision, numbers: Numbers) -> Decision:
    """The decision, with the line whose number was typed."""
    detail = said.get("detail") or {}
    twin = twin_in(detail, said["lines"][0], numbers)
    return {**said, "detail": {**detail, TWIN: twin}} if twin else said


class DecisionJudge:
    """Decides the decisions of one judgement."""

    def __init__(
        self,
        judgement: Judgement,
        changes: list[Change],
        speakers: Speakers | None = None,
        lists: Collection[str] = (),
    ) -> None:
        self.judgement = judgement
        lists = {*lists, *(str(new_value(change, "list")) for change in changes)}
        self.speakers = speakers or Speakers(judgement, changes, lists)
        session, regency = judgement.session, judgement.regency
        self.lines: dict[str, ShortLine] = {
            line.id: line for line in queries.short_lines(session, regency, lists)
        }
        self.on_list: dict[str, dict[str, int | None]] = {}
        for line in self.lines.values():
            self.on_list.setdefault(line.list_id, {})[line.id] = line.no
        self.known: dict[str, Decision] = {}
        self.numbers: dict[str, int] = {}
        self.authors: dict[str, str | None] = {}
        self.by_line: dict[str, set[str]] = {}
        ids = {str(change.id) for change in changes}
        for row in queries.decisions(session, regency, lists, ids):
            self._know(decision_of(row), row.ver, row.author)
        self.new: list[Values] = []
        self.touched: dict[str, ShortLine] = {}
        self.signed = SignedLines(judgement, self._named(changes))
        self.heard: set[str] = set()

    def _named(self, changes: Collection[Change]) -> list[ShortLine]:
        """The lines of which these saves say something."""
        said = [cast(list[str], new_value(change, "lines") or []) for change in changes]
        named = {line for lines in said for line in lines}
        return [self.lines[one] for one in sorted(named & self.lines.keys())]

    def _know(self, decision: Decision, ver: int, author: str | None) -> None:
        self.known[decision["id"]] = decision
        self.authors[decision["id"]] = author
        self.numbers[decision["id"]] = ver
        for line in decision["lines"]:
            self.by_line.setdefault(line, set()).add(decision["id"])

    def decide(self, change: Change) -> Verdict:
        """Kept and counted, refused in one sentence, or held where the list is closed."""
        list_id = str(new_value(change, "list"))
        said = with_twin(as_decision(change), self.on_list.get(list_id, {}))
        voice = self.speakers.voice(change)
        if voice is None or (only_enters_paper(voice) and said["how"] != "paper"):
            return refused(change, "_", "check_role")
        if (said["how"] == BY_LINK) != (voice.author is None):
            return refused(change, "how", "check_how")
        known = self.known.get(said["id"])
        if known is not None:
            return self._again(change, known, said, voice)
        stopped = (
            self.speakers.stopped(change, list_id)
            or self._fault(change, list_id, said)
            or self._fault_of_paper(change, said, voice)
        )
        return stopped or self._keep(change, list_id, said, voice)

    def _again(self, change: Change, known: Decision, said: Decision, voice: Voice) -> Verdict:
        """The same row once more is the same; another under its id, or somebody else's, is not
        taken: nobody's word counts under another's name."""
        if known != said or self.authors[said["id"]] != voice.author:
            return refused(change, "_", "check_stands")
        ver = self.numbers[said["id"]]
        return Verdict(change.mid, change.key, "applied", change.scope, ver)

    def _fault(self, change: Change, list_id: str, said: Decision) -> Verdict | None:
        """What is wrong with what it says, in one sentence."""
        named = [self.lines.get(line) for line in said["lines"]]
        lines = [line for line in named if line is not None and line.list_id == list_id]
        if len(lines) < len(named):
            return refused(change, "lines", "check_line_unknown")
        parts = {line.part == VISIT for line in lines}
        if len(parts) > 1:
            return refused(change, "lines", "check_parts")
        purpose = self.speakers.lists[list_id].purpose
        name = decision_fault(purpose, lines[0].part, cast(Mapping[str, object], said))
        if name is not None:
            return refused(change, *sentence_of(name, lines[0].part))
        if twin_in(said.get("detail"), said["lines"][0], self.on_list[list_id]) is None:
            return refused(change, TWIN, "check_twin")
        return self._fault_of_many(change, said)

    def _fault_of_many(self, change: Change, said: Decision) -> Verdict | None:
        many = len(said["lines"]) > 1
        if said["verdict"] == UNDONE and not said["over"]:
            return refused(change, "over", "check_over")
        if said["verdict"] not in OF_MANY and (many or said["how"] == TOGETHER):
            return refused(change, "lines", "check_of_many")
        if many and said["how"] == HOW[0] and said["verdict"] != UNDONE:
            return refused(change, "how", "check_how")
        return None

    def _fault_of_paper(self, change: Change, said: Decision, voice: Voice) -> Verdict | None:
        """Why a phone's answer from paper does not count; a desk's sheets are asked where they are
        entered (``paper_counting``)."""
        if said["how"] != PAPER or not self.speakers.is_from_phone(change):
            return None
        dead = None
        if DEATH in (said["verdict"], said["reason"]):
            session, regency = self.judgement.session, self.judgement.regency
            dead = queries.shown_name(session, regency, said["lines"][0])
        signs = (voice.role, voice.via) == ("head", "own")
        code = paper_fault(new_value(change, PAPER), dead, signs=signs)
        return refused(change, PAPER, code) if code else None

    def _keep(self, change: Change, list_id: str, said: Decision, voice: Voice) -> Verdict:
        by = voice.columns(moment(change.at), self.judgement.context.now)
        told = {PAPER: sheet_told(new_value(change, PAPER))}
        ver = self._add(str(change.scope), list_id, said, {**by, **told})
        self.heard.add(list_id)
        self._bring_back(said)
        for line in said["lines"]:
            self.signed.hear(line, self.known_of(line))
        return Verdict(change.mid, change.key, "applied", change.scope, ver)

    def _bring_back(self, said: Decision) -> None:
        """Have names that their list took back stand again: the village has spoken of them."""
        lines = [self.lines[line] for line in said["lines"]]
        back = {line.worker_id for line in lines if line.part == VISIT and line.gone == "left"}
        if back and said["verdict"] != UNDONE:
            imported_names.bring_back(self.judgement, back)

    def _add(self, village: str, list_id: str, said: Decision, by: Values) -> int:
        ver = self.judgement.number(village)
        self.new.append(
            {
                "id": said["id"],
                "regency": self.judgement.regency,
                "region_code": village,
                "ver": ver,
                "list_id": list_id,
                **{name: said.get(name) for name in queries.SAID},
                **by,
            }
        )
        self._know(said, ver, cast(str | None, by["author"]))
        self.touched |= {line: self.lines[line] for line in said["lines"]}
        return ver

    def ask_again(
        self, line_id: str, heads: Iterable[str], voice: Voice, version: str | None
    ) -> None:
        """Note that a line is asked again, since it is not as this version has it, or none has it:
        undecided until somebody decides who has seen this row."""
        now, line = self.judgement.context.now, self.lines[line_id]
        said: Decision = {
            "id": uuid7(now),
            "lines": [line_id],
            "verdict": UNDONE,
            "reason": None,
            "detail": {"version": version} if version else {},
            "how": ASKED_AGAIN,
            "over": sorted(heads),
        }
        self._add(line.region_code, line.list_id, said, {**voice.columns(None, now), PAPER: None})

    def write(self) -> None:
        """Write the rows, and what they amount to."""
        session, regency = self.judgement.session, self.judgement.regency
        insert_rows(session, queries.DECISIONS, self.new)
        if not self.new:
            return
        self.signed.write()
        resolved = self.resolved()
        results = [result(regency, line, resolved) for line in self.touched]
        update_rows(session, queries.LINES, ("regency", "id"), results)
        now = self.judgement.context.now
        heard = [{"regency": regency, "id": one, "heard_at": now} for one in sorted(self.heard)]
        update_rows(session, queries.LISTS, ("regency", "id"), heard)
        heads = {line: self._heads(line, resolved[line]) for line in self.touched}
        said = (self.known, self.authors)
        death_reports.follow(self.judgement, self.touched, heads, *said)
        duplicates.pair_by_word(self.judgement, self.pairs())
        known = {line: self.known_of(line) for line in self.touched}
        tasks.follow_decisions(self.judgement, self.touched, known)

    def _heads(self, line: str, state: Resolution) -> set[str]:
        """What stands of a line, and what stood before somebody proposed otherwise by a link."""
        return {*state.heads, *resolution_of(spoken(self.known_of(line))).heads}

    def known_of(self, line: str) -> dict[str, Decision]:
        """Every decision on a line, by id."""
        return {one: self.known[one] for one in self.by_line.get(line, ())}

    def resolve_all(self) -> dict[str, Resolution]:
        """What all decisions make of every line."""
        return resolve(self.known.values())

    def resolved(self) -> dict[str, Resolution]:
        """What all decisions make of the lines that were named now."""
        return self.resolve_lines(self.touched)

    def resolve_lines(self, lines: Iterable[str]) -> dict[str, Resolution]:
        """What all decisions make of these lines, and perhaps of others that they name."""
        ids = {one for line in lines for one in self.by_line[line]}
        return resolve(self.known[one] for one in ids)

    def pairs(self) -> list[tuple[str, str]]:
        """People of whom somebody says that they are one: (the one, the other)."""
        found = []
        for row in self.new:
            said = self.known[str(row["id"])]
            other = self.lines.get(str((said.get("detail") or {}).get(TWIN)))
            if said.get("reason") == "ganda" and other is not None:
                one = self.lines[said["lines"][0]]
                found.append((one.worker_id, other.worker_id))
        return [pair for pair in found if pair[0] != pair[1]]


def only_enters_paper(voice: Voice) -> bool:
    """True for a desk, which decides nothing: it enters what the village wrote on paper."""
    return voice.via == "desk" and voice.role in DESK_ROLES


def decision_of(row: DecisionRow) -> Decision:
    """The decision of a table row."""
    return {
        "id": row.id,
        "lines": row.lines,
        "verdict": row.verdict,
        "reason": row.reason,
        "detail": row.detail,
        "how": row.how,
        "over": row.over,
    }


def result(regency: str, line: str, resolved: Mapping[str, Resolution]) -> Values:
    """What a line's decisions amount to, as the line has it."""
    found = resolved.get(line, UNDECIDED)
    return {
        "regency": regency,
        "id": line,
        "verdict": found.verdict,
        "reason": found.reason,
        "clash": found.clash,
        "together": found.together,
    }


def sentence_of(member: str, part: str) -> tuple[str, str]:
    """The field that is wrong, and the code of the sentence that says so."""
    if member == "verdict":
        return "verdict", "check_visit" if part == VISIT else "check_verdict"
    if member == "reason":
        return "reason", "check_reason"
    return "detail", f"check_{member}" if member in TOLD_BY_NAME else "check_detail"


TOLD_BY_NAME = frozenset({"date", "source", "to", "same_as", "field"})
