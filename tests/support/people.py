"""People who log in during tests, and a clock that tests move."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from outreach.extensions import db
from outreach.storage.audit import AuditLine
from tests.support.factories import NOW, make_user, quick_hash

PASSWORD = "kebun kopi di lereng"


@dataclass
class Clock:
    """The time of the app: ``clock.forward(minutes=2)`` moves it."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **parts: float) -> None:
        """Move the time on."""
        self.at += timedelta(**parts)


def password_hash() -> str:
    """A hash of PASSWORD."""
    return quick_hash(PASSWORD)


def add_person(app: Flask, role: str = "officer", username: str = "", **options: Any) -> str:
    """Id of a committed user who can log in with PASSWORD."""
    villages = options.pop("villages", ())
    with app.app_context():
        user = make_user(
            db.session(), role, villages, username=username or role, password_hash=password_hash()
        )
        for field, value in options.items():
            setattr(user, field, value)
        db.session.commit()
        return user.id


def log_in(
    client: FlaskClient, username: str, password: str = PASSWORD, **form: Any
) -> TestResponse:
    """The answer of the login form."""
    return client.post("/login", data={"username": username, "password": password, **form})


def read(app: Flask, question: Callable[[Session], Any]) -> Any:
    """What the database answers in a context of its own."""
    with app.app_context():
        return question(db.session())


def audited(app: Flask) -> list[str]:
    """The audited actions in their order."""
    return list(read(app, lambda s: s.scalars(select(AuditLine.action).order_by(AuditLine.id))))


@dataclass
class Counted:
    """Statements that reached the database."""

    n: int = 0


def count_queries(app: Flask) -> Counted:
    """A counter of SELECT, INSERT, UPDATE and DELETE statements from now on."""
    counted = Counted()
    with app.app_context():
        engine = db.engine

    @event.listens_for(engine, "before_cursor_execute")
    def count(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip()[:6].upper() in {"SELECT", "INSERT", "UPDATE", "DELETE"}:
            counted.n += 1

    return counted
