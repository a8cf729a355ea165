"""SQL read roughly: which tables a statement reaches, and which of them it bounds by regency.

No parser: names, brackets and commas are enough for what SQLAlchemy and this product write.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

TOKEN = re.compile(
    r"'(?:[^']|'')*'|(?:\"[^\"]+\"|[A-Za-z_]\w*)(?:\.(?:\"[^\"]+\"|\w+))*|%\(\w+\)s|[?]|::|\d+|\S"
)
COLUMN = "regency"
ENDS_FROM = {"WHERE", "GROUP", "ORDER", "LIMIT", "SET", "RETURNING", "HAVING", "UNION", "FOR"}
JOINS = {"ON", "JOIN", "INNER", "LEFT", "RIGHT", "OUTER", "FULL", "CROSS", "NATURAL", "USING"}
NO_ALIAS = (
    ENDS_FROM | JOINS | {"VALUES", "SELECT", "DEFAULT", "AND", "OR", "IN", "OFFSET", "WINDOW"}
)
NO_ALIAS |= {"EXCEPT", "INTERSECT"}
Name = tuple[int, str]
"""A name in one SELECT, UPDATE or DELETE, which has a number of its own."""


@dataclass
class Scope:
    """One SELECT, UPDATE, DELETE or INSERT: what its names are of, None for other tables."""

    number: int
    parent: Scope | None
    names: dict[str, str | None] = field(default_factory=dict)
    in_from: bool = False
    expects: bool = False
    conditions: bool = False

    def find(self, alias: str) -> Name | None:
        """The table's name where it was given, here or further out."""
        if alias in self.names:
            return (self.number, alias)
        return self.parent.find(alias) if self.parent else None


@dataclass
class Bracket:
    """An open bracket (or the whole statement), where it began, and the scope that is its own."""

    start: int
    scope: Scope | None = None


