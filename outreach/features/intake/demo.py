"""The demo's lists of names, of one department.

One became people to visit. One waits for somebody to say who is meant. One the department itself
can mend and bring to its end.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core.accounts.actors import actor_for
from outreach.core.demo.demo_accounts import FIELD_VILLAGES
from outreach.core.demo.synthetic_draws import full_name
from outreach.core.workbooks.books import open_book
from outreach.domain.actor import Actor
from outreach.domain.age import age_on, jakarta_date
from outreach.domain.lifecycle import LISTED
from outreach.features.intake import jobs, runs
from outreach.features.intake.checking import check_run
from outreach.features.intake.source_form import SourceForm
from outreach.storage.accounts import Office, User
from outreach.storage.blobs_port import Blobs
from outreach.storage.regions import Region
from outreach.storage.workers import Worker

GIVER, DECIDER = "opd", "supervisor"
HEADERS = ("Nama", "Umur", "Desa", "Kecamatan", "Dusun", "RT", "Pekerjaan")
WORK = ("Buruh petik kopi", "Tukang ojek", "Pedagang sayur", "Buruh tani")
BUILDER = "Buruh bangunan"
A_VILLAGE, KNOWN, MORE = 5, 3, 6
Row = tuple[str, ...]


def make_demo(session: Session, store: Blobs, regency: str, now: datetime) -> None:
    """Write one list of the department as names to visit, and leave the others waiting."""
    del store  # lists have no pictures
    giver = person(session, GIVER, regency, now)
    rng = Random(f"names of {regency}")  # noqa: S311 - drawn names, the same each day
    places = places_of(session)
    new = [strange_row(rng, place) for place in places for _ in range(A_VILLAGE)]
    written = give(session, giver, "Pekerja kebun yang disurvei dinas", "kebun.csv", new, now)
    supervisor = person(session, DECIDER, regency, now)
    clock = jobs.Clock(lambda: now, jakarta_date)
    jobs.write_run(session, supervisor, written, clock, lambda done, total: None)
    known = [known_row(worker, place, now) for worker, place in known_people(session, places)]
    fresh = [strange_row(rng, places[number % len(places)]) for number in range(MORE)]
    lacking = [(full_name(rng, "P"), "44", "", "", "", "", WORK[0])]
    rows = [*known, *fresh, *lacking]
    give(session, giver, "Pedagang dan tukang ojek pasar", "pasar.csv", rows, now)
    ready = [strange_row(rng, place) for place in places]
    lacking = [(full_name(rng, "L"), "39", "", "", "", "", BUILDER)]
    give(session, giver, "Buruh bangunan proyek dinas", "bangunan.csv", [*ready, *lacking], now)


def person(session: Session, username: str, regency: str, now: datetime) -> Actor:
    """One of the demo's people at work."""
    user = session.scalars(select(User).where(User.username == username)).one()
    return actor_for(session, user, regency, jakarta_date(now))


def places_of(session: Session) -> list[tuple[str, str, str]]:
    """Code, name and kecamatan of the villages where the demo's officer works."""
    named = Region.code.in_([*FIELD_VILLAGES, *(code[:8] for code in FIELD_VILLAGES)])
    found = session.execute(select(Region.code, Region.name).where(named))
    names = {row.code: row.name for row in found}
    return [(code, names[code], names[code[:8]]) for code in FIELD_VILLAGES]


def strange_row(rng: Random, place: tuple[str, str, str]) -> Row:
    """A row of somebody whom nobody has met."""
    _, village, kecamatan = place
    name, age = full_name(rng, rng.choice("LP")), str(rng.randint(22, 61))
    hamlet, rt = str(rng.randint(1, 4)), f"{rng.randint(1, 5):03}"
    return (name, age, village, kecamatan, hamlet, rt, rng.choice(WORK))


def known_people(
    session: Session, places: Sequence[tuple[str, str, str]]
) -> list[tuple[Worker, tuple[str, str, str]]]:
    """A registered person of each of some villages."""
    found = []
    for place in places[:KNOWN]:
        here = (Worker.region_code == place[0], Worker.deleted_at.is_(None))
        born = (Worker.birth_date.is_not(None), Worker.status != LISTED)
        own = (Worker.regency == place[0][:5], *here, *born)
        worker = session.scalars(select(Worker).where(*own).order_by(Worker.code).limit(1)).first()
        if worker is not None:
            found.append((worker, place))
    return found


def known_row(worker: Worker, place: tuple[str, str, str], now: datetime) -> Row:
    """A row that tells of somebody registered, as a clerk would have it."""
    _, village, kecamatan = place
    age = age_on(worker.birth_date, jakarta_date(now))
    return (worker.full_name.title(), str(age), village, kecamatan, "", "", WORK[2])


def give(
    session: Session, giver: Actor, title: str, name: str, rows: Sequence[Row], now: datetime
) -> str:
    """Id of a checked run of a file with these rows."""
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([HEADERS, *rows])
    content = text.getvalue().encode()
    user = session.get_one(User, giver.user_id)
    office = session.get_one(Office, user.office_id)
    form = SourceForm("opd", title, None, None, None)
    book = open_book(content, name)
    run_id = runs.begin(session, giver, office, form, name, content, book, now)
    check_run(session, giver, run_id, now, jakarta_date(now), lambda done, total: None)
    return run_id
