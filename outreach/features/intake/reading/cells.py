"""Rows of cells as lines: every row judged, the same words judged once, no row stopping another."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from outreach.core.workbooks.books import Cell, Row
from outreach.core.workbooks.day_cells import (
    DayStyle,
    Order,
    guess_style,
    read_day,
)
from outreach.domain import nik as nik_rules
from outreach.domain import phone as phones
from outreach.domain.places import read_place
from outreach.domain.rulebook import RULES
from outreach.features.intake.lines import Column, Line, Problem
from outreach.features.intake.reading.nik_cells import NikCell, damaged_cells, judge_nik
from outreach.features.intake.reading.occupations import Occupations, occupation_word
from outreach.features.intake.reading.places import Place, Places, place_word

DAYS: tuple[Column, ...] = ("birth_date", "member_until")
LONGEST = 200
SHOWN = 40
AGES = range(10, 111)
NAME = re.compile(RULES["patterns"]["name"])
PHONE = re.compile(RULES["patterns"]["phone"])
LONG_NUMBER = re.compile(r"[0-9]{6,}")
NUMBERED = re.compile(r"^[0-9]+\s*[.)]\s*")
DEAD = re.compile(r"\b(?:ALM|ALMH|ALMARHUM|ALMARHUMAH)\b", re.I)
CHILD_OF = re.compile(r"\b(?:BIN|BINTI|BT|B)\b", re.I)
NO_PERSON = re.compile(
    r"(?:JUMLAH|TOTAL|MENGETAHUI|PERATIN|LURAH|KEPALA (?:PEKON|DESA|DINAS))\b.*", re.I
)
BLANKS = frozenset({"", "-", "--", "0", ".", "#N/A", "#REF!", "#VALUE!", "#NAME?", "NULL"})
SEXES = {
    word: sex
    for sex, words in {
        "L": "L LK LAKI LAKILAKI PRIA COWOK M MALE 1",
        "P": "P PR PEREMPUAN WANITA W CEWEK F FEMALE 2",
    }.items()
    for word in words.split()
}


@dataclass(frozen=True, slots=True)
class Plan:
    """How a sheet is read. ``columns`` is {our column: index}; ``header_row`` counts from 1.

    ``allowed`` are the villages that the giver may name, ``village`` the one that goes without
    saying. ``value_maps`` is {"village" or "occupation": {their word: our code}}.
    """

    columns: Mapping[Column, int]
    header_row: int
    date_order: Order | None = None
    value_maps: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    allowed: frozenset[str] | None = None
    village: str | None = None
    is_text: bool = False
    days_1904: bool = False


def read_lines(
    rows: Sequence[Row], plan: Plan, places: Places, occupations: Occupations, today: date
) -> Iterator[Line]:
    """A line of each row below the header that holds anything; header rows repeated go unread."""
    header = rows[plan.header_row - 1] if 0 < plan.header_row <= len(rows) else None
    body = [
        (number, row)
        for number, row in enumerate(rows[plan.header_row :], plan.header_row + 1)
        if _is_filled(row, plan) and row != header and not _is_numbering(row)
    ]
    niks = _judge_niks([_cell(row, plan, "nik") for _, row in body], plan)
    styles = {
        column: day_style([_cell(row, plan, column) for _, row in body], niks, plan)
        for column in DAYS
    }
    reader = RowReader(plan, places, occupations, today, styles)
    for (number, row), nik in zip(body, niks, strict=True):
        yield reader.read(number, row, nik)


def _is_filled(row: Row, plan: Plan) -> bool:
    return any(index < len(row) and row[index] != "" for index in plan.columns.values())


def _is_numbering(row: Row) -> bool:
    """True for the row (1) (2) (3) that stands below many a header."""
    texts = [f"{c:.0f}" if isinstance(c, float) else str(c).strip("() .") for c in row if c != ""]
    return len(texts) >= 3 and texts == [str(n) for n in range(1, len(texts) + 1)]


def _cell(row: Row, plan: Plan, column: Column) -> Cell:
    index = plan.columns.get(column)
    return row[index] if index is not None and index < len(row) else ""


def _judge_niks(cells: list[Cell], plan: Plan) -> list[NikCell]:
    damaged = damaged_cells(cells, from_text_file=plan.is_text)
    return [
        judge_nik(cell, from_text_file=plan.is_text, damaged=place in damaged)
        for place, cell in enumerate(cells)
    ]


def day_style(cells: list[Cell], niks: list[NikCell], plan: Plan) -> DayStyle:
    """The style of a column of days; the order that a person chose goes before the guess."""
    told = [each.nik or (each.nik15 + "1" if each.nik15 else None) for each in niks]
    style = guess_style(cells, told, days_1904=plan.days_1904).style
    return style._replace(order=plan.date_order) if plan.date_order else style


def shown(cell: Cell) -> str:
    """The cell as its giver sees it."""
    if isinstance(cell, date):
        return cell.strftime("%d-%m-%Y")
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell == int(cell) else str(cell)
    return cell


class RowReader:
    """Judges one row after another. Each of our columns has one method that fills values."""

    def __init__(
        self,
        plan: Plan,
        places: Places,
        occupations: Occupations,
        today: date,
        styles: Mapping[Column, DayStyle],
    ) -> None:
        self.plan, self.places, self.occupations = plan, places, occupations
        self.today, self.styles = today, styles
        self.readers: dict[Column, Callable[[Line, str, Cell], None]] = {
            "birth_date": self._birth_date,
            "birth_year": self._birth_year,
            "age": self._age,
            "sex": self._sex,
            "pemangku": self._hamlet,
            "rt": self._rt,
            "occupation": self._occupation,
            "phone": self._phone,
            "kpj": self._kpj,
            "member_until": self._member_until,
        }

    def read(self, number: int, row: Row, nik: NikCell) -> Line:
        """The row as a line."""
        given: dict[str, str] = {}
        given |= {column: shown(_cell(row, self.plan, column)) for column in self.plan.columns}
        line = Line(number, given)
        self._name(line, given.get("full_name", ""))
        self._nik(line, nik)
        self._village(line, given)
        for column, read in self.readers.items():
            text = given.get(column, "").strip()
            if text.upper() not in BLANKS:
                read(line, text, _cell(row, self.plan, column))
        for column in ("birth_place", "rw", "address_line", "note"):
            text = given.get(column, "").strip()
            if text.upper() not in BLANKS:
                line.values.setdefault(column, text[:LONGEST])
        self._complete_by_nik(line)
        return line

    def _name(self, line: Line, text: str) -> None:
        name = NUMBERED.sub("", " ".join(text.split()))
        bare = re.sub(r"\s*\([^)]*\)", "", name).strip(" -,")
        dead = DEAD.search(name)
        if bare.upper() in BLANKS:
            _note(line, "full_name", "name_missing", stops=True)
        elif NO_PERSON.fullmatch(bare):
            _note(line, "full_name", "name_no_person", bare, stops=True)
        elif dead and not CHILD_OF.search(name[: dead.start()]):
            _note(line, "full_name", "name_dead", name, stops=True)
        elif not NAME.fullmatch(bare) or len(bare) > 100:
            _note(line, "full_name", "name_unreadable", bare, stops=True)
        else:
            line.values["full_name"] = bare

    def _nik(self, line: Line, nik: NikCell) -> None:
        line.nik_state = nik.state
        if nik.nik:
            line.values["nik"] = nik.nik
        if nik.nik15:
            line.values["nik15"] = nik.nik15
        if nik.state == "wrong":
            _note(line, "nik", nik.code or "nik_length")
        elif nik.state != "whole" and "nik" in self.plan.columns:
            _note(line, "nik", f"nik_{nik.state}")

    def _village(self, line: Line, given: Mapping[str, str]) -> None:
        words = given.get("village", "").strip(), given.get("kecamatan", "").strip()
        chosen = self.plan.value_maps.get("village", {}).get(place_word(*words))
        place = Place(chosen) if chosen else self.places.find(*words)
        if place.problem == "village_missing" and self.plan.village:
            place = Place(self.plan.village)
        allowed = self.plan.allowed
        if place.village_code is None:
            _note(line, "village", place.problem or "village_unknown", words[0], stops=True)
        elif allowed is not None and place.village_code not in allowed:
            _note(line, "village", "village_not_yours", words[0], stops=True)
        else:
            line.values["village_code"] = place.village_code

    def _birth_date(self, line: Line, text: str, cell: Cell) -> None:
        style = self.styles["birth_date"]
        day = read_day(cell, style, self.today)
        if day is None and "," in text:
            place, _, rest = text.rpartition(",")
            day = read_day(rest, style, self.today)
            if day is not None:
                line.values["birth_place"] = place.strip()[:60]
        if isinstance(day, date) and not 0 <= self.today.year - day.year <= max(AGES):
            day = None
        if day is None:
            _note(line, "birth_date", "date_unreadable", text)
        elif isinstance(day, int):
            line.values["birth_year"] = day
        else:
            line.values["birth_date"] = day.isoformat()

    def _birth_year(self, line: Line, text: str, _cell: Cell) -> None:
        if text.isdigit() and self.today.year - int(text) in AGES:
            line.values["birth_year"] = int(text)
        else:
            _note(line, "birth_year", "year_unreadable", text)

    def _age(self, line: Line, text: str, _cell: Cell) -> None:
        digits = re.match(r"[0-9]{1,3}", text)
        if digits and int(digits[0]) in AGES:
            line.values.setdefault("birth_year", self.today.year - int(digits[0]))
        else:
            _note(line, "age", "age_unreadable", text)

    def _sex(self, line: Line, text: str, _cell: Cell) -> None:
        sex = SEXES.get(re.sub(r"[^A-Z0-9]", "", text.upper()))
        if sex:
            line.values["sex"] = sex
        else:
            _note(line, "sex", "sex_unreadable", text)

    def _hamlet(self, line: Line, text: str, _cell: Cell) -> None:
        place = None if text.isdigit() else read_place(text)
        line.values |= place or {"pemangku": text[:60]}

    def _rt(self, line: Line, text: str, _cell: Cell) -> None:
        numbers = re.findall(r"[0-9]+", text)
        if not numbers or len(numbers) > 2 or int(numbers[0]) > 999:
            _note(line, "rt", "rt_unreadable", text)
            return
        if int(numbers[0]):
            line.values["rt"] = str(int(numbers[0])).zfill(3)
        if len(numbers) == 2 and 0 < int(numbers[1]) < 1000:
            line.values["rw"] = str(int(numbers[1])).zfill(3)

    def _occupation(self, line: Line, text: str, _cell: Cell) -> None:
        chosen = self.plan.value_maps.get("occupation", {}).get(occupation_word(text))
        code, words = (chosen, "") if chosen else self.occupations.find(text)
        if code:
            line.values["occupation_code"] = code
        else:
            line.values["occupation_text"] = words[:60]

    def _phone(self, line: Line, text: str, _cell: Cell) -> None:
        number = phones.normalise(re.split(r"\s*[/;,]\s*(?=[0+68])", text)[0])
        if PHONE.fullmatch(number):
            line.values["phone"] = number
        else:
            _note(line, "phone", "phone_unreadable", text)

    def _kpj(self, line: Line, text: str, cell: Cell) -> None:
        digits = re.sub(r"[ .'-]", "", text)
        if isinstance(cell, float) or self.plan.is_text:
            digits = digits.zfill(11)
        if re.fullmatch(r"[0-9]{11}", digits):
            line.values["kpj"] = digits
        else:
            _note(line, "kpj", "kpj_unreadable", text)

    def _member_until(self, line: Line, text: str, cell: Cell) -> None:
        day = read_day(cell, self.styles["member_until"], self.today)
        if isinstance(day, date):
            line.values["member_until"] = day.isoformat()
        else:
            _note(line, "member_until", "date_unreadable", text)

    def _complete_by_nik(self, line: Line) -> None:
        """What a NIK says of birth and sex, where the row is silent; a doubt where it differs."""
        nik = str(line.values.get("nik") or f"{line.values.get('nik15', '')}1")
        parts = nik_rules.parse(nik)
        if isinstance(parts, str):
            return
        born, sex = line.values.get("birth_date"), line.values.get("sex")
        told = nik_rules.birth_from_nik(nik, self.today)
        dates = [f"{year}-{parts.month:02d}-{parts.day:02d}" for year in parts.years]
        if born and born not in dates:
            _note(line, "birth_date", "birth_differs")
        if sex and sex != parts.sex:
            _note(line, "sex", "sex_differs")
        if not born and told:
            line.values["birth_date"] = told
        line.values.setdefault("sex", parts.sex)


def _note(line: Line, name: str, code: str, value: str = "", *, stops: bool = False) -> None:
    """Add a problem; a long number in the value, which may be a NIK in a wrong column, goes."""
    words = LONG_NUMBER.sub("…", value)[:SHOWN]
    line.problems.append(Problem(name, code, {"value": words} if words else {}, stops))
