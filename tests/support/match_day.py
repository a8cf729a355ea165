"""A list of three names of which the register holds two, for the page where that is decided.

Run as a module against the database of the environment: ``python -m tests.support.match_day``.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select

from outreach import create_app
from outreach.extensions import db
from outreach.features.intake.lines import Line
from outreach.features.intake.matching.matching import Repairs, match_lines
from outreach.storage.accounts import User
from tests.features.intake.given import make_line, make_run
from tests.support.desk_day import officer
from tests.support.factories import KUBU_PERAHU
from tests.sync.conftest import Handset, Server

RUN = "01936b00-0000-7000-8000-000000000017"
REGENCY = "18.04"
NIK = "1804044203719001"
PERSON = {"full_name": "SITI AMINAH UJI", "sex": "P", "birth_date": "1971-03-02", "nik": NIK}
ROWS: tuple[dict[str, object], ...] = (
    {"full_name": "Siti Aminah Uji", "nik": NIK},
    {"full_name": "Siti Aminh Uji", "birth_date": "1971-03-02"},
    {"full_name": "Hj. Siti Aminah Uji", "nik15": NIK[:15]},
)


def main() -> None:
    """Register one person, and store a checked list of rows that may all be she."""
    app = create_app()
    with app.app_context():
        server = Server(app)
        server.now = datetime.now(UTC).replace(microsecond=0)
        phone = Handset(server, officer("Rina Wulandari"))
        phone.push(phone.mutation(set=PERSON))
        store_list()


def store_list() -> None:
    """A run with the rows, compared as a check compares them."""
    session = db.session()
    user = session.scalars(select(User).where(User.role == "supervisor")).first()
    assert user is not None
    run = make_run(session, user.id, run_id=RUN)
    lines = [line_of(row_no, row) for row_no, row in enumerate(ROWS, 2)]
    found = match_lines(session, REGENCY, lines)
    mended = Repairs(session, REGENCY).repair_lines(lines)
    for line in lines:
        restored = mended[line.row_no].restored if line.row_no in mended else None
        make_line(
            session,
            run,
            str(line.values["full_name"]),
            line.row_no,
            values=line.values,
            nik_state=line.nik_state,
            matches=[list(match) for match in found.get(line.row_no, [])],
            nik_restored=restored.nik if restored else None,
            restored_from=restored._asdict() if restored else None,
        )
    session.commit()


def line_of(row_no: int, row: dict[str, object]) -> Line:
    """The row as it was read."""
    state = "whole" if "nik" in row else "lost_last_digit" if "nik15" in row else "absent"
    return Line(row_no, {}, {"village_code": KUBU_PERAHU, **row}, nik_state=state)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
