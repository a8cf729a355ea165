"""What a use case answers when it will not do what was asked."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy.orm import Session

from outreach.domain.refusals import Refusal

P = ParamSpec("P")
Made = TypeVar("Made")


class Refused(Refusal):
    """An act was refused; nothing was changed.

    ``code`` is the last part of the catalogue key ``accounts.refused.<code>``; ``field`` names
    the form field to mark, ``params`` fill the sentence.
    """

    def __init__(self, code: str, field: str | None = None, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.params = params


def all_or_nothing(
    act: Callable[Concatenate[Session, P], Made],
) -> Callable[Concatenate[Session, P], Made]:
    """The use case with its transaction rolled back when it raises, so a page shown after a
    refusal reads what is stored and not half of what was refused."""

    @wraps(act)
    def whole(session: Session, /, *args: P.args, **kwargs: P.kwargs) -> Made:
        try:
            return act(session, *args, **kwargs)
        except BaseException:
            session.rollback()
            raise

    return whole
