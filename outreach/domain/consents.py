"""Consent changes in two ways only: a yes is asked for with its own proof and time, and a yes that
becomes a no is a withdrawal (UU 27/2022). The same on the phone; vectors in tests/shared."""

from __future__ import annotations

from outreach.domain.worker_data import Data, object_at

# What is kept, and shown, for a purpose of its own alone.
PURPOSES = {"face_photo": "pasfoto"}


def standing_consents(data: Data) -> list[str]:
    """The purposes to which a person said yes and has not taken it back, in the form's order."""
    purposes = object_at(object_at(data, "consent"), "purposes")
    withdrawn = object_at(data, "consent_withdrawn")
    return [name for name, yes in purposes.items() if yes and not withdrawn.get(name)]


def may_show(data: Data, field: str) -> bool:
    """True for an answer that needs no purpose of its own, or whose purpose stands."""
    return PURPOSES.get(field) in (None, *standing_consents(data))


def raised(before: Data, after: Data) -> list[str]:
    """The purposes that stand now and did not before."""
    return sorted(set(standing_consents(after)) - set(standing_consents(before)))


def lowered(before: Data, after: Data) -> list[str]:
    """The purposes that stood before and do not any more, without being withdrawn."""
    withdrawn = object_at(after, "consent_withdrawn")
    gone = set(standing_consents(before)) - set(standing_consents(after))
    return sorted(name for name in gone if not withdrawn.get(name))


def needs_proof(before: Data, after: Data) -> bool:
    """True for a new yes that leans on the proof or the time of an earlier consent."""
    if not raised(before, after):
        return False
    old, new = object_at(before, "consent"), object_at(after, "consent")
    return any(old.get(part) and old.get(part) == new.get(part) for part in ("evidence", "at"))
