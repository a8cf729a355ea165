"""A head of one village for the lists' bench, and what a phone signs that knows every row.

``python -m bench.heads head VILLAGE`` makes the head with a present term in the stage's database;
``python -m bench.heads document LIST FILE`` writes the exact list as it stands into FILE.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import select

from bench.stage import PASSWORD

USER = "benchhead"


def make(village: str) -> None:
    """Print the signer that minutes name."""
    from outreach import create_app
    from outreach.core.accounts import offices
    from outreach.core.accounts.passwords import hash_password
    from outreach.domain.ids import uuid7
    from outreach.domain.regency import regency_of
    from outreach.extensions import db
    from outreach.storage.accounts import Assignment, Office, Term, User

    with create_app().app_context():
        now, regency = datetime.now(UTC), regency_of(village)
        user = User(
            id=uuid7(),
            username=USER,
            name="PERATIN UJI",
            role="head",
            password_hash=hash_password(PASSWORD),
            active=True,
            demo=True,
            created_at=now,
        )
        db.session.add(user)
        db.session.flush()
        given = {"regency": regency, "user_id": user.id, "starts": date(2026, 1, 1)}
        own = Assignment(id=uuid7(), region_code=village, letter="094/1", **given)
        found = select(Office).where(Office.region_code == village, Office.kind != "dinas")
        office = db.session.scalars(found).one()
        term = Term(id=uuid7(), office_id=office.id, capacity="definitif", title="Kepala", **given)
        offices.number_term(db.session(), office, term)
        db.session.add_all([own, term])
        db.session.commit()
        office_id, term_id = office.id, term.id
    names = {"role": "head", "name": "PERATIN UJI", "title": "Kepala", "method": "wet"}
    held = {"office": office_id, "term": term_id, "capacity": "definitif"}
    print(json.dumps({**names, **held}))


def write_document(list_id: str, path: str) -> None:
    """Print what minutes say of the list: hash, root, counts and the kind of meeting."""
    from outreach import create_app
    from outreach.domain.list_document import (
        canonical,
        document,
        document_hash,
        merkle_root,
    )
    from outreach.domain.village_decisions import counts, resolve
    from outreach.extensions import db
    from outreach.features.village_lists.checking.acting import as_line
    from outreach.features.village_lists.checking.deciding import decision_of
    from outreach.features.village_lists.records import minutes_queries, queries
    from outreach.features.village_lists.records.tables import VillageList

    with create_app().app_context():
        row = db.session.get_one(VillageList, list_id)
        found = minutes_queries.whole_lines(db.session(), row.regency, list_id)
        lines = [as_line(line) for line in found]
        rows = queries.decisions(db.session(), row.regency, {list_id})
        resolved = resolve(decision_of(one) for one in rows)
        facts = {"list": list_id, "village": row.region_code}
        facts |= {name: getattr(row, name) for name in ("purpose", "fund", "year", "month", "no")}
        whole = document(facts, lines, resolved)  # type: ignore[arg-type]
        told = dict(counts(lines, resolved))
        kind = row.forum
    Path(path).write_bytes(canonical(whole))
    said = {"hash": document_hash(whole), "root": merkle_root(whole["items"])}
    print(json.dumps({**said, "counts": told, "kind": kind}))


if __name__ == "__main__":
    if sys.argv[1] == "head":
        make(sys.argv[2])
    else:
        write_document(*sys.argv[2:4])
