"""What drivers write down: one JSON object a line, on the disk before it counts."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Notes:
    """A file of notes that survives the death of its writer; each is flushed to the disk."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, what: str, **facts: Any) -> None:
        """One note; returns once it is on the disk."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"what": what, "at": round(time.time(), 3), **facts}) + "\n")
            file.flush()
            os.fsync(file.fileno())


def read_notes(folder: Path) -> Iterator[dict[str, Any]]:
    """Every whole note below ``folder``, file by file."""
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)
