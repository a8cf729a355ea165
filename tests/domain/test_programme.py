"""The programme's own examples: prices, what a death pays, who may be proposed, what follows."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from outreach.domain import (
    age,
    benefits,
    catalogue,
    eligibility,
    ids,
    merge,
    nik,
    phone,
    statuses,
    tariffs,
)
from outreach.domain.rules import check_field
from tests.domain.test_vectors import PERSON, TODAY

BANDS = tariffs.load_bands()


@pytest.mark.parametrize(
    ("who", "month", "sector", "fund", "amount"),
    [
        ("ojek driver", "2026-11", "transport", "mandiri", 8_400),
        ("coffee farmer", "2026-11", "non_transport", "mandiri", 8_400),
        ("coffee farmer", "2027-01", "non_transport", "mandiri", 16_800),
        ("farmer by APBD", "2026-11", "non_transport", "apbd_kab", 16_800),
        ("farmer by APBD", "2027-01", "non_transport", "apbd_kab", 16_800),
        ("ojek driver", "2027-03", "transport", "mandiri", 8_400),
        ("ojek driver", "2027-04", "transport", "mandiri", 16_800),
    ],
)
def test_worked_examples_of_the_price(
    who: str, month: str, sector: str, fund: str, amount: int
) -> None:
    band = tariffs.band_for(1_099_500, BANDS)
    assert band.band == 1
    assert tariffs.month_price(band, month, sector, fund).amount == amount, who


def test_every_band_of_the_file_is_there() -> None:
    assert [band.band for band in BANDS] == list(range(1, 27))
    assert all(band.jkk == band.base // 100 and band.jkm == 6_800 for band in BANDS)
    assert all(band.jht == band.base * 2 // 100 for band in BANDS)


FROM, UNTIL = date(2026, 1, 10), date(2026, 12, 31)


@pytest.mark.parametrize(
    ("died", "at_work", "amount", "state"),
    [
        (date(2026, 1, 9), False, 0, "not_protected"),
        (date(2026, 2, 20), False, 10_000_000, "first_months"),
        (date(2026, 4, 9), False, 10_000_000, "first_months"),
        (date(2026, 4, 10), False, 42_000_000, "full"),
        (date(2026, 4, 20), False, 42_000_000, "full"),
        (date(2026, 2, 20), True, 70_000_000, "at_work"),
        (date(2027, 1, 1), False, 42_000_000, "in_arrears"),
        (date(2027, 3, 31), True, 70_000_000, "in_arrears"),
        (date(2027, 4, 1), False, 0, "lapsed"),
    ],
)
def test_what_a_death_pays(died: date, at_work: bool, amount: int, state: str) -> None:
    found = benefits.death_benefit(died, FROM, UNTIL, 1_000_000, at_work)
    assert (found.amount, found.state) == (amount, state)


def test_paid_to_july_and_dead_in_september_is_a_claim_after_arrears() -> None:
    found = benefits.death_benefit(
        date(2026, 9, 15), date(2026, 1, 1), date(2026, 7, 31), 1_000_000, at_work=False
    )
    assert found == benefits.DeathBenefit(42_000_000, "in_arrears")
    assert benefits.inactive_from(date(2026, 7, 31)) == date(2026, 11, 1)


def test_grace_that_begins_on_a_months_last_day_ends_with_a_month() -> None:
    assert benefits.inactive_from(date(2026, 2, 28)) == date(2026, 6, 1)
    assert benefits.inactive_from(date(2026, 2, 27)) == date(2026, 5, 28)


def test_full_death_benefit_starts_on_the_same_day_three_months_later() -> None:
    assert benefits.jkm_full_from(date(2026, 1, 10)) == date(2026, 4, 10)
    assert benefits.jkm_full_from(date(2026, 11, 30)) == date(2027, 2, 28)
    assert benefits.inactive_from(date(2026, 9, 30)) == date(2027, 1, 1)
    assert benefits.inactive_from(date(2026, 9, 15)) == date(2026, 12, 16)


def test_who_turns_65_soon_is_listed_until_the_day_itself() -> None:
    assert age.turns_65_within("1961-12-01", TODAY, 30)
    assert not age.turns_65_within("1961-12-31", TODAY, 30)
    assert not age.turns_65_within("1961-11-22", TODAY, 30)
    assert not age.turns_65_within(None, TODAY, 30)


def test_head_of_a_kelurahan_is_a_lurah() -> None:
    assert catalogue.translate("id", statuses.head_key("18.04.04.1001")) == "Lurah"
    assert catalogue.translate("id", statuses.head_key("18.04.04.2002")) == "Peratin"


def test_woman_born_on_the_31st_and_the_old_district() -> None:
    woman = nik.parse("1804047107859002")
    assert isinstance(woman, nik.Nik)
    assert (woman.day, woman.month, woman.sex) == (31, 7, "P")
    assert nik.error("1804010708809001") is None
    assert "nik_kode_lama" in nik.warnings("1804010708809001", "18.04.04.2002", None, None, TODAY)


def test_national_phone_form_keeps_what_is_not_a_mobile_number() -> None:
    assert phone.national("021500") == "021500"


READY = PERSON | {
    "birth_place": "Liwa",
    "programmes": ["JKK", "JKM"],
    "months": 6,
    "funding_source": "apbd_kab",
}


def test_a_ready_farmer_can_be_proposed() -> None:
    assert eligibility.obstacles(READY, TODAY) == []
    assert eligibility.segment(READY) == "BPU"
    assert eligibility.segment({}) is None


@pytest.mark.parametrize(
    ("patch", "found"),
    [
        ({"employment_relation": "punya_majikan", "employer_name": "PT Contoh"}, ["dirujuk_pu"]),
        ({"already_member": "ya_bpu"}, ["sudah_peserta"]),
        ({"birth_date": "1961-11-22"}, ["usia_65"]),
        ({"birth_date": "1961-11-23"}, []),
        ({"birth_date": "2010-01-01"}, ["usia_di_bawah", "belum_lengkap"]),
        ({"nik": None, "nik_status": "belum_rekam"}, ["belum_lengkap"]),
    ],
)
def test_what_stands_against_a_proposal(patch: dict[str, object], found: list[str]) -> None:
    assert eligibility.obstacles({**READY, **patch}, TODAY) == found


def test_a_funder_may_narrow_the_ages_and_ask_for_a_criterion() -> None:
    old = eligibility.FundRules(min_age=60, any_of=("lansia_60_64",))
    assert eligibility.obstacles(READY, TODAY, old) == ["usia_di_bawah", "kriteria_dana"]
    aged = READY | {"birth_date": "1964-01-01", "vulnerability_flags": ["lansia_60_64"]}
    assert eligibility.obstacles(aged, TODAY, old) == []
    assert eligibility.obstacles(aged, TODAY, eligibility.FundRules(max_age=59)) == ["usia_dana"]
    ageless = {**READY, "birth_date": None}
    narrow = eligibility.FundRules(max_age=59)
    assert eligibility.obstacles(ageless, TODAY, narrow) == ["belum_lengkap"]


@pytest.mark.parametrize(
    ("server", "base", "mine", "outcome"),
    [
        ("A", "A", "B", "take"),
        ("B", "A", "B", "same"),
        ("C", "A", "B", "conflict"),
        (None, None, "B", "take"),
        ("A", None, None, "conflict"),
        (None, "A", None, "same"),
        ({"a": 1, "b": None}, {"b": None, "a": 1}, {"a": 2}, "take"),
        ({"a": 1}, {}, {"a": 1, "b": None}, "same"),
        ([{"n": 1}], [{"n": 1, "x": None}], [], "take"),
        ([], None, ["x"], "conflict"),
        (True, 1, False, "conflict"),
    ],
)
def test_merge_of_one_field(server: object, base: object, mine: object, outcome: str) -> None:
    assert merge.merge_field(server, base, mine) == outcome


@pytest.mark.parametrize("half", [0xD800, 0xDFFF])
def test_half_characters_are_refused(half: int) -> None:
    found = check_field("full_name", "Siti" + chr(half))
    assert found is not None
    assert found["code"] == "text_unreadable"


@pytest.mark.parametrize(
    "text",
    [None, 7, "", "0190a6b2-3c4d-4e5f-8a6b-7c8d9e0f1a2b", "0190A6B2-3C4D-7E5F-8A6B-7C8D9E0F1A2B"],
)
def test_what_is_no_key_is_not_taken_for_one(text: object) -> None:
    assert not ids.is_uuid7(text)


def test_a_key_holds_its_moment_and_the_randomness_given() -> None:
    moment = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)
    key = ids.uuid7(moment, bytes(10))
    assert ids.is_uuid7(key)
    assert int(key[:8] + key[9:13], 16) == 1_795_327_500_000
    assert key.endswith("-7000-8000-000000000000")
    assert ids.uuid7(moment) != ids.uuid7(moment)
    assert ids.moment_of(key) == moment


def test_a_key_of_no_time_that_can_be_told_is_of_the_last() -> None:
    assert ids.moment_of("ffffffff-ffff-7000-8000-000000000000").year == 9999
