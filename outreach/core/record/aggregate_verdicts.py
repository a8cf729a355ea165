"""Verdicts on saves of features' tables: what holds for all of them, then the feature's own."""

from __future__ import annotations

from outreach.core.record import waiting_chains
from outreach.core.record.aggregates import wrong
from outreach.core.record.changes import Change
from outreach.core.record.judgement import Judgement
from outreach.core.record.verdicts import Verdict, invalid


def decide(judgement: Judgement, change: Change) -> Verdict:
    """The verdict on a save of a feature's table: whose scope it names, then what the table says.

    Nobody writes into another person's own scope, whoever decides.
    """
    context, scope = judgement.context, str(change.scope)
    if scope.startswith("u:"):
        if scope != f"u:{change.user_id or context.actor.user_id}":
            return invalid(change, wrong("scope"))
    elif scope not in judgement.villages:
        return invalid(change, wrong("scope"))
    elif not context.force and not context.actor.can_write(scope):
        return waiting_chains.held(judgement, change, "out_of_scope", scope)
    return judgement.tables[change.table].decide(change)
