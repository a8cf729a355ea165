"""Production refuses what only a demo may have."""

from __future__ import annotations

from pathlib import Path

import pytest

from outreach import create_app
from outreach.config import DEFAULT_SECRET, UnsafeConfig, load_config, normalise_url
from outreach.web import assets

GOOD = {"environment": "production", "secret_key": "s" * 32, "secure_cookies": True}


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine that runs the tests."""
    for name in ("OUTREACH_ENV", "SECRET_KEY", "DEMO", "DEMO_WORKERS", "SECURE_COOKIES"):
        monkeypatch.delenv(name, raising=False)


def test_a_proper_production_starts() -> None:
    assert load_config(GOOD).production


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("secret_key", DEFAULT_SECRET, "SECRET_KEY"),
        ("secret_key", "s" * 31, "SECRET_KEY"),
        ("demo", True, "DEMO"),
        ("demo_workers", 5, "DEMO_WORKERS"),
        ("secure_cookies", False, "SECURE_COOKIES"),
    ],
)
def test_production_refuses(setting: str, value: object, said: str) -> None:
    with pytest.raises(UnsafeConfig, match=said) as refused:
        load_config({**GOOD, setting: value})
    assert " / " in str(refused.value), "said in Indonesian and English"


def test_development_starts_on_defaults() -> None:
    assert not load_config().production


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("postgres://a@b/c", "postgresql+psycopg://a@b/c"),
        ("postgresql://a@b/c", "postgresql+psycopg://a@b/c"),
        ("postgresql+psycopg://a@b/c", "postgresql+psycopg://a@b/c"),
        ("sqlite:///x", "sqlite:///x"),
    ],
)
def test_database_addresses_name_the_driver(given: str, taken: str) -> None:
    assert normalise_url(given) == taken


def test_production_asks_for_https_on_pages_and_built_files(tmp_path: Path) -> None:
    instance = {"instance": tmp_path, "database_url": f"sqlite:///{tmp_path / 'x.sqlite3'}"}
    client = create_app(GOOD | instance).test_client()
    for path in ("/login", assets.asset("css/field.css")):
        with client.get(path, buffered=True) as answer:
            said = answer.headers["Strict-Transport-Security"]
            assert said == "max-age=31536000; includeSubDomains"
