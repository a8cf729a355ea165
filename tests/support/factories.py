"""Rows for tests, each with only what the test does not care about filled in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from itertools import count

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from outreach.domain.ids import uuid7
from outreach.domain.regency import regency_of
from outreach.storage.accounts import Assignment, Office, User
from outreach.storage.regions import Region

NOW = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)
KUBU_PERAHU = "18.04.04.2002"
SEBARUS = "18.04.04.2005"
PASAR_LIWA = "18.04.04.1001"
numbers = count(1)
# A stored hash says what checking it costs. What the product makes costs what it must, which
# tests/features/accounts/test_passwords.py asks; users of other tests have one that costs little.
LITTLE = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@cache
def quick_hash(password: str) -> str:
    """A hash that this password fits and that is checked at once."""
    return LITTLE.hash(password)


def add_regions(session: Session) -> None:
    """Kabupaten, one kecamatan, two pekon and one kelurahan."""
    session.add_all(
        [
            Region(code="18.04", name="Lampung Barat", level=2, parent_code="18", kind="kabupaten"),
            Region(
                code="18.04.04", name="Balik Bukit", level=3, parent_code="18.04", kind="kecamatan"
            ),
            Region(
                code=KUBU_PERAHU, name="Kubu Perahu", level=4, parent_code="18.04.04", kind="pekon"
            ),
            Region(code=SEBARUS, name="Sebarus", level=4, parent_code="18.04.04", kind="pekon"),
            Region(
                code=PASAR_LIWA,
                name="Pasar Liwa",
                level=4,
                parent_code="18.04.04",
                kind="kelurahan",
            ),
        ]
    )
    session.flush()


def make_office(session: Session, kind: str = "dinas", region: str = "18.04") -> Office:
    """An office of the regency (or of a village, with ``region``)."""
    office = Office(
        id=uuid7(),
        regency=regency_of(region),
        name=f"Kantor {next(numbers)}",
        kind=kind,
        region_code=region,
        head_title="Kepala",
    )
    session.add(office)
    session.flush()
    return office


def make_user(
    session: Session,
    role: str = "officer",
    villages: tuple[str, ...] = (),
    username: str | None = None,
    password_hash: str = "!",
) -> User:
    """A user with assignments to ``villages`` from a year ago without end."""
    n = next(numbers)
    user = User(
        id=uuid7(),
        username=username or f"{role}{n}",
        name=f"Akun {role} {n}",
        role=role,
        password_hash=password_hash,
        created_at=NOW,
    )
    session.add(user)
    session.flush()
    for code in villages:
        session.add(
            Assignment(
                id=uuid7(),
                regency=regency_of(code),
                user_id=user.id,
                region_code=code,
                letter="094/1",
                starts=date(2025, 1, 1),
            )
        )
    session.flush()
    return user
