"""Where in the HTML an output of a template stands, read from the template's own text.

Knows places only (text, tag, attribute, comment …); what may be put out where is decided by
the compiler. A small reader of the HTML we write, not a parser of the HTML others send.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

RAW = frozenset({"script", "style"})
INSIDE_TAG = frozenset({"tag", "between", "name", "named", "edge", "closed"})
SPACE = frozenset(" \t\n\r\f")


class UnclearMarkup(ValueError):
    """The text cannot be followed: its meaning would depend on a branch."""


@dataclass(frozen=True, slots=True)
class Place:
    """A point in the HTML: ``state``, the tag and attribute around it, text of the value so far."""

    state: str = "text"
    tag: str = ""
    attr: str = ""
    value: str = ""

    @property
    def in_value(self) -> bool:
        """True inside a quoted attribute value."""
        return self.state in {"double", "single"}


TEXT = Place()


def follow(place: Place, text: str) -> Place:
    """The place after ``text``; raises UnclearMarkup when it depends on a branch."""
    for char in text:
        place = STEPS[place.state](place, char)
    return place


def merge(one: Place, other: Place) -> Place:
    """The place after two branches; raises UnclearMarkup when they end in different ones."""
    if one == other:
        return one
    if one.tag == other.tag and one.attr == other.attr and one.state == other.state:
        return replace(one, value=one.value or other.value)
    if {one.state, other.state} <= INSIDE_TAG and one.tag == other.tag:
        return Place("edge", one.tag)
    raise UnclearMarkup(f"branches end in different places ({one.state}, {other.state})")


def close(place: Place) -> Place:
    """The place after ``>`` of a start tag."""
    return Place("raw", place.tag) if place.tag in RAW else TEXT


def in_text(place: Place, char: str) -> Place:
    return Place("open") if char == "<" else place


def after_open(_place: Place, char: str) -> Place:
    if char == "/":
        return Place("end")
    if char == "!":
        return Place("bang")
    if char.isascii() and char.isalpha():
        return Place("tag", char.lower())
    return Place("open") if char == "<" else TEXT


def in_end(place: Place, char: str) -> Place:
    return TEXT if char == ">" else place


def in_bang(place: Place, char: str) -> Place:
    if char == ">":
        return TEXT
    seen = place.value + char
    return Place("comment") if seen == "--" else replace(place, value=seen[:3])


def in_comment(place: Place, char: str) -> Place:
    tail = (place.value + char)[-3:]
    return TEXT if tail == "-->" else replace(place, value=tail)


def in_raw(place: Place, char: str) -> Place:
    tail = (place.value + char.lower())[-(len(place.tag) + 2) :]
    return Place("end") if tail == "</" + place.tag else replace(place, value=tail)


def in_tag(place: Place, char: str) -> Place:
    if char in SPACE or char == "/":
        return Place("between", place.tag)
    return close(place) if char == ">" else replace(place, tag=place.tag + char.lower())


def between(place: Place, char: str) -> Place:
    if char in SPACE or char == "/":
        return place
    return close(place) if char == ">" else Place("name", place.tag, char.lower())


def in_name(place: Place, char: str) -> Place:
    if char == "=":
        return replace(place, state="value")
    if char in SPACE:
        return replace(place, state="named")
    if char in "/>":
        return between(Place("between", place.tag), char)
    return replace(place, attr=place.attr + char.lower())


def after_name(place: Place, char: str) -> Place:
    if char == "=":
        return replace(place, state="value")
    return place if char in SPACE else between(Place("between", place.tag), char)


def before_value(place: Place, char: str) -> Place:
    if char in SPACE:
        return place
    if char == ">":
        return close(place)
    return replace(place, state={'"': "double", "'": "single"}.get(char, "bare"))


def in_double(place: Place, char: str) -> Place:
    return Place("closed", place.tag) if char == '"' else replace(place, value="…")


def in_single(place: Place, char: str) -> Place:
    return Place("closed", place.tag) if char == "'" else replace(place, value="…")


def after_quote(place: Place, char: str) -> Place:
    if char in SPACE or char in "/>":
        return between(Place("between", place.tag), char)
    raise UnclearMarkup("attributes stand apart: a space is missing after a quote")


def in_bare(place: Place, char: str) -> Place:
    if char in SPACE:
        return Place("between", place.tag)
    return close(place) if char == ">" else place


def at_edge(place: Place, char: str) -> Place:
    if char in SPACE or char in "/>":
        return between(Place("between", place.tag), char)
    raise UnclearMarkup("an attribute must not go on after a branch that may have begun it")


STEPS = {
    "text": in_text,
    "open": after_open,
    "end": in_end,
    "bang": in_bang,
    "comment": in_comment,
    "raw": in_raw,
    "tag": in_tag,
    "between": between,
    "name": in_name,
    "named": after_name,
    "value": before_value,
    "double": in_double,
    "single": in_single,
    "bare": in_bare,
    "edge": at_edge,
    "closed": after_quote,
}
