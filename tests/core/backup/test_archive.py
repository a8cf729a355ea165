"""The encrypted stream: whole members out, clear words for every kind of damage."""

from __future__ import annotations

import errno
import io
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pyrage
import pytest

from outreach.core.backup import backup_archive as archives
from outreach.core.backup.backup_archive import gzipped, seal, tar, unseal
from outreach.core.backup.backup_errors import BackupRefused

MEMBERS = [("a.txt", b"satu"), ("empty", b""), ("b/000001.jsonl", bytes(range(256)) * 4000)]


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, str]:
    identity, recipient = archives.new_keys()
    (tmp_path / "key").write_text(identity)
    (tmp_path / "key").chmod(0o600)
    return tmp_path / "key", recipient


def read(path: Path, identity: Path) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    secret = archives.secret_keys(identity)
    unseal(path, secret, lambda name, data: found.append((name, data)), zipped=True)
    return found


@pytest.fixture
def sealed(tmp_path: Path, keys: tuple[Path, str]) -> Path:
    path = tmp_path / "x.jkb"
    seal(path, gzipped(tar(MEMBERS)), keys[1])
    return path


def test_members_come_back_as_they_went_in(sealed: Path, keys: tuple[Path, str]) -> None:
    assert read(sealed, keys[0]) == MEMBERS
    assert sealed.stat().st_mode & 0o777 == 0o640


def test_age_and_tar_alone_open_an_archive(sealed: Path, keys: tuple[Path, str]) -> None:
    plain = pyrage.decrypt(sealed.read_bytes(), archives.secret_keys(keys[0]))
    with tarfile.open(fileobj=io.BytesIO(plain), mode="r:gz") as found:
        assert [(m.name, found.extractfile(m).read()) for m in found] == MEMBERS  # type: ignore[union-attr]
    listed = subprocess.run(["tar", "tzf", "-"], input=plain, capture_output=True, check=True)
    assert listed.stdout.decode().split() == [name for name, _ in MEMBERS]


def code_of(path: Path, identity: Path) -> str:
    with pytest.raises(BackupRefused) as refused:
        read(path, identity)
    assert refused.value.params["file"] == path.name
    return refused.value.code


def test_every_flipped_bit_is_seen(sealed: Path, keys: tuple[Path, str]) -> None:
    whole = sealed.read_bytes()
    for at in range(0, len(whole), max(1, len(whole) // 97)):
        data = bytearray(whole)
        data[at] ^= 1 << at % 8
        sealed.write_bytes(bytes(data))
        assert code_of(sealed, keys[0]) in {"damaged", "wrong_key", "not_an_archive", "truncated"}


def test_every_cut_is_seen(sealed: Path, keys: tuple[Path, str]) -> None:
    whole = sealed.read_bytes()
    for left in range(0, len(whole), max(1, len(whole) // 97)):
        sealed.write_bytes(whole[:left])
        assert code_of(sealed, keys[0]) in {"damaged", "truncated", "not_an_archive"}


def test_a_cut_between_two_encrypted_chunks_is_called_cut(
    sealed: Path, keys: tuple[Path, str], tmp_path: Path
) -> None:
    path = tmp_path / "long.jkb"
    seal(path, [b"x" * 200_000], keys[1])
    whole = path.read_bytes()
    body = whole.index(b"\n", whole.index(b"---")) + 1 + 16
    path.write_bytes(whole[: body + 65536 + 16])
    with pytest.raises(BackupRefused) as refused:
        unseal(path, archives.secret_keys(keys[0]), lambda *_: None, zipped=False)
    assert refused.value.code in {"truncated", "not_an_archive"}


def test_the_wrong_key_is_told(sealed: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    archives.write_identity(other, "kunci lain")
    assert code_of(sealed, other) == "wrong_key"


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "not_an_archive"), (b"hello" * 99, "not_an_archive")]
)
def test_what_is_no_archive_is_told(
    content: bytes, code: str, sealed: Path, keys: tuple[Path, str]
) -> None:
    sealed.write_bytes(content)
    assert code_of(sealed, keys[0]) == code


def test_a_tar_without_its_end_is_cut(tmp_path: Path, keys: tuple[Path, str]) -> None:
    path = tmp_path / "endless.jkb"
    chunks = list(tar(MEMBERS))[:-1]
    seal(path, gzipped(chunks), keys[1])
    assert code_of(path, keys[0]) == "truncated"


def test_a_missing_file_is_told(tmp_path: Path, keys: tuple[Path, str]) -> None:
    assert code_of(tmp_path / "none.jkb", keys[0]) == "file_missing"


def test_what_the_reader_raises_goes_through(sealed: Path, keys: tuple[Path, str]) -> None:
    def take(name: str, data: bytes) -> None:
        raise KeyError(name)

    with pytest.raises(KeyError, match=r"a\.txt"):
        unseal(sealed, archives.secret_keys(keys[0]), take, zipped=True)


class FullDisk(io.BytesIO):
    """A file whose disk is full after some bytes."""

    def write(self, data: Any) -> int:
        if self.tell() > 100_000:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data)


def test_a_full_disk_leaves_nothing_and_is_told(
    tmp_path: Path, keys: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "written", lambda path: (path.touch(), FullDisk())[1])
    with pytest.raises(BackupRefused) as refused:
        seal(tmp_path / "x.jkb", [bytes(2**20)], keys[1])
    assert refused.value.code == "disk_full"
    assert [p.name for p in tmp_path.iterdir()] == ["key"]


def test_an_error_of_the_maker_leaves_nothing(tmp_path: Path, keys: tuple[Path, str]) -> None:
    def chunks() -> Any:
        yield b"x" * 100_000
        raise LookupError("the database went away")

    with pytest.raises(LookupError, match="went away"):
        seal(tmp_path / "x.jkb", chunks(), keys[1])
    assert [p.name for p in tmp_path.iterdir()] == ["key"]


def test_an_existing_file_is_not_written_over(sealed: Path, keys: tuple[Path, str]) -> None:
    before = sealed.read_bytes()
    with pytest.raises(BackupRefused) as refused:
        seal(sealed, [b"other"], keys[1])
    assert refused.value.code == "exists"
    assert sealed.read_bytes() == before


@pytest.mark.parametrize(("text", "code"), [("", "no_recipient"), ("age1x", "wrong_recipient")])
def test_a_recipient_must_be_a_public_key(text: str, code: str) -> None:
    with pytest.raises(BackupRefused) as refused:
        archives.public_key(text)
    assert refused.value.code == code


@pytest.mark.parametrize("text", ["", "# only a comment\n", "AGE-SECRET-KEY-1XYZ"])
def test_an_identity_must_hold_a_key(text: str, tmp_path: Path) -> None:
    (tmp_path / "bad").write_text(text)
    (tmp_path / "bad").chmod(0o600)
    with pytest.raises(BackupRefused) as refused:
        archives.secret_keys(tmp_path / "bad")
    assert refused.value.code == "no_identity"
