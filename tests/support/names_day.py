"""Sixty names of three pekon as an office gives them, with six faults, and who is there already.

One pekon's name stands twice in the regency. Run as a module against the database of the
environment: ``python -m tests.support.names_day``.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select

from outreach import create_app
from outreach.core.demo.demo_accounts import STARTS
from outreach.domain.ids import uuid7
from outreach.domain.regency import regency_of
from outreach.extensions import db
from outreach.storage.accounts import Assignment, User
from tests.support.database import ROOT
from tests.support.factories import KUBU_PERAHU, SEBARUS, make_user
from tests.support.list_day import name_of
from tests.support.lists import register
from tests.support.server import RunningServer, run
from tests.support.workbooks import table
from tests.sync.conftest import Handset, Server

HEAD = ("No", "NIK", "Nama Lengkap", "Tanggal Lahir", "Pekon", "Dusun", "RT", "Pekerjaan")
# Two villages are called so: one in Balik Bukit, one in Belalau.
TWICE, MEANT = "Sukarame", "18.04.04.2010"
VILLAGES = ("Kubu Perahu", "Sebarus", TWICE)
KNOWN = "SUTINI WARGA UJI"
MET_BORN = 1980
# The faults, each by the place of its row below the header.
DAMAGED, AS_TEXT, MISSPELT, NAMELESS, NUMBERED, DOUBLE, ALIKE = 0, 1, 2, 21, 22, 45, 3


def rows() -> list[list[object]]:
    """The sixty rows, twenty a pekon."""
    made = [row_of(n) for n in range(60)]
    # A number: the sheet has put a 0 for the last digit.
    made[DAMAGED][1:4] = [1804044708809010, made[DAMAGED][2], "07-08-1980"]
    made[AS_TEXT][3] = f"7 Agustus {MET_BORN}"
    made[MISSPELT][4] = "Kubu Prahu"
    made[NAMELESS][2] = ""
    made[NUMBERED][2] = "ROHAYATI 2 UJI"
    made[DOUBLE] = [DOUBLE + 1, *made[DOUBLE - 1][1:]]
    made[ALIKE][2:4] = [KNOWN.title(), "07-08-1980"]
    return made


def row_of(n: int) -> list[object]:
    """A sound row: nobody's NIK is known, the birth date is a day."""
    day = f"{n % 28 + 1:02}-{n % 12 + 1:02}-{1965 + n % 30}"
    name, work = name_of(n + 300).title(), "Petani kopi"
    return [n + 1, "", name, day, VILLAGES[n // 20], str(n % 3 + 1), f"{n % 2 + 1:03}", work]


def workbook() -> bytes:
    """The file as a clerk sends it."""
    return table([HEAD, *rows()])


def name_at(place: int) -> str:
    """The name in a row of the file."""
    return str(rows()[place][2])


def prepare_names(server: RunningServer) -> None:
    """Make the day on a server that is not running."""
    run(ROOT, server.env, "-m", "tests.support.names_day")


def main() -> None:
    """One person is registered already, and the demo's officer works in the third pekon too."""
    app = create_app()
    with app.app_context():
        server = Server(app)
        server.now = datetime.now(UTC).replace(microsecond=0)
        send_to(MEANT)
        other = make_user(db.session(), "officer", (KUBU_PERAHU, SEBARUS), "pendata-lain")
        db.session.commit()
        phone = Handset(server, other)
        register(phone, full_name=KNOWN, birth_date="1980-08-07", pemangku="1", rt="001")


def send_to(village: str) -> None:
    """Have the demo's officer work in a village."""
    officer = db.session.scalars(select(User).where(User.username == "petugas")).one()
    own = {"regency": regency_of(village), "user_id": officer.id, "region_code": village}
    db.session.add(Assignment(id=uuid7(), letter="094/UJI/2026", starts=STARTS, **own))


if __name__ == "__main__":
    main()
