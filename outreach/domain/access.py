"""Which role sees and sets which field of a worker: one table, read from the rule book."""

from __future__ import annotations

from outreach.domain.rulebook import FIELDS, role_group
from outreach.domain.rules import ROLES, SETTABLE
from outreach.domain.worker_data import Data

VISIBLE = {
    role: frozenset(name for name, spec in FIELDS.items() if role in role_group(spec, "see"))
    for role in ROLES
}
NONE: frozenset[str] = frozenset()
MASKED = frozenset({"nik", "mother_name", "kk_number"})
"""Fields that office pages show masked until somebody asks for them, which is audited."""


def visible_fields(role: str) -> frozenset[str]:
    """The fields whose values may reach this role's screen or phone."""
    return VISIBLE.get(role, NONE)


def settable_fields(role: str) -> frozenset[str]:
    """The fields this role may change."""
    return SETTABLE.get(role, NONE)


def project(data: Data, role: str) -> dict[str, object]:
    """The part of a worker's data that the role may see."""
    allowed = VISIBLE.get(role, NONE)
    return {name: value for name, value in data.items() if name in allowed}
