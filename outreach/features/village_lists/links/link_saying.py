"""What came by a link, said in the village's name: nobody has signed in, so it has no author.

Decisions and missing names go through the same judges as a phone's, under the village's lock, and
are rows of their own. By a link one checks and proposes: nobody signs, and no meeting begins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from outreach.core.record.aggregates import TableJudge
from outreach.core.record.changes import SCHEMA, Body, Change, read_change
from outreach.core.record.judge import run_locked
from outreach.core.record.judgement import Judgement
from outreach.core.record.office_device import lock, storable
from outreach.core.record.verdicts import JudgingContext, Verdict, invalid, stamp
from outreach.domain.actor import Actor
from outreach.domain.ids import is_uuid7
from outreach.features.village_lists.checking import adding, deciding
from outreach.features.village_lists.checking.saying import Speakers, Voice
from outreach.features.village_lists.links import links
from outreach.features.village_lists.links.links import LinkClosed
from outreach.features.village_lists.records import link_queries, queries
from outreach.features.village_lists.records.link_queries import LinkRow

LINK = "link"
MOST = 500
MOST_BY_LINK = 10_000  # a large village's list three times over: nobody has signed in, it must end
SAID = {
    deciding.TABLE: ("lines", "verdict", "reason", "detail", "over"),
    adding.TABLE: ("name", "hamlet", "note"),
}
CHECKS = {deciding.TABLE: deciding.check, adding.TABLE: adding.check}


class LinkFull(Exception):
    """By this link came as much as may; nothing of what was sent is taken."""


class LinkSpeakers(Speakers):
    """The author of everything that came by a link: the village's head office, by that link."""

    def __init__(self, judgement: Judgement, link: LinkRow) -> None:
        super().__init__(judgement, (), {link.list_id})
        villages = {link.region_code}
        self.link = link
        self.offices = queries.head_offices(judgement.session, judgement.regency, villages)

    def voice(self, change: Change) -> Voice | None:
        """Who says it."""
        link = self.link
        office = self.offices.get(str(change.scope))
        return Voice(None, LINK, link.id, LINK, office, link_id=link.id)


def say(
    session: Session, link: LinkRow, said: Sequence[Mapping[str, object]], now: datetime
) -> list[Verdict]:
    """One verdict each, in order. Raises LinkClosed for a link that ended meanwhile, and LinkFull
    where too much came by it. Raises NotAllowed where an id is taken elsewhere."""
    actor = Actor(link.id, LINK, "", link.regency, frozenset({link.region_code}))
    context = JudgingContext(actor, link.id, "office", now)

    def work(locked: frozenset[str]) -> list[Verdict]:
        seqs = lock(session, link.regency, locked, len(said))
        if links.standing_link(session, link.regency, link.id, now) is None:
            raise LinkClosed
        before = link_queries.rows_by_link(session, link.regency, link.list_id, link.id)
        if before + len(said) > MOST_BY_LINK:
            raise LinkFull
        judgement = Judgement.over(session, context, seqs, len(said))
        changes = [change_of(link, one, place, now) for place, one in enumerate(said, 1)]
        return judged(judgement, link, changes)

    with storable():
        return run_locked(session, {link.region_code}, work)


def judged(judgement: Judgement, link: LinkRow, changes: list[Change]) -> list[Verdict]:
    """Decide and write."""
    sound = [change for change in changes if not change.errors]
    speakers = LinkSpeakers(judgement, link)
    judges: dict[str, TableJudge] = {
        deciding.TABLE: deciding.DecisionJudge(
            judgement, of_table(sound, deciding.TABLE), speakers
        ),
        adding.TABLE: adding.NameJudge(judgement, of_table(sound, adding.TABLE), speakers),
    }
    verdicts = [
        invalid(change, change.errors) if change.errors else judges[change.table].decide(change)
        for change in changes
    ]
    for judge in judges.values():
        judge.write()
    return verdicts


def of_table(changes: list[Change], table: str) -> list[Change]:
    """Those of one table."""
    return [change for change in changes if change.table == table]


def change_of(link: LinkRow, said: Mapping[str, object], place: int, now: datetime) -> Change:
    """A save as the judges take it; of what was sent it holds only what may be said by a link."""
    table = adding.TABLE if "name" in said else deciding.TABLE
    values = {"list": link.list_id, **{name: said.get(name) for name in SAID[table]}}
    if table == deciding.TABLE:
        values["how"] = LINK
    body: Body = {
        "mid": place,
        "key": said["id"],
        "schema": SCHEMA,
        "op": "put",
        "table": table,
        "id": said["id"],
        "scope": link.region_code,
        "ver": 0,
        "at": said.get("at") or stamp(now),
        "set": {name: [None, value] for name, value in values.items() if value is not None},
    }
    change = read_change(body, place, LINK)
    if not change.errors:
        change.errors = CHECKS[table](change)
    return change


def readable(said: object) -> list[dict[str, object]] | None:
    """What a page sent, where it can be read: saves with different ids, not too many."""
    if not isinstance(said, list) or not 0 < len(said) <= MOST:
        return None
    if not all(isinstance(one, dict) and is_uuid7(one.get("id")) for one in said):
        return None
    return said if len({one["id"] for one in said}) == len(said) else None
