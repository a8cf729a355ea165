"""White space of the phone's templates, which are written one element a line.

It is taken out while a template is parsed, so Flask and the build (outreach/build/compiler.py)
have the same bytes, at no cost to a phone. Nothing is touched inside quotes, ``pre``,
``textarea``, ``script`` and ``style``. Elsewhere:

- A run with a line break between tags or statements is nothing. A blank that is meant to be seen
  between two elements stands on one line with them.
- The indentation after a statement that ends its line goes with the line break.
- Any other run is one blank: beside text or an output, and between attributes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from jinja2 import Environment
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

UNTOUCHED = frozenset({"pre", "textarea", "script", "style"})
BLANKS = " \t\n\r\f"
PIECES = {
    "text": rf"(?P<blanks>[{BLANKS}]+)|(?P<note><!--.*?-->)|(?P<open></?[A-Za-z!][^{BLANKS}/>]*)"
    rf"|(?P<text>.[^<{BLANKS}]*)",
    "tag": rf"(?P<between>[{BLANKS}]+)|(?P<close>>)|(?P<quote>[\"'])|(?P<rest>[^{BLANKS}>\"']+)",
    '"': r'(?P<quoted>")|(?P<rest>[^"]+)',
    "'": r"(?P<quoted>')|(?P<rest>[^']+)",
    **{name: rf"(?P<open></{name}\b)|(?P<rest>.+?(?=</{name}\b|\Z))" for name in UNTOUCHED},
}
PIECE = {place: re.compile(pattern, re.DOTALL | re.IGNORECASE) for place, pattern in PIECES.items()}


class CollapseSpace(Extension):
    """Collapses white space in templates whose names begin as ``environment.collapsed`` says."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.extend(collapsed=("",))

    def filter_stream(self, stream: TokenStream) -> TokenStream | Iterable[Token]:
        """The template's tokens, their literal text collapsed."""
        collapsed: tuple[str, ...] = self.environment.collapsed  # type: ignore[attr-defined]
        return collapse(list(stream)) if (stream.name or "").startswith(collapsed) else stream


def collapse(tokens: list[Token]) -> Iterator[Token]:
    """The tokens; each literal text is read on from where the one before it ended."""
    reader = Reader()
    before = Token(1, "block_end", "%}\n")
    for token, after in zip(tokens, [*tokens[1:], Token(1, "block_begin", "{%")], strict=True):
        if token.type != "data":
            yield token
        elif text := reader.read(token.value, before, after, begins_line(before, token)):
            yield Token(token.lineno, "data", text)
        before = token


def begins_line(before: Token, token: Token) -> bool:
    """True after a statement, or a comment, that ended its line: Jinja2 took the line break."""
    if before.type == "data":
        return token.lineno > before.lineno + before.value.count("\n")
    return before.type == "block_end" and before.value.endswith("\n")


class Reader:
    """Reads literal texts one after another; knows whether the next stands in text or a tag."""

    def __init__(self) -> None:
        self.place = "text"
        self.name = ""

    def read(self, text: str, before: Token, after: Token, begins: bool) -> str:
        """``text`` collapsed, as it stands between two tokens."""
        if begins and self.place == "text":
            text = text.lstrip(BLANKS)
        pieces = list(self.pieces(text))
        kinds = [
            "text" if before.type == "variable_end" else "",
            *(kind for kind, _ in pieces),
            "text" if after.type == "variable_begin" else "",
        ]
        return "".join(
            blanks(piece, {kinds[i], kinds[i + 2]}) if kind == "blanks" else piece
            for i, (kind, piece) in enumerate(pieces)
        )

    def pieces(self, text: str) -> Iterator[tuple[str, str]]:
        """The text in pieces, each with its kind; "" is markup."""
        at = 0
        while found := PIECE[self.place].match(text, at):
            at, kind = found.end(), found.lastgroup or ""
            yield self.step(kind, found[0])

    def step(self, kind: str, piece: str) -> tuple[str, str]:
        """The piece as it stays, with its kind; goes on to the place after it."""
        if kind in ("blanks", "text"):
            return kind, piece
        if kind == "between":
            return "", " "
        if kind == "open":
            self.place, self.name = "tag", piece[1:].lower()
        elif kind == "quote":
            self.place = piece
        elif kind == "quoted":
            self.place = "tag"
        elif kind == "close":
            self.place = self.name if self.name in UNTOUCHED else "text"
        return "", piece


def blanks(run: str, beside: set[str]) -> str:
    """What a run of white space becomes between these kinds of pieces."""
    return "" if "\n" in run and "text" not in beside else " "
