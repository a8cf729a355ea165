"""Random inputs through the phone's code (in QuickJS) and the server's: one answer."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.domain import access, codes, formats, kk, merge, names, nik, phone, rules, statuses
from outreach.domain.rulebook import FIELDS, RULES
from tests.domain.test_vectors import PERSON
from tests.support.phone_domain import PhoneDomain

MODULES = ["rules", "nik", "phone", "names", "code", "merge", "statuses", "formats"]
MANY = settings(max_examples=300, deadline=None)


@pytest.fixture(scope="session")
def phone_code(tmp_path_factory: pytest.TempPathFactory) -> PhoneDomain:
    return PhoneDomain(tmp_path_factory.mktemp("phone"), MODULES)


def words_of_the_rules() -> list[str]:
    texts = {
        part for spec in FIELDS.values() for part in [*spec.get("of", ()), *spec.get("all", ())]
    }
    return [*sorted(texts), "", "name", "relation", "x" * 201, "2026-11-22", "2026-02-30"]


TEXT = st.one_of(
    st.sampled_from(words_of_the_rules()),
    st.text(alphabet=st.characters(codec="utf-8"), max_size=12),
    st.text(alphabet="ABYyoOeEuUdDjJtTcC .,'-éŌß", max_size=24),
    st.text(alphabet="0123456789+- ", max_size=20),
    st.from_regex(r"\A[0-9]{16}\Z"),
    st.from_regex(r"\A(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9](T[0-2][0-9]:[0-5][0-9]:00Z)?\Z"),
)
LEAF = st.one_of(st.none(), st.booleans(), st.integers(-(10**10), 10**10), TEXT)


def value_for(spec: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values near the rule's border, right and wrong."""
    parts = spec.get("of")
    if isinstance(parts, dict):
        whole = st.fixed_dictionaries({}, optional={k: value_for(v) for k, v in parts.items()})
        return st.one_of(LEAF, whole if spec["t"] == "o" else st.lists(whole, max_size=3))
    if "re" in spec:
        return st.one_of(LEAF, st.from_regex(RULES["patterns"][spec["re"]], fullmatch=True))
    if parts:
        one = st.sampled_from(parts)
        return st.one_of(LEAF, one, st.lists(st.one_of(one, LEAF), max_size=4))
    return st.one_of(LEAF, st.floats(-200, 200, width=16).filter(lambda x: x != int(x)))


FIELD_AND_VALUE = st.sampled_from(sorted(FIELDS)).flatmap(
    lambda name: st.tuples(st.just(name), value_for(FIELDS[name]))
)
PATCH = st.lists(FIELD_AND_VALUE, max_size=4).map(dict)
DAY = st.dates(date(2020, 1, 1), date(2040, 1, 1))


@MANY
@given(FIELD_AND_VALUE)
def test_checks_and_normal_forms_agree(phone_code: PhoneDomain, case: tuple[str, Any]) -> None:
    name, value = case
    clean = rules.normalise_field(name, value)
    assert phone_code.ask("normaliseField", name, value) == clean
    for each in (value, clean):
        assert phone_code.ask("checkField", name, each) == rules.check_field(name, each)


@MANY
@given(FIELD_AND_VALUE)
def test_a_normal_form_is_its_own_normal_form(case: tuple[str, Any]) -> None:
    name, value = case
    once = rules.normalise_field(name, value)
    assert rules.normalise_field(name, once) == once


@MANY
@given(st.sampled_from([*rules.ROLES, "nobody"]), PATCH)
def test_a_mutation_gets_the_same_errors(
    phone_code: PhoneDomain, role: str, patch: dict[str, Any]
) -> None:
    changes = {name: [None, value] for name, value in patch.items()}
    assert phone_code.ask("checkSet", role, changes) == rules.check_set(role, changes)


