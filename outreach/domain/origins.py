"""Where a stored save came from: the one list that writers, readers and words share."""

from __future__ import annotations

from typing import Literal, get_args

Origin = Literal["phone", "carried", "office", "import"]
ORIGINS: tuple[Origin, ...] = get_args(Origin)
# What an officer wrote on a phone, whichever way it came; the rest was written at a desk.
ON_PHONES = frozenset({"phone", "carried"})
AT_DESKS = frozenset(ORIGINS) - ON_PHONES
