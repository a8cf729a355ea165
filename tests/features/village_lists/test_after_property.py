"""Whatever comes in whichever order, from several devices and the desk: it ends in the same list,
and what was signed is what was shown, to the last byte.

Each device works offline on the list as it once pulled it, and sends its saves in its own order.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from outreach.core.record import office_device
from outreach.core.record.merging import merge_workers
from outreach.domain.ids import uuid7
from outreach.domain.list_document import canonical, document, document_hash, leaf, merkle_root
from outreach.domain.village_decisions import Decision, Line, counts, resolve
from outreach.extensions import db
from outreach.features.village_lists import minutes_queries, queries
from outreach.features.village_lists.acting import as_line
from outreach.features.village_lists.deciding import decision_of
from outreach.features.village_lists.minutes_tables import ListMinutes, SignedLine
from outreach.features.village_lists.opening import close_list
from outreach.features.village_lists.tables import ListLine, VillageList
from outreach.storage.accounts import Term
from outreach.storage.workers import Worker
from tests.support import factories
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.support.lists import edit, lines_of, opened, register
from tests.support.signed_lists import give_term, minutes_of, send
from tests.sync.conftest import Handset, Server

PEOPLE = 4
DEVICES = ("signer", "secretary", "officer")
SAID = [("layak", None), ("tunda", None), ("tidak_masuk", "tidak_bekerja")]
who, said = st.integers(0, PEOPLE - 1), st.sampled_from(SAID)
# Nobody edits or moves whom a merge concerns: what became of that is another question.
edited = st.integers(0, 1)
ACTS = st.one_of(
    st.tuples(st.just("decide"), st.sampled_from(DEVICES), who, said),
    st.tuples(st.just("paper"), st.just("desk"), who, said),
    st.tuples(st.just("rt"), st.just("desk"), edited, st.sampled_from(["008", "009"])),
    st.tuples(st.just("rename"), st.just("desk"), edited, st.just("UMI KALSUM")),
    st.tuples(st.just("move"), st.just("desk"), st.just(1), st.just(SEBARUS)),
    st.tuples(st.just("merge"), st.just("desk"), st.just(3), st.just(2)),
    st.tuples(st.just("sign"), st.just("signer"), st.just(0), st.none()),
)


def once(acts: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The acts, each of a kind on a person once: two edits of one field have an order by nature."""
    found: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for act in acts:
        found.setdefault(act[:3], act)
    return list(found.values())


class Life:
    """A list of four people whom everybody has found fit, and devices that go on offline."""

    def __init__(self, server: Server, phones: dict[str, Handset], term: Term) -> None:
        self.server, self.phones, self.term = server, phones, term
        self.actor = server.actor()
        names = ("ANI", "BUDI", "CICI", "DEDE")
        self.people = [register(phones["officer"], full_name=f"{name} WANDA") for name in names]
        self.list = opened(server).id
        self.lines = {line.worker_id: line.id for line in lines_of(self.list)}
        self.first: dict[str, str] = {}
        for row in self.people:
            self.first[row] = self.send("signer", row, ("layak", None), [])
        self.shown = self.as_shown()
        self.own: dict[str, Decision] = {}
        self.signed: dict[str, dict[str, Any]] = {}

    def as_shown(self) -> tuple[list[Line], dict[str, Decision]]:
        """The lines and decisions that every device has pulled."""
        found = minutes_queries.whole_lines(db.session(), "18.04", self.list)
        rows = queries.decisions(db.session(), "18.04", {self.list})
        return [as_line(line) for line in found], {row.id: decision_of(row) for row in rows}

    def send(self, device: str, row: str, word: tuple[str, str | None], over: list[str]) -> str:
        """The id of a decision that a phone sends."""
        phone, (verdict, reason) = self.phones[device], word
        values = {"list": self.list, "lines": [self.lines[row]], "verdict": verdict}
        more = {"reason": reason, "over": over}
        made = phone.mutation(
            KUBU_PERAHU,
            table="list_decision",
            set={**values, **{k: v for k, v in more.items() if v}},
        )
        assert phone.results(made)[0]["status"] == "applied"
        return str(made["id"])

    def act(self, name: str, device: str, one: int, value: Any) -> None:
        self.server.wait(seconds=30)
        getattr(self, name)(device, self.people[one], value)

    def decide(self, device: str, row: str, word: tuple[str, str | None]) -> None:
        made = self.send(device, row, word, [self.first[row]])
        if device == "signer":
            own = {"id": made, "lines": [self.lines[row]], "over": [self.first[row]]}
            self.own[made] = {**own, "verdict": word[0], "reason": word[1]}  # type: ignore[typeddict-item]

    def paper(self, _: str, row: str, word: tuple[str, str | None]) -> None:
        values = {"list": self.list, "lines": [self.lines[row]], "verdict": word[0]}
        pairs = {**values, "reason": word[1], "how": "paper"}
        body = office_device.compose(
            uuid7(self.server.now),
            KUBU_PERAHU,
            {name: (None, value) for name, value in pairs.items() if value is not None},
            self.server.now,
            table="list_decision",
        )
        [verdict] = office_device.submit(db.session(), self.actor, [body], self.server.now)
        assert verdict.status == "applied", verdict

    def rt(self, _: str, row: str, value: str) -> None:
        edit(self.server, row, rt=value)

    def rename(self, _: str, row: str, value: str) -> None:
        edit(self.server, row, full_name=value)

    def move(self, _: str, row: str, village: str) -> None:
        edit(self.server, row, village_code=village)

    def merge(self, _: str, row: str, other: int) -> None:
        merge_workers(db.session(), self.actor, self.people[other], row, self.server.now)

    def sign(self, device: str, _: str, __: None) -> None:
        """Sign what the signer's phone shows: what it pulled once, and its own decisions since."""
        lines, decisions = self.shown
        resolved = resolve([*decisions.values(), *self.own.values()])
        row = db.session.get_one(VillageList, self.list)
        names = ("purpose", "fund", "year", "month", "no")
        facts: Any = {"list": self.list, "village": KUBU_PERAHU}
        facts |= {name: getattr(row, name) for name in names}
        whole, told = document(facts, lines, resolved), dict(counts(lines, resolved))
        phone = self.phones[device]
        made = minutes_of(phone, self.list, self.term, whole, told)
        assert phone.results(made)[0]["status"] == "applied"
        send(phone, whole)
        self.signed[str(made["id"])] = whole

    def __enter__(self) -> Life:
        return self

    def __exit__(self, *_: object) -> None:
        """The next life begins with nobody."""
        db.session.rollback()
        db.session.execute(update(Worker).values(deleted_at=self.server.now, status="draf"))
        db.session.commit()
        close_list(db.session(), self.server.actor(), self.list, self.server.now)

    def told(self) -> list[tuple[Any, ...]]:
        """What the list says of each person who is on it. A status tells which came first, and is
        left out; so is what was said of who has gone."""
        place = {row: n for n, row in enumerate(self.people)}
        return [
            (line.no, place[line.worker_id], line.gone, place.get(line.into or ""))
            + (() if line.gone else self.told_of(line))
            for line in lines_of(self.list)
        ]

    def told_of(self, line: ListLine) -> tuple[Any, ...]:
        """What a line shows and says."""
        shown = [line.snapshot[name] for name in ("sex", "birth_year", "rt", "occupation")]
        stands = (line.verdict, line.reason, line.clash)
        renamed = line.snapshot["name"] == "UMI KALSUM"
        return (*shown, renamed, *stands, self.asked(line.id))

    def asked(self, line_id: str) -> int:
        """How often a line was asked again."""
        rows = queries.decisions(db.session(), "18.04", {self.list})
        return sum(row.via == "record" and line_id in row.lines for row in rows)


