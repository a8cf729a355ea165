"""The lists of villages as a feature: tables, rows for phones, and what follows workers."""

from __future__ import annotations

from outreach.core.backup.erased_rows import WorkerEraser
from outreach.core.record.worker_followers import WorkerFollower
from outreach.feature import Feature
from outreach.features.village_lists import erasing, lines, queries, rows
from outreach.storage.own_tables import OwnTable

FEATURE = Feature(
    tables=(
        OwnTable(queries.LISTS),
        OwnTable(queries.LINES),
        OwnTable(queries.DECISIONS),
        OwnTable(queries.NAMES),
        OwnTable(queries.REPORTS),
    ),
    rows=rows.SOURCES,
    followers=(WorkerFollower(follow=lines.follow),),
    erasers=(WorkerEraser(erase=erasing.erase),),
)
