"""Names in as a feature: its tables, pages and commands."""

from __future__ import annotations

from outreach.core.demo.demo_rows import DemoRows
from outreach.core.register.member_figures import MemberFigures
from outreach.core.register.worker_marks import WorkerMark
from outreach.core.register.worker_notices import WorkerNotices
from outreach.feature import Feature
from outreach.features.intake import (
    baselines,
    commands,
    demo,
    jobs,
    queries,
    views_baselines,
    views_columns,
    views_rows,
    views_runs,
    views_undo,
    waiting,
)
from outreach.features.intake.matching import membership, views_credit, views_matches
from outreach.features.intake.run_access import READERS
from outreach.storage.own_tables import OwnTable
from outreach.web.office import NavEntry

FEATURE = Feature(
    pages=(
        views_baselines.pages,
        views_runs.pages,
        views_columns.pages,
        views_rows.pages,
        views_credit.pages,
        views_matches.pages,
        views_undo.pages,
    ),
    navigation=(
        NavEntry(
            "intake",
            "intake_runs.listing",
            READERS,
            order=27,
            count=waiting.unfinished,
            waits="intake.waits",
            oldest=waiting.oldest,
        ),
        NavEntry("intake_credit", "intake_credit.show", READERS, order=28),
    ),
    tables=(
        OwnTable(queries.SOURCES),
        OwnTable(queries.RUNS),
        OwnTable(queries.FILES),
        OwnTable(queries.JOBS),
        OwnTable(queries.MAPPINGS),
        OwnTable(queries.LINES),
        OwnTable(queries.PAIRS),
        OwnTable(queries.BASELINES),
    ),
    marks=(
        WorkerMark(
            code="ada_di_daftar_peserta", word="intake.member.mark", workers=membership.members
        ),
    ),
    notices=(WorkerNotices(read=membership.notices),),
    figures_of_members=(
        MemberFigures(
            read=baselines.newest, dated=baselines.dated, endpoint="intake_baselines.show"
        ),
    ),
    demo_rows=(DemoRows(make=demo.make_demo),),
    serve=jobs.serve,
    commands=(commands.intake,),
)
