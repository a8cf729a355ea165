"""Every address of the app with things that are there, and the names its views read from a form."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from outreach import __version__
from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.features.intake.tables import ImportLine, ImportRun
from outreach.features.spreadsheets.tables import SpreadsheetReturn
from outreach.features.village_lists.records.display_tables import ListObjection
from outreach.features.village_lists.records.paper_tables import PaperEntry
from outreach.features.village_lists.records.tables import ListLine, ListLink, VillageList
from outreach.features.village_lists.records.task_tables import ListTask
from outreach.storage.accounts import Assignment, Office, Term, User
from outreach.storage.sync import Conflict, Device, Hold, NamedGap
from outreach.storage.workers import DuplicatePair, Worker

READS = re.compile(
    r"""(?:args|form|values|source|typed|said)(?:\.get|\.getlist|\.pop)?[(\[]\s*f?["']([\w.]+)"""
)
NAMED = re.compile(r"""(?:day|needed_day|whole|number_in)\([\w.]+, "(\w+)"\)""")
# What ends a thing that other addresses ask for.
LAST = frozenset({"village_list.close", "list_links.revoke", "accounts.logout"})
CHOICE = re.compile(r"<any\((\w+)[^)]*\):\w+>")


def things() -> dict[str, str]:
    """Something that is there for each name in an address; a made-up id where nothing is."""

    def first(column: Any) -> str:
        return str(db.session.scalars(select(column).limit(1)).first() or uuid7())

    workers = list(db.session.scalars(select(Worker.id).limit(2)))
    pair = db.session.execute(select(DuplicatePair.a, DuplicatePair.b).limit(1)).first()
    one, other = pair or (workers[0], workers[-1])
    sheet = db.session.scalars(select(PaperEntry).limit(1)).first()
    listed = sheet.list_id if sheet else first(VillageList.id)

    def of_list(column: Any) -> str:
        own = select(column).where(column.class_.list_id == listed).order_by(column)
        return str(db.session.scalars(own.limit(1)).first() or uuid7())

    beside = select(VillageList.id).where(VillageList.id != listed).limit(1)
    return {
        "worker_id": workers[0],
        "other_id": workers[-1],
        "one": one,
        "other": other,
        "user_id": first(User.id),
        "office_id": first(Office.id),
        "term_id": first(Term.id),
        "assignment_id": first(Assignment.id),
        "device_id": first(Device.id),
        "gap_id": first(NamedGap.id),
        "conflict_id": first(Conflict.id),
        "key": first(Hold.key),
        "village": first(Worker.region_code),
        "file": str(db.session.scalar(select(Device.id).filter_by(kind="carried")) or uuid7()),
        "section": "person",
        "field": "ktp_photo",
        "sha256": "ab" * 32,
        "list_id": listed,
        "other_list_id": db.session.scalar(beside) or uuid7(),
        "link_id": of_list(ListLink.id),
        "line_id": of_list(ListLine.id),
        "n": "1",
        "no": "1",
        "number": "1",
        "second": "1",
        "kind": "full",
        "entry": of_list(PaperEntry.id),
        "task_id": first(ListTask.id),
        "objection_id": first(ListObjection.id),
        "run_id": first(ImportRun.id),
        "return_id": first(SpreadsheetReturn.id),
        "row_id": first(ImportLine.id),
        "version": __version__,
        "_path": "today",
    }


def rules(app: Flask) -> list[tuple[Rule, str]]:
    """(rule, method) of every address of the office and the field room, those last that end what
    others ask for; files and sync aside."""
    return [
        (rule, method)
        for rule in sorted(app.url_map.iter_rules(), key=lambda r: (r.endpoint in LAST, str(r)))
        for method in sorted((rule.methods or set()) & {"GET", "POST"})
        if not rule.rule.startswith(("/static/", "/sync/"))
    ]


def path_of(rule: Rule, there: dict[str, str]) -> str:
    """The rule's address with what is there in each place."""
    path = CHOICE.sub(r"\1", rule.rule)
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: there[found[1]], path)


def names_read(app: Flask, endpoint: str) -> Iterator[str]:
    """The names that the module of this view reads and those of its feature on which it leans, and
    of lists those of their filters."""
    view = inspect.unwrap(app.view_functions[endpoint])
    module = inspect.getmodule(view)
    sources = {inspect.getsource(module or view)}
    if module is not None and "features" in module.__name__:
        sources |= {inspect.getsource(one) for one in leaned_on(module)}
    if view.__module__.endswith("review.views_list"):
        from outreach.core.register import listing

        sources.add(inspect.getsource(listing))
    source = "".join(sorted(sources))
    yield from sorted({*READS.findall(source), *NAMED.findall(source)})


def leaned_on(module: ModuleType) -> Iterator[ModuleType]:
    """The modules of the same feature that this one names."""
    feature = module.__name__.rpartition(".")[0]
    for one in vars(module).values():
        found = one if isinstance(one, ModuleType) else inspect.getmodule(one)
        if found is not None and found.__name__.rpartition(".")[0] == feature:
            yield found
