"""What features have given the core to call: one list for each kind of hook, kept by the app.

Each kind is a dataclass beside the code that calls it. A session of the app carries the lists, so
that a use case finds them wherever it was called from; one made elsewhere carries none.
"""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy.orm import Session

NAME = "hooks"
T = TypeVar("T")


class Hooks:
    """The hooks of one app, in the order of its features."""

    def __init__(self) -> None:
        self._given: dict[type[Any], list[Any]] = {}

    def add(self, hook: object) -> None:
        """Have the core call this one too."""
        self._given.setdefault(type(hook), []).append(hook)

    def of(self, kind: type[T]) -> tuple[T, ...]:
        """All hooks of a kind."""
        return tuple(self._given.get(kind, ()))


def hooks_of(session: Session, kind: type[T]) -> tuple[T, ...]:
    """All hooks of a kind that the session's app was given."""
    given = session.info.get(NAME)
    return given.of(kind) if isinstance(given, Hooks) else ()
