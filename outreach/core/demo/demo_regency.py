"""A living regency for the demo: some hundreds of invented workers in all kecamatan, and six
officers' phones with the history of seven weeks. Not all went straight. There are conflicts, held
and returned saves, people registered twice, twins, lost numbers, a phone that is silent.

Everything goes through the phones' door and the judge. The same day gives the same regency.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from outreach.core.accounts.actors import actor_for
from outreach.core.demo.demo_accounts import FIELD_VILLAGES, KUBU_PERAHU
from outreach.core.demo.demo_phones import DemoPhone, Ground, demo_officer, open_phone
from outreach.core.demo.demo_rows import make_rows
from outreach.core.demo.synthetic import COUNTER, SEED, next_number
from outreach.core.demo.synthetic_draws import Weighted, village_weights
from outreach.core.demo.synthetic_people import People, Person
from outreach.core.exchange.holds import decide_hold
from outreach.core.keys.server_keys import Keyring
from outreach.core.record.worker_edits import create_worker, edit_worker
from outreach.domain.actor import Actor
from outreach.domain.lifecycle import LISTED
from outreach.domain.rules import missing_for_door
from outreach.domain.worker_data import Data, object_at
from outreach.storage.accounts import User
from outreach.storage.blobs_port import Blobs
from outreach.storage.locks import begin_write
from outreach.storage.regions import Region
from outreach.storage.sync import ServerState
from outreach.storage.workers import Worker

DAYS = 48
SILENT_DAYS = 9
IN_A_DEMO_VILLAGE = 45
TOLD = 600  # workers that the story is told with; more of them would add nothing to it
FEWEST = 40  # below this no story can be told
OTHERS = 5  # officers beside the demo's own
ADDED = 4  # workers whom the story itself adds: twins, one person twice, one begun at the MPP
OUTSIDE = "18.04.04.2006"  # a village that the demo's officer does not serve
EVENING = 11  # o'clock UTC: 18.00 in Lampung
MB = 1_000_000
RETURNED = "NIK kurang satu angka. Mohon lihat KTP-nya lagi, lalu kirim ulang."


class HasPeople(Exception):
    """The database holds workers already; the demo never mixes with them."""


@dataclass(slots=True)
class Story:
    """The regency while it is being told: the phones and who was registered where."""

    ground: Ground
    now: datetime
    own: DemoPhone
    others: list[DemoPhone]
    extra: list[Person]
    at_home: list[tuple[str, Person]] = field(default_factory=list)

    @property
    def neighbour(self) -> DemoPhone:
        """The officer who serves the demo officer's villages too."""
        return self.others[0]


def make_regency(
    session: Session, ring: Keyring, blobs: Blobs, regency: str, count: int, now: datetime
) -> int:
    """Fill an empty demo database with ``count`` workers (at least 40); how many there are then.

    Needs regions and demo accounts. Raises HasPeople, nothing written, where there are workers.
    """
    if session.scalar(select(Worker.id).where(Worker.regency == regency).limit(1)):
        raise HasPeople
    count = max(count, FEWEST)
    moment = now.astimezone(UTC).replace(hour=EVENING, minute=0, second=0, microsecond=0)
    today = min(moment, now - timedelta(hours=1))
    ground = Ground(session, ring, blobs, regency, Random(f"{SEED}:{today.date()}"))  # noqa: S311
    story = begin(ground, today, count)
    record_days(story, count)
    disagree(story)
    register_twice(story)
    send_what_is_held(story)
    report_phones(story)
    edit_at_the_desk(story)
    begin_at_the_mpp(story)
    session.commit()
    make_rows(session, blobs, regency, today)
    own = select(func.count()).select_from(Worker).where(Worker.regency == regency)
    own = own.where(Worker.status != LISTED)  # names to visit are no workers yet
    return session.scalar(own) or 0


def begin(ground: Ground, now: datetime, count: int) -> Story:
    """The officers with their phones, and the people whom the story needs by name."""
    session, start = ground.session, now - timedelta(days=DAYS + 3)
    own = session.scalars(select(User).where(User.username == "petugas")).one()
    others = [
        demo_officer(session, number, villages, start)
        for number, villages in enumerate(villages_of_others(session), 1)
    ]
    models = ("Redmi 9A", "Oppo A5s", "Samsung J2", "Vivo Y12", "Realme C11", "Infinix Smart 5")
    phones = [
        open_phone(ground, user, model, start)
        for user, model in zip((own, *others), models, strict=True)
    ]
    first = next_number(session)
    home = Weighted.of({KUBU_PERAHU: 1})
    extra = list(People(SEED, first + count, 8, now, places=home, days=3))
    begin_write(session)
    session.merge(ServerState(name=COUNTER, value=str(first + count + len(extra))))
    session.commit()
    return Story(ground, now, phones[0], phones[1:], extra)


