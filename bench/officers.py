"""Officers for the load: ``python -m bench.officers COUNT ROWS`` makes them in the stage's
database, each with villages of their own, and prints who may push where. ROWS, when not 0, also
makes an officer of villages that together hold about so many workers, by the present count."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime

from sqlalchemy import func, select

from bench.stage import PASSWORD

AT_MOST = 1.06  # of the rows wanted


def make(count: int, rows_wanted: int) -> None:
    """Print {"pushers": [[user, village]…], "puller": user} on stdout."""
    from outreach import create_app
    from outreach.core.accounts.passwords import hash_password
    from outreach.domain.ids import uuid7
    from outreach.domain.regency import regency_of
    from outreach.extensions import db
    from outreach.storage.accounts import Assignment, User
    from outreach.storage.regions import Region
    from outreach.storage.workers import Worker

    def add(username: str, villages: list[str], hashed: str) -> None:
        user = User(
            id=uuid7(),
            username=username,
            name=username,
            role="officer",
            password_hash=hashed,
            active=True,
            demo=True,
            created_at=datetime.now(UTC),
        )
        db.session.add(user)
        db.session.flush()
        for code in villages:
            db.session.add(
                Assignment(
                    id=uuid7(),
                    regency=regency_of(code),
                    user_id=user.id,
                    region_code=code,
                    letter="094/1",
                    starts=date(2026, 1, 1),
                )
            )

    with create_app().app_context():
        known = set(db.session.scalars(select(User.username)))
        codes = db.session.scalars(
            select(Region.code).where(Region.level == 4).order_by(Region.code)
        ).all()
        hashed = hash_password(PASSWORD)
        pushers = [(f"bench{n}", codes[n * 8]) for n in range(count)]
        for n, (name, _) in enumerate(pushers):
            if name not in known:
                add(name, list(codes[n * 8 : n * 8 + 8]), hashed)
        chosen: list[str] = []
        puller, total = "", 0
        sizes = db.session.execute(
            select(Worker.region_code, func.count())
            .group_by(Worker.region_code)
            .order_by(func.count().desc())
        ).all()
        for code, n in sizes:
            if total < rows_wanted and total + n <= rows_wanted * AT_MOST:
                chosen.append(code)
                total += n
        if rows_wanted:
            puller = f"pull{len(known)}"
            add(puller, chosen, hashed)
        db.session.commit()
    print(json.dumps({"pushers": pushers, "puller": puller, "rows": total}))


if __name__ == "__main__":
    make(int(sys.argv[1]), int(sys.argv[2]))
