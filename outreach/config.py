"""Settings from the environment as one frozen object; imports nothing of ours.

Every setting is documented in docs/deploy.md; a test compares the two.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from environs import Env

DEFAULT_SECRET = "development-only-not-a-secret"  # noqa: S105 (refused in production)


class UnsafeConfig(RuntimeError):
    """Production was asked for with a setting that only a demo may have."""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything the app reads from outside, once, at start."""

    environment: str
    secret_key: str
    database_url: str
    instance: Path
    demo: bool
    demo_workers: int
    regency: str
    timezone: str
    blob_dir: Path
    backup_dir: Path
    backup_recipient: str
    lease_days: int
    min_app_version: str
    log_level: str
    trusted_proxies: int
    metrics_token: str
    cert_roots: str
    secure_cookies: bool
    kill_switch: bool

    @property
    def production(self) -> bool:
        """True when real people's data may be inside."""
        return self.environment == "production"

    @property
    def database_kind(self) -> str:
        """``sqlite`` or ``postgresql``, as /healthz reports it."""
        return "postgresql" if self.database_url.startswith("postgresql") else "sqlite"


def load_config(overrides: dict[str, object] | None = None) -> Config:
    """The settings; raises UnsafeConfig when production would start on defaults."""
    env = Env()
    instance = Path(env.str("INSTANCE_DIR", "instance")).absolute()
    environment = env.str("OUTREACH_ENV", "development")
    values: dict[str, object] = {
        "environment": environment,
        "secret_key": env.str("SECRET_KEY", DEFAULT_SECRET),
        "database_url": normalise_url(
            env.str("DATABASE_URL", f"sqlite:///{instance / 'jangkau.sqlite3'}")
        ),
        "instance": instance,
        "demo": env.bool("DEMO", False),
        "demo_workers": env.int("DEMO_WORKERS", 0),
        "regency": env.str("REGENCY", "18.04"),
        "timezone": env.str("TIMEZONE", "Asia/Jakarta"),
        "blob_dir": Path(env.str("BLOB_DIR", str(instance / "blobs"))).absolute(),
        "backup_dir": Path(env.str("BACKUP_DIR", str(instance / "backups"))).absolute(),
        "backup_recipient": env.str("BACKUP_RECIPIENT", "").strip(),
        "lease_days": env.int("LEASE_DAYS", 14),
        "min_app_version": env.str("MIN_APP_VERSION", "0"),
        "log_level": env.str("LOG_LEVEL", "INFO"),
        "trusted_proxies": env.int("TRUSTED_PROXIES", 0),
        "metrics_token": env.str("METRICS_TOKEN", ""),
        "cert_roots": env.str("CERT_ROOTS", ""),
        "secure_cookies": env.bool("SECURE_COOKIES", environment == "production"),
        "kill_switch": env.bool("KILL_SWITCH", False),
    }
    values.update(overrides or {})
    config = Config(**values)  # type: ignore[arg-type]
    refuse_unsafe(config)
    return config


def normalise_url(url: str) -> str:
    """The address with the psycopg 3 driver named, whichever form was given."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url[len(prefix) :]
    return url


def refuse_unsafe(config: Config) -> None:
    """Raise UnsafeConfig where production would run on demo settings."""
    if not config.production:
        return
    if config.secret_key == DEFAULT_SECRET or len(config.secret_key) < 32:
        hint = secrets.token_urlsafe(32)
        raise UnsafeConfig(
            "SECRET_KEY masih bawaan atau terlalu pendek; isi minimal 32 karakter acak. / "
            "SECRET_KEY is the default or too short; set at least 32 random characters, "
            f"for example: {hint}"
        )
    if config.demo or config.demo_workers:
        raise UnsafeConfig(
            "DEMO dan DEMO_WORKERS tidak boleh dipakai di produksi. / "
            "DEMO and DEMO_WORKERS must not be set in production."
        )
    if not config.secure_cookies:
        raise UnsafeConfig(
            "SECURE_COOKIES tidak boleh dimatikan di produksi. / "
            "SECURE_COOKIES must not be off in production."
        )
