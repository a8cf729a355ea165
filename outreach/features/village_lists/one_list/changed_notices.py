"""What a worker's page says of signed lists on which the person stands otherwise than now."""

from __future__ import annotations

from sqlalchemy.orm import Session

from outreach.core.register.worker_notices import Notice
from outreach.domain.actor import Actor
from outreach.features.village_lists.checking import after_signing
from outreach.features.village_lists.one_list import changed_words
from outreach.features.village_lists.records import after_queries, queries
from outreach.features.village_lists.records.queries import LineRow


def notices(session: Session, actor: Actor, worker_id: str) -> list[Notice]:
    """One sentence for each signed line that changed since, and for each list on which the person
    was signed under another record."""
    regency = actor.regency
    stored = after_queries.lines_of_worker(session, regency, worker_id)
    if not stored:
        return []
    lists = queries.lists_by_id(session, regency, {line.list_id for line in stored})
    lines = after_signing.as_they_are(session, regency, stored, lists)
    changed = after_signing.changes(session, regency, lines)
    joined = after_signing.joins(session, regency, lines)
    found = []
    for line in lines:
        kind = queries.village_kind(session, line.region_code) or ""
        if line.id in changed:
            text = changed_words.sentence(changed[line.id], line.snapshot, kind)
            found.append(notice(text, line))
        found += [notice(changed_words.joined_words(one), line) for one in joined.get(line.id, ())]
    return found


def notice(text: str, line: LineRow) -> Notice:
    """The sentence, with the way to the line."""
    args = {"list_id": line.list_id, "line_id": line.id}
    return Notice("village_lists.since_signed", {"text": text}, False, "village_list.line", args)
