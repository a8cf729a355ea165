"""The rates, weights and word lists that synthetic people are drawn from."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from random import Random
from typing import Generic, TypedDict, TypeVar

import orjson

from outreach.core.accounts.seeding import DATA, read_csv

SLOTS = 365  # days of a common year
CAPACITY = 1000 * SLOTS * 4  # how many distinct NIK the scheme below can give
RETIRED = ("01", "02", "03", "12", "13", "14", "16", "17", "24", "25", "26")
LAMPUNG = ("1801", "1802", "1803", "1805", "1806", "1807", "1808", "1810", "1812", "1871", "1872")
ELSEWHERE = ("1601", "1608", "1701", "3204", "3205", "3302", "3310", "3403", "3510", "3603")
WORK_PLACE = {
    "TANI-SAYUR": "kebun",
    "TANI-PADI": "sawah",
    "TANI-HKM": "hutan",
    "NELAYAN-DANAU": "danau",
    "PEDAGANG": "pasar",
    "PENGEPUL": "pasar",
    "OJEK": "jalan",
    "SOPIR": "jalan",
    "KURIR": "jalan",
    "TUKANG-BANGUNAN": "proyek",
    "TUKANG-KAYU": "rumah",
    "PENAMBANG-PASIR": "lain",
    "BURUH-HARIAN": "pasar",
    "BENGKEL": "jalan",
    "SAMPAH": "jalan",
    "TERNAK": "rumah",
    "PENJAHIT": "rumah",
    "PRT": "rumah",
    "UMKM-OLAH": "rumah",
}


T = TypeVar("T")


class Households(TypedDict):
    """Workers of one household."""

    workers_per_kk: dict[str, float]


class Incomes(TypedDict):
    """A lognormal of the monthly income: medians by occupation, bounds, the step it is told in."""

    median: dict[str, int]
    sigma: float
    clip: tuple[int, int]
    round_to: int


class Phones(TypedDict):
    """Who has a telephone of whose, and what its number begins with."""

    own: float
    shared: float
    none: float
    prefix_weights: dict[str, float]


class Spec(TypedDict):
    """The rates and weights of ``synthetic_spec.json`` that are read."""

    sex: dict[str, float]
    age_bands: list[tuple[int, int, float]]
    household: Households
    nik_issue_place: dict[str, float]
    income_lognormal: Incomes
    phone: Phones
    email: float
    membership: dict[str, float]
    defects: dict[str, float]


@dataclass(slots=True)
class Weighted(Generic[T]):
    """Draws from options by weight."""

    options: list[T]
    sums: list[float]

    @classmethod
    def of(cls, weights: Mapping[T, float]) -> Weighted[T]:
        """Options with their weights, which need not add up to one."""
        return cls(list(weights), list(accumulate(weights.values())))

    def draw(self, rng: Random) -> T:
        """One option."""
        return self.options[bisect(self.sums, rng.random() * self.sums[-1])]


@cache
def spec() -> Spec:
    """The rates and weights, as given."""
    loaded: Spec = orjson.loads((DATA / "synthetic_spec.json").read_bytes())
    return loaded


@cache
def words() -> dict[str, list[str]]:
    """Our own word lists for names."""
    loaded: dict[str, list[str]] = orjson.loads((DATA / "synthetic_names.json").read_bytes())
    return loaded


@cache
def village_weights() -> Weighted[str]:
    """Villages: the kecamatan's weight, spread by a fixed lognormal; kelurahan count 1.8 times."""
    shares = {r["code"]: float(r["weight"]) for r in read_csv("kecamatan_stats.csv")}
    weights: dict[str, float] = {}
    villages = [row for row in read_csv("regions.csv") if row["level"] == "4"]
    for parent, share in shares.items():
        raw = {
            row["code"]: Random(row["code"]).lognormvariate(0, 0.45)  # noqa: S311
            * (1.8 if row["kind"] == "kelurahan" else 1)
            for row in villages
            if row["parent_code"] == parent
        }
        total = sum(raw.values())
        weights.update({code: share * value / total for code, value in raw.items()})
    return Weighted.of(weights)


@cache
def kelurahan() -> frozenset[str]:
    """Codes of the five kelurahan."""
    return frozenset(r["code"] for r in read_csv("regions.csv") if r["kind"] == "kelurahan")


