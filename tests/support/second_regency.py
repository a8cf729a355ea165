"""The same day once more in another regency, whose people nobody here may ever see."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select

from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.features.village_lists.records.display_tables import ListObjection
from outreach.features.village_lists.records.minutes_tables import ListMinutes, SignedLine
from outreach.features.village_lists.records.paper_tables import PaperAnswer, PaperEntry, PaperPrint
from outreach.features.village_lists.records.tables import (
    AddedName,
    DeathReport,
    ListDecision,
    ListLine,
    ListLink,
    VillageList,
)
from outreach.features.village_lists.records.task_tables import ListTask
from outreach.storage.accounts import Assignment, Office, Term, User
from outreach.storage.regions import Region
from outreach.storage.statements import table_of
from outreach.storage.sync import Conflict, Device, Hold, Mutation, NamedGap, ScopeCounter
from outreach.storage.workers import DuplicatePair, Worker

REGENCY = "18.05"
VILLAGE = f"{REGENCY}.01.2001"
PLACE = "Tanah Jauh"
NAME = "SEBERANG"  # in every name and word of the other regency's people
# Accounts belong to no regency, and with them who holds which office (docs/decisions/072).
OF_ACCOUNTS = frozenset({"office", "user_account", "term", "assignment"})
IDS_OF_ACCOUNTS = frozenset({"office_id", "user_id", "term_id", "assignment_id"})
# In this order, since later ones name earlier ones.
TABLES = (
    Office,
    User,
    Device,
    Mutation,
    Hold,
    Worker,
    DuplicatePair,
    Conflict,
    NamedGap,
    Term,
    Assignment,
    VillageList,
    ListLine,
    ListLink,
    ListDecision,
    AddedName,
    DeathReport,
    PaperPrint,
    PaperEntry,
    PaperAnswer,
    ListMinutes,
    SignedLine,
    ListTask,
    ListObjection,
)
SHOWN = ("full_name", "name", "name_key", "words", "note", "label", "title", "payload")


def copy_day(there: dict[str, str]) -> dict[str, str]:
    """Every row once more under the other regency; answers the ids there of what is here."""
    add_places()
    ids: dict[str, str] = {}
    for model in TABLES:
        copy_table(table_of(model), ids)
    db.session.commit()
    return {name: ids.get(one, one) for name, one in there.items()} | {"village": VILLAGE}


def add_places() -> None:
    """The other regency with one village, and the village's counter."""
    for code, level, kind in (
        (REGENCY, 2, "kabupaten"),
        (VILLAGE[:8], 3, "kecamatan"),
        (VILLAGE, 4, "pekon"),
    ):
        parent = code.rpartition(".")[0]
        db.session.add(Region(code=code, name=PLACE, level=level, parent_code=parent, kind=kind))
    db.session.flush()
    db.session.add(ScopeCounter(scope=VILLAGE, regency=REGENCY, seq=1000))


def copy_table(table: Any, ids: dict[str, str]) -> None:
    """The rows of one table once more; ``ids`` takes the new ids of its rows by the old ones."""
    own = next((name for name in ("id", "key") if name in table.c), None)
    rows = [dict(row) for row in db.session.execute(select(table)).mappings()]
    if own and table.name != "hold":  # a hold has the key of its save
        ids |= {row[own]: uuid7() for row in rows}
    shown = () if table.name in OF_ACCOUNTS else SHOWN
    for row in rows:
        db.session.execute(insert(table).values(copied(row, ids, shown)))


def copied(row: dict[str, Any], ids: dict[str, str], shown: tuple[str, ...]) -> dict[str, Any]:
    """A row as the other regency has it; ``shown`` are its columns that say the other's name."""
    found = {name: other(value, ids) for name, value in row.items()}
    found |= {name: NAME for name in shown if isinstance(row.get(name), str)}
    found |= {name: VILLAGE for name in ("region_code", "scope") if row.get(name)}
    if isinstance(row.get("payload"), bytes):
        found["payload"] = row["payload"].replace(b" UJI", f" {NAME}".encode())
    for name in ("username", "token_hash"):
        if row.get(name):
            found[name] = f"x{row[name]}"[:40]
    return found | ({"regency": REGENCY} if "regency" in row else {})


def other(value: Any, ids: dict[str, str]) -> Any:
    """A value with the other regency's ids and names, however deep."""
    if isinstance(value, dict):
        return {ids.get(name, name): other(one, ids) for name, one in value.items()}
    if isinstance(value, list):
        return [other(one, ids) for one in value]
    if isinstance(value, str):
        return ids.get(value, value.replace("UJI", NAME).replace("18.04.04.2002", VILLAGE))
    return value
