"""Acts of the desk on one person: moving, withdrawing consent, deleting and bringing back."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core.accounts.actors import actor_for
from outreach.core.record.judgement import Judgement
from outreach.core.record.verdicts import JudgingContext
from outreach.core.record.worker_edits import delete_worker, edit_worker
from outreach.storage.audit import AuditLine
from outreach.storage.queries_sync import bump
from outreach.storage.sync import Conflict, Mutation, ScopeCounter
from outreach.storage.workers import Tombstone, Worker
from tests.support.factories import KUBU_PERAHU, NOW, make_user
from tests.support.office import ELSEWHERE, log_in, make_worker, office

SEBARUS = "18.04.04.2005"
CONSENT: dict[str, Any] = {
    "version": "consent-2026-11",
    "lang": "id",
    "method": "tanda_tangan_layar",
    "purposes": {"pendaftaran": True, "hubungi_wa": True, "pasfoto": False},
    "at": "2026-11-22T06:00:00Z",
}


def row_of(session: Session, worker: str) -> Any:
    """The stored row of now."""
    session.rollback()
    return session.execute(select(Worker.__table__).where(Worker.id == worker)).one()


@pytest.mark.parametrize("role", ["supervisor", "mpp"])
def test_a_person_moves_and_the_old_village_is_told(
    app: Flask, session: Session, role: str
) -> None:
    worker = make_worker(session, office(session))
    client = log_in(app, session, role)
    page = client.get(f"/workers/{worker}/move").text
    assert f'value="{SEBARUS}"' in page
    assert f'<option value="{KUBU_PERAHU}"' not in page
    form = {"from": KUBU_PERAHU, "village": SEBARUS}
    answer = client.post(f"/workers/{worker}/move", data=form, follow_redirects=True)
    assert answer.status_code == 200
    assert row_of(session, worker).region_code == SEBARUS
    gone = session.get(Tombstone, (KUBU_PERAHU, worker))
    assert gone is not None


def test_a_move_says_what_is_missing_or_wrong_and_changes_nothing(
    app: Flask, session: Session
) -> None:
    worker = make_worker(session, office(session))
    client = log_in(app, session, "supervisor")
    for village in ("", KUBU_PERAHU, "18.99.99.2001", "x" * 500):
        form = {"from": KUBU_PERAHU, "village": village}
        answer = client.post(f"/workers/{worker}/move", data=form)
        assert answer.status_code == 422, village
        assert 'role="alert"' in answer.text
    assert row_of(session, worker).region_code == KUBU_PERAHU


def test_a_move_from_where_somebody_else_moved_the_person_is_a_dispute(
    app: Flask, session: Session
) -> None:
    worker = make_worker(session, office(session))
    client = log_in(app, session, "supervisor")
    client.post(f"/workers/{worker}/move", data={"from": KUBU_PERAHU, "village": SEBARUS})
    late = {"from": KUBU_PERAHU, "village": "18.04.04.1001"}
    client.post(f"/workers/{worker}/move", data=late)
    assert row_of(session, worker).region_code == SEBARUS
    assert session.scalar(select(Conflict.mine)) == "18.04.04.1001"


@pytest.mark.parametrize("role", ["supervisor", "mpp"])
def test_each_consent_is_withdrawn_by_itself(app: Flask, session: Session, role: str) -> None:
    worker = make_worker(session, office(session), data={"consent": CONSENT})
    client = log_in(app, session, role)
    assert f"/workers/{worker}/withdraw" in client.get(f"/workers/{worker}").text
    page = client.get(f"/workers/{worker}/withdraw").text
    assert 'value="hubungi_wa"' in page
    assert 'value="pasfoto"' not in page  # never given
    client.post(f"/workers/{worker}/withdraw", data={"purpose": "hubungi_wa"})
    first = row_of(session, worker)
    assert list(first.data["consent_withdrawn"]) == ["hubungi_wa"]
    assert first.status != "tarik_persetujuan"
    client.post(f"/workers/{worker}/withdraw", data={"purpose": "pendaftaran"})
    then = row_of(session, worker)
    assert then.status == "tarik_persetujuan"
    assert (
        then.data["consent_withdrawn"]["hubungi_wa"]
        == first.data["consent_withdrawn"]["hubungi_wa"]
    )
    assert then.data["consent"] == CONSENT  # the proof is kept
    assert client.get(f"/workers/{worker}/withdraw").status_code == 404
    assert f"/workers/{worker}/withdraw" not in client.get(f"/workers/{worker}").text


def test_what_was_not_given_cannot_be_withdrawn(app: Flask, session: Session) -> None:
    worker = make_worker(session, office(session), data={"consent": CONSENT})
    client = log_in(app, session, "supervisor")
    assert client.post(f"/workers/{worker}/withdraw").status_code == 422
    for purpose in ("pasfoto", "bagi_ke_opd", "nonsense"):
        form = {"purpose": ["hubungi_wa", purpose]}
        assert client.post(f"/workers/{worker}/withdraw", data=form).status_code == 303
    assert "consent_withdrawn" not in row_of(session, worker).data


def test_a_deleted_record_comes_back_whole(app: Flask, session: Session) -> None:
    worker = make_worker(session, office(session), data={"consent": CONSENT})
    client = log_in(app, session, "supervisor")
    before = row_of(session, worker)
    assert client.post(f"/workers/{worker}/restore").status_code == 404  # it is there
    client.post(f"/workers/{worker}/delete")
    deleted = row_of(session, worker)
    assert deleted.deleted_at is not None
    page = client.get(f"/workers/{worker}").text
    assert f"/workers/{worker}/restore" in page
    assert f"/workers/{worker}/move" not in page
    for act in ("move", "withdraw", "delete"):
        assert client.get(f"/workers/{worker}/{act}").status_code == 404
    client.post(f"/workers/{worker}/restore")
    after = row_of(session, worker)
    assert after.deleted_at is None
    assert after.data == before.data
    assert after.ver > deleted.ver
    assert session.get(Tombstone, (KUBU_PERAHU, worker)) is None


def test_a_merged_record_is_not_acted_on(app: Flask, session: Session) -> None:
    officer = office(session)
    stays = make_worker(session, officer)
    worker = make_worker(session, officer, nik=None, merged_into=stays)
    client = log_in(app, session, "supervisor")
    for act in ("move", "withdraw", "delete"):
        assert client.get(f"/workers/{worker}/{act}").status_code == 404
        assert client.post(f"/workers/{worker}/{act}").status_code == 404


@pytest.mark.parametrize(
    ("role", "forbidden"),
    [
        ("mpp", ("delete", "restore")),
        ("officer", ("move", "withdraw", "delete", "restore")),
        ("admin", ("move", "withdraw", "delete", "restore")),
    ],
)
def test_who_may_not(app: Flask, session: Session, role: str, forbidden: tuple[str, ...]) -> None:
    worker = make_worker(session, office(session), data={"consent": CONSENT})
    client = log_in(app, session, role)
    for act in forbidden:
        assert client.post(f"/workers/{worker}/{act}").status_code == 403, act


def test_another_regency_is_nobody(app: Flask, session: Session) -> None:
    worker = make_worker(session, office(session), village=ELSEWHERE)
    client = log_in(app, session, "supervisor")
    for act in ("move", "withdraw", "delete", "restore"):
        assert client.post(f"/workers/{worker}/{act}").status_code == 404
    assert row_of(session, worker).deleted_at is None


def test_every_act_is_a_mutation_and_its_form_a_look(app: Flask, session: Session) -> None:
    officer = office(session)
    worker = make_worker(session, officer, data={"consent": CONSENT})
    client = log_in(app, session, "supervisor")
    client.get(f"/workers/{worker}/withdraw")
    client.post(f"/workers/{worker}/withdraw", data={"purpose": "hubungi_wa"})
    client.post(f"/workers/{worker}/delete")
    session.rollback()
    ops = list(session.scalars(select(Mutation.op).order_by(Mutation.mid)))
    assert ops == ["put", "delete"]
    looks = list(session.scalars(select(AuditLine.action).where(AuditLine.object_id == worker)))
    assert looks.count("act_form") == 3


def test_a_move_keeps_what_others_changed(app: Flask, session: Session) -> None:
    worker = make_worker(session, office(session))
    client = log_in(app, session, "supervisor")
    client.get(f"/workers/{worker}/move")

    other = make_user(session, "supervisor")
    session.commit()
    actor = actor_for(session, other, "18.04", NOW.date())
    edit_worker(session, actor, worker, {"address_line": (None, "Jalan Baru")}, NOW)
    client.post(f"/workers/{worker}/move", data={"from": KUBU_PERAHU, "village": SEBARUS})
    row = row_of(session, worker)
    assert (row.region_code, row.data["address_line"]) == (SEBARUS, "Jalan Baru")


def test_no_number_of_a_village_is_given_out_twice(app: Flask, session: Session) -> None:
    """A deletion of what was deleted already takes three numbers: a phone must hear of them all."""
    worker = make_worker(session, office(session))
    supervisor = make_user(session, "supervisor")
    session.commit()
    actor = actor_for(session, supervisor, "18.04", NOW.date())
    for _ in range(3):
        delete_worker(session, actor, worker, NOW)
    session.rollback()
    counter = session.get_one(ScopeCounter, (KUBU_PERAHU, "18.04"))
    gone = session.get_one(Tombstone, (KUBU_PERAHU, worker))
    assert row_of(session, worker).ver < gone.ver <= counter.seq


def test_a_docket_takes_more_numbers_than_were_reserved(app: Flask, session: Session) -> None:
    office(session)
    actor = actor_for(session, make_user(session, "supervisor"), "18.04", NOW.date())
    context = JudgingContext(actor, "", "office", NOW)
    judgement = Judgement.over(session, context, bump(session, "18.04", {KUBU_PERAHU: 2}), 2)
    assert [judgement.number(KUBU_PERAHU) for _ in range(5)] == [1, 2, 3, 4, 5]
    assert bump(session, "18.04", {KUBU_PERAHU: 0}) == {KUBU_PERAHU: 5}
