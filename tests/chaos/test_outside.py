"""The count from outside names what is lost and doubled: each kind of harm done by hand once."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from flask import Flask

from outreach.extensions import db
from tests.chaos import outside, outside_phones, outside_saves, outside_store
from tests.chaos.notes import Notes
from tests.chaos.tokens import name_of, remark_of
from tests.domain.test_vectors import PERSON
from tests.support import factories
from tests.support.database import SqliteTemplate
from tests.support.factories import KUBU_PERAHU
from tests.support.lists import line_of, opened, register
from tests.sync.conftest import Server
from tests.sync.test_blobs import photo

SHA = "0" * 64


class Day:
    """Three people registered and one remark, with the notes of the driver and the end."""

    def __init__(self, app: Flask, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.blobs, self.notes_folder = folder / "blobs", folder / "notes"
        self.notes_folder.mkdir()
        self.notes = Notes(self.notes_folder / "phone-1.jsonl")
        self.server = Server(app)
        phone = self.phone = self.server.phone(KUBU_PERAHU)
        first = None
        for number in (1, 2, 3):
            token = name_of(1, number)
            made = phone.mutation(set={"full_name": token, "village_code": KUBU_PERAHU})
            first = first or made["id"]
            phone.push(made)
            self.say("create", token, made["id"])
        token = remark_of(1, 4)
        phone.push(phone.mutation(id=first, ver=1, set={"notes": (None, token)}))
        self.say("edit", token, str(first))
        self.end(recorded=4, received=4, pending=0, villages={KUBU_PERAHU: 3})

    def say(self, kind: str, token: str, row: str) -> None:
        for what in ("meant", "said"):
            self.notes.write(what, phone=1, kind=kind, token=token, row=row)

    def end(self, **told: object) -> None:
        self.notes.write("end", phone=1, **told)

    def harm(self, statement: str) -> None:
        """Change the database behind everybody's back."""
        with closing(sqlite3.connect(self.url.split("///", 1)[1])) as link:
            link.execute(statement)
            link.commit()

    def faults(self) -> dict[str, list[str]]:
        """What the count blames."""
        report = outside.count(self.url, self.blobs, self.notes_folder)
        return {kind: found for kind, found in report.faults.items() if found}


@pytest.fixture
def day(sqlite_template: SqliteTemplate, make_app, tmp_path: Path) -> Iterator[Day]:  # type: ignore[no-untyped-def]
    with sqlite_template.clone() as url:
        app = make_app(url)
        with app.app_context():
            factories.add_regions(db.session())
            db.session.commit()
            made = Day(app, url, tmp_path)
            db.session.remove()
            yield made


def test_nothing_is_blamed_where_all_arrived_once(day: Day, capsys) -> None:  # type: ignore[no-untyped-def]
    assert day.faults() == {}
    assert outside.main(day.url, str(day.blobs), str(day.notes_folder)) == 0
    told = capsys.readouterr().out
    assert "saves 4, 0 of them on a village's list (and 0 begun" in told
    for law, count in (("I1", 4), ("I2", 1), ("I3", 4), ("I4", 1), ("I5", 1)):
        assert f"{law} holds: {count} " in told


@pytest.mark.parametrize(
    ("statement", "kind", "named", "law"),
    [
        ("DELETE FROM mutation WHERE mid = 2", "lost", name_of(1, 2), "I1"),
        ("DELETE FROM mutation WHERE mid = 4", "lost", remark_of(1, 4), "I1"),
        ("DELETE FROM worker WHERE full_name LIKE '%DU'", "lost", name_of(1, 2), "I1"),
        ("UPDATE mutation SET status = 'later' WHERE mid = 3", "lost", name_of(1, 3), "I1"),
        (
            "UPDATE worker SET data = json_set(data, '$.notes', 'lain') WHERE full_name LIKE '%CI'",
            "lost",
            remark_of(1, 4),
            "I4",
        ),
        (
            "UPDATE mutation SET mid = 9 WHERE mid = 2",
            "chains",
            "numbers are missing without",
            "I5",
        ),
        ("UPDATE mutation SET hash = zeroblob(32) WHERE mid = 2", "chains", "breaks at 2", "I5"),
        ("UPDATE device SET last_hash = zeroblob(32)", "chains", "last hash", "I5"),
        (
            f"UPDATE worker SET data = json_set(data, '$.ktp_photo', '{SHA}')",
            "photos",
            "000000000000 is missing",
            "I1",
        ),
        (
            "UPDATE worker SET deleted_at = created_at WHERE full_name LIKE '%FE'",
            "screens",
            "phone 1 shows 3",
            "I2",
        ),
    ],
)
def test_each_harm_is_named(day: Day, statement: str, kind: str, named: str, law: str) -> None:
    day.harm(statement)
    report = outside.count(day.url, day.blobs, day.notes_folder)
    assert named in " ".join(report.faults[kind]), report.faults
    assert report.broken[law], report.broken
    assert f"{law} BROKEN" in "\n".join(outside.sentences(report))


