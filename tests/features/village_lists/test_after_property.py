"""Whatever comes in whichever order, from several devices and the desk: it ends in the same list,
and what was signed is what was shown, to the last byte.

Each device works offline on the list as it once pulled it, hears another by its file, and sends
its saves in its own order, whenever it meets the server: a decision may come after the version that
counts it.
"""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from outreach.core.record import office_device
from outreach.core.record.merging import merge_workers
from outreach.domain.ids import uuid7
from outreach.domain.list_document import canonical, document, document_hash, leaf, merkle_root
from outreach.domain.village_decisions import (
    Decision,
    Line,
    blocking_lines,
    counts,
    over_for,
    resolve,
)
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
    st.tuples(st.just("hear"), st.sampled_from(DEVICES), st.integers(0, 2), st.none()),
    st.tuples(st.just("paper"), st.just("desk"), who, said),
    st.tuples(st.just("rt"), st.just("desk"), edited, st.sampled_from(["008", "009"])),
    st.tuples(st.just("rename"), st.just("desk"), edited, st.just("UMI KALSUM")),
    st.tuples(st.just("move"), st.just("desk"), st.just(1), st.just(SEBARUS)),
    st.tuples(st.just("merge"), st.just("desk"), st.just(3), st.just(2)),
    st.tuples(st.just("sign"), st.just("signer"), st.integers(0, 1), st.none()),
)
# What people do on devices comes first, without the server; then it arrives, in some order.
OFFLINE = frozenset({"decide", "hear", "sign"})


