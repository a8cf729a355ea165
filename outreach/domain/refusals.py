"""The family of refusals: what was asked is not done, and nothing was changed.

A use case raises one of the family. A page that has a form or a sentence for it catches it; every
other page leaves it to the web kit, which answers as wiring.py tells it.
"""

from __future__ import annotations


class Refusal(Exception):
    """Base of the family."""


class NotThere(Refusal, LookupError):
    """No such thing, or not for this actor: the two look the same from outside."""


class AlreadyDecided(Refusal, RuntimeError):
    """Somebody else was quicker, or the answer was changed since."""
