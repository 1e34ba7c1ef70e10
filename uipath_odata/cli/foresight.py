"""What an export will ask, told before it does."""

from __future__ import annotations

from collections.abc import Sequence

import click

from uipath_odata.cli.printable import printable
from uipath_odata.export import ExportList

__all__ = ["estimated", "explained"]


def explained(lists: Sequence[ExportList]) -> int:
    """Say how each list will be read and what its first request is, asking nothing; give the exit code."""
    for each in lists:
        explanation = each.query.explain()
        click.echo(printable(f"{each.key}: plan {explanation.plan}, {explanation.guarantee}"))
        click.echo(printable(f"  {explanation.first_request}"))
        for added in explanation.added:
            click.echo(printable(f"  adds {added}"))
    return 0


async def estimated(lists: Sequence[ExportList]) -> int:
    """Count each list, and say how many requests and minutes they take; give the exit code."""
    for each in lists:
        estimate = await each.query.estimate()
        pace = (
            "no rate limit is documented"
            if estimate.minutes is None
            else f"at least {estimate.minutes:.1f} minutes within the rate limit"
        )
        click.echo(printable(f"{each.key}: {estimate.rows:,} rows, {estimate.requests:,} requests, {pace}"))
    return 0
