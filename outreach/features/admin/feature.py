"""The administration as a feature: its pages and navigation."""

from __future__ import annotations

from outreach.feature import Feature
from outreach.features.admin import (
    views_assignments,
    views_offices,
    views_users,
)
from outreach.features.admin.office_rules import who_assigns
from outreach.web.office import NavEntry

ADMINS, GIVERS = frozenset({"admin"}), frozenset(who_assigns())

FEATURE = Feature(
    pages=(views_users.pages, views_offices.pages, views_assignments.pages),
    navigation=(
        NavEntry("users", "admin_users.listing", ADMINS, order=60),
        NavEntry("offices", "admin_offices.listing", ADMINS, order=61),
        NavEntry("assignments", "admin_assignments.listing", GIVERS, order=62),
    ),
)
