"""An encrypted file as a stream: age outside, tar inside, so that `age` and `tar` alone open it.

Nothing is ever whole in memory but one member. What is being written has another name until it
is complete and on the disk.
"""

from __future__ import annotations

import errno
import os
import tarfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Protocol

from outreach.core.backup.backup_errors import BackupRefused

BLOCK = tarfile.BLOCKSIZE
END = bytes(2 * BLOCK)
GZIP = 31  # zlib's window bits for a gzip header
LEVEL = 5
PARTIAL = ".partial"
MEMBER_MAX = 64 * 1024 * 1024
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
Member = tuple[str, bytes]


class SecretKey(Protocol):
    """An identity of age."""

    def to_public(self) -> object:
        """Its recipient, which prints as age1…"""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A finished file: the hash and size of its encrypted bytes."""

    sha256: str
    size: int


# --- writing ------------------------------------------------------------------------------------


def tar(members: Iterable[Member]) -> Iterator[bytes]:
    """The members as the bytes of a tar file."""
    for name, data in members:
        info = tarfile.TarInfo(name)
        info.size, info.mode = len(data), 0o600
        yield info.tobuf(tarfile.USTAR_FORMAT)
        yield data
        yield bytes(-len(data) % BLOCK)
    yield END


def gzipped(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes, packed."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
    for chunk in chunks:
        yield packer.compress(chunk)
    yield packer.flush()


class Source:
    """Chunks as a file to read from; keeps what the chunks' maker raised."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self.chunks = iter(chunks)
        self.rest = memoryview(b"")
        self.error: BaseException | None = None

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes; none at the end."""
        try:
            while not self.rest:
                self.rest = memoryview(next(self.chunks))
        except StopIteration:
            return b""
        except BaseException as error:
            self.error = error
            raise
        found, self.rest = self.rest[:size], self.rest[size:]
        return bytes(found)


class Sink:
    """A file that knows hash and size of what went in, and keeps what went wrong."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.digest = sha256()
        self.size = 0
        self.error: BaseException | None = None

    def write(self, data: bytes) -> int:
        """Write all of it."""
        try:
            self.file.write(data)
        except OSError as error:
            self.error = error
            raise
        self.digest.update(data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing: the whole is synced at the end."""


def seal(path: Path, chunks: Iterable[bytes], recipient: str) -> Sealed:
    """Encrypt the chunks to the recipient's public key as ``path``, durably and all or nothing.

    Raises BackupRefused for a full disk, a folder that cannot be written, a file that is there.
    """
    beside = path.with_name(path.name + PARTIAL)
    try:
        with written(beside) as file:
            sealed = encrypt(file, chunks, recipient)
        if path.exists():
            raise BackupRefused("exists", file=path.name)
        beside.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise storage_refusal(error, path) from error
    finally:
        beside.unlink(missing_ok=True)
    return sealed


def written(path: Path) -> BinaryIO:
    """A new file that its owner writes and its group may read: whoever fetches copies is in it."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640), "wb")


def encrypt(file: BinaryIO, chunks: Iterable[bytes], recipient: str) -> Sealed:
    """Encrypt into an open file and sync it."""
    import pyrage

    source, sink = Source(chunks), Sink(file)
    try:
        pyrage.encrypt_io(source, sink, [public_key(recipient)])
    except BaseException as error:
        raise (source.error or sink.error or error) from None
    file.flush()
    os.fsync(file.fileno())
    return Sealed(sink.digest.hexdigest(), sink.size)


def sync_folder(folder: Path) -> None:
    """Make names in the folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def storage_refusal(error: OSError, path: Path) -> BackupRefused:
    """What to say of a disk that did not take it."""
    if error.errno in FULL:
        return BackupRefused("disk_full", folder=path.parent)
    return BackupRefused("not_writable", folder=path.parent, why=error.strerror or str(error))


# --- reading ------------------------------------------------------------------------------------


class Unpacker:
    """Takes the decrypted bytes and gives out whole members."""

    def __init__(self, take: Callable[[str, bytes], None], zipped: bool) -> None:
        self.take = take
        self.inflate = zlib.decompressobj(GZIP) if zipped else None
        self.buffer = bytearray()
        self.member: tarfile.TarInfo | None = None
        self.ended = False
        self.error: BaseException | None = None

    def write(self, data: bytes) -> int:
        """Take bytes; members that are complete go on. Nothing goes on after an error."""
        if self.error is not None:
            raise self.error
        try:
            for part in self.plain(data):
                self.buffer += part
                while not self.ended and self.step():
                    pass
        except BaseException as error:
            self.error = error
            raise
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back."""

    def plain(self, data: bytes) -> Iterator[bytes]:
        """The bytes unpacked, little by little."""
        if self.inflate is None:
            yield data
            return
        while data:
            yield self.inflate.decompress(data, 1 << 20)
            data = self.inflate.unconsumed_tail

    def step(self) -> bool:
        """Read one header or one member; False when more bytes are needed."""
        if self.member is None:
            if len(self.buffer) < BLOCK:
                return False
            self.open_member()
            return True
        padded = -(-self.member.size // BLOCK) * BLOCK
        if len(self.buffer) < padded:
            return False
        name, data = self.member.name, bytes(memoryview(self.buffer)[: self.member.size])
        del self.buffer[:padded]
        self.member = None
        self.take(name, data)
        return True

    def open_member(self) -> None:
        """Read a header; an empty one ends the file."""
        block = bytes(self.buffer[:BLOCK])
        del self.buffer[:BLOCK]
        if not any(block):
            self.ended = True
            return
        self.member = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
        if self.member.size > MEMBER_MAX:
            raise BackupRefused("not_an_archive")


class Reader:
    """A file that hashes what is read from it."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.digest = sha256()

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes."""
        data = self.file.read(size)
        self.digest.update(data)
        return data


def unseal(
    path: Path, keys: Sequence[SecretKey], take: Callable[[str, bytes], None], *, zipped: bool
) -> str:
    """Decrypt the whole file and hand each member over; answers the hash of the file.

    A damage may show only after members were taken: whoever takes them must be able to throw
    them away. Raises BackupRefused; what ``take`` raises goes through.
    """
    import pyrage

    unpacker = Unpacker(take, zipped)
    try:
        with path.open("rb") as file:
            reader = Reader(file)
            pyrage.decrypt_io(reader, unpacker, keys)
    except FileNotFoundError:
        raise BackupRefused("file_missing", file=path.name) from None
    except PermissionError:
        raise BackupRefused("file_closed", file=path.name) from None
    except BaseException as error:
        if unpacker.error is not None and not isinstance(unpacker.error, UNREADABLE):
            raise unpacker.error from None
        raise reading_refusal(unpacker.error or error, path) from None
    if not unpacker.ended:
        raise BackupRefused("truncated", file=path.name)
    return reader.digest.hexdigest()


UNREADABLE = (tarfile.HeaderError, zlib.error)


def reading_refusal(error: BaseException, path: Path) -> BaseException:
    """What to say of a file that cannot be decrypted; other errors stay what they are."""
    import pyrage

    words = str(error)
    if isinstance(error, pyrage.DecryptError):
        known = {"No matching keys found": "wrong_key", "Incomplete header": "truncated"}
        return BackupRefused(known.get(words, "not_an_archive"), file=path.name)
    if isinstance(error, UNREADABLE):
        return BackupRefused("not_an_archive", file=path.name)
    if isinstance(error, OSError):
        code = "truncated" if "truncated" in words else "damaged"
        return BackupRefused(code, file=path.name)
    return error


# --- keys ---------------------------------------------------------------------------------------


def new_keys() -> tuple[str, str]:
    """(identity, recipient): the secret key that opens backups and the public one that makes
    them."""
    from pyrage import x25519

    identity = x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def public_key(recipient: str) -> object:
    """The recipient's key; raises BackupRefused."""
    from pyrage import RecipientError, x25519

    if not recipient:
        raise BackupRefused("no_recipient")
    try:
        return x25519.Recipient.from_str(recipient)
    except RecipientError:
        raise BackupRefused("wrong_recipient") from None


def write_identity(path: Path, comment: str) -> str:
    """The public key of a new identity, written to a file of mode 600; raises BackupRefused where
    one is there: a key is never written over."""
    identity, recipient = new_keys()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BackupRefused("identity_exists", file=path.name) from None
    with os.fdopen(handle, "w") as file:
        file.write(f"# {comment}\n# public key: {recipient}\n{identity}\n")
    return str(recipient)


def secret_keys(path: Path) -> list[SecretKey]:
    """Every key in an identity file, as `age-keygen` and `flask backup keygen` write it. One that
    other accounts of the machine can read is refused, as ssh does."""
    from pyrage import IdentityError, x25519

    try:
        if path.stat().st_mode & 0o077:
            raise BackupRefused("identity_open", file=path.name)
        lines = [line.strip() for line in path.read_text().splitlines()]
        found = [x25519.Identity.from_str(x) for x in lines if x and not x.startswith("#")]
    except (OSError, UnicodeDecodeError, IdentityError):
        raise BackupRefused("no_identity", file=path.name) from None
    if not found:
        raise BackupRefused("no_identity", file=path.name)
    return found
