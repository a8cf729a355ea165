"""The exact list: its canonical form, hash and tree, against vectors made with nothing of ours."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.domain.list_document import (
    blocks,
    canonical,
    check_proof,
    document,
    document_hash,
    item_of,
    merkle_root,
    proof,
)
from outreach.domain.village_decisions import Line, resolve
from tests.support.phone_domain import PhoneDomain

TESTS = Path(__file__).parent.parent
ROWS = json.loads((TESTS / "shared" / "list_document.json").read_text())
SOME = settings(max_examples=100, deadline=None)


@pytest.mark.parametrize(("args", "expected"), ROWS["document"])
def test_a_document_is_the_one_of_the_vectors(args: list[Any], expected: dict[str, str]) -> None:
    facts, lines, decisions = args
    whole = document(facts, lines, resolve(decisions))
    assert canonical(whole).decode() == expected["text"]
    assert document_hash(whole) == expected["hash"]
    assert merkle_root(whole["items"]) == expected["root"]  # type: ignore[arg-type]


def numbers(n: int) -> list[dict[str, Any]]:
    return [{"no": i + 1, "salt": f"{i:032x}"} for i in range(n)]


@pytest.mark.parametrize(("args", "expected"), ROWS["proof"])
def test_a_path_is_the_one_of_the_vectors(args: list[int], expected: dict[str, Any]) -> None:
    n, index = args
    items = numbers(n)
    assert merkle_root(items) == expected["root"]
    assert proof(items, index) == expected["path"]
    assert check_proof(items[index], index, n, expected["path"], expected["root"])


def test_a_hash_stands_on_paper_in_sixteen_blocks() -> None:
    [[[digest], expected]] = ROWS["blocks"]
    assert blocks(digest) == expected
    assert len(expected) == 16


def test_what_is_not_on_the_list_is_in_no_item() -> None:
    """A line brings more than the list shows: the status, the flags, and by mistake an income."""
    line: Any = {"id": "l", "no": 1, "part": "main", "status": "calon", "income": 5, "flags": ["x"]}
    assert not {"status", "flags", "income", "id"} & item_of(line).keys()


@pytest.fixture(scope="session")
def phone_code(tmp_path_factory: pytest.TempPathFactory) -> PhoneDomain:
    return PhoneDomain(tmp_path_factory.mktemp("document"), ["village_decisions", "list_document"])


# Letters that are in the Unicode of QuickJS too: newer ones compose differently there.
TEXT = st.text(st.characters(codec="utf-8", max_codepoint=0x2FFF), max_size=12)
TEXTS = {name: st.one_of(st.none(), TEXT) for name in ("name", "rt", "hamlet", "occupation")}
GONE = st.sampled_from([None, None, "merged", "moved"])


@st.composite
def some_lines(draw: st.DrawFn) -> list[Line]:
    texts = draw(st.lists(st.fixed_dictionaries({**TEXTS, "gone": GONE}), max_size=12))
    lines: list[Any] = [
        {"id": f"l{n}", "no": n, "part": "main", "nik_no": n, "salt": f"{n:032x}", **one}
        for n, one in enumerate(texts, 1)
    ]
    return draw(st.permutations(lines))


FACTS: Any = {
    "list": "l",
    "village": "v",
    "purpose": "fund",
    "fund": "csr",
    "year": 2027,
    "month": None,
    "no": 1,
}


@SOME
@given(some_lines())
def test_the_phone_makes_the_same_list(phone_code: PhoneDomain, lines: list[Line]) -> None:
    said = resolve([{"id": "a", "lines": [line["id"] for line in lines[::2]], "verdict": "layak"}])
    whole = document(FACTS, lines, said)
    theirs = phone_code.ask(
        "listDocument", FACTS, lines, {line: {"verdict": "layak", "reason": None} for line in said}
    )
    assert theirs == whole
    items: Any = whole["items"]
    assert phone_code.ask("canonical", whole) == canonical(whole).decode()
    assert phone_code.ask_later("documentHash", whole) == document_hash(whole)
    assert phone_code.ask_later("merkleRoot", items) == merkle_root(items)


@SOME
@given(st.integers(1, 40), st.data())
def test_a_path_proves_its_own_item_and_no_other(
    phone_code: PhoneDomain, n: int, data: st.DataObject
) -> None:
    items = numbers(n)
    index, other = (data.draw(st.integers(0, n - 1)) for _ in range(2))
    root, path = merkle_root(items), proof(items, index)
    assert phone_code.ask_later("proof", items, index) == path
    for i in {index, other}:
        for item in (items[index], items[other]):
            right = item is items[index] and i == index
            assert check_proof(item, i, n, path, root) is right
            assert phone_code.ask_later("checkProof", item, i, n, path, root) is right


@pytest.mark.parametrize(
    ("index", "n", "spoil"),
    [
        (-1, 5, lambda path: path),
        (5, 5, lambda path: path),
        (2, 4, lambda path: path),
        (2, 5, lambda path: path[:-1]),
        (2, 5, lambda path: [*path, path[0]]),
        (2, 5, lambda path: [*path[:-1], "zz"]),
        (2, 5, lambda path: [path[0].upper(), *path[1:]]),
        (2, 5, lambda path: [" " + path[0], *path[1:]]),
        (2, 5, lambda path: path[::-1]),
    ],
)
def test_a_spoilt_path_proves_nothing(
    phone_code: PhoneDomain, index: int, n: int, spoil: Any
) -> None:
    items = numbers(5)
    root, path = merkle_root(items), spoil(proof(items, 2))
    assert check_proof(items[2], index, n, path, root) is False
    assert phone_code.ask_later("checkProof", items[2], index, n, path, root) is False


@pytest.mark.parametrize("index", [-1, 3])
def test_an_item_that_is_not_there_has_no_path(phone_code: PhoneDomain, index: int) -> None:
    with pytest.raises(IndexError):
        proof(numbers(3), index)
    assert "RangeError" in phone_code.ask_later("proof", numbers(3), index)["error"]


def outside(**told: Any) -> str:
    """What a script says that imports nothing of ours and sees no module of ours."""
    done = subprocess.run(
        [sys.executable, "-I", TESTS / "support" / "check_list_line.py"],
        input=json.dumps(told),
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


@pytest.mark.parametrize(("n", "index"), [(1, 0), (7, 6), (300, 128)])
def test_one_line_is_proven_by_a_script_of_nobody(n: int, index: int) -> None:
    lines: list[Any] = [
        {"id": f"l{i}", "no": i, "part": "main", "name": f"Contoh é {i}", "salt": f"{i:032x}"}
        for i in range(1, n + 1)
    ]
    items: Any = document(FACTS, lines, {})["items"]
    told = {"index": index, "n": n, "path": proof(items, index), "root": merkle_root(items)}
    assert outside(item=items[index], **told) == "same"
    assert outside(item={**items[index], "verdict": "layak"}, **told) == "different"


def test_the_script_imports_nothing_of_ours() -> None:
    text = (TESTS / "support" / "check_list_line.py").read_text()
    assert "outreach" not in text
    assert "tests" not in text
