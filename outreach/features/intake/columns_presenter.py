"""A sheet of a given file in words: its first rows, its columns beside ours, its strange words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

from outreach.core.workbooks.books import Book, Cell, Sheet
from outreach.core.workbooks.day_cells import ORDERS
from outreach.domain.actor import Actor
from outreach.features.intake.choosing import OpenRun
from outreach.features.intake.columns_form import Choice, ValueMaps
from outreach.features.intake.lines import COLUMNS, Column
from outreach.features.intake.plans import Proposal
from outreach.features.intake.reading.cells import Plan, shown
from outreach.features.intake.reading.columns import EXACT, Guess, ready_mapping, samples
from outreach.features.intake.reading.occupations import Occupations
from outreach.features.intake.reading.places import Places, Village
from outreach.features.intake.runs_presenter import letter
from outreach.features.intake.strange_words import Word, masked, occupation_words, village_words
from outreach.features.intake.tables import ImportRun
from outreach.web.i18n import t

FIRST_ROWS, FIRST_CELLS, CELL_MOST = 8, 8, 40


class Vocabulary(NamedTuple):
    """Our villages and occupations, as far as the actor may choose them."""

    actor: Actor
    places: Places
    occupations: Occupations

    def villages(self) -> list[Village]:
        """Villages that the actor may choose."""
        allowed = self.actor.villages
        return [each for each in self.places.villages if allowed is None or each.code in allowed]

    def codes(self) -> dict[str, set[str]]:
        """Codes that may be chosen for a word, by its kind."""
        return {
            "village": {each.code for each in self.villages()},
            "occupation": {each.code for each in self.occupations.listed},
        }

    def beyond(self) -> dict[str, set[str]]:
        """Codes of the regency that somebody else may choose for a word, by its kind."""
        every = {each.code for each in self.places.villages}
        return {"village": every - self.codes()["village"]}

    def of_villages(self, sheet: Sheet, header_row: int, choice: Choice) -> list[Word]:
        """The sheet's words for villages that are not understood by this choice."""
        return village_words(sheet.rows, _plan(header_row, choice), self.places)

    def of_occupations(self, sheet: Sheet, header_row: int, choice: Choice) -> list[Word]:
        """The sheet's words for occupations that are not understood by this choice."""
        return occupation_words(sheet.rows, _plan(header_row, choice), self.occupations)


def _plan(header_row: int, choice: Choice) -> Plan:
    return Plan(choice.columns, header_row, value_maps=choice.value_maps)


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """One column of the file. ``picked`` is ours, ``why`` says how sure that is."""

    at: int
    letter: str
    header: str
    samples: list[str]
    picked: str
    why: str
    error: str
    is_first_wrong: bool


@dataclass(frozen=True, slots=True)
class WordLine:
    """One word of the list, what was chosen for it, and what it may mean."""

    key: str
    rows: str
    code: str
    near: list[tuple[str, str]]


def settled(run: ImportRun, sheet: Sheet, proposal: Proposal) -> Choice:
    """What was chosen for this sheet and header, else what is proposed."""
    columns = {name: guess.at for name, guess in proposal.guesses.items()}
    maps, order = proposal.value_maps, proposal.date_order
    place = (run.sheet, run.header_row)
    if isinstance(run.columns, dict) and place == (sheet.name, proposal.header_row):
        chosen = cast(Mapping[str, int], run.columns)
        columns = {name: chosen[name] for name in COLUMNS if name in chosen}
        maps, order = cast(ValueMaps, run.value_maps or {}), run.date_order
    copied = {kind: dict(words) for kind, words in maps.items()}
    return Choice(columns, {at: name for name, at in columns.items()}, copied, order, {})


