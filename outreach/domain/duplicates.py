"""What makes two records look like one person; a hint for a human, never a refusal."""

from __future__ import annotations

from hashlib import sha256
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


def marks_of(data: dict[str, Any]) -> set[str]:
    """The keys as a decision remembers them: ``reason:hash``, never the value itself."""
    return {f"{why}:{sha256(value.encode()).hexdigest()[:16]}" for why, value in keys(data)}


def shared(one: dict[str, Any], other: dict[str, Any]) -> set[str]:
    """The marks of what both say alike."""
    return marks_of(one) & marks_of(other)


def reasons_of(marks: set[str]) -> list[str]:
    """The reasons of the marks, the stronger first."""
    found = {mark.partition(":")[0] for mark in marks}
    return [reason for reason in (NIK, NAME_BIRTH) if reason in found]
