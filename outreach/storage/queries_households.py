"""Queries of houses: who of one village was said to live together."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from sqlalchemy import Text, or_, select, type_coerce
from sqlalchemy.orm import Session

from outreach.domain.households import FIELD, house_of
from outreach.storage.queries_worker_rows import LIVE, W


class Housemate(Protocol):
    """Somebody of a house, as a list shows people."""

    id: str
    full_name: str
    sex: str | None
    birth_date: date | None
    status: str
    data: dict[str, object]


def people_of_house(session: Session, regency: str, village: str, house: str) -> list[Housemate]:
    """Everybody of this village who lives in the house of this id, by name; no deleted and no
    merged ones. The rows are looked through by their text: a village is a few thousand."""
    named = type_coerce(W.c.data, Text).contains(f'"{FIELD}":"{house}"', autoescape=True)
    wanted = (
        select(W.c.id, W.c.full_name, W.c.sex, W.c.birth_date, W.c.status, W.c.data)
        .where(W.c.regency == regency, W.c.region_code == village, *LIVE)
        .where(or_(W.c.id == house, named))
        .order_by(W.c.full_name, W.c.id)
    )
    return [row for row in session.execute(wanted) if house_of(row.id, row.data) == house]
