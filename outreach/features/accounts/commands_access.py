"""``flask access``: the page that says who may do what."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

access = AppGroup("access", help="Who may open, see and set what: print, write.")
PAGE = Path(__file__).parents[3] / "docs" / "access.md"


@access.command("print")
def show() -> None:
    """Print the page."""
    from outreach.web.access_table import access_page

    click.echo(access_page(current_app._get_current_object()), nl=False)  # type: ignore[attr-defined]


@access.command("write")
def write() -> None:
    """Write docs/access.md."""
    from outreach.web.access_table import access_page

    PAGE.write_text(access_page(current_app._get_current_object()), encoding="utf-8")  # type: ignore[attr-defined]
    click.echo(str(PAGE))
