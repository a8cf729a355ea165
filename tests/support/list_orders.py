"""Lives of one list in which the same things reach the server in different orders.

Devices decide, hear each other and sign offline; the desk edits, merges, moves, enters sheets,
confirms deaths and looks at stamped sheets. Everything is made in the order in which it is told.
Then it arrives in any order that can be: each device's saves in their own, and nothing before what
it needs. Between two halves of a life some devices send everything and pull.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from flask import Flask
from sqlalchemy import select, update

from outreach.core.record.merging import merge_workers
from outreach.core.record.rights import NotAllowed
from outreach.domain.list_document import canonical, document, document_hash, leaf, merkle_root
from outreach.domain.village_decisions import (
    Decision,
    Line,
    blocking_lines,
    counts,
    is_asked_again,
    over_for,
    resolve,
)
from outreach.extensions import db
from outreach.features.village_lists.checking import death_confirming
from outreach.features.village_lists.checking.acting import as_line
from outreach.features.village_lists.checking.deciding import decision_of
from outreach.features.village_lists.checking.opening import close_list
from outreach.features.village_lists.minutes import minutes_deciding
from outreach.features.village_lists.minutes.minutes_file import open_minutes
from outreach.features.village_lists.paper import paper_counting, paper_entering
from outreach.features.village_lists.paper.paper_entering import Said, Which
from outreach.features.village_lists.records import minutes_queries, queries
from outreach.features.village_lists.records.minutes_tables import ListMinutes, SignedLine
from outreach.features.village_lists.records.tables import DeathReport, ListLine, VillageList
from outreach.features.village_lists.records.task_tables import ListTask
from outreach.storage.workers import Worker
from tests.support import factories
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.support.lists import edit, lines_of, opened, register
from tests.support.signed_lists import give_term, head_signer, minutes_of, send
from tests.sync.conftest import Handset, Server
from tests.sync.test_blobs import name_of, photo, upload

DEVICES = ("signer", "secretary", "officer")
NAMES = ("ANI", "BUDI", "CICI", "DEDE")
REGENCY = "18.04"
DIED = {"date": "2026-11-01", "source": "anaknya"}
WORDS: dict[str, dict[str, Any]] = {
    "layak": {"verdict": "layak"},
    "tunda": {"verdict": "tunda"},
    "tidak_bekerja": {"verdict": "tidak_masuk", "reason": "tidak_bekerja"},
    "data_salah": {
        "verdict": "tidak_masuk",
        "reason": "data_salah",
        "detail": {"field": "birth_date"},
    },
    "punya_majikan": {"verdict": "tidak_masuk", "reason": "punya_majikan"},
    "pindah": {"verdict": "tidak_masuk", "reason": "pindah", "detail": {"to": "Sebarus"}},
    "meninggal": {"verdict": "tidak_masuk", "reason": "meninggal", "detail": DIED},
}
DEAD = "meninggal"

# What somebody does: what it is, on which device (or "desk"), to whom, and with what.
Act = tuple[str, str, int, Any]


@dataclass(frozen=True)
class Script:
    """A life as it is told: two halves, and which devices send and pull between them."""

    first: Sequence[Act]
    synced: Collection[str] = ()
    second: Sequence[Act] = ()


@dataclass
class Event:
    """Something that reaches the server: ``needs`` are the events that come before it."""

    device: str
    name: str
    run: Callable[[], None]
    who: int | None = None
    save: dict[str, Any] | None = None
    needs: list[Event] = field(default_factory=list)


class Ranks(Random):
    """An order in which these devices, or the desk, come first as long as they have something."""

    def __init__(self, *devices: str) -> None:
        super().__init__(0)
        self.devices = devices

    def choice(self, seq: Any) -> Any:
        return min(seq, key=lambda event: self.devices.index(event.device))


class Cast:
    """The people who take part in every life on one server."""

    def __init__(self, app: Flask) -> None:
        factories.add_regions(db.session())
        db.session.commit()
        self.server = server = Server(app)
        self.phones: dict[str, Handset] = {
            "signer": server.phone(KUBU_PERAHU, role="head"),
            "secretary": server.phone(KUBU_PERAHU, role="head"),
            "officer": server.phone(KUBU_PERAHU, SEBARUS),
        }
        own = give_term(self.phones["signer"].user_id)
        other = give_term(self.phones["secretary"].user_id, capacity="plh")
        self.signers = {
            "signer": head_signer(own),
            "secretary": head_signer(other, delegation="140/02/2026"),
            "officer": head_signer(own),
        }
        self.term = own
        for phone in self.phones.values():
            phone.announce()
        self.desk = server.actor()
        self.clerks = [server.actor("mpp"), server.actor("mpp")]


class Life:
    """A list of four people whom everybody has found fit, and devices that go on offline.

    ``told``: whether phones tell on which decisions their versions rest."""

    def __init__(self, cast: Cast, *, told: bool = True) -> None:
        self.cast, self.server, self.phones = cast, cast.server, cast.phones
        self.tells = told
        self.people = [
            register(self.phones["officer"], full_name=f"{name} WANDA") for name in NAMES
        ]
        self.sent = {name: phone.mid for name, phone in cast.phones.items()}
        self.list = opened(self.server).id
        self.line = {line.worker_id: line.id for line in lines_of(self.list)}
        self.signed: dict[str, dict[str, Any]] = {}
        self.signs: list[str] = []
        self.arrived: set[str] = set()
        self.done: set[str] = set()
        self.known: dict[str, dict[str, Decision]] = {name: {} for name in DEVICES}
        self.own: dict[str, dict[str, Decision]] = {name: {} for name in DEVICES}
        self.shown: dict[str, list[Line]] = {}
        self.events: list[Event] = []
        for one in range(len(self.people)):
            self.decide("signer", one, "layak")
        self.deliver(self.take_all(), Random(0))
        for name in DEVICES:
            self.pull(name)

    # --- what people do ---------------------------------------------------------------------------

    def tell(self, act: Act) -> None:
        """Have somebody do something: what comes of it waits to arrive."""
        name, device, one, value = act
        getattr(self, name)(device, one, value)

    def add(self, device: str, name: str, run: Callable[[], None], **more: Any) -> Event:
        """Something that will arrive, after what it needs and after its device's earlier saves."""
        event = Event(device, name, run, **more)
        if device in DEVICES:
            event.needs += [one for one in self.events if one.device == device]
        self.events.append(event)
        return event

    def pull(self, device: str) -> None:
        """The device knows what the server knows."""
        db.session.expire_all()
        found = minutes_queries.whole_lines(db.session(), REGENCY, self.list)
        self.shown[device] = [as_line(line) for line in found]
        self.known[device] |= self.stored()

    def stored(self) -> dict[str, Decision]:
        """Every decision that the server knows."""
        rows = queries.decisions(db.session(), REGENCY, {self.list})
        return {row.id: decision_of(row) for row in rows}

    def decide(self, device: str, one: int, word: str) -> None:
        """Somebody says a word of a person, over what the device shows."""
        line, known = self.line[self.people[one]], self.known[device]
        over = over_for(resolve(known.values()), [line])
        values = {"list": self.list, "lines": [line], "over": over, **WORDS[word]}
        save = self.phones[device].mutation(
            KUBU_PERAHU, table="list_decision", set={k: v for k, v in values.items() if v}
        )
        said: Any = {"id": str(save["id"]), "reason": None, "detail": {}, "how": "single", **values}
        known[said["id"]] = self.own[device][said["id"]] = said
        event = self.add(device, "decide", lambda: self.push(device, save), who=one, save=said)
        event.needs += [
            other
            for other in self.events
            if other.who == one
            and (
                (other.name == "undo" and word == DEAD)
                or (other.name == "confirm" and self.replaces(said, other.save))
            )
        ]

    def replaces(self, said: Decision, dead: Any) -> bool:
        """True for a word that takes back, over others too, what somebody confirmed."""
        waiting, seen = list(said["over"]), set[str]()
        words = {one: row for own in self.own.values() for one, row in own.items()}
        while waiting:
            one = waiting.pop()
            if one not in seen:
                seen.add(one)
                waiting += words.get(one, {}).get("over", ())
        return dead["id"] in seen

    def push(self, device: str, save: dict[str, Any]) -> None:
        result = self.phones[device].results(save)[0]
        assert result["status"] == "applied", result
        self.sent[device] = save["mid"]
        self.arrived.add(str(save["id"]))

    def hear(self, device: str, other: int, _: Any) -> None:
        """Read another phone's file: what its person has decided."""
        self.known[device] |= self.own[DEVICES[other]]

    def sign(self, device: str, _: int, __: Any) -> None:
        """Sign what the phone shows; it signs no clash."""
        resolved = resolve(self.known[device].values())
        lines = self.shown[device]
        if blocking_lines(lines, resolved):
            return
        row = db.session.get_one(VillageList, self.list)
        names = ("purpose", "fund", "year", "month", "no")
        facts: Any = {"list": self.list, "village": KUBU_PERAHU}
        facts |= {name: getattr(row, name) for name in names}
        whole = document(facts, lines, resolved)
        more = {"heads": over_for(resolved, self.line.values())} if self.tells else {}
        save = minutes_of(
            self.phones[device],
            self.list,
            self.cast.term,
            whole,
            dict(counts(lines, resolved)),
            signers=[self.cast.signers[device]],
            **more,
        )
        self.signed[str(save["id"])] = whole
        self.signs.append(str(save["id"]))
        self.add(device, "sign", lambda: self.arrive(device, save, whole))
        if device == "officer":
            self.bring_sheet(str(save["id"]))

    def arrive(self, device: str, save: dict[str, Any], whole: dict[str, Any]) -> None:
        self.push(device, save)
        send(self.phones[device], whole)

    def bring_sheet(self, version: str) -> None:
        """The officer's phone sends the photo of the stamped sheet; a supervisor looks at it."""
        sheet = photo()
        phone = self.phones["officer"]
        save = phone.mutation(
            KUBU_PERAHU, table="list_minutes", id=version, set={"stamped": name_of(sheet)}
        )

        def bring() -> None:
            self.push("officer", save)
            upload(phone, sheet, len(sheet))

        brought = self.add("officer", "sheet", bring)
        self.add("desk", "look", lambda: self.look(version), needs=[brought])

    def look(self, version: str) -> None:
        db.session.expire_all()
        n = db.session.get_one(ListMinutes, version).n
        file = open_minutes(db.session(), self.cast.desk, self.list, n)
        minutes_deciding.look(db.session(), self.cast.desk, file, self.server.now)

    def paper(self, _: str, one: int, word: str) -> None:
        """A sheet with one tick, which two clerks enter one after the other."""
        sheet: list[str] = []
        said = WORDS[word]
        read = Said(said["verdict"], said.get("reason"), said.get("detail", {}))
        no = one + 1
        clerk, other = self.cast.clerks
        label = f"lembar {len(self.events)}"

        def first() -> None:
            of = (db.session(), clerk, self.list)
            entry = paper_entering.start(*of, Which(label=label), self.server.now)
            paper_entering.answer(*of, entry, no, read, self.server.now)
            paper_entering.finish_first(*of, entry, "a", self.server.now)
            sheet.append(entry)

        def second() -> None:
            of = (db.session(), other, self.list)
            paper_entering.start_second(*of, sheet[0], "b", self.server.now)
            paper_entering.answer(*of, sheet[0], no, read, self.server.now)
            state = paper_counting.finish_second(*of, sheet[0], self.server.now)
            assert state == "done"

        begun = self.add("desk", "paper", lambda: unless_gone(first))
        self.add("desk", "paper", lambda: sheet and unless_gone(second), needs=[begun])

    def rt(self, _: str, one: int, value: str) -> None:
        row = self.people[one]
        self.add("desk", "rt", lambda: edit(self.server, row, rt=value))

    def rename(self, _: str, one: int, value: str) -> None:
        row = self.people[one]
        self.add("desk", "rename", lambda: edit(self.server, row, full_name=value))

    def move(self, _: str, one: int, village: str) -> None:
        if "move" in self.done:
            return
        self.done.add("move")
        row = self.people[one]
        self.add("desk", "move", lambda: edit(self.server, row, village_code=village))

    def merge(self, _: str, one: int, other: int) -> None:
        if "merge" in self.done:
            return
        self.done.add("merge")
        pair = (self.people[other], self.people[one])
        self.add(
            "desk",
            "merge",
            lambda: merge_workers(db.session(), self.cast.desk, *pair, self.server.now),
        )

    def confirm(self, _: str, one: int, __: Any) -> None:
        """A supervisor confirms the death that somebody reported of a person first."""
        told = [e for e in self.events if e.who == one and e.name == "decide"]
        dead = [e for e in told if e.save and e.save.get("reason") == DEAD]
        if not dead or any(self.replaces(e.save, dead[0].save) for e in told):  # type: ignore[arg-type]
            return
        word = death_confirming.Word(date(2026, 11, 1), "akta kematian")
        row = self.people[one]

        def run() -> None:
            death_confirming.confirm(db.session(), self.cast.desk, row, word, self.server.now)

        self.add("desk", "confirm", run, who=one, save=dead[0].save, needs=[dead[0]])

    def undo(self, _: str, one: int, __: Any) -> None:
        """The death was a mistake: of those that were reported, none stands."""
        sure = [e for e in self.events if e.who == one and e.name == "confirm"]
        if not sure or any(e.who == one and e.name == "undo" for e in self.events):
            return
        row = self.people[one]

        def run() -> None:
            death_confirming.undo(db.session(), self.cast.desk, row, "salah", self.server.now)

        event = self.add("desk", "undo", run, who=one, needs=sure[:1])
        event.needs += [
            e
            for e in self.events
            if e.who == one and e.name == "decide" and (e.save or {}).get("reason") == DEAD
        ]

    # --- what arrives ----------------------------------------------------------------------------

    def take_all(self, *devices: str) -> list[Event]:
        """What waits and needs nothing of devices that are away; all of it where none is told."""
        away = set(DEVICES) - set(devices) if devices else set()
        stays: list[Event] = []
        for event in self.events:
            if event.device in away or any(one in stays for one in event.needs):
                stays.append(event)
        going = [event for event in self.events if event not in stays]
        self.events = stays
        for event in stays:
            event.needs = [one for one in event.needs if one in stays]
        return going

    def deliver(self, events: list[Event], random: Random) -> None:
        """Have it arrive in an order that can be; hashes are looked at after each."""
        waiting = list(events)
        while waiting:
            ready = [one for one in waiting if not any(need in waiting for need in one.needs)]
            event = random.choice(ready)
            waiting.remove(event)
            self.server.wait(seconds=30)
            event.run()
            as_signed(self)

    def __enter__(self) -> Life:
        return self

    def __exit__(self, *_: object) -> None:
        """The next life begins with nobody, and with nothing that was never sent."""
        for name, phone in self.phones.items():
            phone.mid = self.sent[name]
        db.session.rollback()
        db.session.execute(update(Worker).values(deleted_at=self.server.now, status="draf"))
        db.session.execute(
            update(ListMinutes).where(ListMinutes.state == "paper").values(state="declined")
        )
        db.session.commit()
        close_list(db.session(), self.cast.desk, self.list, self.server.now)


