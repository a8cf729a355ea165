"""A file is read whole, each row judged and compared, and kept before anything is written.

A check begins from the start whenever it is taken up again: it writes rows that nobody sees before
the run says ``checked``. Cells that people mended, and repairs that they took back, stay through a
new check, also through one that dies.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from outreach.core.workbooks.books import BadBook, Book, open_book
from outreach.domain.actor import Actor
from outreach.domain.ids import uuid7
from outreach.domain.names import name_key
from outreach.features.intake import plans, queries, queries_lines
from outreach.features.intake.holding import Hold, alone
from outreach.features.intake.lines import Line, Match, Problem
from outreach.features.intake.matching.doubles import FileDoubles, line_key
from outreach.features.intake.matching.facts import facts_of_line
from outreach.features.intake.matching.matching import (
    Member,
    Repairs,
    match_lines,
    member_lines,
)
from outreach.features.intake.matching.repair import Repair
from outreach.features.intake.mended_cells import Base, Mended, marked, mended_of, same_row
from outreach.features.intake.plans import mender_of
from outreach.features.intake.tables import ImportRun
from outreach.storage.locks import begin_write
from outreach.storage.statements import Values

PIECE = 500
READ_PIECE = 2_000  # rows read between two signs of life
# Above this share of known names somebody is asked before the file is written.
MANY_KNOWN = 0.2
# Lists of people who are known elsewhere: they mark people, and make none.
MARKING = frozenset({"membership", "bpjs", "dukcapil"})
Beat = Callable[[int, int], None]


@dataclass(slots=True)
class Check:
    """One check of one run while it goes on."""

    session: Session
    actor: Actor
    run_id: str
    kind: str
    office_id: str
    now: datetime
    today: date
    hold: Hold = alone
    counts: Counter[str] = field(default_factory=Counter)
    mended: dict[int, Mended] = field(default_factory=dict)

    @property
    def regency(self) -> str:
        """Whose rows these are."""
        return self.actor.regency

    def begin_held(self) -> None:
        """Begin to write while the job is held; raises as ``holding.keep_hold``."""
        begin_write(self.session)
        self.hold()


def check_run(
    session: Session,
    actor: Actor,
    run_id: str,
    now: datetime,
    today: date,
    beat: Beat,
    hold: Hold = alone,
) -> None:
    """Read, judge and compare the whole file; ``beat`` hears of each piece (done, total), and
    ``hold`` is asked for in each transaction.

    Ends in the run's state: refused (with the fault in ``counts``), read (columns are wanted),
    checked, or awaiting_decisions.
    """
    run = queries.run_of(session, actor.regency, run_id)
    assert run is not None, "a job's run stays"
    source = queries.source_of(session, actor.regency, run.source_id)
    content = queries.content_of(session, actor.regency, run_id)
    assert source is not None, "a run's source stays"
    assert content is not None, "the file stays while the run lives"
    check = Check(session, actor, run_id, source.kind, source.office_id, now, today, hold)
    rows = told_rows(run)
    try:
        book = open_book(content, run.file_name, alive=lambda: beat(0, rows))
    except BadBook as bad:
        end(check, "refused", {"fault": [bad.code, bad.params]})
        return
    run = choose_columns(check, book)
    plan = plans.plan_of(actor, run, book)
    if "full_name" not in plan.columns or not ("village" in plan.columns or plan.village):
        end(check, "read", {})
        return
    lines = judged(plans.lines_of_run(session, actor, run, book, today), rows, beat)
    del book, content  # the rows are all that is needed of them
    keep_lines(check, lines, beat)
    maybe = check.counts["maybe"] or check.counts["later"]
    end(check, "awaiting_decisions" if maybe else "checked", dict(check.counts))


def told_rows(run: ImportRun) -> int:
    """How many rows the file seemed to have when it came; 0 where nobody has looked."""
    rows = run.counts.get("rows") if isinstance(run.counts, dict) else 0
    return rows if isinstance(rows, int) else 0


def judged(lines: Iterable[Line], rows: int, beat: Beat) -> list[Line]:
    """Every line. A row counts as half done once it is read, and as done once it is kept."""
    found: list[Line] = []
    for line in lines:
        found.append(line)
        if len(found) % READ_PIECE == 0:
            beat(len(found) // 2, max(rows, len(found)))
    return found


def end(check: Check, state: str, counts: dict[str, object]) -> None:
    """Give the run its state and counts, and commit."""
    check.begin_held()
    run = run_of(check)
    run.state, run.counts = state, counts
    check.session.commit()


def run_of(check: Check) -> ImportRun:
    """The run as it stands now."""
    run = queries.run_of(check.session, check.regency, check.run_id)
    assert run is not None, "a job's run stays"
    return run


def choose_columns(check: Check, book: Book) -> ImportRun:
    """The run with sheet, header and columns: as somebody chose, else as proposed, which is
    noted."""
    run = run_of(check)
    if isinstance(run.columns, dict):
        return run
    told = plans.propose(check.session, check.regency, check.office_id, book)
    check.begin_held()
    run = run_of(check)
    run.sheet, run.header_row = told.sheet, told.header_row
    run.columns = {column: guess.at for column, guess in told.guesses.items()}
    run.value_maps, run.date_order = dict(told.value_maps), told.date_order
    check.session.commit()
    return run_of(check)


def keep_lines(check: Check, lines: Sequence[Line], beat: Beat) -> None:
    """Keep every row with what is found of it, village by village, a few hundred a transaction."""
    place = (check.session, check.regency, check.run_id)
    spoken = queries_lines.spoken_rows(*place)
    forget_earlier(check)
    lines, taken_back = again_mended(check, lines, spoken), queries_lines.taken_back(spoken)
    mark_doubles(check, lines)
    repairs, done = Repairs(check.session, check.regency), 0
    for piece in pieces(lines):
        rows = rows_of(check, piece, repairs, taken_back)
        check.begin_held()
        queries_lines.replace_rows(*place, [line.row_no for line in piece], rows)
        check.session.commit()
        done += len(piece)
        beat((len(lines) + done) // 2, len(lines))
    forget_gone(check, {row.row_no for row in spoken} - {line.row_no for line in lines})


def forget_earlier(check: Check) -> None:
    """Take away the rows of an earlier check; those of which a person spoke stay, silent, until
    they are read again, so that nothing said is lost where a check dies."""
    place = (check.session, check.regency, check.run_id)
    check.begin_held()
    while queries_lines.forget_unspoken(*place, PIECE):
        check.session.commit()
        check.begin_held()
    queries_lines.silence_rows(*place)
    check.session.commit()


def forget_gone(check: Check, numbers: Collection[int]) -> None:
    """Take away rows that the sheet which was chosen does not have."""
    check.begin_held()
    queries_lines.replace_rows(check.session, check.regency, check.run_id, numbers, [])
    check.session.commit()


def again_mended(
    check: Check, lines: Sequence[Line], spoken: Collection[queries_lines.SpokenRow]
) -> list[Line]:
    """The lines, those that somebody mended with their mended cells."""
    told = {row.row_no: (row.given, mended_of(row.given)) for row in spoken}
    run, mender = run_of(check), None
    read: list[Line] = []
    for line in lines:
        given, before = told.get(line.row_no, (None, None))
        if before is None or not same_row(given, line):
            read.append(line)
            continue
        mender = mender or mender_of(check.session, check.actor, run, check.today)
        base = Base(line.values, line.problems, line.nik_state)
        check.mended[line.row_no] = mended = Mended(before.steps, base)
        read.append(mender.read(line.row_no, line.given, mended))
    return read


def pieces(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """The rows of one village at a time, in pieces that one statement carries."""
    ordered = sorted(lines, key=lambda line: (village_of(line) or "", line.row_no))
    piece: list[Line] = []
    for line in ordered:
        if piece and (len(piece) == PIECE or village_of(piece[0]) != village_of(line)):
            yield piece
            piece = []
        piece.append(line)
    if piece:
        yield piece


def village_of(line: Line) -> str | None:
    """The village that the row names, where it is known."""
    code = line.values.get("village_code")
    return str(code) if code else None


def mark_doubles(check: Check, lines: Sequence[Line]) -> None:
    """Note which rows of the file repeat an earlier one."""
    heard = FileDoubles()
    for line in lines:
        double = None if line.is_refused else heard.hear(line)
        if double is not None:
            code = "double_in_file" if double.is_sure else "nik_two_names"
            line.problems.append(Problem("_", code, {"row": str(double.of_row)}, stops=False))


@dataclass(frozen=True, slots=True)
class Findings:
    """What is known elsewhere of one piece, by row number; ``known`` by the mark of a row."""

    matches: Mapping[int, list[Match]]
    members: Mapping[int, Member]
    mended: Mapping[int, Repair]
    taken_back: Mapping[int, object]
    known: Mapping[str, str]


def rows_of(
    check: Check, lines: Sequence[Line], repairs: Repairs, taken_back: Mapping[int, object]
) -> list[Values]:
    """The rows as they are kept, each with its matches, its mended number and what is clear."""
    sound = [line for line in lines if not line.is_refused]
    session, regency = check.session, check.regency
    found = Findings(
        match_lines(session, regency, sound),
        member_lines(session, regency, sound),
        repairs.repair_lines([line for line in sound if line.row_no not in taken_back]),
        taken_back,
        earlier_workers(check, sound),
    )
    return [row_of(check, line, found) for line in lines]


def row_of(check: Check, line: Line, found: Findings) -> Values:
    """One row with what is found of it; the counts hear of it."""
    matches = found.matches.get(line.row_no, [])
    worker_id = None if line.is_refused else found.known.get(line_key(facts_of_line(line)))
    decision, fate = stand_of(check, line, worker_id, matched=bool(matches))
    check.counts["rows"] += 1
    check.counts["member"] += line.row_no in found.members and not line.is_refused
    return {
        "id": uuid7(check.now),
        "regency": check.regency,
        "run_id": check.run_id,
        "row_no": line.row_no,
        "given": marked(line.given, check.mended.get(line.row_no)),
        "values": line.values,
        "nik": line.values.get("nik"),
        "nik_state": line.nik_state,
        **mended(check, line, found),
        "village_code": village_of(line),
        "name_key": key_of(line),
        "birth_date": born(line),
        "problems": [list(problem) for problem in line.problems],
        "matches": [[one.worker_id, one.score, list(one.reasons)] for one in matches],
        "decision": decision,
        "worker_id": worker_id if fate == "same" else None,
        "fate": fate,
    }


def mended(check: Check, line: Line, found: Findings) -> Values:
    """The number made whole and its witness, or the note that somebody took it back."""
    repair = found.mended.get(line.row_no)
    restored = repair.restored if repair is not None else None
    if restored is None:
        return {"nik_restored": None, "restored_from": found.taken_back.get(line.row_no)}
    check.counts["restored"] += 1
    witness = {"where": restored.where, "id": restored.id}
    return {"nik_restored": restored.nik, "restored_from": witness}


def key_of(line: Line) -> str:
    """The comparing form of the row's name."""
    return name_key(str(line.values.get("full_name") or ""))[:120]


