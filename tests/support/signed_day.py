"""Acts of a day in a pekon whose list is on paper, or signed, beside a server that runs.

Run as a module against the database of the environment:
``python -m tests.support.signed_day paper``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import select

from outreach import create_app
from outreach.core.accounts.actors import actor_for
from outreach.domain.actor import Actor
from outreach.extensions import db
from outreach.features.village_lists.checking import death_confirming, desk
from outreach.features.village_lists.checking.death_confirming import Word
from outreach.features.village_lists.paper import paper_counting, paper_entering
from outreach.features.village_lists.paper.paper_entering import Said, Which
from outreach.features.village_lists.records.queries_list import lines_of
from outreach.features.village_lists.records.tables import VillageList
from outreach.storage.accounts import User
from tests.support.database import ROOT
from tests.support.factories import make_user
from tests.support.list_day import PEKON
from tests.support.list_saying import say
from tests.support.lists import edit
from tests.support.minutes_day import sign
from tests.support.server import RunningServer
from tests.sync.conftest import Handset, Server
from tests.sync.test_blobs import SIGNATURE, upload
from tests.sync.test_blobs import name_of as hash_of

DEATH = {"date": "2026-11-01", "source": "tetangganya"}
A_PAGE = 25


def act(server: RunningServer, name: str) -> None:
    """Do one of the acts on the database of a server."""
    env = {**os.environ, **server.env, "FLASK_APP": "wsgi"}
    what = ["-m", "tests.support.signed_day", name]
    subprocess.run([sys.executable, *what], cwd=ROOT, env=env, check=True)


class Day:
    """The pekon's list and its people."""

    def __init__(self, server: Server) -> None:
        self.server, self.session = server, db.session()
        own = select(VillageList.id).where(VillageList.region_code == PEKON)
        self.list = self.session.scalars(own).one()

    def user(self, username: str) -> User:
        """One of the demo's accounts."""
        return self.session.scalars(select(User).where(User.username == username)).one()

    def actor(self, username: str) -> Actor:
        """The same at work."""
        return actor_for(self.session, self.user(username), "18.04", self.server.now.date())

    def paper(self) -> None:
        """Two clerks enter the first two pages of the printed list, each the other's blind; the
        meeting begins."""
        one, other = self.server.actor("mpp"), self.server.actor("mpp")
        for page in ("1", "2"):
            self._enter(one, other, page)
        desk.begin_meeting(self.session, self.actor("peratin"), self.list, self.server.now)

    def _enter(self, one: Actor, other: Actor, page: str) -> None:
        session, now = self.session, self.server.now
        which = Which(version="1", page=page)
        sheet = paper_entering.start(session, one, self.list, which, now)
        self._read(one, sheet, page)
        paper_entering.finish_first(session, one, self.list, sheet, "one", now)
        paper_entering.start_second(session, other, self.list, sheet, "other", now)
        self._read(other, sheet, page)
        paper_counting.finish_second(session, other, self.list, sheet, now)

    def _read(self, clerk: Actor, sheet: str, page: str) -> None:
        fit = Said("layak", None, {})
        for no in range(A_PAGE * int(page) - A_PAGE + 1, A_PAGE * int(page) + 1):
            paper_entering.answer(self.session, clerk, self.list, sheet, no, fit, self.server.now)

    def wet(self) -> None:
        """An officer records who signed on paper."""
        officer = make_user(self.session, "officer", (PEKON,), "pencatat-rapat")
        self.session.commit()
        sign(self.server, Handset(self.server, officer), self.list, PEKON, method="wet")

    def dead(self) -> None:
        """The head finds everybody fit but one who is said to have died, signs, and a supervisor
        confirms the death."""
        head = Handset(self.server, self.user("peratin"))
        numbered = [line for line in lines_of(self.session, "18.04", self.list) if line.no]
        for line in numbered:
            died = {"reason": "meninggal", "detail": DEATH} if line.no == 2 else {}
            say(head, self.list, line.id, "tidak_masuk" if died else "layak", **died)
        desk.begin_meeting(self.session, self.actor("peratin"), self.list, self.server.now)
        drawn = {"method": "glass", "strokes": hash_of(SIGNATURE)}
        sign(self.server, head, self.list, PEKON, **drawn)
        upload(head, SIGNATURE)
        word = Word(datetime(2026, 11, 1, tzinfo=UTC).date(), "Akta kematian")
        dead = next(line.worker_id for line in numbered if line.no == 2)
        death_confirming.confirm(
            self.session, self.actor("supervisor"), dead, word, self.server.now
        )

    def rename(self) -> None:
        """The name of the fourth is corrected at a desk."""
        [person] = [
            line.worker_id for line in lines_of(self.session, "18.04", self.list) if line.no == 4
        ]
        edit(self.server, person, full_name="NAMA YANG DIBETULKAN")


ACTS: dict[str, Callable[[Day], None]] = {
    one.__name__: one for one in (Day.paper, Day.wet, Day.dead, Day.rename)
}


def main(name: str) -> None:
    """Do one act, now."""
    app = create_app()
    with app.app_context():
        server = Server(app)
        server.now = datetime.now(UTC).replace(microsecond=0)
        ACTS[name](Day(server))


if __name__ == "__main__":
    main(sys.argv[1])
