"""The phones board as a feature: its pages, navigation and commands."""

from __future__ import annotations

from outreach.feature import Feature
from outreach.features.phones import commands, views, views_gaps, waiting
from outreach.web.office import NavEntry

CARERS = frozenset({"supervisor", "admin"})

FEATURE = Feature(
    pages=(views.pages, views_gaps.pages),
    navigation=(
        NavEntry(
            "phones",
            "phones.board",
            CARERS,
            order=50,
            count=waiting.to_call,
            oldest=waiting.longest_silent,
        ),
        NavEntry(
            "gaps",
            "phones_gaps.listing",
            CARERS,
            order=51,
            count=waiting.open_gaps,
            oldest=waiting.oldest_gap,
        ),
    ),
    commands=(commands.phones,),
)