def born(line: Line) -> date | None:
    """The row's birth date."""
    day = line.values.get("birth_date")
    return date.fromisoformat(str(day)) if day else None


def stand_of(
    check: Check, line: Line, worker_id: str | None, *, matched: bool
) -> tuple[str | None, str | None]:
    """(decision, fate) of a row as far as no person is asked. A list that marks makes nobody."""
    if line.is_refused:
        check.counts["refused"] += 1
        return None, "refused"
    if worker_id is not None:
        check.counts["same"] += 1
        return "same", "same"
    if any(problem.code == "double_in_file" for problem in line.problems):
        check.counts["double_in_file"] += 1
        return "skip", "left"
    if matched:
        check.counts["maybe"] += 1
        return None, None
    if check.kind in MARKING:
        check.counts["unknown"] += 1
        return None, "left"
    check.counts["new"] += 1
    return "new", None


def earlier_workers(check: Check, lines: Sequence[Line]) -> dict[str, str]:
    """Who the very same rows became when they were given before, by the mark of a row."""
    if check.kind in MARKING:
        return {}
    keys = {key_of(line) for line in lines}
    return queries_lines.earlier_workers(check.session, check.regency, check.run_id, keys)


def asks_first(counts: object) -> bool:
    """True where so many names are known that somebody is asked before the file is written."""
    told = counts if isinstance(counts, dict) else {}
    known = sum(int(told.get(name) or 0) for name in ("same", "maybe"))
    return known > MANY_KNOWN * max(1, int(told.get("rows") or 0))
