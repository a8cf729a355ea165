"""Random lives with an open list: officers' phones and the head's own decide of it, undo and sign,
while a liar does what he can. What must hold is in tests/support/list_invariants.py.
"""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select

from outreach.domain.ids import uuid7
from outreach.domain.list_document import canonical, document, document_hash, merkle_root
from outreach.domain.village_decisions import (
    Decision,
    Line,
    Resolution,
    blocking_lines,
    counts,
    over_for,
    resolve,
)
from outreach.extensions import db
from outreach.features.village_lists.checking.opening import open_list
from outreach.features.village_lists.records.minutes_tables import ListMinutes
from outreach.storage.sync import Mutation
from tests.domain.test_vectors import PERSON
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.support.list_invariants import PULLED, RECEIPTED, check_lists
from tests.support.list_liar import LIST_LIES, ListLiar
from tests.support.lists import FUND, nik
from tests.support.lives import PICK, TALK, Lives
from tests.support.network import Request
from tests.support.phone import Phone
from tests.support.signed_lists import DAY, give_term, head_signer

HEAD = 3  # the number of the head's phone
ALL_PHONES = st.sampled_from([0, 1, 2, HEAD, HEAD])
DEAD = {"date": "2026-11-01", "source": "anaknya"}
WORDS: list[dict[str, Any]] = [
    {"verdict": "layak"},
    {"verdict": "layak"},
    {"verdict": "tunda"},
    {"verdict": "tidak_masuk", "reason": "tidak_bekerja"},
    {"verdict": "tidak_masuk", "reason": "data_salah", "detail": {"field": "rt"}},
    {"verdict": "tidak_masuk", "reason": "meninggal", "detail": DEAD},
]
VISITED = ("ada", "tidak_dikenal", "pindah")
ACTS = ["answer", "answer", "answer", "all_fit", "undo", "name", "begin_meeting", "sign", "confirm"]
CHECKED = st.lists(st.tuples(st.sampled_from(ACTS), PICK, PICK), min_size=1, max_size=4)