def test_a_save_that_came_twice_is_named(day: Day) -> None:
    columns = "device_id, user_id, origin, received_at, schema, table_name, row_id, scope, op, hash"
    columns += ", payload, status, verdict, sealed, regency"
    day.harm(
        f"INSERT INTO mutation (key, mid, {columns}) "
        f"SELECT 'another', 5, {columns} FROM mutation WHERE mid = 3"
    )
    assert name_of(1, 3) in " ".join(day.faults()["doubled"])


def test_what_only_was_meant_may_be_there_or_not(day: Day) -> None:
    for number in (5, 6):
        day.notes.write("meant", phone=1, kind="create", token=name_of(1, number))
    assert day.faults() == {}


def test_a_screen_that_counts_otherwise_is_named(day: Day) -> None:
    (day.notes_folder / "phone-1.jsonl").write_text(
        "\n".join(
            line.replace('"pending": 0', '"pending": 1') if '"end"' in line else line
            for line in (day.notes_folder / "phone-1.jsonl").read_text().splitlines()
        )
    )
    assert "phone 1" in " ".join(day.faults()["screens"])


EMPTIED = """
INSERT INTO device ({0}, id, was, was_empty, last_mid, last_hash, recorded, replays, open_gaps)
SELECT {0}, 'ffff', id, 1, 0, NULL, 0, 0, 0 FROM device
"""
LAST = "UPDATE device SET last_mid = 3, last_hash = (SELECT hash FROM mutation WHERE mid = 3)"
OTHERS = "regency, user_id, kind, token_hash, name, app, durable_mid, created_at, seen_at"
NAMED = """
INSERT INTO named_gap (regency, id, device_id, from_mid, to_mid, reason, at, state)
SELECT regency, 'g', id, 4, 4, 'emptied', created_at, 'open' FROM device WHERE was IS NULL
"""


def empty(day: Day, named: bool) -> None:
    """The phone's storage is emptied before its last save has left it, and counts anew."""
    day.harm("DELETE FROM mutation WHERE mid = 4")
    day.harm(LAST)
    day.harm("UPDATE worker SET data = json_remove(data, '$.notes')")
    if named:
        day.harm(NAMED)
        day.harm(EMPTIED.format(OTHERS))
        day.notes.write("storage thrown away", phone=1)
        day.notes.write("told on the phone", phone=1)
    day.end(recorded=0, received=0, pending=0, villages={KUBU_PERAHU: 3})


def test_what_went_with_an_emptied_storage_counts_as_named(day: Day) -> None:
    empty(day, named=True)
    report = outside.count(day.url, day.blobs, day.notes_folder)
    assert not any(report.faults.values()), report.faults
    assert "named as missing 1 saves" in "\n".join(outside.sentences(report))


def test_a_phone_counts_on_where_a_restore_forgot_the_device_before(day: Day) -> None:
    day.harm(EMPTIED.format(OTHERS))
    day.harm("UPDATE device SET was = NULL, was_empty = 0 WHERE id = 'ffff'")
    assert day.faults() == {}


def test_what_went_unnamed_with_a_storage_is_lost_and_miscounted(day: Day) -> None:
    empty(day, named=False)
    faults = day.faults()
    assert remark_of(1, 4) in " ".join(faults["lost"])
    assert "recorded 0, 3 keys arrived" in " ".join(faults["screens"])


def test_more_missing_than_named_is_lost(day: Day) -> None:
    empty(day, named=True)
    day.harm("DELETE FROM mutation WHERE mid = 3")
    assert "1 named" in " ".join(day.faults()["lost"])


def test_a_picture_that_is_shown_as_missing_is_so_only_after_an_emptied_storage(day: Day) -> None:
    day.harm(
        f"UPDATE worker SET data = json_set(data, '$.ktp_photo', '{SHA}') "
        "WHERE full_name LIKE '%CI'"
    )
    day.harm(
        "INSERT INTO worker_blob (regency, worker_id, field, sha256, owner_id, since) "
        f"SELECT w.regency, w.id, 'ktp_photo', '{SHA}', d.user_id, d.created_at "
        "FROM worker w, device d WHERE w.full_name LIKE '%CI'"
    )
    assert "000000000000 is missing" in " ".join(day.faults()["photos"])
    day.harm(EMPTIED.format(OTHERS))
    day.end(recorded=0, received=0, pending=0, villages={KUBU_PERAHU: 3})
    assert "began anew 1 times, after 0 losses" in " ".join(day.faults()["screens"])
    day.notes.write("storage deleted by the browser", phone=1)
    assert day.faults() == {}
    day.harm("UPDATE worker_blob SET arrived_at = since")
    assert "000000000000 is missing" in " ".join(day.faults()["photos"])


