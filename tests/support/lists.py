"""People of a village and its lists, for tests."""

from __future__ import annotations

from itertools import count
from typing import Any

from sqlalchemy import select

from outreach.core.record.worker_edits import edit_worker
from outreach.extensions import db
from outreach.features.village_lists.checking.opening import ListForm, Opened, open_list
from outreach.features.village_lists.records.tables import ListLine, VillageList
from outreach.storage.workers import Worker
from tests.domain.test_vectors import PERSON
from tests.support.factories import KUBU_PERAHU
from tests.sync.conftest import Handset, Server

FUND = ListForm(purpose="fund", fund="apbd_kab", year=2027)
MONTHLY = ListForm(purpose="monthly", year=2026, month=12)
numbers = count(9001)


def person(**data: Any) -> dict[str, Any]:
    """Somebody complete for the door, with a name and a NIK of their own."""
    n = next(numbers)
    own = {"full_name": f"WARGA {syllables(n)}", "nik": nik(n)}
    whole = {**PERSON, "village_code": KUBU_PERAHU, **own, **data}
    return {name: value for name, value in whole.items() if value is not None}


def syllables(n: int) -> str:
    """A name of three syllables; later numbers sort later, as lists have people in order."""
    places = (n // 900, n // 30, n)
    return "".join("BDFGKLMPRS"[n // 3 % 10] + "AEU"[n % 3] for n in places)


def nik(n: int) -> str:
    """A synthetic number."""
    return f"180404{47 + n // 1000 % 24:02}0880{9000 + n % 1000}"


def register(phone: Handset, /, **data: Any) -> str:
    """Id of somebody registered by a phone."""
    whole = person(**data)
    made = phone.mutation(str(whole["village_code"]), set=whole)
    result = phone.results(made)[0]
    assert result["status"] == "applied", result
    return str(made["id"])


def worker(row: str) -> Worker:
    """The record as it is stored."""
    db.session.expire_all()
    return db.session.get_one(Worker, row)


def edit(server: Server, row: str, /, **changes: Any) -> None:
    """An edit by somebody at the desk who saw what stands."""
    data = worker(row).data
    pairs = {name: (data.get(name), value) for name, value in changes.items()}
    verdict = edit_worker(db.session(), server.actor(), row, pairs, server.now)
    assert verdict.status == "applied", verdict


def opened(server: Server, form: ListForm = FUND, village: str = KUBU_PERAHU) -> Opened:
    """A list that a supervisor has just opened."""
    return open_list(db.session(), server.actor(), village, form, server.now)


def begin_meeting(list_id: str) -> None:
    """Have the list's numbered part frozen, as the meeting does."""
    db.session.get_one(VillageList, list_id).state = "meeting"
    db.session.commit()


def lines_of(list_id: str) -> list[ListLine]:
    """The list's lines by number, those to visit last."""
    db.session.expire_all()
    own = select(ListLine).where(ListLine.list_id == list_id)
    return list(db.session.scalars(own.order_by(ListLine.no.is_(None), ListLine.no, ListLine.id)))


def line_of(list_id: str, row: str, part: str | None = None) -> ListLine:
    """The one line of a person on a list; with two, the one of this part."""
    [line] = [
        line for line in lines_of(list_id) if line.worker_id == row and part in (None, line.part)
    ]
    return line
