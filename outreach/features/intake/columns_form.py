"""What was chosen of a sheet: its columns, what its words mean and how it writes its days."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple, Protocol

from outreach.core.workbooks.day_cells import ORDERS
from outreach.features.intake.lines import COLUMNS, Column

ValueMaps = dict[str, dict[str, str]]
KINDS = ("village", "occupation")
LONGEST = 200


class Form(Protocol):
    """The fields of a sent form."""

    def get(self, key: str, /) -> str | None:
        """The first value of a field."""

    def getlist(self, key: str, /) -> list[str]:
        """All values of a field."""


class Choice(NamedTuple):
    """What was chosen. ``columns`` is {our column: column of the file, from 0}; ``picked`` is what
    stands at each column of the file, one of ours chosen twice included."""

    columns: dict[Column, int]
    picked: dict[int, Column]
    value_maps: ValueMaps
    date_order: str | None
    errors: dict[str, str]


def read_choice(
    form: Form,
    width: int,
    before: Mapping[str, Mapping[str, str]],
    codes: Mapping[str, Collection[str]],
    needed: Collection[Column],
    beyond: Mapping[str, Collection[str]],
) -> Choice:
    """The choice with its faults: a needed column without a place, or one of ours chosen twice.

    ``codes`` are those that the actor may choose. What others chose ``beyond`` them stays.
    """
    picked = _picked(form, width)
    columns = {name: at for at, name in reversed(picked.items())}
    errors = {f"column-{at}": "twice" for at, name in picked.items() if columns[name] != at}
    errors |= {name: "missing" for name in needed if name not in columns}
    maps = {
        kind: {
            **_standing(before.get(kind, {}), beyond.get(kind, ())),
            **_value_map(form, kind, before.get(kind, {}), codes[kind]),
        }
        for kind in KINDS
    }
    order = form.get("date_order")
    return Choice(columns, picked, maps, order if order in ORDERS else None, errors)


def _picked(form: Form, width: int) -> dict[int, Column]:
    """Ours for each column of the file that has one."""
    sent = [(at, form.get(f"column-{at}")) for at in range(width)]
    return {at: name for at, text in sent for name in COLUMNS if name == text}


def _value_map(
    form: Form, kind: str, before: Mapping[str, str], codes: Collection[str]
) -> dict[str, str]:
    """The meanings that were known before, with those of the form over them; blank is none."""
    given = zip(form.getlist(f"{kind}_word"), form.getlist(f"{kind}_code"), strict=False)
    merged = {**before, **{word: code for word, code in given if 0 < len(word) <= LONGEST}}
    return _standing(merged, codes)


def _standing(words: Mapping[str, str], codes: Collection[str]) -> dict[str, str]:
    """The words that mean one of these codes."""
    return {word: code for word, code in words.items() if code in codes}