def live(cast: Cast, script: Script, random: Random, *, told: bool) -> Any:
    """What a life ends in whose acts arrive in this order."""
    with Life(cast, told=told) as life:
        for act in script.first:
            life.tell(act)
        life.deliver(life.take_all("desk", *script.synced), random)
        for device in script.synced:
            life.pull(device)
        for act in script.second:
            life.tell(act)
        life.deliver(life.take_all(), random)
        same_everywhere(life)
        return End(life).told()


def unless_gone(enter: Callable[[], None]) -> None:
    """Enter a sheet; who has gone is told to the clerk, and nothing is kept."""
    try:
        enter()
    except NotAllowed as refused:
        if refused.code not in ("paper_no_gone", "paper_nothing"):
            raise
        db.session.rollback()


def same_everywhere(life: Life) -> None:
    """What every phone works out of the rows is what the lines say."""
    resolved = resolve(reversed(life.stored().values()))
    for line in lines_of(life.list):
        state = resolved[line.id]
        assert (line.verdict, line.reason, line.clash) == (state.verdict, state.reason, state.clash)


def as_signed(life: Life) -> None:
    """Each version is what its signer was shown, whatever happened since."""
    db.session.expire_all()
    for made in life.signed.keys() & life.arrived:
        whole = life.signed[made]
        version = db.session.get_one(ListMinutes, made)
        assert version.state in ("counts", "paper")
        assert version.hash == document_hash(whole)
        assert version.root == merkle_root(whole["items"])
        own = select(SignedLine).where(SignedLine.minutes_id == made).order_by(SignedLine.no)
        kept = list(db.session.scalars(own))
        assert [row.item for row in kept] == whole["items"]
        assert [row.leaf for row in kept] == [leaf(item).hex() for item in whole["items"]]
        assert canonical(whole) == canonical({**whole, "items": [row.item for row in kept]})


