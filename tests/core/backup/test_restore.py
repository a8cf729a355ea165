"""What went into a backup comes out: rows bit by bit, pictures, counters moved on."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask import Flask
from sqlalchemy import select, text, update

from outreach.core.backup import backup_create, backup_folder, backup_packs
from outreach.core.backup.backup_errors import BackupRefused
from outreach.extensions import db
from outreach.storage import snapshot
from outreach.storage.audit import AuditLine
from outreach.storage.backups import Backup, BackupBlob, BackupPack
from outreach.storage.regions import Region
from outreach.storage.sync import Blob, BlobUpload, Device, Mutation, ScopeCounter, ServerState
from outreach.storage.workers import Worker
from tests.support.backups import Vault, damage
from tests.support.database import planned_rows
from tests.support.factories import KUBU_PERAHU, NOW
from tests.sync.conftest import Handset, Server
from tests.sync.test_blobs import name_of, photo, piece, upload

ODD = "NUL \x00, 'quote\", \\ back, \t tab, 😀, \u202eRTL, \ufeff"
LIVE = ("server_state", "scope_counter", "audit", "backup")


def everything(app: Flask, left_out: tuple[str, ...] = ()) -> dict[str, list[Any]]:
    """Every row of every table that belongs into a backup, in plain values."""
    found = {}
    with app.app_context(), snapshot.frozen(db.engine) as connection:
        for shape in snapshot.shapes(connection):
            if shape.name not in left_out:
                pages = snapshot.rows(connection, shape)
                found[shape.name] = sorted((row for page in pages for row in page), key=repr)
    return found


def with_photo(phone: Handset, data: bytes) -> str:
    """A person with a picture that came; the record's id."""
    person = phone.mutation(set={"full_name": "FOTO", "ktp_photo": name_of(data)})
    phone.push(person)
    upload(phone, data)
    return str(person["id"])


@pytest.fixture
def busy(server: Server, phone: Handset) -> list[bytes]:
    """People, odd bytes, pictures, a half upload; answers the pictures."""
    phone.push(phone.mutation(), phone.mutation(set={"nik": "123"}))
    db.session.execute(update(Device).where(Device.id == phone.device).values(name="HP A"))
    key = phone.push(phone.mutation())["last_key"]
    raw = bytes(range(256)) + b'{"teks":"\\u0000"}'
    values = {"payload": raw, "signature": b"\xff\x00\xfe", "verdict": {"a": [1, None, "é\n"]}}
    db.session.execute(update(Mutation).where(Mutation.key == key).values(**values))
    db.session.execute(update(Region).where(Region.level == 4).values(lat=-5.123456789012345))
    db.session.commit()
    pictures = [photo("red"), photo("blue")]
    for picture in pictures:
        with_photo(phone, picture)
    half = photo("white")
    phone.push(phone.mutation(set={"full_name": "SETENGAH", "ktp_photo": name_of(half)}))
    piece(phone, name_of(half), 0, len(half), half[:1000])
    return pictures


def test_everything_comes_back(
    server: Server, phone: Handset, busy: list[bytes], vault: Vault, target: Flask
) -> None:
    before = everything(server.app, LIVE)
    seqs = dict(db.session.execute(select(ScopeCounter.scope, ScopeCounter.seq)).all())
    made = vault.make(db.session())
    assert (made.pictures, made.new_packs, made.lost) == (2, 1, 0)
    done = vault.restore(target, made.stamp, jump=41)
    assert (done.rows, done.pictures, done.epoch) == (made.rows, 2, 1 + 1 + 41)
    after = everything(target, LIVE)
    unfinished = [row for row in before["blob_upload"] if not row[4]]
    assert len(unfinished) == 1
    before["blob_upload"].remove(unfinished[0])
    assert after == before
    with target.app_context():
        moved = dict(db.session.execute(select(ScopeCounter.scope, ScopeCounter.seq)).all())
        assert moved == {scope: seq + 1_000_000 for scope, seq in seqs.items()}
        blobs = target.extensions["blobs"]
        for picture in busy:
            sha = name_of(picture)
            assert blobs.get(sha, "original") == picture
            assert blobs.get(sha, "shown") == vault.app.extensions["blobs"].get(sha, "shown")
        assert db.session.get(ServerState, "restoring") is None
        workers = len(before["worker"])
        assert planned_rows(db.session(), "worker") in (workers, None)
        db.session.add(AuditLine(at=NOW, action="next", object_type="x", detail={}))
        db.session.commit()


