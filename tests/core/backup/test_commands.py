"""The commands as an administrator types them, each in a process or runner of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from outreach.core.accounts.seeding import seed
from outreach.core.backup import backup_folder
from outreach.core.backup.backup_folder import Folder
from outreach.core.demo import synthetic
from outreach.extensions import db
from outreach.storage.backups import Backup, Erasure
from outreach.storage.sync import Mutation
from outreach.storage.workers import Worker
from tests.support.backups import Vault
from tests.support.database import ROOT
from tests.support.factories import NOW
from tests.sync.conftest import Handset, Server

Run = Callable[..., tuple[int, str]]


def runner_of(app: Flask) -> Run:
    runner = app.test_cli_runner()

    def command(*words: object) -> tuple[int, str]:
        done = runner.invoke(args=[str(word) for word in words])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.output

    return command


@pytest.fixture
def keys(sqlite_app: Flask, tmp_path: Path) -> tuple[Path, str]:
    """(identity file, recipient) as ``flask backup keygen`` makes them."""
    identity = tmp_path / "identity.txt"
    done = sqlite_app.test_cli_runner().invoke(args=["backup", "keygen", str(identity)])
    assert done.exit_code == 0, done.output
    found = re.search(r"BACKUP_RECIPIENT=(age1\w+)", done.stderr)
    assert found
    assert "AGE-SECRET-KEY" not in done.output
    return identity, found[1]


@pytest.fixture
def whole(
    database_url: str, make_app: Any, keys: tuple[Path, str], tmp_path: Path
) -> tuple[Run, Flask]:
    """An app with people and a configured backup, and its commands."""
    folder = tmp_path / "backups"
    app = make_app(database_url, backup_dir=folder, backup_recipient=keys[1])
    with app.app_context():
        seed(db.session(), NOW)
        synthetic.add_workers(db.session(), 30, NOW)
    return runner_of(app), app


def archive_of(app: Flask) -> Path:
    return sorted(Path(app.config["OUTREACH"].backup_dir).glob("*.jkb"))[-1]


def test_make_verify_confirm_list_and_restore(
    whole: tuple[Run, Flask], keys: tuple[Path, str], target: Flask, tmp_path: Path
) -> None:
    run, app = whole
    code, said = run("backup")
    assert code == 0, said
    assert "Cadangan dibuat" in said
    assert "Backup made" in said
    file = archive_of(app)
    code, said = run("backup", "verify", file, "--identity", keys[0])
    assert code == 0, said
    assert "Buku kiriman dihitung ulang: 0 HP, 0 nomor" in said
    token = re.search(r"flask backup confirm (JKV1-\S+)", said)
    assert token
    assert "-  " not in run("backup", "list")[1].split("verified:")[1][:3]
    assert re.search(r"verified: -\n", run("backup", "list")[1])
    code, said = run("backup", "confirm", token[1])
    assert code == 0, said
    assert re.search(r"verified: 20\d\d-", run("backup", "list")[1])
    restore = runner_of(target)
    code, said = restore("restore", file, "--identity", keys[0])
    assert code == 0, said
    code, said = restore("restore", file, "--identity", keys[0])
    assert code == 1
    assert "not empty" in said
    with target.app_context():
        assert len(db.session.scalars(select(Worker)).all()) == 30


def test_confirming_at_once(whole: tuple[Run, Flask], keys: tuple[Path, str]) -> None:
    run, app = whole
    run("backup")
    code, said = run("backup", "verify", archive_of(app), "--identity", keys[0], "--confirm")
    assert code == 0, said
    assert "recorded as verified" in said
    with app.app_context():
        assert db.session.scalars(select(Backup)).one().verified_at is not None


def test_refusals_are_sentences_in_both_languages(
    whole: tuple[Run, Flask], keys: tuple[Path, str], sqlite_app: Flask, tmp_path: Path
) -> None:
    run, app = whole
    run("backup")
    file = archive_of(app)
    data = file.read_bytes()
    file.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    code, said = run("backup", "verify", file, "--identity", keys[0])
    assert code == 1
    assert "rusak" in said
    assert "is damaged" in said
    code, said = runner_of(sqlite_app)("backup")
    assert code == 1
    assert "BACKUP_RECIPIENT is not set" in said
    assert not list(tmp_path.rglob("jangkau-check-*"))


def test_prune_keeps_the_newest_and_the_last_verified(
    server: Server, phone: Handset, vault: Vault
) -> None:
    from outreach.core.backup import backup_create
    from tests.support.backups import PROOF
    from tests.sync.test_blobs import name_of, photo, upload

    stamps = []
    for number in range(4):
        data = photo(["red", "green", "blue", "black"][number])
        phone.push(phone.mutation(set={"full_name": "F", "ktp_photo": name_of(data)}))
        upload(phone, data)
        stamps.append(vault.make(db.session(), server.wait(hours=24)).stamp)
    backup_create.confirm(db.session(), backup_create.token(stamps[1], PROOF), server.now)
    (vault.folder.packs / "orphan.jkp").write_bytes(b"x")
    config = server.app.config["OUTREACH"]
    server.app.config["OUTREACH"] = replace(config, backup_dir=vault.folder.root)
    run = runner_of(server.app)
    code, said = run("backup", "prune", "--keep", 1)
    assert code == 0, said
    left = [kept.stamp for kept in backup_folder.archives(vault.folder)]
    assert left == [stamps[3], stamps[1]]
    assert len(list(vault.folder.packs.glob("*.jkp"))) == 4
    assert not (vault.folder.packs / "orphan.jkp").exists()
    vault.folder.slip(stamps[3]).unlink()
    (vault.folder.packs / "orphan.jkp").write_bytes(b"x")
    code, said = run("backup", "prune", "--keep", 1)
    assert code == 1
    assert "lost its slip" in said
    assert (vault.folder.packs / "orphan.jkp").exists()


def test_erase_asks_by_name_and_notes_it_beside_the_archives(
    whole: tuple[Run, Flask], keys: tuple[Path, str]
) -> None:
    run, app = whole
    run("backup")
    with app.app_context():
        from tests.support.factories import make_user

        make_user(db.session(), "admin", username="bu.admin")
        db.session.commit()
        code, name = db.session.execute(select(Worker.code, Worker.full_name).limit(1)).one()
    common = ["--letter", "470/12", "--by", "bu.admin"]
    ended, said = run("erase", "tidak-ada", *common, "--yes")
    assert ended == 1
    assert "0 records match" in said
    ended, said = run("erase", code, *common)
    assert ended == 1
    assert name in said
    ended, said = run("erase", code.lower(), *common, "--yes")
    assert ended == 0, said
    with app.app_context():
        line = db.session.scalars(select(Erasure)).one()
        assert line.letter == "470/12"
        assert line.worker_id in Folder(app.config["OUTREACH"].backup_dir).register.read_text()
    assert run("erase", code, "--letter", "x", "--by", "nobody", "--yes")[0] == 1


def test_a_backup_killed_at_any_moment_leaves_the_folder_sound(
    sqlite_template: Any, make_app: Any, keys: tuple[Path, str], tmp_path: Path
) -> None:
    """kill -9 in the middle: no archive is half, and the next backup is whole."""
    with sqlite_template.clone() as url:
        app = make_app(url, backup_dir=tmp_path / "b", backup_recipient=keys[1])
        with app.app_context():
            seed(db.session(), NOW)
            synthetic.add_workers(db.session(), 400, NOW)
            db.session.remove()
        env = {
            **os.environ,
            "DATABASE_URL": url,
            "BACKUP_DIR": str(tmp_path / "b"),
            "BACKUP_RECIPIENT": keys[1],
            "INSTANCE_DIR": str(tmp_path / "i"),
        }
        slow = [sys.executable, "-c", SLOWLY]
        for moment in (0.0, 0.1):
            process = subprocess.Popen(slow, cwd=ROOT, env=env, stdout=subprocess.PIPE)
            assert process.stdout is not None
            assert process.stdout.readline() == b"begun\n"
            time.sleep(moment)
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            process.stdout.close()
            assert list((tmp_path / "b").glob("*.partial"))
            assert backup_folder.archives(Folder(tmp_path / "b")) == []
        code, said = runner_of(app)("backup")
        assert code == 0, said
        assert not list((tmp_path / "b").glob("*.partial"))
        code, said = runner_of(app)("backup", "verify", archive_of(app), "--identity", keys[0])
        assert code == 0, said


# A backup whose rows take their time, so that there is a middle to be killed in.
SLOWLY = r"""
import os, time
from outreach import create_app
from outreach.storage import snapshot
real = snapshot.rows
def slowly(connection, shape):
    for page in real(connection, shape):
        if shape.name == "mutation":
            os.write(1, b"begun\n")
            time.sleep(9)
        yield page