def once(acts: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The acts, each of a kind on a person once: two edits of one field have an order by nature."""
    found: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for act in acts:
        found.setdefault(act[:3], act)
    return list(found.values())


class Life:
    """A list of four people whom everybody has found fit, and devices that go on offline.

    ``told``: whether the signer's phone tells on which decisions its version rests."""

    def __init__(
        self, server: Server, phones: dict[str, Handset], term: Term, *, told: bool = True
    ) -> None:
        self.server, self.phones, self.term = server, phones, term
        self.tells = told
        self.actor = server.actor()
        names = ("ANI", "BUDI", "CICI", "DEDE")
        self.people = [register(phones["officer"], full_name=f"{name} WANDA") for name in names]
        self.list = opened(server).id
        self.lines = {line.worker_id: line.id for line in lines_of(self.list)}
        self.signed: dict[str, dict[str, Any]] = {}
        self.versions: list[str] = []
        self.first: dict[str, str] = {}
        for row in self.people:
            made = self.made("signer", row, ("layak", None), [])
            self.arrive("signer", made)
            self.first[row] = str(made["id"])
        self.shown, pulled = self.as_shown()
        self.known: dict[str, dict[str, Decision]] = {name: dict(pulled) for name in phones}
        self.own: dict[str, dict[str, Decision]] = {name: {} for name in phones}
        self.touched: set[str] = set()

    def as_shown(self) -> tuple[list[Line], dict[str, Decision]]:
        """The lines and decisions that every device has pulled."""
        found = minutes_queries.whole_lines(db.session(), "18.04", self.list)
        rows = queries.decisions(db.session(), "18.04", {self.list})
        return [as_line(line) for line in found], {row.id: decision_of(row) for row in rows}

    def made(
        self, device: str, row: str, word: tuple[str, str | None], over: list[str]
    ) -> dict[str, Any]:
        """The save of a decision on a phone."""
        verdict, reason = word
        values = {"list": self.list, "lines": [self.lines[row]], "verdict": verdict}
        more = {"reason": reason, "over": over}
        return self.phones[device].mutation(
            KUBU_PERAHU,
            table="list_decision",
            set={**values, **{k: v for k, v in more.items() if v}},
        )

    def arrive(self, device: str, made: dict[str, Any]) -> None:
        """A phone's save reaches the server, a version with its list."""
        assert self.phones[device].results(made)[0]["status"] == "applied"
        whole = self.signed.get(str(made["id"]))
        if whole is not None:
            self.versions.append(str(made["id"]))
            send(self.phones[device], whole)

    def act(self, name: str, device: str, one: int, value: Any) -> None:
        """Somebody at the desk does something."""
        self.server.wait(seconds=30)
        whom = () if name == "paper" else (one, value) if name == "merge" else (one,)
        self.touched |= {self.people[n] for n in whom}
        getattr(self, name)(device, self.people[one], value)

    def decide(self, device: str, one: int, word: tuple[str, str | None]) -> dict[str, Any]:
        row = self.people[one]
        line, known = self.lines[row], self.known[device]
        over = over_for(resolve(known.values()), [line])
        made = self.made(device, row, word, over)
        said: Decision = {
            "id": str(made["id"]),
            "lines": [line],
            "verdict": word[0],
            "reason": word[1],
            "over": over,
        }
        known[said["id"]] = self.own[device][said["id"]] = said
        return made

    def hear(self, device: str, other: int, _: None) -> None:
        """Read another phone's file: what its person has decided."""
        self.known[device] |= self.own[DEVICES[other]]

    def sign(self, device: str, _: int, __: None) -> dict[str, Any] | None:
        """Sign what the phone shows; it signs no clash."""
        resolved = resolve(self.known[device].values())
        if blocking_lines(self.shown, resolved):
            return None
        row = db.session.get_one(VillageList, self.list)
        names = ("purpose", "fund", "year", "month", "no")
        facts: Any = {"list": self.list, "village": KUBU_PERAHU}
        facts |= {name: getattr(row, name) for name in names}
        whole = document(facts, self.shown, resolved)
        numbers = dict(counts(self.shown, resolved))
        heads = {"heads": over_for(resolved, self.lines.values())} if self.tells else {}
        made = minutes_of(self.phones[device], self.list, self.term, whole, numbers, **heads)
        self.signed[str(made["id"])] = whole
        return made

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

    def __enter__(self) -> Life:
        return self

    def __exit__(self, *_: object) -> None:
        """The next life begins with nobody."""
        db.session.rollback()
        db.session.execute(update(Worker).values(deleted_at=self.server.now, status="draf"))
        db.session.commit()
        close_list(db.session(), self.server.actor(), self.list, self.server.now)

    def told(self) -> list[tuple[Any, ...]]:
        """What the list says of each person who is on it, and where it led those whose record
        nobody touched meanwhile. What was said of who has gone is left out."""
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
        return (*shown, renamed, *stands, self.asked(line.id), self.led(line))

    def led(self, line: ListLine) -> tuple[Any, ...]:
        """The status of a person, and what each version did to it."""
        if line.worker_id in self.touched:
            return ()
        own = select(SignedLine.acted).where(SignedLine.line_id == line.id)
        did = [
            db.session.scalars(own.where(SignedLine.minutes_id == row)).one()
            for row in self.versions[-1:]
        ]
        return (db.session.get_one(Worker, line.worker_id).status, *did)

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
        if made not in life.versions:
            continue
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


def arrivals(life: Life, acts: list[tuple[Any, ...]], random: Random) -> list[tuple[str, Any]]:
    """What reaches the server: each phone's saves in their own order, the desk's acts in any."""
    queues: dict[str, list[Any]] = {name: [] for name in (*DEVICES, "desk")}
    for act in acts:
        name, device, *rest = act
        made = getattr(life, name)(device, *rest) if name in OFFLINE else act
        if made is not None:
            queues[device].append(made)
    random.shuffle(queues["desk"])
    mixed = []
    while any(queues.values()):
        device = random.choice([name for name, queue in queues.items() if queue])
        mixed.append((device, queues[device].pop(0)))
    return mixed


@pytest.mark.parametrize("told", [True, False])
def test_any_order_ends_in_the_same_list_and_signs_what_was_shown(
    sqlite_app: Flask, told: bool
) -> None:
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
            max_examples=20,
            deadline=None,
            derandomize=True,
            suppress_health_check=[HealthCheck.too_slow],
        )
        @given(
            st.lists(ACTS, min_size=3, max_size=12).map(once),
            st.integers(0, 2**32),
        )
        def live(acts: list[tuple[Any, ...]], chance: int) -> None:
            ends = []
            for random in (Random(chance), Random(chance + 1)):
                with Life(server, phones, term, told=told) as life:
                    for device, what in arrivals(life, acts, random):
                        if device == "desk":
                            life.act(*what)
                        else:
                            server.wait(seconds=30)
                            life.arrive(device, what)
                        as_signed(life)
                    same_everywhere(life)
                    ends.append(life.told())
            assert ends[0] == ends[1]

        live()
