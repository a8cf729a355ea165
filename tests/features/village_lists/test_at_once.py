"""Two people at one sheet, or at one death, in the same moment: one counts, the other is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from outreach.core.record import status_steps
from outreach.extensions import db
from outreach.features.village_lists.checking import death_confirming
from outreach.features.village_lists.paper import paper_counting, paper_entering
from outreach.features.village_lists.records.paper_tables import PaperEntry
from outreach.storage.audit import AuditLine
from outreach.storage.workers import StatusHistory
from tests.features.village_lists.test_death_typists import TOLD, dead
from tests.features.village_lists.test_deaths import SAID, states
from tests.features.village_lists.test_paper_entering import desk
from tests.features.village_lists.test_paper_printing import browser, print_list
from tests.support.desk_pages import log_in, page, post
from tests.support.factories import KUBU_PERAHU
from tests.support.lists import lines_of, opened, register, worker
from tests.support.paper_desk import Desk, decisions, enter_all, state, wrong
from tests.sync.conftest import Handset, Server

__all__ = ["desk"]
Request = tuple[FlaskClient, str, dict[str, str]]
OTHER_STEP = "tahap lain"


@contextmanager
def meeting(monkeypatch: pytest.MonkeyPatch, place: Any, name: str) -> Iterator[None]:
    """Let both requests stand at this call at the same moment, as far as the locks allow."""
    barrier, act = threading.Barrier(2), getattr(place, name)

    def slow(*args: Any, **more: Any) -> Any:
        with suppress(threading.BrokenBarrierError):  # the other waits for the lock, as it should
            barrier.wait(0.5)
        return act(*args, **more)

    with monkeypatch.context() as patch:
        patch.setattr(place, name, slow)
        yield


def at_once(server: Server, *requests: Request) -> list[tuple[int, str, str]]:
    """(status, where to, text) of each of these posts, sent in the same moment."""
    db.session.rollback()
    answers: dict[int, tuple[int, str, str]] = {}

    def send(place: int, client: FlaskClient, address: str, form: dict[str, str]) -> None:
        with server.app.app_context():
            got = client.post(address, data=form)
            text = got.get_data(as_text=True)
            answers[place] = (got.status_code, got.headers.get("Location", ""), text)

    threads = [
        threading.Thread(target=send, args=(place, *request))
        for place, request in enumerate(requests)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert len(answers) == len(requests)
    return [answers[place] for place in range(len(requests))]


def sorted_statuses(answers: list[tuple[int, str, str]]) -> list[int]:
    return sorted(status for status, _, _ in answers)


def told(answers: list[tuple[int, str, str]]) -> str:
    """The sentence that the one who came second got."""
    [text] = [text for status, _, text in answers if status == 422]
    return wrong(text)


def audited(act: str) -> int:
    """How often this stands in the audit."""
    db.session.expire_all()
    return len(list(db.session.scalars(select(AuditLine.id).filter_by(action=act))))


class TestSheet:
    def finished(self, server: Server, desk: Desk) -> tuple[Desk, Desk]:
        """Two others at the sheet, of which the first entry is done."""
        enter_all(desk, "l", "t", "l")
        desk.post("finish")
        return desk.other(server), desk.other(server, "supervisor")

    def second(self, one: Desk) -> Request:
        return one.client, f"{one.at}/second", {}

    def test_two_who_begin_one_page_begin_one_sheet(
        self, server: Server, phone: Handset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        register(phone)
        list_id = opened(server).id
        pair = [browser(server), browser(server, "mpp")]
        print_list(pair[0], list_id)
        address, which = f"/village-lists/{list_id}/paper/sheets", {"version": "1", "page": "1"}
        with meeting(monkeypatch, paper_entering, "begin"):
            answers = at_once(server, *((one, address, which) for one in pair))
        assert sorted_statuses(answers) == [303, 303]
        [entry] = db.session.scalars(select(PaperEntry.id))
        assert {where.rsplit("/", 1)[1] for _, where, _ in answers} == {entry}
        assert audited("paper_started") == 1

    def test_one_of_two_makes_the_second_entry(
        self, server: Server, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pair = self.finished(server, desk)
        with meeting(monkeypatch, paper_entering, "may_enter_again"):
            answers = at_once(server, *map(self.second, pair))
        assert sorted_statuses(answers) == [303, 422]
        assert OTHER_STEP in told(answers)
        assert (state(desk.entry), audited("paper_second")) == ("second", 1)
        won = pair[[status for status, _, _ in answers].index(303)]
        lost = pair[1 - pair.index(won)]
        assert "dibuat orang lain" in wrong(lost.say(1, "l", 422))
        won.say(1, "l")

    def test_signer_does_without_it_or_somebody_makes_it(
        self, server: Server, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        clerk, _ = self.finished(server, desk)
        head = desk.other(server, "head", KUBU_PERAHU)
        waives: Request = (head.client, f"{head.at}/waive", {})
        with meeting(monkeypatch, paper_entering, "move"):
            answers = at_once(server, self.second(clerk), waives)
        assert sorted_statuses(answers) == [303, 422]
        assert OTHER_STEP in told(answers)
        entered, waived = (status == 303 for status, _, _ in answers)
        assert state(desk.entry) == ("second" if entered else "once")
        assert len(decisions()) == (3 if waived else 0)

    @pytest.mark.parametrize("same", [True, False])
    def test_sheet_that_two_end_counts_once(
        self, server: Server, desk: Desk, monkeypatch: pytest.MonkeyPatch, same: bool
    ) -> None:
        clerk, other = self.finished(server, desk)
        clerk.post("second")
        enter_all(clerk, "l", "t", "l")
        pair = [clerk, clerk if same else other]
        ends: list[Request] = [(one.client, f"{one.at}/finish", {}) for one in pair]
        with meeting(monkeypatch, paper_counting, "count"):
            answers = at_once(server, *ends)
        assert sorted_statuses(answers) == [303, 422]
        assert OTHER_STEP in told(answers)
        assert (state(desk.entry), len(decisions())) == ("done", 3)
        assert audited("paper_entered") == 1

    def test_two_who_settle_a_line_leave_one_answer(
        self, server: Server, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        clerk, other = self.finished(server, desk)
        clerk.post("second")
        enter_all(clerk, "t", "t", "l")
        clerk.post("finish")
        line = lines_of(desk.list_id)[0].id
        ways: list[Request] = [
            (one.client, f"{one.at}/settle", {"line": line, "turn": turn})
            for one, turn in ((clerk, "1"), (other, "2"))
        ]
        with meeting(monkeypatch, paper_entering, "keep"):
            answers = at_once(server, *ways)
        assert sorted_statuses(answers) == [303, 303]
        clerk.post("finish")
        assert {tuple(row.lines): row.verdict for row in decisions()}[line,] in ("layak", "tunda")

    def test_answers_of_two_who_type_one_line_are_one_of_both(
        self, server: Server, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = desk.other(server)
        says: list[Request] = [
            (one.client, f"{one.at}/lines", {"no": "1", "answer": key})
            for one, key in ((desk, "l"), (other, "t"))
        ]
        with meeting(monkeypatch, paper_entering, "keep"):
            answers = at_once(server, *says)
        assert sorted_statuses(answers) == [303, 422]


class TestDeath:
    def reported(self, server: Server, desk: Desk) -> tuple[str, FlaskClient, FlaskClient]:
        """(person, two who may confirm) of a death that the head gave from paper."""
        line = lines_of(desk.list_id)[0]
        desk.say(1, "1", **TOLD)
        desk.post("finish")
        head = desk.other(server, "head", KUBU_PERAHU)
        head.post("waive", **{f"name.{line.id}": str(line.snapshot["name"])})
        return dead(), log_in(server, "supervisor"), log_in(server, "supervisor")

    def flashed(self, client: FlaskClient, person: str) -> str:
        return page(client, f"/workers/{person}")

    def moved(self, person: str, to: str) -> int:
        """How often this person went to a status."""
        db.session.expire_all()
        own = select(StatusHistory.id).filter_by(worker_id=person, reason=to)
        return len(list(db.session.scalars(own)))

    def test_one_of_two_confirms(
        self, server: Server, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        person, *pair = self.reported(server, desk)
        with meeting(monkeypatch, death_confirming, "own_part"):
            answers = at_once(server, *((one, f"/workers/{person}/death", SAID) for one in pair))
        assert sorted_statuses(answers) == [303, 303]
        said = [self.flashed(one, person) for one in pair]
        assert sum("Status menjadi Meninggal" in one for one in said) == 1
        assert sum("Tidak ada laporan yang menunggu" in one for one in said) == 1
        assert (worker(person).status, states(person)) == ("meninggal", ["confirmed"])
        assert self.moved(person, "meninggal") == 1

    def test_one_of_two_undoes(
        self, server: Server, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        person, *pair = self.reported(server, desk)
        post(pair[0], f"/workers/{person}/death", **SAID)
        page(pair[0], f"/workers/{person}")
        why = {"reason": "Masih hidup"}
        with meeting(monkeypatch, status_steps, "take"):
            answers = at_once(
                server, *((one, f"/workers/{person}/death/undo", why) for one in pair)
            )
        assert sorted_statuses(answers) == [303, 303]
        said = [self.flashed(one, person) for one in pair]
        assert sum("Status meninggal dibatalkan" in one for one in said) == 1
        assert sum("Langkah ini tidak ada" in one for one in said) == 1
        assert (worker(person).status, states(person)) == ("verifikasi_pekon", ["undone"])
        assert self.moved(person, "undone") == 1

    def test_one_who_confirms_and_one_who_undoes_come_one_after_the_other(
        self, server: Server, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        person, one, other = self.reported(server, desk)
        acts: list[Request] = [
            (one, f"/workers/{person}/death", SAID),
            (other, f"/workers/{person}/death/undo", {"reason": "Masih hidup"}),
        ]
        with meeting(monkeypatch, status_steps, "take"):
            answers = at_once(server, *acts)
        assert sorted_statuses(answers) == [303, 303]
        ends = {("meninggal", "confirmed"), ("verifikasi_pekon", "undone")}
        assert (worker(person).status, *states(person)) in ends