def same_everywhere(life: Life) -> None:
    """What every phone works out of the rows is what the lines say."""
    rows = queries.decisions(db.session(), "18.04", {life.list})
    resolved = resolve(decision_of(row) for row in reversed(rows))
    for line in lines_of(life.list):
        state = resolved[line.id]
        assert (line.verdict, line.reason, line.clash) == (state.verdict, state.reason, state.clash)


def as_signed(life: Life) -> None:
    """Each version is what its signer was shown, whatever happened since."""
    db.session.expire_all()
    for made, whole in life.signed.items():
        version = db.session.get_one(ListMinutes, made)
        assert version.state == "counts"
        assert version.hash == document_hash(whole)
        assert version.root == merkle_root(whole["items"])
        own = select(SignedLine).where(SignedLine.minutes_id == made).order_by(SignedLine.no)
        kept = list(db.session.scalars(own))
        assert [row.item for row in kept] == whole["items"]
        assert [row.leaf for row in kept] == [leaf(item).hex() for item in whole["items"]]
        assert document_hash({**whole, "items": [row.item for row in kept]}) == version.hash
        assert canonical(whole) == canonical({**whole, "items": [row.item for row in kept]})


def orders(acts: list[tuple[Any, ...]], random: Any) -> list[list[tuple[Any, ...]]]:
    """The acts as they were made, and mixed anew: each phone's in its own order, the desk's in
    any."""
    queues: dict[str, list[tuple[Any, ...]]] = {}
    for act in acts:
        queues.setdefault(act[1], []).append(act)
    random.shuffle(queues.get("desk", []))
    mixed = []
    while any(queues.values()):
        device = random.choice([name for name, queue in queues.items() if queue])
        mixed.append(queues[device].pop(0))
    return [acts, mixed]


def test_any_order_ends_in_the_same_list_and_signs_what_was_shown(sqlite_app: Flask) -> None:
    with sqlite_app.app_context():
        factories.add_regions(db.session())
        db.session.commit()
        server = Server(sqlite_app)
        phones = {
            "signer": server.phone(KUBU_PERAHU, role="head"),
            "secretary": server.phone(KUBU_PERAHU, role="head"),
            "officer": server.phone(KUBU_PERAHU, SEBARUS),
        }
        term = give_term(phones["signer"].user_id)
        for phone in phones.values():
            phone.announce()

        @settings(
            max_examples=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=[HealthCheck.too_slow],
        )
        @given(
            st.lists(ACTS, min_size=3, max_size=12).map(once),
            st.randoms(use_true_random=False),
        )
        def live(acts: list[tuple[Any, ...]], random: Any) -> None:
            ends = []
            for order in orders(acts, random):
                with Life(server, phones, term) as life:
                    for act in order:
                        life.act(*act)
                        as_signed(life)
                    same_everywhere(life)
                    ends.append(life.told())
            assert ends[0] == ends[1]

        live()
