"""A second officer of the demo officer's villages, for tests with two people."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.support.database import ROOT
from tests.support.server import RunningServer

NAME = "rekan"
# Made as an administrator would: by the app's own use cases, in a process of its own.
MAKE = """
from datetime import UTC, datetime
from outreach import create_app
from outreach.extensions import db
from outreach.storage.accounts import Assignment, User
from outreach.domain.ids import uuid7
from sqlalchemy import select
app = create_app()
with app.app_context():
    first = db.session.scalar(select(User).where(User.username == "petugas"))
    user = User(id=uuid7(), username="rekan", name="Petugas Kedua", role="officer",
                office_id=first.office_id, password_hash=first.password_hash, demo=True,
                created_at=datetime.now(UTC))
    db.session.add(user)
    db.session.flush()
    for row in db.session.scalars(select(Assignment).where(Assignment.user_id == first.id)).all():
        db.session.add(Assignment(id=uuid7(), regency=row.regency,
                                  user_id=user.id, region_code=row.region_code,
                                  letter=row.letter, starts=row.starts))
    db.session.commit()
"""


def add_second_officer(server: RunningServer) -> None:
    """Make the account ``rekan`` with the demo password."""
    env = {**os.environ, **server.env, "FLASK_APP": "wsgi"}
    subprocess.run([sys.executable, "-c", MAKE], cwd=ROOT, env=env, check=True)