class ListLives(Lives):
    """As Lives, with a list in each village; the fourth phone is the head's."""

    def gather(self) -> None:
        head = self.server.user(*self.villages, role="head").id
        self.signer = head_signer(give_term(head))
        self.users.append(head)
        self.said.append(set())
        self.phones.append(self.make_phone(HEAD))
        self.authors: dict[str, str] = {}  # by id of a row: who began it
        self.words: dict[str, tuple[str, Decision]] = {}  # by id: list and what its author said
        self.signed: dict[str, tuple[int, bytes]] = {}  # by version: whose phone, the list itself
        self.minutes: dict[str, dict[str, Any]] = {}  # by version: what was saved of it
        self.list_liar = ListLiar(self.net, self.liar.user, self.tally)
        for n, scope in enumerate((KUBU_PERAHU, KUBU_PERAHU, KUBU_PERAHU, SEBARUS)):
            own = {"full_name": f"WARGA {chr(65 + n)}WANDA", "nik": nik(9001 + n)}
            data = {**PERSON, **own, "village_code": scope}
            self.save(0, scope, {name: value for name, value in data.items() if value is not None})
        self.settle()
        now = self.server.wait(seconds=1)
        self.lists = {
            scope: open_list(db.session(), self.supervisor, scope, FUND, now).id
            for scope in self.villages
        }
        self.settle()
        for number in (0, HEAD):  # two words that did not see each other, and are not yet sent
            self.answer(number, self.phones[number], 3, number)

    def make_phone(self, number: int) -> Any:
        phone = super().make_phone(number)
        phone.tables = tuple(PULLED)
        return phone

    def role(self, number: int) -> str:
        return "head" if number == HEAD else "officer"

    # --- what a phone's screen shows of the list --------------------------------------------------

    def rows_of(self, phone: Phone, table: str) -> dict[str, dict[str, Any]]:
        """The pulled rows of a table about the list, by id."""
        return {
            row["id"]: row["data"]
            for place, row in phone.rows.get(KUBU_PERAHU, {}).items()
            if place.startswith(f"{table}/")
            and row["data"].get("list", row["id"]) == self.lists[KUBU_PERAHU]
        }

    def lines(self, phone: Phone) -> list[Line]:
        """The list's lines, in the order of their ids."""
        found: Any = self.rows_of(phone, "list_line")
        return [{"id": one, **found[one]} for one in sorted(found)]

    def resolved(self, phone: Phone) -> dict[str, Resolution]:
        """What the phone makes of each line: pulled decisions, and its own."""
        seen: Any = {i: {"id": i, **row} for i, row in self.rows_of(phone, "list_decision").items()}
        for entry in phone.journal:
            if entry.body["table"] == "list_decision" and entry.status != "invalid":
                seen.setdefault(entry.body["id"], self.words[entry.body["id"]][1])
        return resolve(seen.values())

    # --- what the village does -----------------------------------------------------------------

    @rule(number=ALL_PHONES, acts=CHECKED, exchanges=TALK)
    def village_checks(self, number: int, acts: list[Any], exchanges: list[Any]) -> None:
        """Somebody goes through the list for a while, then a few tries to send it."""
        self.stirred = True
        for act, one, two in acts:
            done = getattr(self, act)(number, self.phones[number], one, two)
            self.tally[f"list: {act}"] += bool(done)
        self.talk(number, exchanges)

    @rule(number=ALL_PHONES, one=PICK)
    def village_signs(self, number: int, one: int) -> None:
        """Somebody with signal decides what is open, and signs or confirms."""
        self.stirred = True
        phone = self.phones[number]
        self.open(number)
        phone.settle(self.line(number, "ok"))
        for act in ("all_fit", "sign", "confirm"):
            self.tally[f"list: {act}"] += bool(getattr(self, act)(number, phone, one, 0))

    def answer(self, number: int, phone: Phone, one: int, two: int) -> bool:
        """A line is decided by whoever sees it."""
        lines = self.lines(phone)
        if not lines:
            return False
        line = lines[one % len(lines)]
        visit = {"verdict": VISITED[two % len(VISITED)]}
        said = visit if line["part"] == "visit" else WORDS[two % len(WORDS)]
        return self.say(number, phone, [line["id"]], said)

    def all_fit(self, number: int, phone: Phone, _one: int, _two: int) -> bool:
        """Everybody whom nobody has decided yet is fit, so that the list can be signed."""
        open_ones = blocking_lines(self.lines(phone), self.resolved(phone))
        done = [self.say(number, phone, [line["id"]], {"verdict": "layak"}) for line in open_ones]
        return bool(done)

    def undo(self, number: int, phone: Phone, one: int, _two: int) -> bool:
        """What stands of a line is taken back."""
        decided = sorted(line for line, state in self.resolved(phone).items() if state.verdict)
        mine = [line for line in decided if line in {row["id"] for row in self.lines(phone)}]
        return bool(mine) and self.say(number, phone, [mine[one % len(mine)]], {"verdict": "batal"})

    def say(self, number: int, phone: Phone, lines: list[str], said: dict[str, Any]) -> bool:
        """A decision, over what its author sees."""
        over = over_for(self.resolved(phone), lines)
        values = {"list": self.lists[KUBU_PERAHU], "lines": lines, **said, "over": over}
        row = self.put(number, "list_decision", uuid7(), values)
        whole: Any = {"id": row, "lines": lines, "reason": None, "detail": {}, "how": "single"}
        self.words[row] = (values["list"], {**whole, **said, "over": over})
        return True

    def put(self, number: int, table: str, row: str, values: dict[str, Any]) -> str:
        """A save of the list's village; its row's id."""
        self.save(number, KUBU_PERAHU, values, row, table=table)
        if "list" in values:  # it begins the row
            self.authors[row] = self.users[number]
        self.tally[f"saves of {table}"] += 1
        return row

    def name(self, number: int, _phone: Phone, _one: int, _two: int) -> bool:
        """Somebody is missing on the list."""
        letters = "".join(chr(65 + int(digit)) for digit in str(len(self.said[number])))
        values = {"list": self.lists[KUBU_PERAHU], "name": f"SUSULAN {letters}"}
        return bool(self.put(number, "added_name", uuid7(), {**values, "note": self.fresh()}))

    def begin_meeting(self, number: int, phone: Phone, one: int, _two: int) -> bool:
        """The meeting begins, in some lives."""
        known = self.rows_of(phone, "village_list")
        if not known or one % 4:
            return False
        return bool(self.put(number, "village_list", next(iter(known)), {"state": "meeting"}))

    def sign(self, number: int, phone: Phone, _one: int, _two: int) -> bool:
        """The list is signed as this phone shows it, once everything is decided there."""
        lines, resolved = self.lines(phone), self.resolved(phone)
        [row] = self.rows_of(phone, "village_list").values() or [None]
        if row is None or not lines or blocking_lines(lines, resolved):
            return False
        names = ("purpose", "fund", "year", "month", "no")
        about = {"list": self.lists[KUBU_PERAHU], "village": KUBU_PERAHU}
        whole = document({**about, **{n: row[n] for n in names}}, lines, resolved)
        own = {"hash": document_hash(whole), "root": merkle_root(whole["items"])}
        meeting = {"kind": row["forum"], "letter_no": "140/07/2026", "place": "Balai pekon"}
        held = {"date": DAY, "present": 23, "signers": [self.signer]}
        told = dict(counts(lines, resolved))
        values = {"list": about["list"], "counts": told, **own, **meeting, **held}
        made = self.put(number, "list_minutes", uuid7(), values)
        self.signed[made], self.minutes[made] = (number, canonical(whole)), values
        return True

    def confirm(self, number: int, phone: Phone, one: int, _two: int) -> bool:
        """The holder of the office says that a version signed elsewhere is theirs."""
        known = sorted(self.rows_of(phone, "list_minutes"))
        if number != HEAD or not known:
            return False
        version = known[one % len(known)]
        return bool(self.put(number, "list_minutes", version, {"confirmed": True}))

    # --- what a liar does ------------------------------------------------------------------------

    @rule(lies=st.lists(st.tuples(st.sampled_from(LIST_LIES), PICK), min_size=1, max_size=3))
    def lies_about_lists(self, lies: list[tuple[str, int]]) -> None:
        """He knows every line, decision and version, and says of them what he likes."""
        self.stirred = True
        for kind, pick in lies:
            self.list_liar.lie_of_list(kind, self, pick)

    # --- what must hold ------------------------------------------------------------------------

    def settle(self) -> None:
        super().settle()
        for number, data in getattr(self, "signed", {}).values():
            self.send_list(number, data)
        if getattr(self, "signed", {}):
            super().settle()

    def send_list(self, number: int, data: bytes) -> None:
        """The list of a signature, in one piece."""
        device, sha = self.phones[number].device, sha256(data).hexdigest()
        address = f"blob/{sha}?device={device}&offset=0&total={len(data)}"
        self.net.arrive(self.net.signed(Request(device, address, data, "PUT")))

    def check(self) -> None:
        super().check()
        check_lists(self)
        self.tally["versions that count"] += self.versions()["counts"]

    def blobs(self) -> Any:
        """Where the server keeps files."""
        return self.server.app.extensions["blobs"]

    def unsent(self) -> list[dict[str, Any]]:
        """The saves about lists of which the server knows nothing yet."""
        known = set(db.session.scalars(select(Mutation.phone_key)))
        known |= set(db.session.scalars(select(Mutation.key)))
        bodies = [entry.body for phone in self.phones for entry in phone.journal]
        return [one for one in bodies if one["table"] in RECEIPTED and one["key"] not in known]

    def versions(self) -> Counter[str]:
        """The stored versions by state."""
        return Counter(db.session.scalars(select(ListMinutes.state)))

    def save_of(self, row: str) -> str | None:
        """The key of the save that made a row."""
        return db.session.scalar(select(Mutation.key).where(Mutation.row_id == row))
