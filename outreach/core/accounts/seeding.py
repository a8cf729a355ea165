"""Loads what a fresh database needs before anybody logs in: regions, offices, reference data.

Safe to run at every start: only what is missing is added, so rows that somebody corrected stay
as they are.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core.record import scopes
from outreach.domain.ids import uuid7
from outreach.domain.regency import regency_of
from outreach.domain.worker_data import Data
from outreach.storage import queries_sync
from outreach.storage.accounts import Office
from outreach.storage.locks import begin_write
from outreach.storage.regions import Region, RegionAlias
from outreach.storage.sync import ScopeCounter, ServerState
from outreach.storage.workers import Reference

COUNTED = select(ScopeCounter.regency, ScopeCounter.scope)
DATA = Path(__file__).parents[2] / "data"
REGENCY = "18.04"
REGENCY_OFFICES = (
    ("Pemkab", "pemkab", "Bupati"),
    ("Dinas Tenaga Kerja dan Transmigrasi", "dinas", "Kepala Dinas"),
    ("Dinas Perkebunan dan Peternakan", "dinas", "Kepala Dinas"),
    ("Mal Pelayanan Publik", "mpp", "Kepala MPP"),
    ("BPJS Ketenagakerjaan", "bpjs", "Kepala Cabang"),
)
HEAD_TITLES = {"pekon": "Peratin", "kelurahan": "Lurah"}


def read_csv(name: str) -> list[dict[str, str]]:
    """The rows of a file in outreach/data."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def seed(session: Session, now: datetime) -> dict[str, int]:
    """Counts of what was added, by kind; everything 0 when nothing was missing."""
    begin_write(session)
    report = {"regions": add_regions(session), "aliases": add_aliases(session)}
    every = regencies(session)
    report |= {
        "offices": add_offices(session, now),
        "counters": add_counters(session, every),
        "reference rows": sum(add_reference(session, one) for one in every),
        "published regions": sum(scopes.publish_regions(session, one, now) for one in every),
    }
    session.commit()
    return report


def regencies(session: Session) -> list[str]:
    """Every regency of the database, in order; each has reference data of its own."""
    found = session.scalars(select(Region.code).where(Region.level == 2))
    return sorted({REGENCY, *found})


def add_regions(session: Session) -> int:
    """Add the regions that are missing; returns how many."""
    known = set(session.scalars(select(Region.code)))
    rows = [row for row in read_csv("regions.csv") if row["code"] not in known]
    session.add_all(
        Region(
            code=row["code"],
            name=row["name"],
            level=int(row["level"]),
            parent_code=row["parent_code"],
            kind=row["kind"],
            lat=float(row["lat"]) if row["lat"] else None,
            lon=float(row["lon"]) if row["lon"] else None,
        )
        for row in rows
    )
    session.flush()
    return len(rows)


def add_aliases(session: Session) -> int:
    """Add the spellings that are missing; returns how many. One met twice counts once."""
    origins = {(r["code"], r["alias"]): r["origin"] for r in read_csv("region_aliases.csv")}
    known = session.execute(select(RegionAlias.code, RegionAlias.alias))
    missing = sorted(origins.keys() - set(known))
    session.add_all(
        RegionAlias(code=code, alias=alias, origin=origins[code, alias]) for code, alias in missing
    )
    session.flush()
    return len(missing)


def village_offices(session: Session) -> Iterator[tuple[str, str, str, str]]:
    """(name, kind, head's title, region) of each village's own office."""
    for region in session.scalars(select(Region).where(Region.level == 4).order_by(Region.code)):
        name = f"{region.kind.capitalize()} {region.name}"
        yield name, region.kind, HEAD_TITLES[region.kind], region.code


def regency_offices() -> Iterator[tuple[str, str, str, str]]:
    """The offices of the whole regency; further departments are added by an admin."""
    for name, kind, title in REGENCY_OFFICES:
        yield name, kind, title, REGENCY


