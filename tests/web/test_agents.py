"""What a browser tells of the phone it runs on."""

from __future__ import annotations

import pytest

from outreach.web.agents import model_in, phone_name

CHROME = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Mobile Safari/537.36"
)
SAMSUNG = (
    "Mozilla/5.0 (Linux; Android 11; SM-A057F) AppleWebKit/537.36 (KHTML, like Gecko) "
    "SamsungBrowser/17.0 Chrome/96.0.4664.104 Mobile Safari/537.36"
)
OLD = (
    "Mozilla/5.0 (Linux; Android 8.1.0; id-id; Redmi 5A Build/OPM1.171019) AppleWebKit/537.36 "
    "Chrome/78.0.3904.108 Mobile Safari/537.36"
)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (CHROME, "Chrome, Android"),
        (f"[M2006C3LG] {CHROME}", "M2006C3LG, Chrome, Android"),
        (SAMSUNG, "SM-A057F, Samsung Internet, Android"),
        (OLD, "Redmi 5A, Chrome, Android"),
        (
            "Mozilla/5.0 (Android 13; Mobile; rv:126.0) Gecko/126.0 Firefox/126.0",
            "Firefox, Android",
        ),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_a_phone_is_named_by_what_its_browser_says(agent: str, name: str) -> None:
    assert phone_name(agent) == name


def test_a_hint_cannot_pose_as_other_words() -> None:
    assert model_in(f"[] {CHROME}") == ""
    assert model_in(f"[a]b] {CHROME}") == ""
