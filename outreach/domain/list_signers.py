"""Who signs a village's list in which meeting, and what minutes must say. The same on the phone;
vectors in tests/shared.

Forums, their chairs and signers are data. Whether somebody holds the office is asked of the terms.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from outreach.domain.rules import is_date

HEAD, SECRETARY, LHP, RESIDENT = "head", "secretary", "lhp_chair", "resident"
GLASS, WET, THUMB = "glass", "wet", "thumb"
METHODS = (GLASS, WET, THUMB)
# How the head's office is held; who only stands in names the letter that says so.
CAPACITIES = ("definitif", "pj", "plh", "an")
OWN_RIGHT = "definitif"
NAME_MAX, LETTER_MAX, PLACE_MAX, PRESENT_MAX = 100, 60, 120, 9_999
HASH = re.compile(r"[0-9a-f]{64}")
BLANKS = " \t\r\n"

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Forum:
    """A meeting: who chairs it, who must sign, and who may besides."""

    chair: str
    must: tuple[str, ...]
    may: tuple[str, ...] = ()


# A month's list needs no meeting: the office signs it alone.
MONTHLY = ""
FORUMS = {
    "rapat_verifikasi": Forum(HEAD, (HEAD,), (SECRETARY,)),
    "musyawarah_pekon": Forum(LHP, (LHP, HEAD, RESIDENT), (SECRETARY,)),
    "rapat_kelurahan": Forum(HEAD, (HEAD,), (SECRETARY,)),
    MONTHLY: Forum(HEAD, (HEAD,)),
}


def minutes_fault(minutes: Json, forum: str | None) -> str | None:
    """The first member of minutes that is missing or wrong, by name; of a signer as
    ``signers.<place>.<member>``. None where they can be taken."""
    if (minutes.get("kind") or MONTHLY) != (forum or MONTHLY) or (forum or MONTHLY) not in FORUMS:
        return "kind"
    fault = meeting_fault(minutes) if forum else None
    if fault:
        return fault
    day = minutes.get("date")
    if not isinstance(day, str) or not is_date(day):
        return "date"
    for name in ("hash", "root"):
        if not is_hash(minutes.get(name)):
            return name
    return signers_fault(minutes.get("signers"), FORUMS[forum or MONTHLY])


def meeting_fault(minutes: Json) -> str | None:
    """What is missing of the meeting: the village's letter number, the place, how many came."""
    for name, most in (("letter_no", LETTER_MAX), ("place", PLACE_MAX)):
        if not is_text(minutes.get(name), most):
            return name
    present = minutes.get("present")
    return None if type(present) is int and 0 < present <= PRESENT_MAX else "present"


def signers_fault(signers: object, forum: Forum) -> str | None:
    """The first fault among the signers: each place once, those who must are there."""
    if not isinstance(signers, list):
        return "signers"
    roles = [one.get("role") if isinstance(one, dict) else None for one in signers]
    known = [role for role in roles if role in forum.must + forum.may]
    if len(known) < len(roles) or len(set(known)) < len(known) or set(forum.must) - set(known):
        return "signers"
    for place, signer in enumerate(signers):
        fault = signer_fault(signer)
        if fault:
            return f"signers.{place}.{fault}"
    return None


def signer_fault(signer: Json) -> str | None:
    """The member of one signer that is missing or wrong."""
    if not is_text(signer.get("name"), NAME_MAX):
        return "name"
    if signer.get("role") == HEAD:
        fault = office_fault(signer)
        if fault:
            return fault
    method = signer.get("method")
    if method not in METHODS:
        return "method"
    if method == THUMB and not is_text(signer.get("witness"), NAME_MAX):
        return "witness"
    if method == GLASS and not is_hash(signer.get("strokes")):
        return "strokes"
    return None


def office_fault(signer: Json) -> str | None:
    """What is missing of the office in which somebody signs."""
    for name in ("office", "term"):
        if not is_text(signer.get(name), NAME_MAX):
            return name
    if signer.get("capacity") not in CAPACITIES:
        return "capacity"
    stands_in = signer.get("capacity") != OWN_RIGHT
    return "delegation" if stands_in and not is_text(signer.get("delegation"), LETTER_MAX) else None


def is_text(value: object, most: int) -> bool:
    """True for a text that says something, and is not too long."""
    return isinstance(value, str) and bool(value.strip(BLANKS)) and len(value) <= most


def is_hash(value: object) -> bool:
    """True for a SHA-256 in hexadecimal digits."""
    return isinstance(value, str) and HASH.fullmatch(value) is not None
