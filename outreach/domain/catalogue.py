"""One catalogue of sentences for phone and office."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import orjson

LANGS = ("id", "en")
PLACE = re.compile(r"\{([a-z_0-9]+)\}")
FOLDER = Path(__file__).parent.parent / "translations"


@cache
def load(lang: str) -> dict[str, str]:
    """All sentences of a language; raises ValueError when two parts define one key."""
    merged: dict[str, str] = {}
    for path in sorted((FOLDER / lang).glob("*.json")):
        part = orjson.loads(path.read_bytes())
        twice = merged.keys() & part.keys()
        if twice:
            raise ValueError(f"{path.name}: keys defined twice: {sorted(twice)}")
        merged.update(part)
    return merged


def translate(lang: str, key: str, **kw: object) -> str:
    """The sentence with ``{name}`` filled in; raises KeyError for an unknown key.

    ``key.one`` is taken where n is 1 and the language has it.
    """
    sentences = load(lang)
    if kw.get("n") == 1 and f"{key}.one" in sentences:
        key = f"{key}.one"
    return fill(sentences[key], kw)


def fill(text: str, kw: Mapping[str, object]) -> str:
    """The text with each ``{name}`` of ``kw`` filled in once: values are never read again."""
    return PLACE.sub(lambda match: str(kw[match[1]]) if match[1] in kw else match[0], text)
