"""Names of browser, system and phone in a browser's own words, in no language.

Chrome hides the model of a phone in these words; a login asks for it by a hint (Accept-CH) and
keeps it behind them.
"""

from __future__ import annotations

import re

from flask import Request, Response

BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
HINT = "Sec-CH-UA-Model"
HINTED = re.compile(r"^\[([^\]]{2,40})\] ")
# "(Linux; Android 11; SM-A057F Build/RP1A)"; today's Chrome writes K for every model.
WRITTEN = re.compile(
    r"Linux; (?:U; )?Android [\d.]+; (?:[a-z]{2}-[a-z]{2}; )?([^;)]{2,40}?)(?: Build[^;)]*)?[;)]"
)
UNFIT = re.compile(r"[^\w .+()-]")


def ask_model(answer: Response) -> Response:
    """The answer with the wish that the browser names its phone at the next request."""
    answer.headers["Accept-CH"] = HINT
    return answer


def agent_of(request: Request) -> str:
    """The browser's words, with the phone's model in front where it was told."""
    model = UNFIT.sub("", request.headers.get(HINT, ""))[:40].strip()
    words = request.user_agent.string
    return f"[{model}] {words}" if len(model) > 1 else words


def browser_in(agent: str) -> str:
    """The browser's name, empty for none that we know."""
    return first_in(BROWSERS, agent)


def system_in(agent: str) -> str:
    """The operating system, empty for none that we know."""
    return first_in(SYSTEMS, agent)


def model_in(agent: str) -> str:
    """The phone's model, empty where neither the hint nor the words name it."""
    match = HINTED.match(agent) or WRITTEN.search(agent)
    return match.group(1) if match else ""


def phone_name(agent: str) -> str:
    """ "SM-A057F, Chrome, Android", as far as it is known."""
    parts = (model_in(agent), browser_in(agent), system_in(agent))
    return ", ".join(part for part in parts if part)


def first_in(marks: tuple[tuple[str, str], ...], text: str) -> str:
    """The name of the first mark found in the text."""
    return next((name for mark, name in marks if mark in text), "")
