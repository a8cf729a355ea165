"""What one run of the tests prepares and later ones use again, as long as what made it is the same:
a migrated SQLite file and a stopped PostgreSQL with a migrated database. They lie in ``.setup``.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / ".setup" / "tests"
MADE_BY = ("migrations/**/*.py", "requirements*.txt", "tests/support/kept.py")


def digest() -> str:
    """One hash over what a migrated database is made from."""
    made = hashlib.sha256()
    for pattern in MADE_BY:
        for path in sorted(ROOT.glob(pattern)):
            made.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return made.hexdigest()[:16]


@contextmanager
def alone(name: str) -> Iterator[None]:
    """One process at a time; the lock goes with a process that dies."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def kept(kind: str, make: Callable[[Path], None]) -> Path:
    """The file or folder of this kind, by ``make`` at the first need; those before it go."""
    target = FOLDER / f"{digest()}.{kind}"
    with alone(kind):
        if not target.exists():
            for old in FOLDER.glob(f"*.{kind}"):
                remove(old)
            with tempfile.TemporaryDirectory(prefix="jangkau-kept-") as name:
                # Under root the server runs as somebody else, who has to get to its folder.
                Path(name).chmod(0o755)
                made = Path(name) / "made"
                make(made)
                begun = target.with_suffix(".begun")
                remove(begun)
                copy(made, begun)
                begun.rename(target)
    return target


def remove(path: Path) -> None:
    """Take a file or folder away, where there is one."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def copy(source: Path, target: Path) -> None:
    """A file or folder with its owner and rights."""
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)
