"""Three pairs of records that may be one person each, for the queue of duplicates.

Run as a module against the database of the environment: ``python -m tests.support.pair_day``.
"""

from __future__ import annotations

from datetime import UTC, datetime

from outreach import create_app
from tests.support.desk_day import officer
from tests.sync.conftest import Handset, Server

PAIRS = (
    ("NUR JANNAH UJI", "NURJANAH UJI"),
    ("SITI AMINAH UJI", "SITI AMINAH UJI"),
    ("SUGENG UJI", "SUGENG UJI"),
)


def main() -> None:
    """Register each of the six, each two with one birth date."""
    app = create_app()
    with app.app_context():
        server = Server(app)
        server.now = datetime.now(UTC).replace(microsecond=0)
        phone = Handset(server, officer("Rina Wulandari"))
        for year, names in enumerate(PAIRS, 1971):
            person = {"sex": "P", "birth_date": f"{year}-03-02"}
            phone.push(*(phone.mutation(set={"full_name": name, **person}) for name in names))


if __name__ == "__main__":
    main()
