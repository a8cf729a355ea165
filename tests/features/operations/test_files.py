"""What the server writes is nobody else's: photos of cards, databases, the backup's secret key."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from outreach.core.backup import backup_archive as archives
from outreach.core.backup import backup_folder as folders
from outreach.core.backup.backup_errors import BackupRefused
from outreach.storage.blobs_port import FolderBlobs
from tests.support.database import ROOT


@pytest.fixture(autouse=True)
def careless() -> Iterator[None]:
    """An account whose files everybody may read and write, if nobody takes care."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_photos_are_640_in_folders_of_750(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path / "blobs")
    blobs.put("ab" * 32, "shown", b"x")
    made = list((tmp_path / "blobs").rglob("*"))
    assert {mode(path) for path in made if path.is_file()} == {0o640}
    assert {mode(path) for path in (*made, tmp_path / "blobs") if path.is_dir()} == {0o750}


def test_what_commands_and_server_make_is_closed_to_others(tmp_path: Path) -> None:
    env = {**os.environ, "INSTANCE_DIR": str(tmp_path / "i"), "FLASK_APP": "wsgi"}
    env.pop("DATABASE_URL", None)
    flask = [sys.executable, "-m", "flask", "db", "upgrade"]
    subprocess.run(flask, cwd=ROOT, env=env, check=True, capture_output=True)
    found = [path for path in (tmp_path / "i").rglob("*") if path.is_file()]
    assert any(path.suffix == ".sqlite3" for path in found)
    assert all(mode(path) & 0o027 == 0 for path in found)


def test_keygen_writes_a_file_that_its_owner_alone_can_read(
    sqlite_app: Flask, tmp_path: Path
) -> None:
    file = tmp_path / "identity.txt"
    run = sqlite_app.test_cli_runner().invoke
    done = run(args=["backup", "keygen", str(file)])
    assert (done.exit_code, mode(file)) == (0, 0o600)
    assert "AGE-SECRET-KEY" not in done.output
    assert len(archives.secret_keys(file)) == 1
    before = file.read_text()
    again = run(args=["backup", "keygen", str(file)])
    assert again.exit_code == 1
    assert "sudah ada dan tidak ditimpa" in again.output
    assert "is not written over" in again.output
    assert file.read_text() == before


def test_whoever_fetches_copies_can_read_the_whole_backup_folder(tmp_path: Path) -> None:
    folder = folders.Folder(tmp_path / "backups")
    folders.prepare(folder)
    (folder.root / ".lock").touch(mode=0o600)  # of an earlier version
    with folders.locked(folder):
        folders.put_text(folder.register, b"x")
    made = list(folder.root.rglob("*"))
    assert {mode(path) for path in made if path.is_file()} == {0o640}
    assert {mode(path) for path in (*made, folder.root) if path.is_dir()} == {0o750}


@pytest.mark.parametrize("open_to", [0o640, 0o604, 0o644])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, open_to: int) -> None:
    file = tmp_path / "identity.txt"
    archives.write_identity(file, "kunci")
    file.chmod(open_to)
    with pytest.raises(BackupRefused) as refused:
        archives.secret_keys(file)
    assert refused.value.code == "identity_open"
