"""Every form that pages hold, with what it would send: where, and under which names."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urlsplit

from werkzeug.datastructures import MultiDict

Fields = list[tuple[str, str]]


class Forms(HTMLParser):
    """The forms of a page that are posted: where each goes, and its fields."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.found, self.open = path, {}, None
        self.named: dict[str, Fields] = {}

    found: dict[str, Fields]
    open: Fields | None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form" and said.get("method", "").lower() == "post":
            to = urlsplit(said.get("action") or self.path).path
            self.open = self.found.setdefault(to, [])
            self.named[said.get("id", "")] = self.open
        fields = self.named.get(said["form"]) if said.get("form") else self.open
        if fields is not None and said.get("name") and tag in FIELDS:
            unset = said.get("type") in ("radio", "checkbox") and "checked" not in said
            fields.append((said["name"], "" if unset else said.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None


FIELDS = ("input", "select", "textarea", "button")


def forms_in(path: str, text: str) -> dict[str, MultiDict[str, str]]:
    """What each form of a page would send, by its address."""
    page = Forms(path)
    page.feed(text)
    return {to: MultiDict(fields) for to, fields in page.found.items()}
