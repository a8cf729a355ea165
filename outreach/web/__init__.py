"""Shared web kit: headers, same-origin gate, languages, assets, errors. Knows no business."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Bind the kit to the app."""
    from outreach.web import (
        addresses,
        assets,
        cookies,
        display,
        errors,
        first_error,
        form_owner,
        headers,
        health,
        i18n,
        inputs,
        logs,
        metrics,
        office,
        origin,
        refusals,
        static,
    )

    logs.init_app(app)
    metrics.init_app(app)
    headers.init_app(app)
    refusals.init_app(app)
    origin.init_app(app)
    inputs.init_app(app)
    first_error.init_app(app)
    form_owner.init_app(app)
    cookies.init_app(app)
    i18n.init_app(app)
    assets.init_app(app)
    addresses.init_app(app)
    static.init_app(app)
    office.init_app(app)
    display.init_app(app)
    errors.init_app(app)
    health.init_app(app)
