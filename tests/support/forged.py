"""What an attacker puts into addresses, forms and headers, and what gives away that it worked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from urllib.parse import quote, quote_plus, urlsplit

from werkzeug.test import TestResponse

MARK = "q7x"
FOREIGN = "jahat.example"
SUM = "12345654321"
# A whole number of somebody who is registered (tests/support/desk_day.py) and one of nobody.
NIK, NO_NIK = "1804044708809001", "1804044708809998"

# Each as it stands in an address. Their number is prime, so that dealt round each meets each name.
VALUES = (
    quote(f"\"{MARK}'<{MARK}>"),
    quote(f"<script>{MARK}</script>"),
    quote(f"javascript:{MARK}//"),
    quote("{{111111*111111}}${111111*111111}<%=111111*111111%>"),
    quote("%s%n%(name)s{0.__class__}"),
    quote("' OR 1=1; DROP TABLE worker; --"),
    quote("a\x00b"),
    quote("\x1b[31m\x07\x85"),
    quote("a\r\nSet-Cookie: q7x=1"),
    "x" * 10_000,
    "x" * 1_900,
    "%ED%A0%80%ED%B0%80",
    quote(r"\ud800"),
    "%FF%FE",
    quote("²٣"),
    quote("      5"),
    "-1",
    "9" * 30,
    "9223372036854775808",
    "9" * 5_000,
    "1e309",
    "NaN",
    "0000-00-00",
    "9999-99-99",
    "9999-12-31",
    "0001-01-01",
    quote("../../../etc/passwd"),
    quote(f"//{FOREIGN}/x"),
    quote(f"https://{FOREIGN}/"),
    quote(f"/\\{FOREIGN}"),
    quote("18.05.01.2001"),
    quote("💀\u202e‮اب"),
    quote("null"),
    quote('{"a":[1]}'),
    NIK,
    NO_NIK,
    "",
)
# How one name and its value stand in a query: once, twice, as an array, nested.
SHAPES = ("{n}={v}", "{n}={v}&{n}=1", "{n}%5B%5D={v}", "{n}%5B0%5D%5Bx%5D={v}&{n}", "{n}={v}&={v}")
HEADERS: tuple[dict[str, str], ...] = (
    {},
    {"HX-Request": "true"},
    {"HX-Request": "true", "HX-Boosted": "true", "HX-Target": "main"},
    {"HX-Request": "true", "HX-Target": f"\"{MARK}'<{MARK}>", "HX-Trigger": f"'\"{MARK}"},
    {"HX-Request": "true", "HX-Current-URL": f"https://{FOREIGN}/workers?a=b"},
    {"HX-Request": "true", "HX-Current-URL": f"//{FOREIGN}", "HX-History-Restore-Request": "true"},
    {
        "HX-Request": "\u00e9\u00ff",
        "HX-Target": "\u00f0\u009f\u0092\u0080",
        "HX-Prompt": "x" * 7_000,
    },
    {"HX-Request": "true", "HX-Trigger": "%ED%A0%80%FF", "HX-Trigger-URI-AutoEncoded": "true"},
    {"Referer": f"https://{FOREIGN}/", "X-Forwarded-Host": FOREIGN, "X-Forwarded-Proto": "ftp"},
    {"Accept-Language": f'"<{MARK}>,id;q=9e999', "User-Agent": f"<{MARK}>\u00ff" * 40},
    {"X-Request-Id": NIK, "X-Original-URL": "/admin", "X-HTTP-Method-Override": "DELETE"},
    {"Range": "bytes=0-1,-1", "If-None-Match": "*", "If-Modified-Since": "0"},
)
ATTRIBUTE = re.compile(r"""(?:href|src|action|formaction|hx-[a-z-]+)\s*=\s*["']?\s*([^"'\s>]+)""")
WHOLE_NIK = re.compile(r"(?<![0-9a-f-])\d{16}(?![0-9a-f-])")


def deal(names: list[str], least: int, begin: int) -> Iterator[tuple[str, dict[str, str]]]:
    """(query, headers) for so many requests: values, names, shapes and headers are dealt round,
    each by a step of its own, so that in time each meets each."""
    for n in count(begin):
        if n - begin >= least:
            return
        name, value = names[n % len(names)], VALUES[n % len(VALUES)]
        shape = SHAPES[n // len(VALUES) % len(SHAPES)]
        headers = HEADERS[(n + n // len(HEADERS)) % len(HEADERS)]
        yield shape.format(n=quote_plus(name), v=value), headers


def faults_of(answer: TestResponse) -> Iterator[str]:
    """What is wrong with an answer, whoever asked."""
    if answer.status_code >= 500:
        yield f"answers {answer.status_code}"
    yield from (f"header {name} leads away" for name in led_away(answer))
    text = text_of(answer)
    if SUM in text:
        yield "reckons what it was sent"
    if any(cookie.startswith(MARK) for cookie in answer.headers.getlist("Set-Cookie")):
        yield "sets a cookie of somebody else's"
    if answer.mimetype == "text/html":
        yield from faults_of_page(text)
    elif "nosniff" not in answer.headers.get("X-Content-Type-Options", ""):
        yield f"{answer.mimetype} may be taken for a page"


def text_of(answer: TestResponse) -> str:
    """What an answer says, as far as it is text."""
    return answer.get_data().decode(errors="replace")


def led_away(answer: TestResponse) -> Iterator[str]:
    """The headers that send a browser to another host."""
    for name in ("Location", "HX-Redirect", "HX-Location", "HX-Push-Url", "HX-Replace-Url"):
        to = answer.headers.get(name, "")
        parts = urlsplit(to)
        if parts.netloc not in ("", "localhost") or to.startswith(("//", "/\\")) or "\\" in to:
            yield name


def faults_of_page(text: str) -> Iterator[str]:
    """What of a page's text is not ours."""
    if f"<{MARK}" in text or f"<script>{MARK}" in text or f'"{MARK}' in text:
        yield "echoes markup"
    for to in ATTRIBUTE.findall(text):
        if to.lower().startswith(("javascript:", f"//{FOREIGN}", f"https://{FOREIGN}", "/\\")):
            yield f"links to {to[:40]}"
