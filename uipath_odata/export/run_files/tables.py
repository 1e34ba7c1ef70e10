"""The tables and keys of a run file, each with its type."""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

from uipath_odata.export.formats import Format, Timestamps
from uipath_odata.export.options import PartitionBy

__all__ = ["CredentialsTable", "ExportTable", "OptionsTable", "RunTable", "TenantTable"]

Names: TypeAlias = str | tuple[str, ...]
"""One name, or an array of them."""


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table that has only the keys that are written here; one that is left out is None."""


class OptionsTable(_Table, frozen=True, kw_only=True):
    """``[defaults]``: what each ``[[export]]`` takes where it says nothing else. The keys are the command's options."""

    output: str | None = None
    format: Format | None = None
    folders: Names | None = None
    all_folders: bool | None = None
    filter: str | None = None
    select: Names | None = None
    expand: Names | None = None
    since: str | None = None
    until: str | None = None
    look_back: int | None = None
    """Days."""
    final_after: int | None = None
    """Days."""
    allow_shrink: Names | None = None
    mirror: bool | None = None
    table: str | None = None
    with_details: bool | None = None
    state: str | None = None
    single_file: bool | None = None
    partition_by: PartitionBy | tuple[PartitionBy, ...] | None = None
    raw_csv: bool | None = None
    timestamps: Timestamps | None = None
    delimiter: str | None = None
    replace_surrogates: bool | None = None
    mode: str | int | None = None
    """As chmod writes it: ``"0640"``, or ``0o640``."""
    drop: Names | None = None
    hash: Names | None = None
    include_secrets: bool | None = None
    part_rows: int | None = None
    concurrency: int | None = None
    parallel: int | None = None
    page_size: int | None = None
    sweep: bool | None = None
    overwrite: bool | None = None
    accept_lost_folders: bool | None = None
    report: str | None = None
    """A page of HTML that draws the run; exports and tenants may share one."""
    metrics: str | None = None
    """A file for the textfile collector of a node exporter; they may share it, too."""

    def chosen(self) -> dict[str, Any]:
        """Return the keys that were written, with their values."""
        return {name: value for name, value in msgspec.structs.asdict(self).items() if value is not None}


class ExportTable(OptionsTable, frozen=True, kw_only=True):
    """``[[export]]``: entity sets that go to one place."""

    sets: tuple[str, ...]


class CredentialsTable(_Table, frozen=True, kw_only=True):
    """Where a tenant's credentials are: variables of a prefix, a file, or what a command prints; exactly one of them."""

    env: str | None = None
    file: str | None = None
    command: tuple[str, ...] | None = None


class TenantTable(_Table, frozen=True, kw_only=True):
    """``[[tenant]]``: one Orchestrator and what its client assumes."""

    name: str
    url: str
    credentials: CredentialsTable | None = None
    share: float | None = None
    settings: str | None = None
    """A file that ``uipath-odata doctor --save`` wrote."""
    ca_file: str | None = None
    trust_env: bool | None = None
    """Whether it goes through the proxy that HTTPS_PROXY names."""


class RunTable(_Table, frozen=True, kw_only=True):
    """The whole file."""

    defaults: OptionsTable = OptionsTable()
    export: tuple[ExportTable, ...]
    tenant: tuple[TenantTable, ...] = ()
