"""Where in a village somebody lives, in the ways in which people write hamlet, RT and RW."""

from __future__ import annotations

import re

RT_RW = re.compile(r"\brt\s*/\s*rw[ .:]*([0-9]{1,3})\s*/\s*([0-9]{1,3})\b", re.I)
RT = re.compile(r"\brt[ .:]*([0-9]{1,3})\b(?:\s*/\s*([0-9]{1,3})\b)?", re.I)
RW = re.compile(r"\brw[ .:]*([0-9]{1,3})\b", re.I)
HAMLET = re.compile(r"^(?:pemangku|pmk|pmgk|dusun|dsn|lingkungan|lingk|lk)\b[ .:]*", re.I)
SLASHED = re.compile(r"(.*[^ /].*?)\s*/\s*([0-9]{1,3})|([0-9]{1,3})[ .,-]+([0-9]{1,3})")


def read_place(text: str) -> dict[str, str] | None:
    """``pemangku``, ``rt`` and ``rw`` of 1/2, "Pemangku 1 RT 2", "RT 02/RW 01 Way Ngison".

    None for what holds a stroke and cannot be read; a name alone is the hamlet.
    """
    numbers: dict[str, str | None] = {}
    rest = " ".join(text.split())
    for pattern, names in ((RT_RW, ("rt", "rw")), (RT, ("rt", "rw")), (RW, ("rw",))):
        match = pattern.search(rest)
        if match:
            numbers |= {
                name: part for name, part in zip(names, match.groups(), strict=True) if part
            }
            rest = rest[: match.start()] + " " + rest[match.end() :]
    rest = rest.strip(" ,./-") if numbers else rest
    slashed = None if "rt" in numbers else SLASHED.fullmatch(rest)
    if slashed:
        rest, numbers["rt"] = slashed[1] or slashed[3], slashed[2] or slashed[4]
    rest = HAMLET.sub("", rest).strip(" ,.-")
    if "/" in rest or not (rest or numbers):
        return None
    place = {"pemangku": rest, **{name: str(part).zfill(3) for name, part in numbers.items()}}
    return {name: part for name, part in place.items() if part}