def page(
    there: OpenRun,
    sheet: Sheet,
    proposal: Proposal,
    words: Vocabulary,
    choice: Choice,
    needed: Collection[Column],
) -> dict[str, object]:
    """Everything intake/columns.html needs."""
    header_row = proposal.header_row
    villages = words.of_villages(sheet, header_row, choice)
    occupations = words.of_occupations(sheet, header_row, choice)
    return {
        "run": there.run,
        "title": there.source.title,
        "sheets": sheets(there.book),
        "sheet": sheet.name,
        "header_row": header_row,
        "first_rows": first_rows(sheet, header_row),
        "columns": list(column_lines(sheet, proposal, choice)),
        "fields": [(name, t(f"intake.field.{name}"), name in needed) for name in COLUMNS],
        "needed": [(t(f"intake.field.{name}"), name in choice.columns) for name in needed],
        "missing": [
            t(f"intake.columns.missing.{name}") for name in needed if name in choice.errors
        ],
        "orders": [(order, t(f"intake.columns.order.{order}")) for order in ORDERS],
        "date_order": choice.date_order,
        "village_words": [village_line(word, words) for word in villages],
        "villages": by_kecamatan(words.villages()),
        "occupation_words": [WordLine(w.key, _rows(w), w.code, []) for w in occupations],
        "occupations": [(each.code, each.label) for each in words.occupations.listed],
    }


def sheets(book: Book) -> list[tuple[str, str]]:
    """Sheets that hold rows; a hidden one says so."""
    return [
        (each.name, t("intake.columns.hidden", name=each.name) if each.hidden else each.name)
        for each in book.sheets
        if each.rows
    ]


def first_rows(sheet: Sheet, header_row: int) -> list[tuple[int, list[str], bool]]:
    """The first rows with their numbers, and which of them is the header."""
    most = max(FIRST_ROWS, header_row + 2)
    return [
        (number, [_text(cell) for cell in row[:FIRST_CELLS]], number == header_row)
        for number, row in enumerate(sheet.rows[:most], 1)
    ]


def _text(cell: Cell) -> str:
    return masked(shown(cell))[:CELL_MOST]


def column_lines(sheet: Sheet, proposal: Proposal, choice: Choice) -> Iterable[ColumnLine]:
    """Every column that holds anything, and where the first fault is mended."""
    whys = {guess.at: (name, guess) for name, guess in proposal.guesses.items()}
    lacks = any(code == "missing" for code in choice.errors.values())
    found = False
    for at, header in enumerate(proposal.headers):
        values = [_text(cell) for cell in samples(sheet.rows, proposal.header_row, at)]
        picked = choice.picked.get(at)
        if not (header or values or picked):
            continue
        twice = f"column-{at}" in choice.errors
        wrong = not found and (twice or (lacks and not picked))
        found = found or wrong
        why = why_words(picked, whys.get(at), proposal.headers)
        error = t("intake.columns.twice") if twice else ""
        yield ColumnLine(at, letter(at), masked(header), values, picked or "", why, error, wrong)


def why_words(
    picked: Column | None, guessed: tuple[Column, Guess] | None, headers: Sequence[str]
) -> str:
    """How sure the meaning of a column is, and why."""
    if picked is None:
        return t("intake.columns.why.none")
    if guessed is None or guessed[0] != picked:
        return t("intake.columns.why.chosen")
    guess = guessed[1]
    if guess.why == "header":
        return t(
            "intake.columns.why.same" if guess.confidence >= EXACT else "intake.columns.why.like"
        )
    return t(f"intake.columns.why.{guess.why}", name=ready_mapping(headers) or "")


def village_line(word: Word, words: Vocabulary) -> WordLine:
    """A word for a village, with the villages that may be meant first."""
    allowed = words.codes()["village"]
    near = words.places.suggest(word.key.split(" / ")[0])
    return WordLine(
        word.key,
        _rows(word),
        word.code,
        [(each.code, f"{each.name} ({each.kecamatan})") for each in near if each.code in allowed],
    )


def _rows(word: Word) -> str:
    return t("intake.columns.rows", n=word.rows)


def by_kecamatan(villages: Sequence[Village]) -> dict[str, list[tuple[str, str]]]:
    """Villages to choose from, under their kecamatan."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for each in villages:
        groups.setdefault(each.kecamatan, []).append((each.code, each.name))
    return groups
