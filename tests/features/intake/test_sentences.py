"""Every fault of a file and of a row has its sentence and its way to mend, in both languages."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

import outreach
from outreach.core.workbooks import books
from outreach.domain import nik

ROOT = Path(outreach.__file__).parent
PLACES = (ROOT / "core" / "workbooks", ROOT / "features" / "intake" / "reading")
LANGUAGES = ("id", "en")
# Codes that are made of a word and a list's: of OTHERS, of a NIK's state, of domain/nik.
MADE = {f"is_{kind}" for _, kind in books.OTHERS}


def words(language: str) -> dict[str, str]:
    file = ROOT / "translations" / language / "intake_reading.json"
    found: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return found


def tree_of(name: str) -> ast.Module:
    """The module with this name, of the files' reading or of the rows'."""
    file = next(place / name for place in PLACES if (place / name).is_file())
    return ast.parse(file.read_text(encoding="utf-8"))


def texts_in(*names: str) -> set[str]:
    """All short texts that stand in these modules, codes among them."""
    trees = [tree_of(name) for name in names]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    return {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def called_with(name: str, function: str) -> set[str]:
    """First arguments of calls of this function, where they are texts."""
    tree = tree_of(name)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = [c for c in calls if getattr(c.func, "id", "") == function and c.args]
    return {c.args[0].value for c in named if isinstance(c.args[0], ast.Constant)}


def file_codes() -> set[str]:
    said = called_with("books.py", "BadBook") | called_with("workbook_child.py", "Refused") | MADE
    texts = texts_in("books.py", "text_tables.py", "workbook_child.py")
    shaped = re.compile(r"(?:too_m|is_|password_|broken)[a-z_]*")
    return said | {text for text in texts if shaped.fullmatch(text) and text != "is_"}


def row_codes() -> set[str]:
    shaped = re.compile(r"(?:name|village|nik)_[a-z_]+|[a-z]+_(?:unreadable|differs)|nik_[a-z_]+")
    found = texts_in("cells.py", "places.py", "nik_cells.py")
    codes = {text for text in found if shaped.fullmatch(text)} - {"village_code"}
    of_nik = {
        n.value
        for n in ast.walk(ast.parse(Path(nik.__file__).read_text(encoding="utf-8")))
        if isinstance(n, ast.Constant) and isinstance(n.value, str)
    }
    hard = {"nik_length", "nik_joke", "nik_province", "nik_region", "nik_date", "nik_serial"}
    assert hard <= of_nik
    return codes | hard | {"nik_lost_last_digit", "nik_absent", "nik_temporary"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_of_a_file_has_a_sentence_that_says_how_to_mend(language: str) -> None:
    codes = file_codes()
    assert {"empty", "password_wrong", "formulas_not_computed", "too_many_rows"} <= codes
    sentences = {code: words(language).get(f"intake.file.{code}", "") for code in codes}
    assert [code for code, sentence in sentences.items() if sentence.count(". ") < 1] == []
    assert {key for key in words(language) if key.startswith("intake.file.")} == {
        f"intake.file.{code}" for code in codes
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_of_a_row_has_its_cause_and_its_way_to_mend(language: str) -> None:
    codes = row_codes()
    assert {"name_dead", "village_elsewhere", "sex_differs", "nik_lost"} <= codes
    for part in ("problem", "mend"):
        keys = {key for key in words(language) if key.startswith(f"intake.{part}.")}
        assert keys == {f"intake.{part}.{code}" for code in codes}


def test_both_languages_ask_for_the_same_words() -> None:
    asked = [
        {key: set(re.findall(r"{(\w+)}", text)) for key, text in words(language).items()}
        for language in LANGUAGES
    ]
    assert asked[0] == asked[1]