snapshot.rows = slowly
create_app().test_cli_runner().invoke(args=["backup"])
"""


def test_verify_counts_every_journal_and_restore_warns_of_a_newer_archive(
    whole: tuple[Run, Flask], keys: tuple[Path, str], target: Flask
) -> None:
    run, app = whole
    with app.app_context():
        server = Server(app)
        phone = server.phone("18.04.04.2005")
        phone.push(*(phone.mutation() for _ in range(3)))
    assert run("backup")[0] == 0
    older = archive_of(app)
    with app.app_context():
        more = [phone.mutation() for _ in range(2)]
        phone.push(*more)
        row = db.session.get_one(Mutation, more[0]["key"])
        row.payload = row.payload.replace(b"SITI", b"TUTI")
        db.session.commit()
    time.sleep(1.1)
    assert run("backup")[0] == 0
    newer = archive_of(app)
    assert newer != older
    code, said = run("backup", "verify", newer, "--identity", keys[0], "--confirm")
    assert code == 0, said
    assert "1 HP, 5 nomor; 0 tidak ada" in said
    assert f"1 simpanan dari HP {phone.device} tidak lagi seperti saat diterima: nomor 4" in said
    code, said = runner_of(target)("restore", older, "--identity", keys[0])
    assert code == 0, said
    assert f"ada cadangan yang lebih baru, {newer.name}" in said
    assert "2 simpanan dari 1 HP pernah sampai" in said
    assert "2 saves of 1 phones had arrived" in said
