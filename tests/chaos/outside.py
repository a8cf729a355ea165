"""Counts what became of every save, straight from the database, the disk and the drivers' notes.

Imports nothing of the product on purpose: a fault shared by the app and its tests cannot hide
here. Usage: ``python -m tests.chaos.outside DATABASE_URL BLOB_DIR NOTES_DIR``; exits 1 and names
what is lost or doubled, or whatever else does not add up.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

from tests.chaos.outside_phones import (
    check_chains,
    check_photos,
    check_screens,
    devices_of,
)
from tests.chaos.outside_saves import (
    CALLED,
    UNHEARD,
    check_absent,
    check_creates,
    check_edits,
    check_lists,
    check_stolen,
    of_kind,
)
from tests.chaos.outside_store import (
    CLEARED,
    THROWN,
    Report,
    load,
    read_notes,
)

LAWS = {
    "I1": "saves that a screen called saved are stored with verdict and pictures, or named",
    "I2": "villages that a phone shows as the server holds them",
    "I3": "saves that took effect once",
    "I4": "edits that stand, or were changed by somebody who had seen them, or are a conflict",
    "I5": "phones whose recorded is received and pending, in one chain without unnamed holes",
}


SHOWN = 20


def count(url: str, blob_dir: Path, notes: Path) -> Report:
    """Everything compared with everything."""
    report, ends = read_notes(notes)
    stored = load(url, blob_dir)
    check_creates(report, stored)
    check_edits(report, stored)
    check_lists(report, stored)
    devices = devices_of(report, stored)
    check_absent(report, stored, devices)
    check_stolen(report, stored)
    check_chains(report, stored)
    check_photos(report, stored, devices)
    check_screens(report, stored, devices, ends)
    said = [save for save in report.saves.values() if save.said]
    report.checked["I1"] = len(said)
    report.checked["I2"] = sum(len(end["villages"]) for end in ends)
    report.checked["I3"] = len(report.saves)
    report.checked["I4"] = len(of_kind(report, "edit"))
    report.checked["I5"] = len(stored.devices)
    verdicts = Counter(mutation.status for mutation in stored.mutations)
    report.told["of lists"] = sum(save.said for save in of_kind(report, "decision", "name"))
    report.told.update({f"verdict {status}": n for status, n in verdicts.items()})
    return report


def told_in(note: dict[str, Any], part: str) -> str:
    """Counts of a note in words."""
    return ", ".join(f"{name} {n}" for name, n in sorted(note.get(part, {}).items()))


def sentences(report: Report) -> list[str]:
    """The result for a person: one line of sums, then whatever is wrong."""
    said = sum(save.said for save in report.saves.values())
    kinds = ", ".join(f"{kind} {n}" for kind, n in sorted(report.network.items()))
    told = report.told
    faults = sum(n for kind, n in report.network.items() if not kind.startswith("box said"))
    kills = ", ".join(
        f"{n} {what.removeprefix('kill ')}"
        for what, n in sorted(told.items())
        if what.startswith("kill ")
    )
    wrong = {kind: len(report.faults.get(kind, [])) for kind in ("lost", "doubled", "stolen")}
    other = sum(len(found) for kind, found in report.faults.items() if kind not in wrong)
    verdicts = ", ".join(
        f"{n} {what.removeprefix('verdict ')}"
        for what, n in sorted(told.items())
        if what.startswith("verdict ")
    )
    lines = [
        f"saves {said}, {told['of lists']} of them on a village's list "
        f"(and {len(report.saves) - said} begun that no screen called saved), "
        f"faults {faults} ({kinds}), kills: {kills or 'none'}, "
        f"restores {told['restore']} and {told['restore older']} of an older archive, "
        f"versions {told['version']}, "
        f"storage thrown away {told[THROWN[0]]} times on purpose and "
        f"{told[THROWN[1]]} by the browser, {told[CLEARED]} times with its cookies, "
        f"named as missing {told['named']} saves and {told['pictures named']} pictures, "
        f"{CALLED} {told[CALLED]}, {UNHEARD} {told[UNHEARD]}, "
        f"lost in silence {wrong['lost']}, doubled {wrong['doubled']}, stolen {wrong['stolen']}",
        f"lies {sum(report.lies.get('counts', {}).values())} ({told_in(report.lies, 'counts')}), "
        f"answered: {told_in(report.lies, 'told')}",
        f"verdicts: {verdicts}; everything else that does not add up: {other}",
    ]
    for law, what in LAWS.items():
        n = report.broken[law]
        lines.append(f"{law} {f'BROKEN {n} times' if n else 'holds'}: {report.checked[law]} {what}")
    for kind, found in report.faults.items():
        lines += [f"{kind}: {sentence}" for sentence in found[:SHOWN]]
        if len(found) > SHOWN:
            lines.append(f"{kind}: … and {len(found) - SHOWN} more")
    return lines


def main(url: str, blob_dir: str, notes: str) -> int:
    """Print the result; 1 when anything is wrong."""
    report = count(url, Path(blob_dir), Path(notes))
    print("\n".join(sentences(report)), flush=True)
    return 1 if any(report.faults.values()) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
