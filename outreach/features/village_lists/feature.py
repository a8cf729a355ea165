"""The lists of villages as a feature: tables, rows for phones, and what follows workers."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement

from outreach.core.backup.erased_rows import WorkerEraser
from outreach.core.demo.demo_rows import DemoRows
from outreach.core.evidence.file_followers import FileFollower
from outreach.core.record.aggregates import Aggregate
from outreach.core.record.merge_followers import MergeFollower
from outreach.core.record.worker_followers import WorkerFollower
from outreach.core.record.worker_touches import WorkerTouch
from outreach.core.register.worker_marks import WorkerMark
from outreach.core.register.worker_notices import WorkerNotices
from outreach.domain.actor import Actor
from outreach.domain.age import jakarta_date
from outreach.feature import Feature
from outreach.features.village_lists import demo
from outreach.features.village_lists.checking import (
    adding,
    after_signing,
    counting,
    death_reports,
    deciding,
    following,
    meeting,
    signing,
    task_doing,
    touching,
)
from outreach.features.village_lists.display import display_views
from outreach.features.village_lists.erasing import (
    display_erasing,
    erasing,
    minutes_erasing,
    paper_erasing,
    task_erasing,
)
from outreach.features.village_lists.links import link_page_views, link_views
from outreach.features.village_lists.minutes import minutes_views
from outreach.features.village_lists.one_list import changed_notices, death_views, views_list
from outreach.features.village_lists.overview import views
from outreach.features.village_lists.paper import paper_entry_views, paper_views, proof_views
from outreach.features.village_lists.phones import (
    holders,
    line_rows,
    minutes_rows,
    rows,
    task_notices,
    task_rows,
)
from outreach.features.village_lists.records import (
    display_queries,
    link_queries,
    minutes_queries,
    paper_queries,
    queries,
    queries_overview,
    task_queries,
)
from outreach.storage.own_tables import OwnTable
from outreach.web.office import NavEntry


def waiting(actor: Actor, now: datetime) -> ColumnElement[int]:
    """What waits: for a head the names that nobody has decided; for others lists that are overdue,
    or whose every name is decided."""
    if actor.role == "head":
        return queries_overview.count_undecided(actor)
    return queries_overview.count_waiting(actor, jakarta_date(now))


def first_due(actor: Actor, now: datetime) -> ColumnElement[date]:
    """The first day on which one of the lists that wait was due."""
    return queries_overview.first_due(actor, jakarta_date(now))


FEATURE = Feature(
    pages=(
        views.pages,
        views_list.pages,
        minutes_views.pages,
        proof_views.pages,
        death_views.pages,
        paper_views.pages,
        paper_entry_views.pages,
        link_views.pages,
        link_page_views.pages,
        display_views.pages,
    ),
    navigation=(
        NavEntry(
            "lists",
            "village_lists.listing",
            frozenset(views.READERS),
            order=25,
            count=waiting,
            waits="village_lists.waits",
            oldest=first_due,
        ),
        NavEntry(
            "list_paper",
            "list_paper.lists",
            frozenset(paper_views.PAPER_ROLES),
            order=18,
        ),
        NavEntry("list_links", "list_links.listing", frozenset(link_views.MAKERS), order=19),
    ),
    tables=(
        OwnTable(queries.LISTS),
        OwnTable(queries.LINES),
        OwnTable(queries.DECISIONS),
        OwnTable(queries.NAMES),
        OwnTable(queries.REPORTS),
        OwnTable(paper_queries.PRINTS),
        OwnTable(link_queries.LINKS),
        OwnTable(paper_queries.ENTRIES),
        OwnTable(paper_queries.ANSWERS),
        OwnTable(minutes_queries.MINUTES),
        OwnTable(minutes_queries.SIGNED),
        OwnTable(task_queries.TASKS),
        OwnTable(display_queries.DISPLAYS),
        OwnTable(display_queries.OBJECTIONS),
    ),
    rows=(
        *rows.SOURCES,
        line_rows.SOURCE,
        minutes_rows.SOURCE,
        task_rows.SOURCE,
        holders.SOURCE,
    ),
    aggregates=(
        Aggregate(
            table=deciding.TABLE,
            word="village_lists.save.decision",
            check=deciding.check,
            begin=deciding.DecisionJudge,
        ),
        Aggregate(
            table=adding.TABLE,
            word="village_lists.save.name",
            check=adding.check,
            begin=adding.NameJudge,
        ),
        Aggregate(
            table=meeting.TABLE,
            word="village_lists.save.meeting",
            check=meeting.check,
            begin=meeting.MeetingJudge,
        ),
        Aggregate(
            table=minutes_queries.TABLE,
            word="village_lists.save.minutes",
            check=signing.check,
            begin=signing.MinutesJudge,
        ),
        Aggregate(
            table=task_queries.TABLE,
            word="village_lists.save.task",
            check=task_doing.check,
            begin=task_doing.TaskJudge,
        ),
    ),
    merges=(
        MergeFollower(merged=death_reports.bring_over, parted=death_reports.give_back),
        MergeFollower(merged=after_signing.tell_joined, parted=after_signing.tell_joined),
    ),
    followers=(WorkerFollower(follow=following.follow),),
    touches=(WorkerTouch(touched=touching.touched),),
    # Signed lists and papers first: afterwards nothing tells whose lines they were.
    erasers=(
        WorkerEraser(erase=minutes_erasing.erase),
        WorkerEraser(erase=paper_erasing.erase),
        WorkerEraser(erase=task_erasing.erase),
        WorkerEraser(erase=display_erasing.erase),
        WorkerEraser(erase=erasing.erase),
    ),
    files=(FileFollower(table=minutes_queries.TABLE, arrived=counting.settle),),
    notices=(
        WorkerNotices(read=death_reports.notices),
        WorkerNotices(read=task_notices.notices),
        WorkerNotices(read=changed_notices.notices),
    ),
    marks=(
        WorkerMark(
            code="dilaporkan_meninggal",
            word="village_lists.death.mark",
            workers=queries.reported_dead,
        ),
    ),
    demo_rows=(DemoRows(make=demo.make_demo),),
)
