"""The phones of a demo's officers: each numbers its saves and sends them by the phones' own door,
so that everything the demo holds was judged like real work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from random import Random

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.core.accounts.actors import actor_for
from outreach.core.demo.synthetic_officers import NO_LOGIN
from outreach.core.evidence import blobs
from outreach.core.exchange import devices
from outreach.core.exchange.journal_sequence import Envelope
from outreach.core.exchange.push import push
from outreach.core.exchange.reports import Report, Reported
from outreach.core.keys.server_keys import Keyring
from outreach.core.record.changes import SCHEMA, Body
from outreach.core.record.verdicts import Result, stamp
from outreach.domain.ids import uuid7
from outreach.domain.regency import regency_of
from outreach.storage.accounts import Assignment, User
from outreach.storage.blobs_port import Blobs
from outreach.storage.bulk import insert_rows
from outreach.storage.locks import begin_write
from outreach.storage.queries_sync import Known, device_at_door
from outreach.storage.statements import table_of
from outreach.storage.sync import Blob, BlobUpload

BATCH = 50  # mutations a push, as phones send them
CANVAS = (600, 240)


@dataclass(frozen=True, slots=True)
class Ground:
    """Session, keys and chance that the phones of one demo share."""

    session: Session
    ring: Keyring
    blobs: Blobs
    regency: str
    rng: Random


@dataclass(slots=True)
class DemoPhone:
    """One officer's phone: its numbers go on from save to save."""

    ground: Ground
    user: User
    device: str
    mid: int = 0
    waiting: list[Body] = field(default_factory=list)
    signatures: dict[str, bytes] = field(default_factory=dict)

    def save_worker(
        self,
        scope: str,
        changes: Mapping[str, object],
        at: datetime,
        row: str | None = None,
    ) -> str:
        """Number one save, a registration or (with ``row``) an edit of {field: (from, to)}; the
        row's id."""
        self.mid += 1
        key = uuid7(at, self.ground.rng.randbytes(10))
        pairs = {n: list(v) if isinstance(v, tuple) else [None, v] for n, v in changes.items()}
        self.waiting.append(
            {
                "mid": self.mid,
                "key": key,
                "schema": SCHEMA,
                "op": "put",
                "table": "worker",
                "id": row or key,
                "scope": scope,
                "ver": 0,
                "set": pairs,
                "at": stamp(at),
            }
        )
        return row or key

    def lose(self, count: int) -> None:
        """Forget the next numbers, as a phone does whose storage was damaged."""
        self.mid += count

    def send(self, now: datetime, **report: Reported) -> list[Result]:
        """Send what waits, with what the phone says of itself; one result each, in order."""
        self.send_signatures(now)
        results = []
        while self.waiting:
            batch, self.waiting = self.waiting[:BATCH], self.waiting[BATCH:]
            results += self.push(batch, now, report)
        return results

    def push(self, batch: list[Body], now: datetime, report: Report) -> list[Result]:
        """One request of the phone."""
        device = self.device_row()
        first = batch[0]["mid"]
        assert isinstance(first, int)
        gone = first > device.last_mid + 1
        envelope = Envelope(
            epoch=device.epoch,
            mutations=[orjson.dumps(body).decode() for body in batch],
            app="demo",
            recorded=self.mid,
            kept_from=first if gone else None,
            first_prev=sha256(self.device.encode()).hexdigest() if gone else None,
            report={"clock": now, **report},
        )
        session, ring = self.ground.session, self.ground.ring
        actor = actor_for(session, self.user, self.ground.regency, now.date())
        answer = push(session, device, actor, envelope, now, ring)
        assert "results" in answer, "a made-up phone never forks"
        return answer["results"]

    def sign(self) -> str:
        """Keep a signature drawn at random until all is sent; its SHA-256, for the consent that it
        proves."""
        data = orjson.dumps(scrawl(self.ground.rng))
        name = sha256(data).hexdigest()
        self.signatures[name] = data
        return name

    def send_signatures(self, now: datetime) -> None:
        """Store what was signed, looked at as at the phones' door but written in one go: the door
        takes each by itself, which was over half of the work of making a regency."""
        session, store, regency = self.ground.session, self.ground.blobs, self.ground.regency
        signed, self.signatures = self.signatures, {}
        looked = {name: blobs.check_and_store(store, name, data) for name, data in signed.items()}
        of = [{"sha256": name, "regency": regency} for name in signed]
        sizes = [len(data) for data in signed.values()]
        begin_write(session)
        insert_rows(
            session,
            table_of(Blob),
            [
                {**row, "size": size, "mime": found.mime, "state": found.state, "created_at": now}
                for row, size, found in zip(of, sizes, looked.values(), strict=True)
            ],
        )
        sent = {"device_id": self.device, "complete": True, "updated_at": now}
        insert_rows(
            session,
            table_of(BlobUpload),
            [
                {**row, **sent, "total": size, "received": size}
                for row, size in zip(of, sizes, strict=True)
            ],
        )
        session.commit()

    def device_row(self) -> Known:
        """The device as the door knows it."""
        device = device_at_door(self.ground.session, self.device)
        if device is None:
            raise LookupError(self.device)
        return device


def scrawl(rng: Random) -> dict[str, object]:
    """A signature's points: one wavy line and a stroke under it."""
    width, height = CANVAS
    x, line = 60, []
    while x < width - 60:
        line += [x, rng.randint(50, height - 70)]
        x += rng.randint(12, 40)
    return {"w": width, "h": height, "s": [line, [50, height - 40, width - 50, height - 44]]}


def open_phone(ground: Ground, user: User, name: str, at: datetime) -> DemoPhone:
    """The user's new phone, made known to the server at ``at``."""
    device = uuid7(at, ground.rng.randbytes(10))
    announcement = devices.Announcement(device=device, name=name, app="demo", persisted=True)
    devices.register(ground.session, ground.regency, user, announcement, at)
    return DemoPhone(ground, user, device)


def demo_officer(session: Session, number: int, villages: list[str], now: datetime) -> User:
    """An officer without a login, assigned to these villages; made once."""
    username = f"contoh-petugas-{number}"
    officer = session.scalar(select(User).where(User.username == username))
    if officer is not None:
        return officer
    begin_write(session)
    user = User(
        id=uuid7(now),
        username=username,
        name=f"Petugas Contoh {number}",
        role="officer",
        password_hash=NO_LOGIN,
        active=True,
        demo=True,
        created_at=now,
    )
    session.add(user)
    session.flush()
    starts = date(now.year - 1, 1, 1)
    session.add_all(
        Assignment(
            id=uuid7(now),
            regency=regency_of(code),
            user_id=user.id,
            region_code=code,
            starts=starts,
        )
        for code in villages
    )
    session.commit()
    return user
