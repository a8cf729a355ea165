"""Invents believable workers by outreach/data/synthetic_spec.json; writes nothing.

Nobody real is copied: names are combined from word lists of our own, phone numbers lie in a
0000NNNN block and every NIK has a serial of 9000–9999. The same seed, first number, count and
moment give the same people.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from random import Random

from outreach.core.demo.synthetic_draws import (
    ELSEWHERE,
    LAMPUNG,
    RETIRED,
    WORK_PLACE,
    Weighted,
    birth_date,
    common_day,
    districts,
    fixed,
    full_name,
    households,
    misspell,
    occupation_weights,
    relation,
    slot_of,
    spec,
    village_weights,
    words,
)
from outreach.domain.ids import uuid7
from outreach.domain.worker_data import object_at

CONSENT_VERSION = "consent-2026-12"
SPAN_DAYS = 300  # registrations lie within this many days before now


@dataclass(frozen=True, slots=True)
class Person:
    """One invented worker: the wire's ``data``, an id, and whose second record it is."""

    number: int
    id: str
    data: dict[str, object]
    at: datetime
    same_as: str | None

    @property
    def village(self) -> str:
        """Where the person lives."""
        return str(self.data["village_code"])


@dataclass(slots=True)
class Household:
    """The answers that people of one house share."""

    village: str
    pemangku: str
    rt: str
    address: str
    kk: str | None
    at: datetime
    id: str


