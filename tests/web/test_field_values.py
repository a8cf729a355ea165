"""Answers as pages show them: by their field's type, and as they came where that does not fit."""

from __future__ import annotations

import pytest
from flask import Flask

from outreach.web.field_values import answer


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("programmes", "JKK"),
        ("programmes", {"JKK": True}),
        ("heirs", "Siti"),
        ("consent", ["pendaftaran"]),
        ("gps", "-5.03"),
        ("birth_date", ["1980-01-01"]),
        ("captured_at", 7),
        ("income_said", {"amount": "banyak", "per": "bulan"}),
    ],
)
def test_a_value_of_another_type_is_shown_as_it_came(app: Flask, field: str, value: object) -> None:
    shown = "•" * 8 if field == "heirs" else str(value)
    with app.test_request_context():
        assert answer(field, value) == shown