def villages_of_others(session: Session) -> list[list[str]]:
    """The villages of each officer without a login: the kecamatan in five parts, in order; the
    first of them serves the demo officer's villages beside it."""
    rows = session.execute(
        select(Region.parent_code, Region.code).where(Region.level == 4).order_by(Region.code)
    ).all()
    districts = sorted({str(parent) for parent, _ in rows})
    size = -(-len(districts) // OTHERS)
    parts = [set(districts[i : i + size]) for i in range(0, len(districts), size)]
    by_officer = [[code for parent, code in rows if parent in part] for part in parts]
    return [sorted({*by_officer[0], *FIELD_VILLAGES}), *by_officer[1:]]


# --- the days that went straight -----------------------------------------------------------------


def record_days(story: Story, count: int) -> None:
    """Every officer's registrations, sent in the evening of each day."""
    evenings: dict[tuple[datetime, int], list[Person]] = defaultdict(list)
    for officer, person in everybody(story, count):
        sent = person.at.replace(hour=EVENING, minute=officer * 3, second=0, microsecond=0)
        evenings[sent, officer].append(person)
    phones = (story.own, *story.others)
    for (sent, officer), people in sorted(evenings.items(), key=lambda item: item[0]):
        for person in people:
            register(story, phones[officer], person)
        phones[officer].send(sent)
    story.at_home.sort(key=lambda pair: pair[1].at)


def everybody(story: Story, count: int) -> Iterator[tuple[int, Person]]:
    """(number of the officer, person): first the demo officer's villages, then all the others."""
    first = next_number(story.ground.session) - count - len(story.extra)
    each = min(IN_A_DEMO_VILLAGE, (count - ADDED) // (len(FIELD_VILLAGES) + 1))
    for village in FIELD_VILLAGES:
        here = Weighted.of({village: 1})
        for person in People(SEED, first, each, story.now, places=here, days=DAYS):
            yield 0, person
        first += each
    left = count - ADDED - each * len(FIELD_VILLAGES)
    yield from elsewhere(story, first, left)


def elsewhere(story: Story, first: int, count: int) -> Iterator[tuple[int, Person]]:
    """The others' people: each kecamatan has some, by its weight. The last officer's phone has
    been silent for days."""
    villages = villages_of_others(story.ground.session)
    weights = dict(zip(village_weights().options, shares(), strict=True))
    parts = [{v: weights[v] for v in own if v not in FIELD_VILLAGES} for own in villages]
    whole = sum(sum(part.values()) for part in parts)
    counts = [max(1, int(count * sum(part.values()) / whole)) for part in parts]
    counts[0] += count - sum(counts)
    for number, (part, n) in enumerate(zip(parts, counts, strict=True), 1):
        until = story.now - timedelta(days=SILENT_DAYS if number == OTHERS else 0)
        places = Weighted.of(part)
        for person in People(SEED, first, n, until, places=places, days=DAYS - SILENT_DAYS):
            yield number, person
        first += n


def shares() -> Iterable[float]:
    """The weight of each village, from their running sums."""
    sums = village_weights().sums
    return [b - a for a, b in zip([0.0, *sums], sums, strict=False)]


def register(story: Story, phone: DemoPhone, person: Person) -> None:
    """Save one person on the phone, with a signature of its own."""
    data = dict(person.data)
    if "consent" in data:
        data["consent"] = {**object_at(data, "consent"), "evidence": phone.sign()}
    worker = phone.save_worker(person.village, data, person.at)
    if phone is story.own and person.village == KUBU_PERAHU:
        story.at_home.append((worker, Person(person.number, worker, data, person.at, None)))


# --- what does not go straight -------------------------------------------------------------------


def disagree(story: Story) -> None:
    """Two officers answer the same question about the same person, unseen by each other."""
    at = story.now - timedelta(days=2)
    for index, (worker, person) in enumerate(story.at_home[-4:-1]):
        before = person.data.get("rt")
        first, second = (story.neighbour, story.own) if index == 0 else (story.own, story.neighbour)
        for phone, answer, minutes in ((first, "011", 0), (second, "012", 20)):
            moment = at + timedelta(minutes=minutes, hours=index)
            phone.save_worker(KUBU_PERAHU, {"rt": (before, answer)}, moment, worker)
            phone.send(moment)


def register_twice(story: Story) -> None:
    """Twins, who look like one person and are two; and one person whom two officers met."""
    at = story.now - timedelta(days=1, hours=3)
    for data in twins(story.extra[0].data):
        story.own.save_worker(KUBU_PERAHU, data, at)
    story.own.send(at)
    registered = next(p for _, p in reversed(story.at_home) if "nik" in p.data)
    again = {**registered.data, "address_line": "Dekat masjid", "notes": "Ditemui di kebun"}
    again.pop("consent", None)
    later = at + timedelta(hours=1)
    story.neighbour.save_worker(KUBU_PERAHU, again, later)
    story.neighbour.send(later)


def twins(data: Data) -> list[dict[str, object]]:
    """Two people of one house and birth date whose numbers lie side by side and whose names sound
    alike; neither has answered about consent yet."""
    same = {k: v for k, v in data.items() if k not in ("consent", "notes", "nik")}
    born = datetime.fromisoformat(str(same["birth_date"]))
    day = born.day + 40
    front = f"180404{day:02}{born.month:02}{born.year % 100:02}"
    same |= {"sex": "P", "nik_status": "ada", "nik_match": True, "nik_check": "ketik_ulang"}
    return [
        {**same, "full_name": "DEWI LESTARI", "nik": f"{front}9998"},
        {**same, "full_name": "DEWY LESTARI", "nik": f"{front}9999"},
    ]


def send_what_is_held(story: Story) -> None:
    """A registration outside the officer's villages, one with a damaged NIK, and one that the
    supervisor returned."""
    at = story.now - timedelta(days=1)
    outside, damaged, returned = (dict(person.data) for person in story.extra[1:4])
    for data in (outside, damaged, returned):
        data.pop("consent", None)
    story.own.save_worker(OUTSIDE, {**outside, "village_code": OUTSIDE}, at)
    for data in (damaged, returned):
        story.own.save_worker(KUBU_PERAHU, {**data, "nik": "180404470880901"}, at)
    story.own.send(at)
    key = story.own.device_row().last_key
    decide_hold(story.ground.session, desk_of(story), str(key), "return", RETURNED, story.now)


def report_phones(story: Story) -> None:
    """Reports of the phones about themselves: one lost numbers, one has little room and no PIN.
    One was last heard of days ago with saves that did not arrive."""
    now = story.now
    _, lost, full, plain, silent = story.others
    lost.lose(3)
    for phone in (lost, full, plain):
        worker = last_of(story, phone)
        phone.save_worker(
            worker.region_code,
            {"notes": (worker.data.get("notes"), "Sudah ditelepon")},
            now,
            worker.id,
        )
    lost.send(now, pin=True, used=40 * MB, quota=240 * MB)
    full.send(now, pin=False, persisted=False, used=228 * MB, quota=240 * MB)
    plain.send(now, pin=True, drafts=2, blobs=3, used=60 * MB, quota=240 * MB)
    since = now - timedelta(days=SILENT_DAYS)
    worker = last_of(story, silent)
    silent.save_worker(
        worker.region_code,
        {"notes": (worker.data.get("notes"), "Minta dikunjungi lagi")},
        since,
        worker.id,
    )
    silent.mid += 7
    silent.send(since, pin=True, unsent=7, oldest=since - timedelta(days=1))


def last_of(story: Story, phone: DemoPhone) -> Worker:
    """The phone's newest registration."""
    return story.ground.session.scalars(
        select(Worker)
        .where(Worker.regency == story.ground.regency, Worker.device_id == phone.device)
        .order_by(Worker.created_at.desc(), Worker.id.desc())
        .limit(1)
    ).one()


def edit_at_the_desk(story: Story) -> None:
    """The supervisor has written down what people told by telephone."""
    for hours, (worker, person) in enumerate(story.at_home[:3]):
        at = story.now - timedelta(hours=6 - hours)
        change = {"notes": (person.data.get("notes"), "Menelepon: akan ke kantor hari Kamis")}
        edit_worker(story.ground.session, desk_of(story), worker, change, at)


def begin_at_the_mpp(story: Story) -> None:
    """Somebody came to the MPP desk who did not know yet whom to name as heir."""
    at, session = story.now - timedelta(hours=2), story.ground.session
    whole = (one for one in story.extra[4:] if not missing_for_door(one.data, at.date()))
    person = next(whole, story.extra[-1])
    data = {name: value for name, value in person.data.items() if name != "heirs"}
    if "consent" in data:
        data["consent"] = {**object_at(data, "consent"), "evidence": story.own.sign()}
    story.own.send_signatures(at)
    create_worker(session, actor_of(story, "mpp"), person.village, data, at)


def desk_of(story: Story) -> Actor:
    """The demo's supervisor."""
    return actor_of(story, "supervisor")


def actor_of(story: Story, username: str) -> Actor:
    """One of the demo's people at work."""
    session = story.ground.session
    user = session.scalars(select(User).where(User.username == username)).one()
    return actor_for(session, user, story.ground.regency, story.now.date())