class Reader:
    """One statement on its way from left to right."""

    def __init__(self, statement: str, tables: Collection[str]) -> None:
        self.tokens = [token.replace('"', "") for token in TOKEN.findall(statement)]
        self.words = [token.upper() for token in self.tokens]
        self.tables = tables
        self.brackets = [Bracket(-1)]
        self.scopes: list[Scope] = []
        self.bound: set[Name] = set()
        self.equal: list[tuple[Name, Name]] = []
        self.bare_inserts: set[str] = set()

    def word(self, place: int) -> str:
        """The word there in capitals, "" beyond either end."""
        return self.words[place] if 0 <= place < len(self.words) else ""

    @property
    def scope(self) -> Scope | None:
        """The innermost scope that is open."""
        return next((one.scope for one in reversed(self.brackets) if one.scope), None)

    def read(self) -> None:
        """Go through all words."""
        for place, word in enumerate(self.words):
            bracket = self.brackets[-1]
            if word == "(":
                self.open_bracket(place)
            elif word == ")":
                self.close_bracket(place)
            elif word in {"SELECT", "UPDATE", "DELETE", "INSERT"}:
                self.begin(word, place)
            elif bracket.scope is not None and self.is_clause(word, place):
                self.turn(bracket.scope, word)
            elif bracket.scope is not None and bracket.scope.expects:
                self.name_table(bracket.scope, place)
            else:
                self.compare(place)

    def is_clause(self, word: str, place: int) -> bool:
        """True for a word that begins another part of the statement."""
        if word == "FROM":
            return self.word(place - 1) != "DISTINCT"
        return word in ENDS_FROM or word in {"JOIN", "ON", ",", "INTO"}

    def turn(self, scope: Scope, word: str) -> None:
        """Go into another part of the statement."""
        if word in {"FROM", "JOIN", "INTO"}:
            scope.in_from = scope.expects = True
            scope.conditions = False
        elif word == ",":
            scope.expects = scope.in_from
        else:
            scope.in_from = scope.in_from and word == "ON"
            scope.expects = False
            scope.conditions = word in {"ON", "WHERE"}

    def begin(self, word: str, place: int) -> None:
        """A SELECT, UPDATE, DELETE or INSERT; not FOR UPDATE, DO UPDATE or ON DELETE."""
        if word != "SELECT" and self.word(place - 1) in {"FOR", "DO", "ON"}:
            return
        outer = next((one.scope for one in reversed(self.brackets[:-1]) if one.scope), None)
        scope = Scope(len(self.scopes), outer, expects=word == "UPDATE")
        self.scopes.append(scope)
        self.brackets[-1].scope = scope

    def name_table(self, scope: Scope, place: int) -> None:
        """The table at this word, under its alias; a function's rows are nobody's."""
        if self.words[place] in {"LATERAL", "ONLY", "AS"}:
            return
        table, scope.expects = self.tokens[place], False
        if self.word(place + 1) == "(" and self.word(place - 1) == "INTO":
            self.name_insert(table, place + 1)
            return
        after = place + 2 if self.word(place + 1) == "AS" else place + 1
        known = after < len(self.words) and self.words[after] not in NO_ALIAS
        alias = self.tokens[after] if known and self.tokens[after].isidentifier() else table
        scope.names[alias] = table if table in self.tables else None

    def name_insert(self, table: str, bracket: int) -> None:
        """The columns of an INSERT name the regency, or nobody knows whose the row is."""
        columns = self.tokens[bracket : self.tokens.index(")", bracket)]
        if table in self.tables and COLUMN not in columns:
            self.bare_inserts.add(table)

    def open_bracket(self, place: int) -> None:
        """A part in brackets; one that stands for a table needs no name."""
        scope = self.brackets[-1].scope
        if scope is not None:
            scope.expects = False
        self.brackets.append(Bracket(place))

    def close_bracket(self, place: int) -> None:
        """The end of such a part; of (regency, id) IN … the regency was compared."""
        bracket = self.brackets.pop()
        first = self.regency_at(bracket.start + 1)
        if first and self.word(bracket.start + 2) == "," and self.word(place + 1) in {"IN", "="}:
            self.bound.add(first)

    def regency_at(self, place: int) -> Name | None:
        """The name whose regency stands at this word; None for anything else there."""
        token = self.tokens[place] if 0 <= place < len(self.tokens) else ""
        alias, _, column = token.rpartition(".")
        scope = self.scope
        if column != COLUMN or scope is None:
            return None
        if alias:
            return scope.find(alias)
        ours = [name for name, table in scope.names.items() if table]
        return (scope.number, ours[0]) if scope.conditions and len(ours) == 1 else None

    def compare(self, place: int) -> None:
        """Note what the regency at this word is compared with, if it is one."""
        name = self.regency_at(place)
        if name is None:
            return
        if self.word(place + 1) == "IN":
            self.bound.add(name)
        for sign, other in ((place + 1, place + 2), (place - 1, place - 2)):
            if self.word(sign) == "=" and self.word(other):
                self.equate(name, self.regency_at(other))

    def equate(self, name: Name, other: Name | None) -> None:
        """The regency equals another name's, or a value."""
        if other is None:
            self.bound.add(name)
        else:
            self.equal.append((name, other))

    def unbound(self) -> frozenset[str]:
        """Tables of which some rows may be any regency's."""
        known = {(s.number, n) for s in self.scopes for n, table in s.names.items() if not table}
        bound, before = self.bound | known, -1
        while len(bound) != before:
            before = len(bound)
            bound |= {name for pair in self.equal if bound & set(pair) for name in pair}
        left = {
            str(table)
            for scope in self.scopes
            for name, table in scope.names.items()
            if table and (scope.number, name) not in bound
        }
        return frozenset(left | self.bare_inserts)


def unbounded_tables(statement: str, tables: Collection[str]) -> frozenset[str]:
    """Those of the tables that the statement reaches without saying of which regency."""
    reader = Reader(statement, tables)
    reader.read()
    return reader.unbound()
