"""Who acts: the user's role and the villages the act may touch."""

from __future__ import annotations

from dataclasses import dataclass

ROLES = ("officer", "head", "supervisor", "mpp", "department", "admin")
FIELD_ROLES = frozenset({"officer", "head"})
PERSONAL_ROLES = frozenset({"officer", "head", "supervisor", "mpp"})
PROPOSING_ROLES = frozenset({"supervisor", "department", "head"})
"""Who may hand in a list of names to visit."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A user at work. ``villages`` None means the whole regency."""

    user_id: str
    role: str
    name: str
    regency: str
    villages: frozenset[str] | None

    def can_see(self, scope: str) -> bool:
        """True when rows of this village may be shown to the actor."""
        return self.role in PERSONAL_ROLES and self._within(scope)

    def can_write(self, scope: str) -> bool:
        """True when the actor may register or change people of this village."""
        return self.can_see(scope)

    def can_propose(self, scope: str) -> bool:
        """True when the actor may hand in names of this village, without seeing its people."""
        return self.role in PROPOSING_ROLES and self._within(scope)

    def _within(self, scope: str) -> bool:
        if self.villages is None:
            return scope.startswith(self.regency + ".")
        return scope in self.villages
