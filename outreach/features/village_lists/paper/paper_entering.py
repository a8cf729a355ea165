"""What is ticked on a sheet comes in by line number, twice, and then counts as the village's word.

Every answer is kept at once. Nothing of a sheet decides until both entries say the same, a person
decided what differs, or the signer does without the second.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from dataclasses import replace as with_values
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from outreach.core.record.rights import NotAllowed
from outreach.domain.actor import Actor
from outreach.domain.ids import uuid7
from outreach.domain.paper_entry import (
    FIRST,
    SECOND,
    SETTLED,
    TURNS,
    Answers,
    by_line,
    differences,
    left_to_settle,
    may_enter_again,
    next_states,
    says_the_same,
)
from outreach.domain.refusals import NotThere
from outreach.domain.rules import fault
from outreach.domain.village_decisions import decision_fault
from outreach.features.village_lists.checking.deciding import TWIN, sentence_of, twin_in
from outreach.features.village_lists.checking.list_audit import note
from outreach.features.village_lists.paper.paper_printing import list_for
from outreach.features.village_lists.records import paper_queries
from outreach.features.village_lists.records.paper_queries import (
    ANSWERS,
    ENTRIES,
    EntryRow,
    PrintRow,
)
from outreach.features.village_lists.records.paper_sheets import PaperLine, read_code
from outreach.features.village_lists.records.queries import FullList
from outreach.storage.locks import begin_write
from outreach.storage.statements import update_rows
from outreach.web.inputs import whole_number

LABEL_MAX = 60


@dataclass(frozen=True, slots=True)
class Which:
    """Which sheet somebody holds: the scanned code, or version and page, or a name of its own."""

    code: str = ""
    version: str = ""
    page: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody reads beside a line."""

    verdict: str
    reason: str | None
    detail: Mapping[str, object]


class Sheet:
    """One sheet with its list, version, lines and answers."""

    def __init__(self, session: Session, actor: Actor, entry: EntryRow) -> None:
        self.entry, regency = entry, actor.regency
        self.list: FullList = list_for(session, actor, entry.list_id)
        prints = paper_queries.prints_of(session, regency, entry.list_id)
        self.version: PrintRow | None = next((p for p in prints if p.id == entry.print_id), None)
        self.lines: dict[int, PaperLine] = {
            line.no or 0: line
            for line in paper_queries.paper_lines(session, regency, entry.list_id)
        }
        rows = paper_queries.answers_of(session, regency, entry.id)
        self.turns: dict[int, Answers] = {
            turn: by_line(row for row in rows if row.turn == turn and row.replaced_at is None)
            for turn in (FIRST, SECOND, SETTLED)
        }
        self.writers = {row.author for row in rows if row.turn == FIRST} | {entry.first_by}

    @property
    def turn(self) -> int | None:
        """The entry that is being made; None where none is."""
        return TURNS.get(self.entry.state)

    @property
    def open_lines(self) -> list[str]:
        """The differences that nobody decided yet."""
        return left_to_settle(*(self.turns[turn] for turn in (FIRST, SECOND, SETTLED)))

    @property
    def differing(self) -> list[str]:
        """Every line that the entries read otherwise."""
        return differences(self.turns[FIRST], self.turns[SECOND])


@contextmanager
def writing(session: Session) -> Iterator[None]:
    """A transaction that writes: all of what is done in it, or nothing."""
    begin_write(session)
    try:
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise


def open_sheet(
    session: Session, actor: Actor, list_id: str, entry_id: str, *, lock: bool = False
) -> Sheet:
    """The sheet; raises NotThere for one that the actor may not see."""
    entry = paper_queries.entry_by_id(session, actor.regency, entry_id, lock=lock)
    if entry is None or entry.list_id != list_id:
        raise NotThere(entry_id)
    return Sheet(session, actor, entry)


def start(session: Session, actor: Actor, list_id: str, which: Which, now: datetime) -> str:
    """The id of the entry of a sheet, begun now or before. Raises NotAllowed with the code of the
    sentence that says what is wrong."""
    try:
        return find_or_begin(session, actor, list_id, which, now)
    except IntegrityError:  # somebody began the same page first
        return find_or_begin(session, actor, list_id, which, now)


