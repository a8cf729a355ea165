"""A reported death as its page shows it: who said so, and what may be done now."""

from __future__ import annotations

from collections.abc import Mapping

from flask import url_for

from outreach.core.record.changes import Errors
from outreach.core.register.worker_file import WorkerFile
from outreach.domain.actor import Actor
from outreach.extensions import db
from outreach.features.village_lists.checking.death_reports import DEAD, OPEN, own_part
from outreach.features.village_lists.overview.open_presenter import sentences
from outreach.features.village_lists.overview.presenter import reference
from outreach.features.village_lists.records import queries
from outreach.features.village_lists.records.queries import ToldReport
from outreach.web import display
from outreach.web.i18n import t


def death_page(
    actor: Actor, file: WorkerFile, typed: Mapping[str, str], errors: Errors
) -> dict[str, object]:
    """Everything village_lists/death.html needs."""
    found = queries.told_reports(db.session(), actor.regency, file.row.id)
    still = [one for one in found if one.state == OPEN]
    own = own_part(db.session(), actor, still)
    gone = bool(file.row.merged_into or file.row.deleted_at)
    return {
        "w": {"id": file.row.id, "name": file.row.full_name},
        "village": reference().place_name(file.row.region_code),
        "reports": [report_line(one) for one in found],
        "confirms": bool(still) and not own and not gone,
        "own": t(f"error.{own}") if own else None,
        "undoes": actor.role == "supervisor" and file.row.status == DEAD and not gone,
        "typed": typed,
        "errors": sentences(errors),
    }


def report_line(row: ToldReport) -> dict[str, str]:
    """One report in words."""
    return {
        "by": row.by or t("village_lists.by_link"),
        "at": display.moment(row.reported_at),
        "day": display.day(row.died_on),
        "source": row.source or "",
        "state": t(f"village_lists.death.state.{row.state}"),
        "href": url_for("village_list.show", list_id=row.list_id),
    }
