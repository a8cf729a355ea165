"""The server's answers to the shared vectors; tests/js/domain.test.mjs asks the phone's code."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, is_dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from outreach.domain import (
    age,
    catalogue,
    codes,
    doubts,
    duplicates,
    formats,
    ids,
    kk,
    merge,
    money,
    names,
    nik,
    phone,
    places,
    rules,
    statuses,
    tariffs,
)

SHARED = Path(__file__).parent.parent / "shared"
FILES = ("nik", "people", "money", "formats", "rules")
TODAY = date(2026, 11, 22)
BANDS = tariffs.load_bands()
SENTENCES = {"count": "{n} people", "count.one": "{n} person", "hello": "Hello {name}, {name}"}
PERSON = json.loads((SHARED / "rules.json").read_text())["$person"]


def patched(patch: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in {**PERSON, **patch}.items() if v is not None}


def band(income: int) -> tariffs.Band:
    return tariffs.band_for(income, BANDS)


def parsed(number: str) -> Any:
    found = nik.parse(number)
    return asdict(found) if is_dataclass(found) else found


def translated(key: str, kw: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(catalogue, "load", lambda _lang: SENTENCES)
    return catalogue.translate("en", key, **kw)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "nik_error": nik.error,
    "nik_parse": parsed,
    "birth_from_nik": lambda number, day: nik.birth_from_nik(number, date.fromisoformat(day)),
    "nik_warnings": lambda *args: nik.warnings(*args[:4], date.fromisoformat(args[4])),
    "nik_is_demo": nik.is_demo,
    "nik_mask": nik.mask,
    "nik_group": nik.group,
    "kk_error": kk.error,
    "read_place": places.read_place,
    "phone_normalise": phone.normalise,
    "phone_national": phone.national,
    "name_key": names.name_key,
    "search_words": names.search_words,
    "name_found": lambda name, typed: (
        bool(words := names.search_words(typed))
        and all(word in names.name_key(name) for word in words)
    ),
    "age_on": lambda born, day: age.age_on(born, date.fromisoformat(day)),
    "age_problem": lambda born, day, low: age.age_problem(born, date.fromisoformat(day), low),
    "nearing_65": lambda born, day: (
        found.isoformat() if (found := age.nearing_65(born, date.fromisoformat(day))) else None
    ),
    "needs_guardian": lambda born, day: age.needs_guardian(born, date.fromisoformat(day)),
    "jakarta_date": lambda moment: age.jakarta_date(moment).isoformat(),
    "worker_code": codes.worker_code,
    "uuid7": lambda millis, rand: ids.uuid7(
        datetime.fromtimestamp(millis / 1000, UTC), bytes.fromhex(rand)
    ),
    "duplicate_keys": duplicates.keys,
    "equal": merge.equal,
    "band_for": lambda income: band(income).band,
    "month_price": lambda income, *rest: tariffs.month_price(band(income), *rest),
    "period_price": lambda income, *rest: tariffs.period_price(band(income), *rest),
    "covers": tariffs.covers,
    "next_change": lambda income, *rest: tariffs.next_change(band(income), *rest),
    "add_months": tariffs.add_months,
    "monthly_income": tariffs.monthly_income,
    "check_field": rules.check_field,
    "check_set": rules.check_set,
    "check_together": rules.check_together,
    "doubts": doubts.doubts,
    "read_money": money.read_money,
    "missing_for_door": lambda patch: rules.missing_for_door(patched(patch), TODAY),
    "missing_for_proposal": lambda patch: rules.missing_for_proposal(patched(patch), TODAY),
    "normalise_field": rules.normalise_field,
    "derive": lambda patch, current: statuses.derive(patched(patch), TODAY, current),
    "flags": lambda patch, live: statuses.flags(patched(patch), TODAY, production=live),
    "after_saving": lambda status, data, day: statuses.after_saving(
        status, data, date.fromisoformat(day)
    ),
    "head_key": statuses.head_key,
    **{name: getattr(formats, name) for name in dir(formats) if name.startswith("format_")},
}


def vectors() -> Iterator[Any]:
    for file in FILES:
        for name, rows in json.loads((SHARED / f"{file}.json").read_text()).items():
            if not name.startswith("$"):
                for n, (args, expected) in enumerate(rows):
                    yield pytest.param(name, args, expected, id=f"{file}-{name}-{n}")


def plain(value: Any) -> Any:
    """The value as JSON would carry it."""
    return json.loads(json.dumps(asdict(value) if is_dataclass(value) else value))  # type: ignore[call-overload]


@pytest.mark.parametrize(("name", "args", "expected"), list(vectors()))
def test_server_answers_as_the_vectors_say(
    name: str, args: list[Any], expected: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name == "translate":
        assert translated(*args, monkeypatch) == expected
    else:
        assert plain(FUNCTIONS[name](*args)) == expected