def test_a_loss_of_which_the_phone_never_spoke_is_named(day: Day) -> None:
    empty(day, named=True)
    spoken = day.notes_folder / "phone-1.jsonl"
    lines = [line for line in spoken.read_text().splitlines() if "told on" not in line]
    spoken.write_text("\n".join(lines))
    assert day.faults() == {"unsaid": ["phone 1 never spoke of 1 losses"]}


ANEW = """
INSERT INTO device ({0}, id, was_empty, last_mid, recorded, replays, open_gaps)
SELECT regency, user_id, kind, token_hash, name, app, durable_mid, '2999-01-01', '2999-01-01',
       'ffff', 0, 0, 0, 0, 0 FROM device
"""


def clear(day: Day) -> None:
    """Storage and cookies of the phone are cleared before its last save has left it."""
    day.harm("DELETE FROM mutation WHERE mid = 4")
    day.harm(LAST)
    day.harm("UPDATE worker SET data = json_remove(data, '$.notes')")
    day.harm("UPDATE device SET recorded = 3")
    day.notes.write("site data cleared", phone=1)
    day.notes.write("told on the phone", phone=1)
    day.end(recorded=0, received=0, pending=0, villages={KUBU_PERAHU: 3})


def test_what_went_with_cleared_site_data_counts_apart_where_the_office_sees_the_phone(
    day: Day,
) -> None:
    clear(day)
    assert remark_of(1, 4) in " ".join(day.faults()["lost"])
    day.harm(ANEW.format(OTHERS))
    report = outside.count(day.url, day.blobs, day.notes_folder)
    assert not any(report.faults.values()), report.faults
    told = "\n".join(outside.sentences(report))
    assert "has to call 1, gone with a phone of which nobody had heard 0, lost in silence 0" in told
    day.notes.write("said", phone=1, kind="edit", token=remark_of(1, 4), row="later")
    assert remark_of(1, 4) in " ".join(day.faults()["lost"])


def test_what_was_cleared_before_anybody_heard_of_it_counts_apart(day: Day) -> None:
    clear(day)
    day.harm("UPDATE device SET recorded = 0")
    report = outside.count(day.url, day.blobs, day.notes_folder)
    assert report.told[outside_saves.UNHEARD] == 1
    assert not any(report.faults.values()), report.faults


COLLEAGUE = """
INSERT INTO device ({0}, id, was_empty, last_mid, last_hash, recorded, replays, open_gaps)
SELECT regency, user_id, kind, 'other', name, app, durable_mid, created_at, seen_at,
       '0001', 0, 1, (SELECT hash FROM mutation WHERE mid = 1), 1, 0, 0 FROM device
"""
ITS_SAVE = "UPDATE mutation SET device_id = '0001' WHERE mid = 1"


def give_away_first_save(day: Day) -> None:
    """Another phone of the same officer sent the first save, and had noted it."""
    mine, others = day.notes_folder / "phone-1.jsonl", day.notes_folder / "phone-2.jsonl"
    lines = mine.read_text().splitlines(keepends=True)
    first = [line for line in lines if name_of(1, 1) in line]
    mine.write_text("".join(line for line in lines if line not in first))
    others.write_text("".join(first).replace('"phone": 1', '"phone": 2'))
    day.harm(COLLEAGUE.format(OTHERS))
    day.harm(ITS_SAVE)


def test_another_phone_of_the_same_officer_is_not_the_one_that_was_cleared(day: Day) -> None:
    clear(day)
    day.harm("UPDATE device SET recorded = 0")
    give_away_first_save(day)
    report = outside.count(day.url, day.blobs, day.notes_folder)
    assert report.told[outside_saves.UNHEARD] == 1
    assert not report.faults["lost"]
    day.harm("UPDATE device SET recorded = 3 WHERE id <> '0001'")
    assert remark_of(1, 4) in " ".join(day.faults()["lost"])


THIEF = """
INSERT INTO user_account ({0}, id, username)
SELECT {0}, 'thief', 'penipu' FROM user_account LIMIT 1
"""


def thief(day: Day) -> None:
    """The liar has an account beside the officer's."""
    with closing(sqlite3.connect(day.url.split("///", 1)[1])) as link:
        names = [row[1] for row in link.execute("PRAGMA table_info(user_account)")]
    others = ", ".join(name for name in names if name not in ("id", "username"))
    day.harm(THIEF.format(others))


def test_a_save_that_is_stored_as_the_liars_alone_is_stolen(day: Day) -> None:
    thief(day)
    day.notes.write("told on the phone", phone=1)
    day.harm("UPDATE mutation SET user_id = 'thief' WHERE mid = 2")
    assert name_of(1, 2) in " ".join(day.faults()["stolen"])
    told = "\n".join(outside.sentences(outside.count(day.url, day.blobs, day.notes_folder)))
    assert "lost in silence 0, doubled 0, stolen 1" in told


