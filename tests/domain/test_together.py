"""Every field moves with its group, and nothing is said and unsaid in one record."""

from __future__ import annotations

from outreach.domain import together
from outreach.domain.rulebook import FIELDS


def test_every_field_belongs_to_one_group_or_to_the_visit() -> None:
    grouped = [name for names in together.choices().values() for name in names]
    assert sorted([*grouped, *together.OF_VISIT]) == sorted(FIELDS)


def test_a_group_that_only_one_has_comes_over_whole() -> None:
    joined = together.join({"rt": "001"}, {"phone": "+62", "phone_owner": "anak"}, {})
    assert joined.inherited == {"phone": "+62", "phone_owner": "anak"}
    assert joined.clashes == []


def test_the_same_number_with_more_said_of_it_comes_over() -> None:
    joined = together.join({"phone": "+62"}, {"phone": "+62", "has_whatsapp": True}, {})
    assert joined.inherited == {"has_whatsapp": True}


def test_two_proofs_of_the_same_consent_are_no_difference() -> None:
    one = {"consent": {"purposes": {"pendaftaran": True}, "at": "2026-11-22T06:05:00Z"}}
    other = {"consent": {"purposes": {"pendaftaran": True}, "at": "2026-11-23T06:05:00Z"}}
    assert not together.needs_choice("consent", one, other)
    other["consent_withdrawn"] = {"pendaftaran": "2026-11-24T06:05:00Z"}
    assert together.needs_choice("consent", one, other)


def test_what_contradicts_a_change_goes_with_it() -> None:
    data = {"phone": "+62", "phone_owner": "anak", "nik_status": "belum_rekam"}
    assert together.with_partners(data, {"no_phone": (None, True)}) == {
        "no_phone": (None, True),
        "phone": ("+62", None),
        "phone_owner": ("anak", None),
    }
    assert together.with_partners(data, {"nik": (None, "1" * 16)}) == {
        "nik": (None, "1" * 16),
        "nik_status": ("belum_rekam", "ada"),
    }
    assert together.with_partners(data, {"rt": (None, "001")}) == {"rt": (None, "001")}
