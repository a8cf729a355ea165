"""Needs: tests for answers that must be there and complete, compiled from the rule book."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from outreach.domain.rulebook import FieldRule, WholeRule, condition, value_at
from outreach.domain.worker_data import Data


class Need:
    """One field that is needed, and under which conditions."""

    __slots__ = ("_all", "_bars", "_if", "_plain", "_un", "_whole", "name")

    def __init__(self, name: str, spec: FieldRule) -> None:
        self.name = name
        self._if = condition(spec["if"]) if "if" in spec else None
        self._un = condition(spec["un"]) if "un" in spec else None
        self._bars = [condition(bar) for bar in spec.get("bar", ())]
        self._all = frozenset(spec.get("all", ()))
        self._whole = [whole(rule) for rule in spec.get("whole", ())]
        self._plain = not (self._bars or self._all or self._whole)

    def lacks(self, data: Data) -> bool:
        """True when the data should hold this answer and does not, or only half of it."""
        value = data.get(self.name)
        is_empty = value is None or value == "" or value == []
        if self._plain and not is_empty:
            return False  # an answer that is there needs no condition
        if self._if is not None and not self._if(data):
            return False
        if self._un is not None and self._un(data):
            return False
        for bar in self._bars:
            if bar(data):
                return True
        if is_empty:
            return True
        if self._all:
            return not self._all <= set(value if isinstance(value, list) else ())
        rows = value if isinstance(value, list) else [value]
        return not all(is_whole(row) for is_whole in self._whole for row in rows)


def compile_needs(specs: Mapping[str, FieldRule], stages: str) -> list[Need]:
    """The needs of these stages in the wire's order."""
    return [Need(name, spec) for name, spec in specs.items() if spec.get("n", "-") in stages]


def whole(rule: WholeRule) -> Callable[[object], bool]:
    """True for an object with the parts that this rule asks of it."""
    applies = condition(rule["if"]) if "if" in rule else None
    holds = condition(rule["is"]) if "is" in rule else None
    paths = [path.split(".") for path in rule.get("need", ())]

    def check(part: object) -> bool:
        if not isinstance(part, dict):
            return False
        if applies and not applies(part):
            return True
        has_all = all(value_at(path, part) is not None for path in paths)
        return has_all and (holds is None or holds(part))

    return check