def find_or_begin(session: Session, actor: Actor, list_id: str, which: Which, now: datetime) -> str:
    """The same within one transaction."""
    with writing(session):
        row = list_for(session, actor, list_id)
        if row.state == "closed":
            raise NotAllowed("paper_closed")
        version, page, label = find_sheet(session, row, which)
        known = None
        if version is not None and page is not None:
            known = paper_queries.entry_of_page(session, row.regency, version.id, page)
        return known.id if known else begin(session, actor, row, (version, page, label), now)


def find_sheet(
    session: Session, row: FullList, which: Which
) -> tuple[PrintRow | None, int | None, str | None]:
    """The version and page, or the name, of the sheet in somebody's hand."""
    if which.code.strip():
        return by_code(session, row, which.code)
    if which.version.strip() or which.page.strip():
        n, page = whole_number(which.version, 4), whole_number(which.page, 3)
        if n is None or page is None:
            raise NotAllowed("paper_version_unknown")
        found = paper_queries.print_by_no(session, row.regency, row.id, n)
        return known_page(found, page)
    label = " ".join(which.label.split())[:LABEL_MAX]
    if not label:
        raise NotAllowed("paper_which")
    return None, None, label


def by_code(
    session: Session, row: FullList, text: str
) -> tuple[PrintRow | None, int | None, str | None]:
    """The sheet of a scanned code."""
    code = read_code(text)
    if code is None:
        raise NotAllowed("paper_code_wrong")
    if code.list_id != row.id:
        raise NotAllowed("paper_other_list")
    found = paper_queries.print_by_hash(session, row.regency, row.id, code.hash)
    return known_page(found, code.page)


def known_page(found: PrintRow | None, page: int) -> tuple[PrintRow, int, None]:
    """The version and its page; refused where there is no such one."""
    if found is None:
        raise NotAllowed("paper_version_unknown")
    if not 1 <= page <= found.pages:
        raise NotAllowed("paper_page_unknown")
    return found, page, None


def begin(
    session: Session,
    actor: Actor,
    row: FullList,
    sheet: tuple[PrintRow | None, int | None, str | None],
    now: datetime,
) -> str:
    """Write a sheet whose first entry begins; answers its id."""
    version, page, label = sheet
    entry_id = uuid7(now)
    values = {
        "id": entry_id,
        "regency": row.regency,
        "region_code": row.region_code,
        "list_id": row.id,
        "print_id": version.id if version else None,
        "page": page,
        "label": label,
        "state": "first",
        "first_by": actor.user_id,
        "started_at": now,
        "second_same": False,
    }
    session.execute(insert(ENTRIES).values(values))
    note(session, actor, row, "paper_started", {"entry": entry_id, "page": page}, now)
    return entry_id


def answer(
    session: Session,
    actor: Actor,
    list_id: str,
    entry_id: str,
    no: int,
    said: Said,
    now: datetime,
    *,
    replace: bool = False,
) -> None:
    """Keep what is read beside a line. Raises NotAllowed: ``paper_turn`` where no entry is open,
    ``paper_twice`` where this entry read it otherwise and ``replace`` is not said."""
    with writing(session):
        sheet = open_sheet(session, actor, list_id, entry_id, lock=True)
        line = line_of(sheet, no)
        if sheet.turn is None:
            raise NotAllowed("paper_turn")
        if sheet.list.state == "closed":
            raise NotAllowed("paper_closed")
        if sheet.turn == SECOND and actor.user_id != sheet.entry.second_by:
            raise NotAllowed("paper_second_other")
        sound = sound_of(sheet, line, said)
        keep(session, actor, sheet, sheet.turn, line, sound, now, replace=replace)


def line_of(sheet: Sheet, no: int) -> PaperLine:
    """The line of a number; raises NotAllowed for one that does not exist or is gone."""
    line = sheet.lines.get(no)
    if line is None:
        raise NotAllowed("paper_no_unknown")
    if line.gone:
        raise NotAllowed("paper_no_gone")
    return line


def sound_of(sheet: Sheet, line: PaperLine, said: Said) -> Said:
    """What is read beside a line, with the line of the same person where a number names one. Raises
    NotAllowed with the wrong member's name where a sheet cannot say this."""
    found = {"verdict": said.verdict, "reason": said.reason, "detail": dict(said.detail)}
    name = decision_fault(sheet.list.purpose, "main", found)
    if name is not None:
        raise not_sound(name, sentence_of(name, "main")[1])
    twin = twin_in(said.detail, line.id, {one.id: one.no for one in sheet.lines.values()})
    if twin is None:
        raise not_sound(TWIN, "check_twin")
    return with_values(said, detail={**said.detail, TWIN: twin}) if twin else said