def test_a_check_reads_it_all_and_a_confirmation_makes_it_durable(
    server: Server, phone: Handset, busy: list[bytes], vault: Vault, target: Flask
) -> None:
    made = vault.make(db.session())
    loaded = vault.check(target, made.stamp)
    assert (loaded.rows, loaded.pictures) == (made.rows, 2)
    assert phone.pull()["durable_mid"] == 0
    token = backup_create.token(made.stamp, loaded.manifest["proof"])
    assert backup_create.confirm(db.session(), token, NOW) == (made.stamp, 1)
    waits_for_its_picture = 6
    assert phone.pull()["durable_mid"] == waits_for_its_picture - 1
    assert phone.push()["durable_mid"] == waits_for_its_picture - 1
    assert backup_create.confirm(db.session(), token, NOW) == (made.stamp, 0)


@pytest.mark.parametrize("change", ["JKV1-{stamp}-" + "00" * 16, "{good}0", "", "a-b", "JKV1-x-y"])
def test_only_the_archives_own_confirmation_counts(
    change: str, server: Server, phone: Handset, vault: Vault
) -> None:
    phone.push(phone.mutation())
    made = vault.make(db.session())
    good = backup_create.token(made.stamp, "5e" * 16)
    with pytest.raises(BackupRefused) as refused:
        backup_create.confirm(db.session(), change.format(stamp=made.stamp, good=good), NOW)
    assert refused.value.code == "wrong_token"
    assert phone.pull()["durable_mid"] == 0
    assert db.session.get_one(Backup, made.stamp).verified_at is None


def test_a_backup_of_an_earlier_life_does_not_count(
    server: Server, phone: Handset, vault: Vault
) -> None:
    phone.push(phone.mutation())
    made = vault.make(db.session())
    db.session.execute(update(ServerState).where(ServerState.name == "epoch").values(value="9"))
    db.session.add(ServerState(name="epoch", value="9"))
    db.session.commit()
    with pytest.raises(BackupRefused) as refused:
        backup_create.confirm(db.session(), backup_create.token(made.stamp, "5e" * 16), NOW)
    assert refused.value.code == "other_life"


def test_pictures_are_packed_once(
    server: Server, phone: Handset, busy: list[bytes], vault: Vault, target: Flask
) -> None:
    vault.make(db.session())
    third = photo("yellow")
    with_photo(phone, third)
    second = vault.make(db.session(), server.wait(hours=24))
    assert (second.pictures, second.new_packs) == (3, 1)
    slip = backup_folder.read_slip(vault.folder.slip(second.stamp))
    assert slip is not None
    assert len(slip["packs"]) == 2
    assert vault.make(db.session(), server.wait(hours=24)).new_packs == 0
    assert vault.check(target, second.stamp).pictures == 3


def test_a_pack_that_is_gone_cut_or_for_another_key_is_written_anew(
    server: Server, phone: Handset, busy: list[bytes], vault: Vault, target: Flask
) -> None:
    vault.make(db.session())
    [pack] = vault.folder.packs.glob("*.jkp")
    pack.write_bytes(pack.read_bytes()[:-1])
    assert vault.make(db.session(), server.wait(hours=1)).new_packs == 1
    for other in vault.folder.packs.glob("*.jkp"):
        other.unlink()
    assert vault.make(db.session(), server.wait(hours=1)).new_packs == 1
    fresh = Vault.at(vault.app, vault.identity.parent / "new")
    renewed = Vault(vault.app, vault.folder, fresh.identity, fresh.recipient)
    made = renewed.make(db.session(), server.wait(hours=1))
    assert made.new_packs == 1
    assert renewed.check(target, made.stamp).pictures == 2


def test_many_pictures_make_several_packs(
    server: Server,
    phone: Handset,
    busy: list[bytes],
    vault: Vault,
    target: Flask,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backup_packs, "PACK_SIZE", 100)
    made = vault.make(db.session())
    assert made.new_packs == 2
    assert vault.check(target, made.stamp).pictures == 2