def add_offices(session: Session, now: datetime) -> int:
    """Add the offices that are missing; a renamed office is recognised in its village."""
    taken = session.execute(select(Office.region_code, Office.kind, Office.name)).all()
    by_name = {(code, kind, name) for code, kind, name in taken}
    villages = {(code, kind) for code, kind, _ in taken if kind in HEAD_TITLES}
    added = 0
    for name, kind, title, code in [*regency_offices(), *village_offices(session)]:
        if (code, kind, name) in by_name or (code, kind) in villages:
            continue
        of = {"regency": regency_of(code), "region_code": code}
        session.add(Office(id=uuid7(now), name=name, kind=kind, head_title=title, **of))
        added += 1
    session.flush()
    return added


def add_counters(session: Session, every: Sequence[str]) -> int:
    """A counter for every village and for each regency's ``ref``, and the server's first epoch."""
    known = {(row.regency, row.scope) for row in session.execute(COUNTED)}
    villages = session.scalars(select(Region.code).where(Region.level == 4))
    wanted = {(one, "ref") for one in every} | {(regency_of(code), code) for code in villages}
    missing = sorted(wanted - known)
    session.add_all(ScopeCounter(regency=of, scope=name, seq=0) for of, name in missing)
    if session.get(ServerState, "epoch") is None:
        session.add(ServerState(name="epoch", value="1"))
    session.flush()
    return len(missing)


def reference_rows() -> Iterator[tuple[str, str, int, Data]]:
    """(kind, id, position, data) of everything that ships with the product."""
    yield from occupation_rows()
    yield from tariff_rows()
    yield from benefit_rows()
    yield from text_rows()
    settings = orjson.loads((DATA / "settings.json").read_bytes())
    for position, (name, data) in enumerate(settings.items()):
        yield "setting", name, position, data


def occupation_rows() -> Iterator[tuple[str, str, int, Data]]:
    """Occupations in the order of how common they are."""
    rows = sorted(read_csv("occupations.csv"), key=lambda row: -float(row["share_percent"]))
    for position, row in enumerate(rows):
        data = {
            "id": row["label_id"],
            "en": row["label_en"],
            "terms": row["local_terms"],
            "sector": row["pp50_sector"],
            "risk": row["risk"],
            "opd": row["opd_that_knows"],
            "ktp": int(row["ktp_list_id"]),
        }
        yield "occupation", row["code"], position, data


def tariff_rows() -> Iterator[tuple[str, str, int, Data]]:
    """Contribution bands in whole rupiah, each with how certain it is."""
    for row in read_csv("tariff_bpu.csv"):
        band = int(row["band"])
        data = {
            "band": band,
            "from": int(row["income_from"]),
            "to": int(row["income_to"]) if row["income_to"] else None,
            "base": int(row["base_income"]),
            "jkk": int(row["jkk_month"]),
            "jkm": int(row["jkm_month"]),
            "jht": int(row["jht_month"]),
            "certainty": row["certainty"],
        }
        yield "tariff", f"bpu-{band:02}", band, data


def benefit_rows() -> Iterator[tuple[str, str, int, Data]]:
    """Benefits; ``amount`` is integer rupiah, or text where there is no fixed sum."""
    for position, row in enumerate(read_csv("benefits.csv")):
        amount = row["amount_rp"]
        data = {
            "programme": row["programme"],
            "benefit": row["benefit"],
            "amount": int(amount) if amount.isdigit() else amount,
            "condition": row["condition"],
            "source": row["source"],
            "certainty": row["certainty"],
        }
        yield "benefit", f"{row['programme'].lower()}-{position:02}", position, data


def text_rows() -> Iterator[tuple[str, str, int, Data]]:
    """Texts by ``name@version``, so that an older version a person heard stays readable."""
    texts = orjson.loads((DATA / "texts.json").read_bytes())
    for position, (name, data) in enumerate(texts.items()):
        yield "text", f"{name}@{data['version']}", position, {"name": name, **data}


def add_reference(session: Session, regency: str) -> int:
    """Add the reference rows that a regency lacks, under one step of its counter ``ref``."""
    own = select(Reference.kind, Reference.id).where(Reference.regency == regency)
    known = set(session.execute(own))
    rows = [row for row in reference_rows() if (row[0], row[1]) not in known]
    if not rows:
        return 0
    ver = queries_sync.bump(session, regency, {"ref": 1})["ref"]
    session.add_all(
        Reference(kind=kind, id=name, regency=regency, ver=ver, position=position, data=data)
        for kind, name, position, data in rows
    )
    session.flush()
    return len(rows)
