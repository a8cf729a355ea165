"""Jangkau: find every vulnerable worker of a regency and bring them into BPJS Ketenagakerjaan."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

from outreach.web.white_space import CollapseSpace

__version__ = "0.1.0"

# One folder in outreach/features each, whose feature.py makes its record.
FEATURES = (
    "accounts",
    "field",
    "coverage",
    "review",
    "phones",
    "counter",
    "admin",
    "operations",
    "whats_new",
    "village_lists",
    "intake",
    "visits",
    "spreadsheets",
)
# Templates that Flask shares with the phone: their white space collapses on both.
PHONE_TEMPLATES = ("field/", "_kit/fields.html", "_kit/marks.html")


def create_app(overrides: dict[str, object] | None = None) -> Flask:
    """The application: settings, extensions, the web kit, the phones' door, then each feature.

    ``overrides`` replaces fields of Config (tests, benches). Raises UnsafeConfig in production
    on demo settings.
    """
    from outreach.config import load_config

    config = load_config(overrides)
    app = Flask(__name__, instance_path=str(config.instance), static_folder=None)
    app.config["OUTREACH"] = config
    configure_flask(app)
    app.extensions["hooks"] = import_module("outreach.storage.hooks").Hooks()
    bind_extensions(app)
    import_module("outreach.web").register(app)
    import_module("outreach.sync").register(app)
    add_feature = import_module("outreach.feature").add_feature
    for name in FEATURES:
        add_feature(app, import_module(f"outreach.features.{name}.feature").FEATURE)
    import_module("outreach.wiring").connect(app)
    import_module("outreach.commands").register(app)
    return app


def configure_flask(app: Flask) -> None:
    """Flask's own settings, derived from ours."""
    config = app.config["OUTREACH"]
    config.instance.mkdir(parents=True, exist_ok=True)
    app.config.update(
        SECRET_KEY=config.secret_key,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(config.database_kind),
        SESSION_COOKIE_NAME="jk_session",
        SESSION_COOKIE_SECURE=config.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_SECURE=config.secure_cookies,
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=8 * 1024 * 1024,
        TEMPLATES_AUTO_RELOAD=not config.production,
    )
    if config.trusted_proxies:
        trust_proxies(app, config.trusted_proxies)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension(CollapseSpace)
    app.jinja_env.collapsed = PHONE_TEMPLATES  # type: ignore[attr-defined]


def trust_proxies(app: Flask, count: int) -> None:
    """Take address, scheme and host from the headers of this many proxies in front."""
    from werkzeug.middleware.proxy_fix import ProxyFix

    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]


def engine_options(kind: str) -> dict[str, object]:
    """Pool settings: one connection a thread; no values of statements in errors and logs."""
    if kind == "sqlite":
        return {"connect_args": {"timeout": 30}, "hide_parameters": True}
    return {
        "connect_args": {"connect_timeout": 5},
        "hide_parameters": True,
        "pool_size": 10,
        "max_overflow": 10,
        "pool_pre_ping": True,
    }


def bind_extensions(app: Flask) -> None:
    """Bind database, migrations, login and htmx to the app."""
    from outreach.extensions import db, htmx, login_manager, migrate
    from outreach.storage import engine  # noqa: F401  (connection settings listen on import)

    db.init_app(app)
    migrate.init_app(app, db, render_as_batch=True, directory="migrations")
    login_manager.init_app(app)
    login_manager.session_protection = "basic"
    htmx.init_app(app)
