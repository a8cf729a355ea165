"""Flask extensions, made once and bound in create_app; imports nothing of ours but Base."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_htmx import HTMX
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session

from outreach.storage.base import Base


class AppSession(Session):
    """A session that carries what the app's features have given the core (storage/hooks.py)."""

    def __init__(self, db: SQLAlchemy, **options: Any) -> None:
        super().__init__(db, **options)
        self.info["hooks"] = current_app.extensions.get("hooks")


class PartAsked(HTMX):  # type: ignore[misc]  # Flask-HTMX has no types
    """True where htmx asks for a part of a page. It asks for the whole one where it goes back to
    an address that it had put into the history: that answer takes the place of the body."""

    def __bool__(self) -> bool:
        return bool(super().__bool__()) and not self.history_restore_request


db = SQLAlchemy(model_class=Base, disable_autonaming=True, session_options={"class_": AppSession})
migrate = Migrate()
login_manager = LoginManager()
htmx = PartAsked()