def test_a_number_that_stands_for_somebody_elses_save_is_stolen(day: Day) -> None:
    thief(day)
    day.harm("UPDATE mutation SET user_id = 'thief' WHERE mid = 2")
    columns = "SELECT regency, device_id, 5, key, hash, received_at FROM mutation WHERE mid = 2"
    day.harm(f"INSERT INTO repeated_number (regency, device_id, mid, key, hash, at) {columns}")
    assert "number 5 is somebody else's save" in " ".join(day.faults()["stolen"])


def test_a_lie_that_took_effect_as_the_phones_own_is_stolen(day: Day) -> None:
    lie = json.dumps({"set": {"notes": [None, "bohong 1"]}}).replace("'", "''")
    day.harm(f"UPDATE mutation SET payload = CAST('{lie}' AS BLOB) WHERE mid = 4")
    assert "lie 4 took effect" in " ".join(day.faults()["stolen"])


def test_gaps_of_a_trillion_numbers_are_counted_at_once() -> None:
    assert outside_phones.unnamed(1, 10**12, [(5, 10**12), (2, 3)]) == 2
    assert outside_phones.unnamed(1, 4, []) == 4
    assert outside_phones.unnamed(4, 3, [(1, 9)]) == 0


def test_raw_text_counts_as_the_save_in_it(day: Day) -> None:
    inner = {"set": {"full_name": [None, name_of(1, 1)]}}
    payload = json.dumps({"mid": 1, "key": "k", "raw": json.dumps(inner)}).encode()
    assert outside_store.body_of(payload) == inner
    assert outside_store.body_of(b"\xff") == {}


class ListDay(Day):
    """The same, then somebody on a list who has moved away, and a name that is missing there."""

    def __init__(self, app: Flask, url: str, folder: Path) -> None:
        super().__init__(app, url, folder)
        data = photo()
        paper = {**PERSON["consent"], "evidence": sha256(data).hexdigest()}
        worker = register(self.phone, consent=paper)
        (self.blobs / "paper").parent.mkdir()
        (self.blobs / "paper").write_bytes(data)
        made = opened(self.server)
        line, moved, missing = line_of(made.id, worker).id, name_of(1, 5), name_of(1, 6)
        told = {"verdict": "tidak_masuk", "reason": "pindah", "detail": {"to": moved}}
        self.check("decision", moved, {"list": made.id, "lines": [line], **told})
        self.check("name", missing, {"list": made.id, "name": missing})
        self.end(recorded=7, received=7, pending=0, villages={KUBU_PERAHU: 4})

    def check(self, kind: str, token: str, said: dict[str, object]) -> None:
        """Say it on the list."""
        table = {"decision": "list_decision", "name": "added_name"}[kind]
        assert self.phone.results(self.phone.mutation(table=table, set=said))
        self.notes.write("meant", phone=1, kind=kind, token=token)
        self.notes.write("said", phone=1, kind=kind, token=token)


@pytest.fixture
def list_day(sqlite_template: SqliteTemplate, make_app, tmp_path: Path) -> Iterator[ListDay]:  # type: ignore[no-untyped-def]
    with sqlite_template.clone() as url:
        app = make_app(url)
        with app.app_context():
            factories.add_regions(db.session())
            db.session.commit()
            made = ListDay(app, url, tmp_path)
            db.session.remove()
            yield made


def test_what_was_said_of_a_list_is_counted(list_day: ListDay) -> None:
    report = outside.count(list_day.url, list_day.blobs, list_day.notes_folder)
    assert not any(report.faults.values()), report.faults
    assert "saves 6, 2 of them on a village's list" in "\n".join(outside.sentences(report))


OTHER_AUTHOR = "(SELECT id FROM user_account WHERE role = 'supervisor')"


@pytest.mark.parametrize(
    ("statement", "kind", "number"),
    [
        ("DELETE FROM mutation WHERE table_name = 'list_decision'", "lost", 5),
        ("DELETE FROM list_decision", "lost", 5),
        ("UPDATE list_decision SET verdict = 'layak'", "lost", 5),
        (f"UPDATE list_decision SET author = {OTHER_AUTHOR}", "stolen", 5),
        ("UPDATE mutation SET status = 'held' WHERE table_name = 'list_decision'", "doubled", 5),
        ("DELETE FROM added_name", "lost", 6),
        ("UPDATE added_name SET name = 'LAIN'", "lost", 6),
    ],
)
def test_each_harm_to_what_was_said_of_a_list_is_named(
    list_day: ListDay, statement: str, kind: str, number: int
) -> None:
    list_day.harm(statement)
    assert name_of(1, number) in " ".join(list_day.faults()[kind])
