"""The proof that one line stood on a signed version, for somebody who has none of our software.

The file holds the line's canonical JSON, the hashes beside its way up the tree, and the root that
was signed. ``tools/check_line.py`` checks it with nothing but Python.
"""

from __future__ import annotations

from outreach.domain.list_document import canonical, path_of
from outreach.features.village_lists.minutes.minutes_file import MinutesFile

FORMAT = "jangkau-line-proof-1"


def proof_of(file: MinutesFile, no: int) -> dict[str, object] | None:
    """The proof of the line with this number; None where it has none, or was erased."""
    signed = [one.signed for one in file.lines]
    place = next((i for i, one in enumerate(signed) if one.no == no), None)
    if place is None or not signed[place].item:
        return None
    leaves = [bytes.fromhex(one.leaf) for one in signed]
    row = file.row
    return {
        "format": FORMAT,
        "list": row.list_id,
        "version": row.n,
        "date": row.day.isoformat(),
        "letter_no": row.letter_no,
        "hash": row.hash,
        "root": row.root,
        "index": place,
        "lines": len(signed),
        "path": [part.hex() for part in path_of(leaves, place)],
        "item": signed[place].item,
        "canonical": canonical(signed[place].item).decode(),
    }
