"""The news of versions as a feature: its pages and rows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from outreach.core.accounts.actors import actor_for
from outreach.core.demo.demo_rows import DemoRows
from outreach.core.exchange.pulled_rows import RowSource
from outreach.core.record.aggregates import Aggregate
from outreach.domain.actor import Actor
from outreach.feature import Feature
from outreach.features.whats_new import queries, reading, releases, views
from outreach.features.whats_new.tables import ReleaseRead
from outreach.storage.accounts import User
from outreach.storage.blobs_port import Blobs
from outreach.storage.own_tables import OwnTable
from outreach.storage.statements import table_of
from outreach.web.access import EVERYONE
from outreach.web.office import NavEntry

DEMO_READERS = ("supervisor", "mpp", "contoh-petugas-1", "contoh-petugas-2")


def unread(actor: Actor, _now: datetime) -> ColumnElement[int]:
    """How many versions the actor has not read of."""
    return queries.count_unread(actor.regency, actor.user_id, releases.versions())


def make_demo(session: Session, _blobs: Blobs, regency: str, now: datetime) -> None:
    """Some of the demo's people have read of the newest version, others have not."""
    newest = releases.versions()[0]
    for user in session.scalars(select(User).where(User.username.in_(DEMO_READERS))).all():
        actor = actor_for(session, user, regency, now.date())
        reading.note_read(session, actor, newest, now)


FEATURE = Feature(
    pages=(views.pages,),
    navigation=(
        NavEntry(
            "whats_new",
            "whats_new.listing",
            frozenset(EVERYONE),
            order=90,
            count=unread,
            waits="whats_new.desk.waits",
        ),
    ),
    tables=(OwnTable(table_of(ReleaseRead)),),
    rows=(RowSource(table=reading.TABLE, kind="own", rows=reading.pulled),),
    aggregates=(
        Aggregate(
            table=reading.TABLE,
            word="whats_new.save",
            check=reading.check,
            begin=reading.ReadingJudge,
        ),
    ),
    demo_rows=(DemoRows(make=make_demo),),
)
