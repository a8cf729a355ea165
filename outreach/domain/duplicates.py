"""Marks by which two records look like one person: a hint for a human, never a refusal."""

from __future__ import annotations

from hashlib import sha256

from outreach.domain.names import name_key
from outreach.domain.worker_data import Data, text_at

NIK = "nik"
NAME_BIRTH = "name_birth"


def keys(data: Data) -> list[tuple[str, str]]:
    """(reason, value) pairs; records that share one are a pair to look at."""
    pairs = []
    number = text_at(data, "nik")
    if number:
        pairs.append((NIK, number))
    name, born = name_key(text_at(data, "full_name")), data.get("birth_date")
    if name and born:
        pairs.append((NAME_BIRTH, f"{name}|{born}"))
    return pairs


def marks_of(data: Data) -> set[str]:
    """The keys as a decision remembers them: ``reason:hash``, never the value itself."""
    return {f"{why}:{sha256(value.encode()).hexdigest()[:16]}" for why, value in keys(data)}


def shared(one: Data, other: Data) -> set[str]:
    """The marks of what both say alike."""
    return marks_of(one) & marks_of(other)


def reasons_of(marks: set[str]) -> list[str]:
    """The reasons of the marks, the stronger first."""
    reasons = {mark.partition(":")[0] for mark in marks}
    return [reason for reason in (NIK, NAME_BIRTH) if reason in reasons]
