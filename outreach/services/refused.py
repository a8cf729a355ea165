"""What a use case answers when it will not do what was asked."""

from __future__ import annotations


class Refused(Exception):
    """An act was refused; nothing was changed.

    ``code`` is the last part of the catalogue key ``accounts.refused.<code>``; ``field`` names
    the form field to mark, ``params`` fill the sentence.
    """

    def __init__(self, code: str, field: str | None = None, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.params = params
