"""docs/access.md as the code says it: who opens which room, sees and sets which field."""

from __future__ import annotations

from flask import Flask

from outreach.domain.access import settable_fields, visible_fields
from outreach.domain.actor import ROLES
from outreach.domain.rulebook import FIELDS
from outreach.web.access import PUBLIC, declared_roles, is_public

HEAD = """# Who may open, see and set what

Made by `flask access write` from the code; a test fails when the two differ. Addresses that are
not listed do not exist; an address whose view declares no role is refused.

Field roles (officer, head) reach people of the villages they are assigned to today; supervisor
and mpp the whole regency; department and admin see no person at all.
"""


def row(cells: list[str]) -> str:
    """One line of a table."""
    return "| " + " | ".join(cells) + " |"


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown."""
    return "\n".join([row(head), row(["---"] * len(head)), *(row(cells) for cells in rows)])


def addresses(app: Flask) -> list[list[str]]:
    """(address, methods, a mark per role) of every guarded address."""
    methods_by_rule: dict[tuple[str, frozenset[str]], set[str]] = {}
    for rule in app.url_map.iter_rules():
        roles = declared_roles(app, rule.endpoint)
        if roles is None or is_public(rule.rule):
            continue
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        methods_by_rule.setdefault((rule.rule, roles), set()).update(methods)
    return [
        [f"`{path.replace('|', '/')}`", " ".join(sorted(methods)), *marks(roles)]
        for (path, roles), methods in sorted(methods_by_rule.items(), key=lambda item: item[0][0])
    ]


def marks(roles: frozenset[str]) -> list[str]:
    """A mark for each role that is among them."""
    return ["yes" if role in roles else "" for role in ROLES]


def field_marks(name: str) -> list[str]:
    """``sees`` or ``sets`` for each role."""
    return [
        "sets" if name in settable_fields(role) else "sees" if name in visible_fields(role) else ""
        for role in ROLES
    ]


def access_page(app: Flask) -> str:
    """The whole page."""
    public = [[f"`{path}`", reason] for path, reason in PUBLIC.items()]
    fields = [[f"`{name}`", *field_marks(name)] for name in FIELDS]
    return "\n".join(
        [
            HEAD,
            "## Open to everyone",
            "",
            table(["address", "why"], public),
            "",
            "## Rooms",
            "",
            table(["address", "methods", *ROLES], addresses(app)),
            "",
            "## Fields of a worker",
            "",
            table(["field", *ROLES], fields),
            "",
        ]
    )