@dataclass(slots=True)
class People:
    """A stream of invented workers, numbered from ``first``, registered before ``now``.

    ``signatures``: None gives each consent a hash of its own as real ones have; a list gives
    one of these, so that a demo can hold real pictures. ``places``: where they live, by default
    all villages by their weight. Registrations lie within ``days`` before ``now``.
    """

    seed: int
    first: int
    count: int
    now: datetime
    signatures: list[str] | None = None
    places: Weighted[str] | None = None
    days: int = SPAN_DAYS
    rng: Random = field(init=False)
    recent: deque[Person] = field(init=False)

    def __post_init__(self) -> None:
        self.rng = Random(f"{self.seed}:{self.first}:{self.count}")  # noqa: S311
        self.recent = deque(maxlen=400)

    def __iter__(self) -> Iterator[Person]:
        """The people in the order of registration; memory does not grow with the count."""
        number = self.first
        end = self.first + self.count
        while number < end:
            house = self.household(number)
            for _ in range(min(households().draw(self.rng), end - number)):
                yield self.person(number, house)
                number += 1

    def household(self, number: int) -> Household:
        """A house at a moment that moves on with the number, in working hours of Lampung."""
        rng = self.rng
        done = (number - self.first) / self.count
        day = self.now - timedelta(days=self.days * (1 - done) + 1)
        at = day.replace(
            hour=1 + rng.randrange(9), minute=rng.randrange(60), second=rng.randrange(60)
        ).replace(microsecond=rng.randrange(1000) * 1000)
        village = (self.places or village_weights()).draw(rng)
        rt, hamlet = rng.randint(1, 8), rng.randint(1, 6)
        return Household(
            village=village,
            pemangku=str(hamlet),
            rt=f"{rt:03}",
            address=f"Pemangku {hamlet} RT {rt}" if rng.random() < 0.8 else f"Jalan RT {rt}",
            kk=self.card_number(number, village) if rng.random() < 0.35 else None,
            at=at,
            id=uuid7(at, rng.randbytes(10)),
        )

    def card_number(self, number: int, village: str) -> str:
        """A family card number with the same serial rule as a NIK."""
        serial, slot, residue = slot_of(number)
        month, day = common_day(slot)
        year = 8 + self.rng.randrange(4) * 4 + residue
        return f"{village.replace('.', '')[:6]}{day:02}{month:02}{year:02}{serial}"

    def person(self, number: int, house: Household) -> Person:
        """The next worker of this house; now and then a second record of somebody recent."""
        at = house.at + timedelta(minutes=self.rng.randint(2, 9), seconds=self.rng.randrange(60))
        house.at = at
        if self.recent and self.rng.random() < spec()["defects"]["duplicate_person"]:
            return self.second_record(number, at)
        data = self.record(number, house, at)
        made = Person(number, uuid7(at, self.rng.randbytes(10)), data, at, None)
        if self.rng.random() < 0.2:
            self.recent.append(made)
        return made

    def second_record(self, number: int, at: datetime) -> Person:
        """Somebody registered again: same NIK and another spelling, or no card at hand."""
        rng = self.rng
        other = self.recent[rng.randrange(len(self.recent))]
        data = {**other.data, "captured_at": stamp(at)}
        if rng.random() < 0.8:
            data["full_name"] = misspell(rng, str(data["full_name"]))
        else:
            data.pop("nik", None)
            data["nik_status"] = "hilang_dicari"
        if "consent" in data:
            data["consent"] = {**object_at(data, "consent"), "at": stamp(at)}
        return Person(number, uuid7(at, rng.randbytes(10)), data, at, other.id)

    def record(self, number: int, house: Household, at: datetime) -> dict[str, object]:
        """One person's answers as the form would send them; unanswered fields are absent."""
        born = birth_date(self.rng, number, at.date())
        sex = "L" if self.rng.random() < spec()["sex"]["L"] else "P"
        age = at.year - born.year - ((at.month, at.day) < (born.month, born.day))
        data: dict[str, object] = {
            "village_code": house.village,
            "captured_at": stamp(at),
            "source_list": "kunjungan",
            "facts_from": "sendiri",
            "full_name": full_name(self.rng, sex),
            "birth_date": born.isoformat(),
            "sex": sex,
            "address_line": house.address,
            "pemangku": house.pemangku,
            "rt": house.rt,
            "domicile_same_as_ktp": True,
            "household_id": house.id,
        }
        if house.kk:
            data["kk_number"] = house.kk
        self.identity(number, data, house.village, born, sex)
        self.contact(number, data)
        self.work(number, data, house.village, age)
        self.heirs(data, age)
        self.agreement(number, data, at)
        self.spoil(data, born)
        return data

    def identity(
        self, number: int, data: dict[str, object], village: str, born: date, sex: str
    ) -> None:
        """NIK with its place of issue, or why there is none."""
        rng, rates = self.rng, spec()["defects"]
        if rng.random() < rates["no_nik_yet"]:
            data["nik_status"] = rng.choice(["belum_rekam", "hilang_dicari", "tidak_terbaca"])
            return
        serial, _, _ = slot_of(number)
        prefix = self.issued_in(village.replace(".", "")[:6])
        if rng.random() < rates["nik_one_digit_wrong"]:
            prefix = prefix[:5] + str((int(prefix[5]) + rng.randint(1, 8)) % 10)
        if prefix.endswith("00"):
            prefix = prefix[:5] + "1"
        day = born.day + (40 if sex == "P" else 0)
        data["nik"] = f"{prefix}{day:02}{born.month:02}{born.year % 100:02}{serial}"
        data["nik_status"] = "ada"
        data["nik_match"] = True
        data["nik_check"] = "ketik_ulang"

    def issued_in(self, own: str) -> str:
        """Six digits of the place that first issued the NIK."""
        rng = self.rng
        place = fixed("issue_place").draw(rng)
        if place == "own_kecamatan":
            return own
        if place == "other_1804":
            return rng.choice(districts())
        if place == "retired_1804_pesisir":
            return "1804" + rng.choice(RETIRED)
        regency = rng.choice(LAMPUNG if place == "other_lampung" else ELSEWHERE)
        return f"{regency}{rng.randint(1, 15):02}"

    def contact(self, number: int, data: dict[str, object]) -> None:
        """A phone of one's own, of somebody near, or none."""
        rng, rates = self.rng, spec()["phone"]
        drawn = rng.random()
        if drawn >= rates["own"] + rates["shared"]:
            data["no_phone"] = True
            return
        prefix = fixed("phone_prefix").draw(rng)[1:]
        data["phone"] = f"+62{prefix}0000{number * 7919 % 10000:04}"
        data["has_whatsapp"] = rng.random() < 0.8
        shared = drawn >= rates["own"]
        data["phone_owner"] = rng.choice(["pasangan", "anak", "tetangga"]) if shared else "sendiri"
        if rng.random() < spec()["email"]:
            data["email"] = f"warga{number}@contoh.example"

    def work(self, number: int, data: dict[str, object], village: str, age: int) -> None:
        """Occupation, for whom, where, and what it brings in."""
        rng = self.rng
        code = occupation_weights(village).draw(rng)
        data["occupation_code"] = code
        data["employment_relation"] = relation(rng, code)
        data["work_location"] = WORK_PLACE.get(code, "kebun" if "TANI" in code else "lain")
        if code == "LAIN":
            data["occupation_text"] = "serabutan"
        self.membership(number, data)
        if data["employment_relation"] == "punya_majikan":
            names = words()["schools" if code == "GURU-HONOR" else "employers"]
            data["employer_name"] = rng.choice(names)
        self.income(data, code)
        data["programmes"] = ["JKK", "JKM", "JHT"] if rng.random() < 0.04 else ["JKK", "JKM"]
        if rng.random() < 0.15:
            data["group_name"] = f"{rng.choice(words()['groups'])} {rng.randint(1, 20)}"
        if 60 <= age < 65:
            data["vulnerability_flags"] = ["lansia_60_64"]

    def membership(self, number: int, data: dict[str, object]) -> None:
        """Draw the answer about a BPJS Ketenagakerjaan card."""
        rng = self.rng
        state = fixed("membership").draw(rng)
        if rng.random() < spec()["defects"]["already_PU"]:
            data["already_member"] = "ya_pu"
            data["employment_relation"] = "punya_majikan"
        elif state == "calon/verifikasi":
            data["already_member"] = "belum" if rng.random() < 0.93 else "tidak_tahu"
        else:
            data["already_member"] = "ya_bpu"
            data["kpj"] = f"9900{number:07}"

    def income(self, data: dict[str, object], code: str) -> None:
        """The income as said, and the monthly figure it gives."""
        rng, figures = self.rng, spec()["income_lognormal"]
        if rng.random() < 0.05:
            data["income_said"] = {"amount": None, "per": "tidak_tahu"}
            return
        median = figures["median"].get(code, figures["median"]["default"])
        low, high = figures["clip"]
        drawn = rng.lognormvariate(math.log(median), figures["sigma"])
        step = figures["round_to"]
        amount = int(min(max(drawn, low), high) / step + 0.5) * step
        data["monthly_income"] = amount
        if code == "TANI-KOPI" and rng.random() < 0.7:
            data["income_said"] = {"amount": amount * 12, "per": "panen", "harvests": 1}
        else:
            data["income_said"] = {"amount": amount, "per": "bulan"}

    def heirs(self, data: dict[str, object], age: int) -> None:
        """One heir by name and relation, sometimes two; a minor with a guardian."""
        rng = self.rng
        married = age > 20 and rng.random() < 0.8
        data["marital_status"] = "kawin_tercatat" if married else "belum_kawin"
        other = "P" if data["sex"] == "L" else "L"
        if married:
            first = {"name": full_name(rng, other), "relation": "pasangan"}
        else:
            near = "orang_tua" if age < 40 else "saudara_kandung"
            first = {"name": full_name(rng, rng.choice("LP")), "relation": near}
        heirs: list[dict[str, str | bool]] = [{**first}]
        if married and rng.random() < 0.15:
            child = {"name": full_name(rng, rng.choice("LP")), "relation": "anak"}
            heirs.append({**child, "minor": True, "guardian": first["name"]})
        data["heirs"] = heirs
        if married and rng.random() < 0.6:
            data["children_school_age"] = rng.randint(0, 3)

    def agreement(self, number: int, data: dict[str, object], at: datetime) -> None:
        """Consent by signature; a represented person gave none, so the record stays a draft."""
        rng = self.rng
        if rng.random() < 0.05:
            data["facts_from"] = "diwakili"
            data["informant"] = {"name": full_name(rng, "P"), "relation": "pasangan"}
            return
        evidence = sha256(f"{self.seed}:{number}".encode()).hexdigest()
        if self.signatures:
            evidence = self.signatures[number % len(self.signatures)]
        data["consent"] = {
            "version": CONSENT_VERSION,
            "lang": "id",
            "method": "tanda_tangan_layar",
            "evidence": evidence,
            "purposes": {
                "pendaftaran": True,
                "hubungi_wa": "phone" in data and rng.random() < 0.8,
                "pasfoto": rng.random() < 0.5,
                "bagi_ke_opd": rng.random() < 0.7,
                "pajang_nama": number % 5 < 3,  # drawn by number: earlier people stay who they are
            },
            "at": stamp(at),
        }

    def spoil(self, data: dict[str, object], born: date) -> None:
        """The defects lists really have, at the rates of the spec."""
        rng, rates = self.rng, spec()["defects"]
        if rng.random() < rates["birthdate_differs_from_nik"]:
            data["birth_date"] = born.replace(day=born.day % 28 + 1).isoformat()
        if rng.random() < rates["sex_differs_from_nik"]:
            data["sex"] = "P" if data["sex"] == "L" else "L"
        if rng.random() < rates["name_typo_variant"]:
            data["full_name"] = misspell(rng, str(data["full_name"]))
        if rng.random() < rates["deceased"]:
            data["notes"] = "Menurut tetangga sudah meninggal, perlu dicek"
        elif rng.random() < rates["moved"]:
            data["notes"] = "Menurut tetangga sudah pindah, perlu dicek"


def stamp(at: datetime) -> str:
    """The wire's form of a time."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