class End:
    """What a life ends in."""

    def __init__(self, life: Life) -> None:
        self.life = life
        db.session.expire_all()
        self.place = {row: n for n, row in enumerate(life.people)}
        self.known = life.stored()
        self.resolved = resolve(self.known.values())

    def told(self) -> dict[str, Any]:
        """Versions, and of each person: line, status, open tasks, deaths that hold."""
        people = {
            NAMES[self.place[line.worker_id]]: self.told_of(line)
            for line in lines_of(self.life.list)
        }
        return {"versions": self.versions(), **people}

    def versions(self) -> list[str]:
        """The state of each version, in the order in which they were signed."""
        return [db.session.get_one(ListMinutes, one).state for one in self.life.signs]

    def told_of(self, line: ListLine) -> dict[str, Any]:
        record = db.session.get_one(Worker, line.worker_id)
        told: dict[str, Any] = {
            "gone": (line.gone, self.place.get(line.into or "")),
            "status": (record.status, record.verified_at is not None),
            "held": self.reports(line.worker_id),
        }
        if line.gone == "merged":  # the record's own past, in which nobody is any more
            return {"gone": told["gone"]}
        if line.gone:
            return told
        shown = {name: line.snapshot[name] for name in ("name", "sex", "birth_year", "rt")}
        return {
            **told,
            **shown,
            "says": (line.verdict, line.reason, line.clash),
            "shows": line.snapshot["status"] == record.status,
            "asked": is_asked_again(self.resolved[line.id], self.known),
            "tasks": self.tasks(line.id),
        }

    def reports(self, worker: str) -> list[str]:
        """Whether somebody's death holds what is paid, and whether it is certain."""
        own = select(DeathReport.state).where(DeathReport.worker_id == worker)
        return sorted({state for state in db.session.scalars(own) if state == "open"})

    def tasks(self, line: str) -> list[tuple[str, str]]:
        """The open tasks about a line."""
        own = select(ListTask).where(ListTask.line_id == line, ListTask.state == "open")
        return sorted((one.word, one.owner) for one in db.session.scalars(own))
