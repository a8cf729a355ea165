"""Sentences and progress of commands, in Indonesian and English."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from outreach.core.backup.backup_errors import BackupRefused
from outreach.domain import catalogue


def both(key: str, **params: object) -> str:
    """The sentence in both languages."""
    return " / ".join(catalogue.translate(lang, key, **params) for lang in catalogue.LANGS)


def say(key: str, **params: object) -> None:
    """Print the sentence."""
    click.echo(both(key, **params))


def warn(key: str, **params: object) -> None:
    """Print the sentence where warnings go."""
    click.echo(both(key, **params), err=True)


@contextmanager
def tell_refusals() -> Iterator[None]:
    """Ends the command with the refusal's sentence."""
    try:
        yield
    except BackupRefused as refused:
        raise click.ClickException(
            both(f"backup.refused.{refused.code}", **refused.params)
        ) from None


@contextmanager
def shown_progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A function that takes (steps done, steps in all); draws on a terminal only."""
    if not sys.stderr.isatty():
        yield lambda done, length: None
        return
    with click.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def step(done: int, length: int) -> None:
            bar.length = length
            bar.update(done)

        yield step


def megabytes(size: int) -> str:
    """A size as people read it."""
    return f"{size / 1_000_000:,.1f}"