def test_a_picture_whose_bytes_are_lost_is_named_and_sent_again(
    server: Server, phone: Handset, busy: list[bytes], vault: Vault, target: Flask
) -> None:
    vault.app.extensions["blobs"].delete(name_of(busy[0]))
    made = vault.make(db.session())
    assert made.lost == 1
    assert db.session.get_one(Backup, made.stamp).mids[phone.device] == 3
    done = vault.restore(target, made.stamp)
    assert (done.pictures, done.lost) == (1, 1)
    with target.app_context():
        assert set(db.session.scalars(select(Blob.sha256))) == {name_of(busy[1])}
        assert set(db.session.scalars(select(BlobUpload.sha256))) == {name_of(busy[1])}


def test_a_snapshot_does_not_move_while_others_write(
    server: Server, phone: Handset, vault: Vault, target: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.push(phone.mutation())
    real = backup_create.pack_new

    def meanwhile(*args: Any) -> Any:
        phone.push(phone.mutation(), phone.mutation())
        return real(*args)

    monkeypatch.setattr(backup_create, "pack_new", meanwhile)
    made = vault.make(db.session())
    assert phone.pull()["last_mid"] == 3
    vault.restore(target, made.stamp)
    with target.app_context():
        assert db.session.get_one(Device, phone.device).last_mid == 1
        assert len(db.session.scalars(select(Mutation)).all()) == 1
        assert len(db.session.scalars(select(Worker)).all()) == 1


class TestRefusals:
    """Every kind of damage ends with a sentence, an empty database and an empty folder."""

    def refused(self, vault: Vault, target: Flask, stamp: str) -> str:
        with pytest.raises(BackupRefused) as refused:
            vault.restore(target, stamp)
        with target.app_context(), db.engine.connect() as connection:
            assert snapshot.filled_tables(connection) == {}
        return refused.value.code

    @pytest.fixture
    def stamp(self, server: Server, busy: list[bytes], vault: Vault) -> str:
        return vault.make(db.session()).stamp

    def test_damage_cut_wrong_key_and_missing_packs(
        self, vault: Vault, target: Flask, stamp: str
    ) -> None:
        archive = vault.folder.archive(stamp)
        [pack] = vault.folder.packs.glob("*.jkp")
        whole, whole_pack = archive.read_bytes(), pack.read_bytes()
        for seed in range(3):
            archive.write_bytes(whole)
            damage(archive, seed)
            assert self.refused(vault, target, stamp) == "damaged"
        archive.write_bytes(whole[: len(whole) // 2])
        assert self.refused(vault, target, stamp) in {"damaged", "truncated"}
        archive.write_bytes(whole)
        damage(pack)
        assert self.refused(vault, target, stamp) == "damaged"
        pack.unlink()
        assert self.refused(vault, target, stamp) == "pack_missing"
        pack.write_bytes(whole_pack)
        assert vault.restore(target, stamp).pictures == 2

    def test_a_filled_database_and_a_filled_folder(
        self, vault: Vault, target: Flask, stamp: str
    ) -> None:
        folder = target.extensions["blobs"].folder
        folder.mkdir()
        (folder / "theirs.jpg").write_bytes(b"x")
        with pytest.raises(BackupRefused, match="pictures_filled"):
            vault.restore(target, stamp)
        (folder / "theirs.jpg").unlink()
        with target.app_context():
            db.session.add(Region(code="18", name="Lampung", level=1, kind="x"))
            db.session.commit()
        with pytest.raises(BackupRefused, match="database_filled"):
            vault.restore(target, stamp)

    def test_a_disk_full_of_pictures(
        self, vault: Vault, target: Flask, stamp: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: Any) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(target.extensions["blobs"], "put", full)
            assert self.refused(vault, target, stamp) == "pictures_not_written"
        assert vault.restore(target, stamp).pictures == 2

    def test_another_pack_of_the_same_name(
        self, server: Server, vault: Vault, target: Flask, stamp: str
    ) -> None:
        from outreach.core.backup.backup_archive import seal, tar

        [pack] = vault.folder.packs.glob("*.jkp")
        pack.unlink()
        seal(pack, tar([("ab" * 32 + ".original", b"x")]), vault.recipient)
        assert self.refused(vault, target, stamp) == "picture_differs"
        pack.unlink()
        seal(pack, tar([]), vault.recipient)
        assert self.refused(vault, target, stamp) == "pack_differs"

    def test_a_count_or_hash_that_does_not_agree(
        self,
        server: Server,
        vault: Vault,
        target: Flask,
        stamp: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        real = backup_create.Archive.pieces

        def lossy(self: Any, shape: Any) -> Any:
            for name, data in real(self, shape):
                yield name, data.split(b"\n", 1)[1] if shape.name == "mutation" else data

        monkeypatch.setattr(backup_create.Archive, "pieces", lossy)
        worse = vault.make(db.session(), server.wait(hours=1)).stamp
        assert self.refused(vault, target, worse) == "count_differs"


def test_an_archive_of_an_unknown_revision_asks_for_an_update(
    server: Server, vault: Vault, target: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "revision", lambda _c: "9999")
    made = vault.make(db.session())
    monkeypatch.undo()
    with pytest.raises(BackupRefused) as refused:
        vault.restore(target, made.stamp)
    assert refused.value.code == "newer_revision"


def test_a_restore_cut_off_after_its_rows_goes_on(
    server: Server,
    phone: Handset,
    busy: list[bytes],
    vault: Vault,
    target: Flask,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from outreach.core.backup import backup_restore

    made = vault.make(db.session())
    later = vault.make(db.session(), server.wait(hours=1))
    with monkeypatch.context() as patch:
        patch.setattr(backup_restore, "finish", killed)
        with pytest.raises(KeyboardInterrupt):
            vault.restore(target, made.stamp)
    with target.app_context():
        with pytest.raises(backup_restore.UnsafeConfig, match="flask restore"):
            backup_restore.refuse_unfinished(db.session())
        db.session.rollback()
    with pytest.raises(BackupRefused, match="other_restore"):
        vault.restore(target, later.stamp)
    assert vault.restore(target, made.stamp).epoch == 2
    with target.app_context():
        backup_restore.refuse_unfinished(db.session())
        assert len(db.session.scalars(select(Worker)).all()) == 5
    assert not (target.extensions["blobs"].folder / ".restoring").exists()


def killed(*_: Any) -> None:
    """The process is killed here."""
    raise KeyboardInterrupt


def test_pictures_left_by_a_killed_restore_do_not_stop_the_next(
    server: Server, phone: Handset, busy: list[bytes], vault: Vault, target: Flask
) -> None:
    made = vault.make(db.session())
    blobs = target.extensions["blobs"]
    blobs.put(name_of(busy[0]), "original", b"half")
    (blobs.folder / ".restoring").touch()
    assert vault.restore(target, made.stamp).pictures == 2
    assert blobs.get(name_of(busy[0]), "original") == busy[0]


def test_the_next_backup_beside_the_packs_does_not_pack_again(
    server: Server, busy: list[bytes], vault: Vault, target: Flask
) -> None:
    made = vault.make(db.session())
    vault.restore(target, made.stamp)
    moved = Vault(target, vault.folder, vault.identity, vault.recipient)
    with target.app_context():
        assert moved.make(db.session(), server.wait(hours=1)).new_packs == 0
        assert len(db.session.scalars(select(BackupBlob)).all()) == 2
        assert len(db.session.scalars(select(BackupPack)).all()) == 1


def test_sessions_do_not_come_back(server: Server, vault: Vault, target: Flask) -> None:
    from outreach.storage.accounts import LoginSession

    user = server.user()
    db.session.add(LoginSession(token_hash="x", user_id=user.id, created_at=NOW, seen_at=NOW))
    db.session.commit()
    made = vault.make(db.session())
    vault.restore(target, made.stamp)
    with target.app_context():
        assert db.session.scalars(select(LoginSession)).all() == []


def test_an_older_backup_comes_back_on_newer_tables(
    fresh_url: str, make_app: Any, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Made before an update's migrations ran, restored by the updated app."""
    from flask_migrate import downgrade

    kind = "postgres" if fresh_url.startswith("postgresql") else "sqlite"
    app = make_app(fresh_url)
    with app.app_context():
        from tests.support import factories

        factories.add_regions(db.session())
        db.session.commit()
        db.session.remove()
        downgrade(revision="0007")
        vault = Vault.at(app, tmp_path / "vault")
        made = vault.make(db.session())
        db.session.remove()
    with request.getfixturevalue(f"{kind}_template").fresh() as url:
        target = make_app(url, blob_dir=tmp_path / "target")
        vault.restore(target, made.stamp)
        with target.app_context(), db.engine.connect() as connection:
            assert snapshot.revision(connection) == head()
            assert db.session.get_one(Region, KUBU_PERAHU).name == "Kubu Perahu"
            db.session.remove()


def head() -> str:
    """The newest migration."""
    from alembic.script import ScriptDirectory

    folder = Path(__file__).parents[3] / "migrations"
    return str(ScriptDirectory(str(folder)).get_current_head())


def test_sqlite_goes_into_postgresql_and_back(
    sqlite_template: Any, postgres_template: Any, make_app: Any, tmp_path: Path
) -> None:
    with sqlite_template.clone() as one, postgres_template.clone() as two:
        small, big = make_app(one), make_app(two, blob_dir=tmp_path / "big")
        with small.app_context():
            from tests.support import factories

            factories.add_regions(db.session())
            db.session.commit()
            server = Server(small)
            phone = server.phone(KUBU_PERAHU)
            phone.push(phone.mutation())
            with_photo(phone, photo())
            vault = Vault.at(small, tmp_path / "vault")
            made = vault.make(db.session())
        before = everything(small, LIVE)
        vault.restore(big, made.stamp)
        assert everything(big, LIVE) == before
        with big.app_context():
            back = Vault(big, vault.folder, vault.identity, vault.recipient)
            again = back.make(db.session(), server.wait(hours=1))
        with sqlite_template.clone() as three:
            third = make_app(three, blob_dir=tmp_path / "third")
            vault.restore(third, again.stamp)
            assert everything(third, LIVE) == before


def test_text_that_postgresql_cannot_hold_is_told(
    sqlite_template: Any, postgres_template: Any, make_app: Any, tmp_path: Path
) -> None:
    with sqlite_template.clone() as one, postgres_template.clone() as two:
        small, big = make_app(one), make_app(two, blob_dir=tmp_path / "big")
        with small.app_context():
            db.session.add(Region(code="1", name="A\x00B", level=1, kind="x"))
            db.session.commit()
            vault = Vault.at(small, tmp_path / "vault")
            made = vault.make(db.session())
        with pytest.raises(BackupRefused, match="not_loadable"):
            vault.restore(big, made.stamp)
        with sqlite_template.clone() as three:
            third = make_app(three, blob_dir=tmp_path / "third")
            vault.restore(third, made.stamp)
            with third.app_context():
                assert db.session.get_one(Region, "1").name == "A\x00B"


def test_every_column_of_every_table_fits_into_a_backup(app: Flask) -> None:
    with app.app_context(), snapshot.frozen(db.engine) as connection:
        shapes = {shape.name: dict(shape.columns) for shape in snapshot.shapes(connection)}
        assert shapes["mutation"]["payload"] == "bytes"
        assert shapes["device"]["revoked_at"] == "time"
        models = set(db.metadata.tables)
    assert shapes.keys() == models - snapshot.LEFT_OUT


def test_odd_values_survive_json(tmp_path: Path) -> None:
    for value in (b"", b"\x00", ODD.encode(), b"\xff\xfe", bytes(range(256)), b'["x"]'):
        sent = orjson.loads(orjson.dumps(snapshot.text_of(value)))
        assert snapshot.bytes_of(sent) == value


def test_a_killed_backups_remains_are_swept(server: Server, vault: Vault) -> None:
    vault.make(db.session())
    half = vault.folder.root / "20200101T000000Z.jkb.partial"
    lost = vault.folder.packs / "x.jkp.partial"
    orphan = vault.folder.slip("20200101T000000Z")
    for path in (half, lost, orphan):
        path.write_bytes(b"x")
    vault.make(db.session(), server.wait(hours=1))
    assert not any(path.exists() for path in (half, lost, orphan))


def test_two_at_once_are_refused(server: Server, vault: Vault) -> None:
    backup_folder.prepare(vault.folder)
    with (
        backup_folder.locked(vault.folder),
        pytest.raises(BackupRefused, match="busy"),
    ):
        vault.make(db.session())
    vault.make(db.session())
    with pytest.raises(BackupRefused, match="exists"):
        vault.make(db.session())


def test_an_old_database_is_asked_to_migrate(make_app: Any, tmp_path: Path) -> None:
    file = tmp_path / "old.sqlite3"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
    app = make_app(f"sqlite:///{file}")
    with app.app_context():
        vault = Vault.at(app, tmp_path / "vault")
        with pytest.raises(BackupRefused, match="old_tables"):
            vault.make(db.session())
        db.session.execute(text("SELECT 1"))