@cache
def occupation_weights(village: str) -> Weighted[str]:
    """Occupations of a village: the regency's shares, bent by what grows there."""
    district = village[:8]
    weights = {r["code"]: float(r["share_percent"]) for r in read_csv("occupations.csv")}
    lake = {"18.04.22": 0.8 / 0.02678, "18.04.11": 0.2 / 0.08293}
    weights["NELAYAN-DANAU"] *= lake.get(district, 0)
    if district in {"18.04.09", "18.04.23"}:
        weights["TANI-PADI"] *= 3
    if district in {"18.04.08", "18.04.04"}:
        weights["TANI-SAYUR"] *= 3
    if village in kelurahan():
        weights["PEDAGANG"] *= 2
    return Weighted.of(weights)


@cache
def age_bands() -> Weighted[tuple[int, int]]:
    """Bands of ages: the first and the last year."""
    return Weighted.of({(low, high): share for low, high, share in spec()["age_bands"]})


@cache
def households() -> Weighted[int]:
    """How many workers one household has."""
    return Weighted.of({int(k): v for k, v in spec()["household"]["workers_per_kk"].items()})


@cache
def fixed(name: str) -> Weighted[str]:
    """A weighted choice of the spec by its name."""
    if name == "phone_prefix":
        return Weighted.of(spec()["phone"]["prefix_weights"])
    if name == "membership":
        return Weighted.of(spec()["membership"])
    if name == "issue_place":
        return Weighted.of(spec()["nik_issue_place"])
    raise KeyError(name)


@cache
def districts() -> list[str]:
    """Today's kecamatan as the six digits a NIK begins with."""
    return [r["code"].replace(".", "") for r in read_csv("regions.csv") if r["level"] == "3"]


def slot_of(number: int) -> tuple[int, int, int]:
    """(serial, day of the year 0–364, year modulo 4) for a worker's number.

    No two numbers below CAPACITY share all three. So no two NIK can be equal whatever district and
    year are drawn, and nothing has to be remembered.
    """
    rest, serial = divmod(number, 1000)
    if number >= CAPACITY:
        raise ValueError(f"number {number} is past the {CAPACITY} people this scheme can give")
    block, step = divmod(rest, SLOTS)
    return 9000 + serial, (step * 149 + serial * 211) % SLOTS, (block + serial) % 4


def common_day(slot: int) -> tuple[int, int]:
    """(month, day) of a day of a common year."""
    day = date(2001, 1, 1) + timedelta(days=slot)
    return day.month, day.day


def birth_date(rng: Random, number: int, today: date) -> date:
    """A birthday of an age drawn from the bands, on the day the number allows."""
    _, slot, residue = slot_of(number)
    month, day = common_day(slot)
    low, high = age_bands().draw(rng)
    late = (month, day) > (today.month, today.day)
    first = rng.randint(low, high)
    ages = [first + k if first + k <= high else first + k - (high - low + 1) for k in range(4)]
    for age in (*ages, *range(low, low + 4)):
        if (today.year - age - late) % 4 == residue:
            return date(today.year - age - late, month, day)
    raise AssertionError("four years in a row hold every residue")


def full_name(rng: Random, sex: str) -> str:
    """A name of one to three words."""
    pools = words()
    if sex == "L":
        first_name, last = rng.choice(pools["men"]), pools["men_last"]
    else:
        first_name, last = rng.choice(pools["women"]), pools["women_last"]
        if rng.random() < 0.35:
            first_name = f"{rng.choice(pools['women_first'])} {first_name}"
    if rng.random() < 0.12:
        return first_name.split()[-1].upper()
    return f"{first_name} {rng.choice(last)}".upper()


def misspell(rng: Random, name: str) -> str:
    """Another spelling of the same name, as two clerks would write it."""
    swaps = (("Y", "I"), ("U", "OE"), ("J", "DJ"), ("TI", "TY"), ("SY", "S"), ("AH", "A"))
    fitting = [(old, new) for old, new in swaps if old in name]
    if fitting and rng.random() < 0.7:
        old, new = rng.choice(fitting)
        return name.replace(old, new, 1)
    place = rng.randrange(len(name))
    return name[:place] + name[place] + name[place:] if name[place].isalpha() else name


def relation(rng: Random, code: str) -> str:
    """For whom people of this occupation work."""
    drawn = rng.random()
    if code == "GURU-HONOR":
        return "punya_majikan" if drawn < 0.7 else "usaha_sendiri"
    if code.startswith("BURUH") or code in {"TUKANG-BANGUNAN", "SAWIT", "PRT"}:
        return "harian_ganti" if drawn < 0.92 else "bantu_keluarga"
    if code.startswith("TANI"):
        return (
            "usaha_sendiri" if drawn < 0.7 else "bagi_hasil" if drawn < 0.92 else "bantu_keluarga"
        )
    return "usaha_sendiri" if drawn < 0.9 else "bantu_keluarga"
