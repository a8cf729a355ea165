"""What people at a desk say of a signed version: they look at the stamped sheet, take a signature
that is held or decline it, bring a photo, or confirm as who holds the office.

Nobody judges a version in which they took part: who signed in for it, typed anything of its list,
made a link that brought answers, or registered somebody on it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from outreach.core.audit import audit_log
from outreach.core.evidence import desk_files
from outreach.core.record.judgement import Judgement
from outreach.core.record.rights import NotAllowed, require_decider
from outreach.domain.actor import Actor
from outreach.domain.refusals import AlreadyDecided
from outreach.features.village_lists.checking import counting, desk
from outreach.features.village_lists.minutes.minutes_file import MinutesFile, files_of
from outreach.features.village_lists.records import minutes_queries
from outreach.features.village_lists.records.minutes_queries import (
    ATTENDANCE,
    CERTIFIED,
    DECLINED,
    HELD,
    MINUTES,
    ON_THE_WAY,
    PAPER,
    STAMPED,
    TABLE,
    MinutesRow,
)
from outreach.storage.blobs_port import Blobs
from outreach.storage.statements import update_rows

WORDS_MAX = 500
PAPERS = (STAMPED, ATTENDANCE, CERTIFIED)


def look(session: Session, actor: Actor, file: MinutesFile, now: datetime) -> None:
    """The supervisor has seen the photo of the stamped sheet, and it is this version's."""
    if not any(field.startswith(f"{STAMPED}:") for field in files_of(session, file.row)):
        raise NotAllowed("minutes_no_photo")

    def act(judgement: Judgement, row: MinutesRow) -> None:
        tell(judgement, row, "minutes_seen")
        counting.say(judgement, row, seen_by=actor.user_id, seen_at=now)

    decide(session, actor, file, (PAPER,), now, act)


def accept(session: Session, actor: Actor, file: MinutesFile, words: str, now: datetime) -> None:
    """The supervisor takes a signature that is held, and says why."""
    said = words_of(words)

    def act(judgement: Judgement, row: MinutesRow) -> None:
        tell(judgement, row, "minutes_accepted")
        counting.say(judgement, row, decided_by=actor.user_id, decided_at=now, words=said)

    decide(session, actor, file, (HELD,), now, act)


def decline(session: Session, actor: Actor, file: MinutesFile, words: str, now: datetime) -> None:
    """The supervisor declines a version, and says why: it never counts."""
    said = words_of(words)

    def act(judgement: Judgement, row: MinutesRow) -> None:
        values = {"decided_by": actor.user_id, "decided_at": now, "words": said}
        own = {"regency": row.regency, "id": row.id}
        update_rows(judgement.session, MINUTES, ("regency", "id"), [{**own, **values}])
        counting.note(judgement, row, DECLINED, row.why)

    decide(session, actor, file, ON_THE_WAY, now, act)


def words_of(text: str) -> str:
    """The words of a decision; raises NotAllowed without any."""
    words = " ".join(text.split())[:WORDS_MAX]
    if not words:
        raise NotAllowed("minutes_words", {"words": [{"code": "minutes_words", "params": {}}]})
    return words


def decide(
    session: Session,
    actor: Actor,
    file: MinutesFile,
    states: tuple[str, ...],
    now: datetime,
    act: Callable[[Judgement, MinutesRow], None],
) -> None:
    """Act on a version in one of these states. Raises NotAllowed without the right, or for who took
    part in it, and AlreadyDecided where it stands elsewhere by now."""
    require_decider(actor)

    def work(judgement: Judgement, row: MinutesRow) -> None:
        if minutes_queries.takes_part(judgement.session, row, actor.user_id):
            raise NotAllowed("minutes_takes_part")
        if row.state not in states:
            raise AlreadyDecided(row.id)
        act(judgement, row)

    session.rollback()
    counting.under_lock(session, actor, file.row, now, work)


def tell(judgement: Judgement, row: MinutesRow, action: str) -> None:
    """The audit line of what a person said."""
    audit_log.record(
        judgement.session,
        actor_id=judgement.context.actor.user_id,
        action=action,
        object_type=TABLE,
        object_id=row.id,
        region_code=row.region_code,
        now=judgement.context.now,
    )


def confirm(session: Session, actor: Actor, file: MinutesFile, now: datetime) -> None:
    """Whoever holds the office says that the version is theirs; raises NotAllowed."""
    values = {"confirmed": True}
    desk.submit(session, actor, file.of.id, TABLE, values, now, row_id=file.row.id)


def attach(
    session: Session,
    store: Blobs,
    actor: Actor,
    file: MinutesFile,
    paper: str,
    data: bytes,
    now: datetime,
) -> None:
    """Put the photo of a paper, or a PDF that was signed elsewhere, beside the version; raises
    BlobRefused or NotAllowed."""
    take = desk_files.take_signed_pdf if paper == CERTIFIED else desk_files.take_picture
    list_id, row_id = file.of.id, file.row.id
    session.rollback()
    name = take(session, store, actor, data, now)
    desk.submit(session, actor, list_id, TABLE, {paper: name}, now, row_id=row_id)
