"""Which browsers inside other apps cannot keep the phone app; read from the User-Agent."""

from __future__ import annotations

import re

# Each opens links in its own web view, whose storage is lost or locked away.
IN_APP = (
    ("WhatsApp", re.compile(r"\bWhatsApp/")),
    ("Facebook", re.compile(r"\bFB(AN|AV|_IAB)\b|\bFBAN/|\bFBAV/")),
    ("Instagram", re.compile(r"\bInstagram\b")),
    ("Line", re.compile(r"\bLine/\d")),
    ("TikTok", re.compile(r"musical_ly|BytedanceWebview|\bTikTok\b|\btrill_")),
)
WEB_VIEW = re.compile(r"; wv\)")
UNNAMED = ""


def in_app_browser(agent: str) -> str | None:
    """The app whose web view this is, ``""`` for an unnamed one, None for a real browser."""
    for name, pattern in IN_APP:
        if pattern.search(agent):
            return name
    return UNNAMED if WEB_VIEW.search(agent) else None


def chrome_intent(host: str, path: str, secure: bool) -> str:
    """An address that Android opens in Chrome."""
    scheme = "https" if secure else "http"
    return f"intent://{host}{path}#Intent;scheme={scheme};package=com.android.chrome;end"