def not_sound(name: str, code: str) -> NotAllowed:
    """The refusal that marks one member of an answer."""
    return NotAllowed(code, {name: [fault(code)]})


def keep(
    session: Session,
    actor: Actor,
    sheet: Sheet,
    turn: int,
    line: PaperLine,
    said: Said | None,
    now: datetime,
    *,
    replace: bool = False,
) -> None:
    """Write an answer of a turn; the same once more changes nothing. One that is replaced stays as
    a row, with who typed it."""
    before = sheet.turns[turn].get(line.id)
    draft = Draft(
        id=uuid7(now),
        line_id=line.id,
        no=line.no or 0,
        verdict=said.verdict if said else None,
        reason=said.reason if said else None,
        detail=dict(said.detail) if said else {},
    )
    own = {"regency": sheet.entry.regency, "author": actor.user_id, "at": now}
    values = {**asdict(draft), **own, "entry_id": sheet.entry.id, "turn": turn}
    if before is not None:
        if says_the_same(before, draft):
            return
        if not replace:
            raise NotAllowed("paper_twice")
        replaced = {"regency": sheet.entry.regency, "id": before.id, "replaced_at": now}
        update_rows(session, ANSWERS, ("regency", "id"), [replaced])
    session.execute(insert(ANSWERS).values(values))


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer that is not written yet."""

    id: str
    line_id: str
    no: int
    verdict: str | None
    reason: str | None
    detail: dict[str, object]


def finish_first(
    session: Session, actor: Actor, list_id: str, entry_id: str, login: str, now: datetime
) -> None:
    """End the first entry; the second may begin. Raises NotAllowed for an empty sheet."""
    with writing(session):
        sheet = open_sheet(session, actor, list_id, entry_id, lock=True)
        if sheet.entry.state == "first" and not sheet.turns[FIRST]:
            raise NotAllowed("paper_nothing")
        move(session, sheet, "first_done", first_done_at=now, first_login=login)


def start_second(
    session: Session, actor: Actor, list_id: str, entry_id: str, login: str, now: datetime
) -> None:
    """Begin the second, blind entry. Raises NotAllowed for who has just made the first."""
    with writing(session):
        sheet = open_sheet(session, actor, list_id, entry_id, lock=True)
        entry = sheet.entry
        if entry.state != "first_done" or entry.first_done_at is None:
            raise NotAllowed("paper_turn")
        wrote = actor.user_id in sheet.writers
        since = entry.first_done_at
        elsewhere = wrote and paper_queries.wrote_elsewhere(
            session, actor.regency, actor.user_id, entry_id, since
        )
        fresh = login != entry.first_login
        if not may_enter_again(wrote_first=wrote, new_login=fresh, other_sheet=elsewhere):
            raise NotAllowed("paper_second_same")
        move(session, sheet, "second", second_by=actor.user_id, second_same=wrote)
        detail = {"entry": entry_id, "same": wrote}
        note(session, actor, sheet.list, "paper_second", detail, now)


def settle(
    session: Session,
    actor: Actor,
    list_id: str,
    entry_id: str,
    line_id: str,
    turn: int,
    now: datetime,
) -> None:
    """Take what one of the two entries read beside a line."""
    with writing(session):
        sheet = open_sheet(session, actor, list_id, entry_id, lock=True)
        if sheet.entry.state != "differs" or line_id not in sheet.differing:
            raise NotAllowed("paper_turn")
        taken = sheet.turns[turn].get(line_id)
        line = next(line for line in sheet.lines.values() if line.id == line_id)
        said = None
        if taken is not None and taken.verdict is not None:
            said = Said(taken.verdict, taken.reason, taken.detail)
        keep(session, actor, sheet, SETTLED, line, said, now, replace=True)


def move(session: Session, sheet: Sheet, state: str, **more: object) -> None:
    """Write the sheet's next state; raises NotAllowed where no step leads there."""
    if state not in next_states(sheet.entry.state):
        raise NotAllowed("paper_turn")
    own = {"regency": sheet.entry.regency, "id": sheet.entry.id}
    update_rows(session, ENTRIES, ("regency", "id"), [{**own, "state": state, **more}])
