"""What the command ``doctor`` prints and saves."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from uipath_odata.cli.printable import printable
from uipath_odata.client import Scope
from uipath_odata.doctor import Finding, examine, settings_of
from uipath_odata.settings_file import save_settings

__all__ = ["diagnose"]

_STYLES = {"confirmed": "green", "refuted": "red", "unknown": "yellow"}


async def diagnose(scope: Scope, file: Path | None) -> None:
    """Examine the tenant, print each assumption and the settings that follow, and save these where asked."""
    found = await examine(scope)
    settings = settings_of(found)
    console = Console()
    console.print(_table(found))
    changed = {name: value for finding in found for name, value in finding.settings.items()}
    console.print(f"Settings that follow: {changed or 'none; the defaults fit this tenant'}")
    if file is not None:
        save_settings(settings, file)
        console.print(f"Saved to {file}; use settings=load_settings({str(file)!r})")


def _table(found: list[Finding]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("", "assumption", "evidence"):
        table.add_column(heading)
    for finding in found:
        verdict = f"[{_STYLES[finding.verdict]}]{finding.verdict}[/]"
        table.add_row(verdict, finding.assumption, Text(printable(finding.evidence)))
    return table
