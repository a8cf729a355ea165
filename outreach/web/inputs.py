"""The one gate for what people and programs send: text that no view or service may ever see.

Control characters, text without end and addresses that cannot be decoded stop here, whoever sends
them: the request itself hands out ``args``, ``form`` and ``files`` only when they are sound. What
a field may hold beyond that is the business of its form. Bodies of phones are JSON and are read
by ``sync.envelopes``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from flask import Flask, Request, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, HTTPException, UnprocessableEntity
from werkzeug.routing import IntegerConverter, Map
from werkzeug.utils import cached_property

from outreach.web.i18n import t

# C0 and C1 controls, halves of surrogate pairs and the two characters that are none; PostgreSQL
# refuses U+0000, terminals and spreadsheets obey others. Tab and line ends are text in a form.
UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
UNREADABLE_ADDRESS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffd-\uffff]")
LONG_NUMBER = re.compile(r"[0-9]{13,}")  # no part of an id of ours
ADDRESS_MAX = 2_000
TEXT_MAX = 10_000
NAME_MAX = 100
SECRET = frozenset({"password", "old", "new", "repeat"})  # never shown again


class AddressUnreadable(BadRequest):
    """400: path or query hold what no address of ours does."""


class FormUnreadable(UnprocessableEntity):
    """422: a form holds what cannot be read or is too long; carries the form."""

    def __init__(self, form: MultiDict[str, str], reason: str) -> None:
        super().__init__()
        self.form, self.reason = form, reason


def address_here() -> str:
    """Path and query of this request, to come back to; without a query in which a NIK may stand,
    which no page and no other address is to repeat."""
    return request.path if LONG_NUMBER.search(request.full_path) else request.full_path.rstrip("?")


def whole_number(text: str, digits: int) -> int | None:
    """The whole number that somebody typed, of at most so many digits; None for anything else."""
    plain = text.strip()
    fits = plain.isascii() and plain.isdigit() and len(plain) <= digits
    return int(plain) if fits else None


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form that comes back: ``wrong`` ones are shown, the others are carried."""

    name: str
    value: str
    wrong: bool


class CheckedRequest(Request):
    """A request whose address and form have passed the gate before anybody reads them."""

    @cached_property
    def args(self) -> MultiDict[str, str]:
        """The query; raises AddressUnreadable."""
        query = super().args
        check_address(part for pair in query.items(multi=True) for part in pair)
        return query

    def _load_form_data(self) -> None:
        """Read form and files once, as Flask does; raises FormUnreadable."""
        if "form" in self.__dict__:
            return
        super()._load_form_data()
        try:
            check_form(self.form, [str(file.filename) for file in self.files.values()])
        except HTTPException:
            self.close()
            del self.__dict__["form"], self.__dict__["files"]  # nobody finds it unchecked later
            raise


def check_address(parts: Iterable[str]) -> None:
    """Raise AddressUnreadable for a part that no address of ours holds."""
    if any(len(part) > ADDRESS_MAX or UNREADABLE_ADDRESS.search(part) for part in parts):
        raise AddressUnreadable


def check_form(form: MultiDict[str, str], files: list[str]) -> None:
    """Raise FormUnreadable where a value or a file's name cannot be read or is too long."""
    if any(len(name) > NAME_MAX or UNREADABLE_ADDRESS.search(name) for name in form):
        raise AddressUnreadable  # no form of ours has such a name: there is nothing to give back
    values = [*(value for _, value in form.items(multi=True)), *files]
    if any(UNREADABLE.search(value) for value in values):
        raise FormUnreadable(form, "unreadable")
    if any(len(value) > TEXT_MAX for value in values):
        raise FormUnreadable(form, "too_long")


def is_wrong(value: str) -> bool:
    """True for a value that stops a form."""
    return len(value) > TEXT_MAX or UNREADABLE.search(value) is not None


def given_back(form: MultiDict[str, str]) -> list[Field]:
    """Every field as it was typed, without what cannot be read; secrets are typed again."""
    return [
        Field(name, UNREADABLE.sub("", value), is_wrong(value))
        for name, value in form.items(multi=True)
        if name not in SECRET
    ]


def again(error: FormUnreadable) -> tuple[str, int]:
    """The page that says what is wrong and holds what was typed, ready to be sent again."""
    page = render_template(
        "_kit/again.html",
        action=address_here(),
        fields=given_back(error.form),
        sentence=t(f"inputs.{error.reason}", max=TEXT_MAX),
    )
    return page, 422


class CountedPlace(IntegerConverter):
    """A number in an address, no longer than any of ours: a longer one is no address, for a
    database could not look it up."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=999_999)


def init_app(app: Flask) -> None:
    """Check every address before its view, and answer for what was stopped."""
    app.request_class = CheckedRequest
    app.url_map.converters["int"] = CountedPlace

    @app.before_request
    def gate() -> None:
        check_address([request.path])
        request.args  # noqa: B018 (checked as it is read)

    @app.errorhandler(FormUnreadable)
    def form_unreadable(error: FormUnreadable) -> tuple[str, int]:
        return again(error)
