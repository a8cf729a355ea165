"""What makes two records look like one person; a hint for a human, never a refusal."""

from __future__ import annotations

from typing import Any

from outreach.domain.names import name_key

NIK = "nik"
NAME_BIRTH = "name_birth"


def keys(data: dict[str, Any]) -> list[tuple[str, str]]:
    """(reason, value) pairs; records that share one are a pair to look at."""
    found = []
    if data.get("nik"):
        found.append((NIK, data["nik"]))
    name, born = name_key(data.get("full_name")), data.get("birth_date")
    if name and born:
        found.append((NAME_BIRTH, f"{name}|{born}"))
    return found
