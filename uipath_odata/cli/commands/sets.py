"""``uipath-odata sets``: the entity sets and how an export reads them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final, NamedTuple

import click

from uipath_odata import AccessToken, Orchestrator
from uipath_odata.cli.commands.work.rows_shown import Form
from uipath_odata.cli.printable import form_of
from uipath_odata.export.lists import mode_of, time_property
from uipath_odata.export.run_files.entity_sets import all_sets, name_of
from uipath_odata.odata.entity import properties

__all__ = ["sets"]

_COLUMNS: Final = "{0:<24} {1:<9} {2:<8} {3:<14} {4}"


class SetRow(NamedTuple):
    """One entity set; ``key`` and ``time`` are wire names, where it has them."""

    set: str
    mode: str
    plan: str
    time: str | None
    key: str | None


@click.command()
@click.option(
    "--format", "form", type=click.Choice(["table", "json"]), help="[table on a terminal, else json]"
)
def sets(form: Form | None) -> None:
    """List the entity sets: how  export --since last  reads each again, by which plan, and its time and key.

    append: new rows only, and late ones. modified: what was changed since. open: what was not final, too. replace: all of
    it. Plans: window and keyset prove that every row came, offset proves nothing.
    """
    if form_of(form) == "json":
        for row in _rows():
            click.echo(json.dumps(row._asdict()))
        return
    click.echo(_COLUMNS.format("SET", "MODE", "PLAN", "TIME", "KEY"))
    for row in _rows():
        click.echo(_COLUMNS.format(*(value or "-" for value in row)).rstrip())


def _rows() -> Iterator[SetRow]:
    nowhere = Orchestrator.cloud(organization="any", tenant="any", credentials=AccessToken("none"))
    for each in all_sets(nowhere):
        name, entity = name_of(each), each.__entity__
        wire_names = [member.wire for member in properties(entity).values()]
        time = time_property(entity)
        key = next((wire for wire in ("Id", "Key") if wire in wire_names and name != "RobotLogs"), None)
        yield SetRow(name, mode_of(each, name), each.explain().plan, time.wire if time else None, key)
