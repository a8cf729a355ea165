"""An answer by link that differs from what a head or officer decided is a supervisor's task."""

from __future__ import annotations

from typing import Any

import pytest

from outreach.core.record.worker_edits import withdraw_consent
from outreach.extensions import db
from outreach.features.village_lists.records.queries_overview import overview
from tests.features.village_lists.test_links import decisions
from tests.support.desk_pages import log_in, page, post
from tests.support.list_links import Villager, linked, says
from tests.support.list_saying import say
from tests.support.list_tasks import followers, one_task, pulled, tasks
from tests.support.lists import edit, line_of, opened, register
from tests.sync.conftest import Handset, Server

OPEN = [("link_differs", "supervisor", "open", None)]
ENDED = [("link_differs", "supervisor", "withdrawn", "undone")]


class Meeting:
    """A list of one person, with a head's phone and a browser that came by a link."""

    def __init__(self, server: Server, phone: Handset, head: Handset) -> None:
        self.worker = register(phone)
        self.list_id = opened(server).id
        self.head, self.villager = head, Villager(server)
        self.villager.open(linked(server, self.list_id))

    @property
    def line(self) -> str:
        return line_of(self.list_id, self.worker).id

    def by_link(self, verdict: str = "tunda", /, **said: Any) -> str:
        sent = says(self.line, verdict, **said)
        self.villager.say(sent)
        assert decisions()[-1].id == sent["id"]
        return str(sent["id"])

    def by_head(self, verdict: str = "layak", /, **said: Any) -> str:
        return say(self.head, self.list_id, self.line, verdict, **said)

    def tasks(self) -> list[tuple[str, str, str, str | None]]:
        return [one for one in tasks(self.list_id) if one[0] == "link_differs"]


@pytest.fixture
def meeting(server: Server, phone: Handset, head: Handset) -> Meeting:
    return Meeting(server, phone, head)


class TestDifference:
    def test_answer_that_did_not_see_the_heads_makes_one(self, meeting: Meeting) -> None:
        meeting.by_head()
        link = meeting.by_link()
        assert meeting.tasks() == OPEN
        assert one_task(meeting.list_id).decision_id == link
        assert followers() == 2  # of the list and of the task

    def test_answer_that_replaces_the_heads_makes_one_too(self, meeting: Meeting) -> None:
        first = meeting.by_head()
        meeting.by_link(over=[first])
        assert line_of(meeting.list_id, meeting.worker).clash is False
        assert meeting.tasks() == OPEN

    def test_head_who_had_not_seen_it_makes_one_afterwards(self, meeting: Meeting) -> None:
        meeting.by_link()
        assert meeting.tasks() == []
        meeting.by_head()
        assert meeting.tasks() == OPEN

    def test_who_says_the_same_makes_none(self, meeting: Meeting) -> None:
        first = meeting.by_head()
        meeting.by_link("layak", over=[first])
        assert meeting.tasks() == []

    def test_answer_taken_back_by_link_makes_one(self, meeting: Meeting) -> None:
        first = meeting.by_head()
        meeting.by_link("batal", over=[first])
        assert meeting.tasks() == OPEN

    def test_link_that_takes_its_own_back_leaves_none(self, meeting: Meeting) -> None:
        meeting.by_head()
        meeting.by_link("batal", over=[meeting.by_link()])
        assert meeting.tasks() == ENDED

    def test_repeated_answers_are_one_task(self, meeting: Meeting) -> None:
        meeting.by_head()
        link = meeting.by_link()
        meeting.by_link()
        meeting.by_link("tidak_masuk", reason="tidak_bekerja", over=[link])
        assert meeting.tasks() == OPEN

    def test_both_words_of_one_link_are_a_task_each(self, meeting: Meeting) -> None:
        """The officer is asked to look at the person, and the supervisor at the two answers."""
        first = meeting.by_head()
        meeting.by_link("tidak_masuk", reason="tidak_bekerja", over=[first])
        assert sorted(word for word, _, state, _ in tasks(meeting.list_id) if state == "open") == [
            "link_differs",
            "tidak_bekerja",
        ]


class TestEnd:
    def test_head_who_has_seen_it_ends_it(self, meeting: Meeting) -> None:
        meeting.by_head()
        link = meeting.by_link()
        heads = [one.id for one in decisions()]
        meeting.by_head("layak", over=heads)
        assert meeting.tasks() == ENDED
        meeting.by_link("tunda", over=[link])
        assert sorted(state for *_, state, _ in meeting.tasks()) == ["open", "withdrawn"]

    def test_supervisors_word_stays_until_the_link_says_more(
        self, server: Server, meeting: Meeting
    ) -> None:
        meeting.by_head()
        link = meeting.by_link()
        desk = log_in(server, "supervisor")
        task = one_task(meeting.list_id).id
        post(desk, f"/lists/{meeting.list_id}/tasks/{task}")
        assert meeting.tasks() == [("link_differs", "supervisor", "done", "said")]
        meeting.by_head()
        assert meeting.tasks()[0][2] == "done"
        meeting.by_link("tunda", over=[link])
        assert sorted(state for *_, state, _ in meeting.tasks()) == ["done", "open"]

    def test_who_leaves_the_list_takes_it_along(self, server: Server, meeting: Meeting) -> None:
        meeting.by_head()
        meeting.by_link()
        withdraw_consent(db.session(), server.actor(), meeting.worker, {"pendaftaran"}, server.now)
        assert meeting.tasks() == [("link_differs", "supervisor", "withdrawn", "gone")]

    def test_correction_of_the_record_leaves_it_open(
        self, server: Server, meeting: Meeting
    ) -> None:
        meeting.by_head()
        meeting.by_link()
        edit(server, meeting.worker, rt="009")
        assert meeting.tasks() == OPEN


class TestSeen:
    def test_supervisor_reads_both_answers(self, server: Server, meeting: Meeting) -> None:
        desk = log_in(server, "supervisor")
        first = meeting.by_head()
        meeting.by_link("tidak_masuk", reason="tidak_bekerja", over=[first])
        text = page(desk, f"/lists/{meeting.list_id}")
        assert "Layak. Lewat tautan: " in text
        assert "Jawaban lewat tautan berbeda" in page(desk, f"/workers/{meeting.worker}")
        [row] = overview(db.session(), server.actor(), "", closed=False)
        assert row.clashes == 1

    def test_phones_have_none(self, phone: Handset, meeting: Meeting) -> None:
        meeting.by_head()
        meeting.by_link()
        assert pulled(phone) == {}
