"""Visits as a feature: their table, rows for phones, and what follows workers."""

from __future__ import annotations

from outreach.core.backup.erased_rows import WorkerEraser
from outreach.core.demo.demo_rows import DemoRows
from outreach.core.record.aggregates import Aggregate
from outreach.core.record.merge_followers import MergeFollower
from outreach.core.record.worker_followers import WorkerFollower
from outreach.core.record.worker_touches import WorkerTouch
from outreach.core.register.worker_marks import WorkerMark
from outreach.core.register.worker_notices import WorkerNotices
from outreach.feature import Feature
from outreach.features.visits import (
    ageing_notices,
    commands,
    deaths,
    demo,
    desk_queries,
    erasing,
    following,
    merging,
    queries,
    rows,
    touching,
    views,
    visiting,
)
from outreach.features.visits.assigning import SUPERVISOR
from outreach.storage.own_tables import OwnTable
from outreach.web.office import NavEntry

FEATURE = Feature(
    pages=(views.pages,),
    navigation=(
        NavEntry(
            "visits",
            "visits.listing",
            frozenset({SUPERVISOR}),
            order=27,
            count=deaths.count_waiting,
            oldest=deaths.oldest_waiting,
            waits="visits.waits",
        ),
        NavEntry(
            "late_visits",
            "visits.listing",
            frozenset({SUPERVISOR}),
            order=28,
            count=desk_queries.count_late,
            oldest=desk_queries.first_late,
            waits="visits.late",
            room=False,
            query=(("span", "all"),),
        ),
    ),
    tables=(OwnTable(queries.VISITS),),
    rows=(rows.SOURCE,),
    aggregates=(
        Aggregate(
            table=queries.TABLE,
            word="visits.save.visit",
            check=visiting.check,
            begin=visiting.VisitJudge,
        ),
    ),
    merges=(MergeFollower(merged=merging.bring_over, parted=merging.give_back),),
    followers=(WorkerFollower(follow=following.follow),),
    touches=(WorkerTouch(touched=touching.touched),),
    erasers=(WorkerEraser(erase=erasing.erase),),
    notices=(
        WorkerNotices(read=deaths.notices),
        WorkerNotices(read=ageing_notices.notices),
    ),
    commands=(commands.visits,),
    marks=(
        WorkerMark(
            code="meninggal_di_kunjungan", word="visits.death.mark", workers=deaths.told_dead
        ),
    ),
    demo_rows=(DemoRows(make=demo.make_demo),),
)
