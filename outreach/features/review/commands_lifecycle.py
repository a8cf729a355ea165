"""``flask lifecycle``: the page of the states a participant may be in, and of the steps between."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from outreach.domain.catalogue import translate
from outreach.domain.lifecycle import LIFECYCLE, rows_of

lifecycle = AppGroup("lifecycle", help="States and steps of a participant: print, write.")
PAGE = Path(__file__).parents[3] / "docs" / "lifecycle.md"
HEAD = """# The status of a participant

Made by `flask lifecycle write` from `outreach/data/statuses.csv` and `lifecycle.csv`; a test fails
when they differ. Rows A1, A2 … were added to the programme's own table, for the reasons in
[decision 075](decisions/075-one-status-machine.md). *any* is every state but the ends. Steps by
*facts* follow from a save; nobody takes them by hand.
"""
COLUMNS = ("from", "to", "rule", "roles", "evidence", "results", "trigger", "note", "added")


def page() -> str:
    """The page as the data has it."""
    states = [
        f"| `{state.code}` | {translate('id', f'label.status.{state.code}')} "
        f"| {translate('en', f'label.status.{state.code}')} | {state.stage} |"
        for state in LIFECYCLE.states.values()
    ]
    steps = [
        "| " + " | ".join(row[name].replace("|", ", ") for name in COLUMNS) + " |"
        for row in rows_of("lifecycle.csv")
    ]
    return "\n".join(
        [
            HEAD,
            "## States",
            "",
            *table(("code", "Indonesian", "English", "place on the way"), states),
            "",
            "## Steps",
            "",
            *table(COLUMNS, steps),
            "",
        ]
    )


def table(names: tuple[str, ...], lines: list[str]) -> list[str]:
    """A table of these columns."""
    return ["| " + " | ".join(names) + " |", "|" + " --- |" * len(names), *lines]


@lifecycle.command("print")
def show() -> None:
    """Print the page."""
    click.echo(page(), nl=False)


@lifecycle.command("write")
def write() -> None:
    """Write docs/lifecycle.md."""
    PAGE.write_text(page(), encoding="utf-8")
    click.echo(str(PAGE))