# Where facts move a state that rests on somebody's word, the phone waits for the server.
@MANY
@given(PATCH, DAY, st.sampled_from([None, "usulan", "draf", "calon", "aktif"]))
def test_what_is_missing_and_the_status_agree(
    phone_code: PhoneDomain, patch: dict[str, Any], day: date, current: str | None
) -> None:
    right = {name: value for name, value in patch.items() if rules.check_field(name, value) is None}
    data = {name: value for name, value in {**PERSON, **right}.items() if value is not None}
    today = day.isoformat()
    assert phone_code.ask("missingForDoor", data, today) == rules.missing_for_door(data, day)
    assert phone_code.ask("missingForProposal", data, today) == rules.missing_for_proposal(
        data, day
    )
    assert phone_code.ask("deriveStatus", data, today, current) == statuses.derive(
        data, day, current
    )
    flags = phone_code.ask("flags", data, today, {"production": True})
    assert flags == statuses.flags(data, day, production=True)


@MANY
@given(st.from_regex(r"\A(18|11|96|20)(04|00|13)[0-2][0-9][0-7][0-9][01][0-9]{3}[0-9]{4}\Z"), DAY)
def test_a_number_says_the_same(phone_code: PhoneDomain, number: str, day: date) -> None:
    assert phone_code.ask("nikError", number) == nik.error(number)
    assert phone_code.ask("kkError", number) == kk.error(number)
    born = nik.birth_from_nik(number, day)
    assert phone_code.ask("birthFromNik", number, day.isoformat()) == born
    args = (number, "18.04.04.2002", born, "P")
    assert phone_code.ask("warnings", *args, day.isoformat()) == nik.warnings(*args, day)


@MANY
@given(TEXT)
def test_names_and_phones_agree(phone_code: PhoneDomain, text: str) -> None:
    assert phone_code.ask("normalisePhone", text) == phone.normalise(text)
    name = text if rules.check_field("full_name", text) is None else ""
    assert phone_code.ask("nameKey", name) == names.name_key(name)
    assert phone_code.ask("searchWords", name) == names.search_words(name)


SHORT = ["M.", "MOH", "Mochammad", "ST.", "Siti", "ABD", "Abdur", "H.", "Ach.", "S.Pd", "ST", "Nur"]


@MANY
@given(st.lists(st.sampled_from([*SHORT, "RAHMAN", "JANNAH", "Jumadi", "Soeryadi"]), max_size=5))
def test_short_forms_agree_and_every_name_is_found_by_each_of_its_words(
    phone_code: PhoneDomain, words: list[str]
) -> None:
    name = " ".join(words)
    key = names.name_key(name)
    assert phone_code.ask("nameKey", name) == key
    assert phone_code.ask("searchWords", name) == names.search_words(name)
    assert all(word in key for word in names.search_words(name))


@MANY
@given(st.uuids(), st.integers(-(10**12), 10**12), DAY)
def test_codes_and_formats_agree(
    phone_code: PhoneDomain, worker_id: Any, money: int, day: date
) -> None:
    assert phone_code.ask("workerCode", str(worker_id)) == codes.worker_code(str(worker_id))
    for lang in ("id", "en"):
        assert phone_code.ask("formatMoney", money, lang) == formats.format_money(money, lang)
        assert phone_code.ask("formatDay", day.isoformat(), lang) == formats.format_day(day, lang)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(0, 3), st.sampled_from(["", "a"])),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=6,
)


@MANY
@given(JSON, JSON)
def test_two_values_are_equal_on_both_sides_or_on_neither(
    phone_code: PhoneDomain, a: Any, b: Any
) -> None:
    assert phone_code.ask("equal", a, b) is merge.equal(a, b)
    assert phone_code.ask("equal", a, a) is True


def test_the_phone_knows_the_same_rights(phone_code: PhoneDomain) -> None:
    for role in (*rules.ROLES, "nobody"):
        assert set(phone_code.ask("fieldsFor", role, "see")) == access.visible_fields(role)
        assert set(phone_code.ask("fieldsFor", role, "set")) == access.settable_fields(role)
