"""Who else hears of a conflict: the field user whose value stands; and when the notes go away.

The author of the late mutation is told by the judge itself, the supervisor reads the table of
conflicts; here is the person on the other side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import NAMESPACE_OID, uuid5

from outreach.core.record.changes import stored_set
from outreach.core.record.judgement import ConflictEnd, ConflictValues, Judgement
from outreach.core.record.verdicts import stamp
from outreach.domain.access import visible_fields
from outreach.domain.actor import FIELD_ROLES
from outreach.domain.merge import equal
from outreach.domain.worker_data import Data, list_at
from outreach.storage import queries_notices
from outreach.storage.queries_notices import AuthoredEdit

PARTS = ("id", "field", "base", "mine", "theirs", "who")


@dataclass(slots=True)
class NoteDraft:
    """What one user will read of one late save."""

    worker_id: str
    scope: str
    conflicts: list[dict[str, object]] = field(default_factory=list)


def note_id(key: str, user_id: str) -> str:
    """Id of the note about a mutation in the own scope of somebody other than its author."""
    return str(uuid5(NAMESPACE_OID, f"{key}:{user_id}"))


def tell_others(judgement: Judgement) -> None:
    """Tell of every new conflict the field user whose value stands, as far as he may see it.

    Both sides are told ``who`` wrote the other value.
    """
    if not judgement.conflicts:
        return
    workers = {row["worker_id"] for row in judgement.conflicts}
    edits: dict[str, list[AuthoredEdit]] = {}
    for edit in queries_notices.authors(
        judgement.session, judgement.regency, workers, FIELD_ROLES, judgement.context.today
    ):
        edits.setdefault(edit.row_id, []).append(edit)
    late = names_of_late(judgement)
    notes: dict[tuple[str, str], NoteDraft] = {}
    for row in judgement.conflicts:
        story = edits.get(row["worker_id"], [])
        name_to_author(judgement, row, written_by(row, story))
        author = other_side(row, story)
        if author is None or row["field"] not in visible_fields(author.role):
            continue
        note = notes.setdefault(
            (row["key"], author.user_id), NoteDraft(row["worker_id"], row["region_code"])
        )
        note.conflicts.append(from_there(row) | named(late.get(row["user_id"], "")))
    for (key, user), note in notes.items():
        data = {"scope": note.scope, "conflicts": note.conflicts, "other": True}
        judgement.tell(note_id(key, user), user, "conflict", note.worker_id, data)


def names_of_late(judgement: Judgement) -> dict[str, str]:
    """Names of those whose values came late, by user id."""
    actor = judgement.context.actor
    others = {row["user_id"] for row in judgement.conflicts} - {actor.user_id}
    return {actor.user_id: actor.name} | queries_notices.names(judgement.session, others)


def named(name: str) -> dict[str, str]:
    """``who`` of a conflict's entry, where the name is known."""
    return {"who": name} if name else {}


def name_to_author(judgement: Judgement, row: ConflictValues, writer: AuthoredEdit | None) -> None:
    """Say in the late author's own note who wrote the value that stands."""
    if writer is None:
        return
    for note in judgement.inbox.values():
        if note["user_id"] == row["user_id"]:
            for entry in list_at(note["data"], "conflicts"):
                if isinstance(entry, dict) and entry["id"] == row["id"]:
                    entry.update(named(writer.name))


def written_by(row: ConflictValues, edits: list[AuthoredEdit]) -> AuthoredEdit | None:
    """The newest edit that brought the value that stands, be it the office's."""
    for edit in edits:
        pair = stored_set(edit.payload).get(row["field"])
        if pair is not None and equal(pair[1], row["theirs"]):
            return edit
    return None


def other_side(row: ConflictValues, edits: list[AuthoredEdit]) -> AuthoredEdit | None:
    """The edit of the field user to tell: who wrote the value that stands, else who last changed
    the record; nobody when that was the author himself or the office."""
    edit = written_by(row, edits)
    if edit is not None:
        return edit if edit.told and edit.user_id != row["user_id"] else None
    last = next((edit for edit in edits if edit.user_id != row["user_id"]), None)
    return last if last is not None and last.told else None


def from_there(row: ConflictValues) -> dict[str, object]:
    """The conflict as the other side sees it: ``mine`` stands, ``theirs`` came late."""
    return {
        "id": row["id"],
        "field": row["field"],
        "base": row["base"],
        "mine": row["theirs"],
        "theirs": row["mine"],
    }


def take_back(judgement: Judgement) -> None:
    """Bring everybody's notes in line with what was settled, or opened again, just now.

    A conflict that its author settled goes from the notes; what the office decided (it carries a
    decision) stays in them as decided, so that both sides read the end. A note without anything
    left is gone.
    """
    rows = {row["id"]: row for row in judgement.settled}
    if not rows:
        return
    of = (judgement.regency, judgement.disputes.keys())
    for note in queries_notices.conflict_notes(judgement.session, *of):
        told = retold(judgement, note.data, rows)
        if told == note.data:
            continue
        judgement.tell(note.id, note.user_id, "conflict", note.worker_id, told)
        judgement.inbox[note.id]["gone"] = not (told["conflicts"] or told.get("decided"))


def retold(judgement: Judgement, data: Data, rows: Mapping[str, ConflictEnd]) -> dict[str, object]:
    """A note's data with these conflicts moved to where they now belong."""
    open_ones: list[object] = []
    decided: list[object] = []
    for entry in (*list_at(data, "conflicts"), *list_at(data, "decided")):
        if not isinstance(entry, dict):
            continue
        row = rows.get(entry["id"])
        plain = {name: entry[name] for name in PARTS if name in entry}
        if row is None:
            (decided if "value" in entry else open_ones).append(entry)
        elif row["state"] == "open":
            open_ones.append(plain)
        elif row["decision"] is not None:
            end = {"value": row["decision"]["after"], "by": judgement.context.actor.name}
            decided.append({**plain, **end, "at": stamp(judgement.context.now)})
    told = {**data, "conflicts": open_ones}
    told.pop("decided", None)
    return told | ({"decided": decided} if decided else {})
