"""The options ``--report`` and ``--metrics``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

__all__ = ["REPORTS"]

REPORTS: tuple[Callable[[Any], Any], ...] = (
    click.option(
        "--report",
        metavar="FILE.html",
        help="Draw the run on a page: rows over time, requests against the budget, waits, retries, and every list.",
    ),
    click.option(
        "--metrics",
        metavar="FILE.prom",
        help="Write what a node exporter's textfile collector reads: rows, requests, seconds, complete and proven by list.",
    ),
)
