"""Every address of the app with things that are there, and the names its views read from a form."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from outreach import __version__
from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.features.village_lists.display_tables import ListObjection
from outreach.features.village_lists.paper_tables import PaperEntry
from outreach.features.village_lists.tables import ListLine, ListLink, VillageList
from outreach.features.village_lists.task_tables import ListTask
from outreach.storage.accounts import Assignment, Office, Term, User
from outreach.storage.sync import Conflict, Device, Hold, NamedGap
from outreach.storage.workers import DuplicatePair, Worker

READS = re.compile(
    r"""(?:args|form|values|source)(?:\.get|\.getlist|\.pop)?[(\[]\s*f?["']([\w.]+)"""
)
NAMED = re.compile(r"""(?:day|needed_day)\([\w.]+, "(\w+)"\)""")
CHOICE = re.compile(r"<any\((\w+)[^)]*\):\w+>")


def things() -> dict[str, str]:
    """Something that is there for each name in an address; a made-up id where nothing is."""

    def first(column: Any) -> str:
        return str(db.session.scalars(select(column).limit(1)).first() or uuid7())

    workers = list(db.session.scalars(select(Worker.id).limit(2)))
    pair = db.session.execute(select(DuplicatePair.a, DuplicatePair.b).limit(1)).first()
    one, other = pair or (workers[0], workers[-1])
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
        "file": str(db.session.scalar(select(Device.id).filter_by(kind="carried")) or uuid7()),
        "section": "person",
        "field": "ktp_photo",
        "sha256": "ab" * 32,
        "list_id": first(VillageList.id),
        "link_id": first(ListLink.id),
        "line_id": first(ListLine.id),
        "n": "1",
        "no": "1",
        "second": "1",
        "kind": "full",
        "entry": first(PaperEntry.id),
        "task_id": first(ListTask.id),
        "objection_id": first(ListObjection.id),
        "version": __version__,
        "_path": "today",
    }


def rules(app: Flask) -> list[tuple[Rule, str]]:
    """(rule, method) of every address of the office and the field room; files and sync aside."""
    return [
        (rule, method)
        for rule in sorted(app.url_map.iter_rules(), key=str)
        for method in sorted((rule.methods or set()) & {"GET", "POST"})
        if not rule.rule.startswith(("/static/", "/sync/"))
    ]


def path_of(rule: Rule, there: dict[str, str]) -> str:
    """The rule's address with what is there in each place."""
    path = CHOICE.sub(r"\1", rule.rule)
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: there[found[1]], path)


def names_read(app: Flask, endpoint: str) -> Iterator[str]:
    """The names that the module of this view reads, and of lists those of their filters."""
    view = inspect.unwrap(app.view_functions[endpoint])
    source = inspect.getsource(inspect.getmodule(view) or view)
    if "views_list" in view.__module__:
        from outreach.core.register import listing

        source += inspect.getsource(listing)
    yield from sorted({*READS.findall(source), *NAMED.findall(source)})
