"""A run file: read, checked before the first request, and divided by tenants.

The command ``uipath-odata run`` and programs read it alike: ``load_run("nightly.toml")``.
"""

from __future__ import annotations

import logging
import os
import string
import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import attrs
import msgspec
from yarl import URL

from uipath_odata.auth import AccessToken
from uipath_odata.auth.environment import deployment
from uipath_odata.client import Orchestrator
from uipath_odata.errors import AuthenticationFailed, QueryError
from uipath_odata.export.events import Event, Summary
from uipath_odata.export.exporting import exporting
from uipath_odata.export.places.place import without_login
from uipath_odata.export.reports.report_files import ReportFiles, check_reports, writing
from uipath_odata.export.run_files.credentials import variables_of
from uipath_odata.export.run_files.entity_sets import nearest
from uipath_odata.export.run_files.export_choice import HASH_KEY, ExportChoice
from uipath_odata.export.run_files.parsing import read_tables
from uipath_odata.export.run_files.tables import ExportTable, OptionsTable, TenantTable
from uipath_odata.local.log_line import LogPlace, log_line
from uipath_odata.local.threads import in_thread
from uipath_odata.settings import Settings, load_settings
from uipath_odata.transport.pool import Pool

__all__ = ["RunFile", "RunTenant", "load_run"]

_log: Final = logging.getLogger("uipath_odata.export")
_FIELDS: Final = frozenset({"name", "organization", "tenant"})
_PLACES: Final = ("output", "table", "state", "report", "metrics")
"""The keys that take fields."""
_ENVIRONMENT: Final = "environment"
"""The name of the one tenant of a file that names none."""


@attrs.frozen
class RunTenant:
    """One tenant of a run file, and the folder that the file's own paths start from."""

    table: TenantTable
    folder: Path
    environ: Mapping[str, str] = attrs.field(repr=False)

    @property
    def name(self) -> str:
        return self.table.name

    def variables(self) -> dict[str, str]:
        """Return the environment of the tenant's client. Raise QueryError where its credentials are not there."""
        table, environ = self.table, {**self.environ}
        if table.credentials is not None:
            for each in [name for name in environ if name.startswith("UIPATH_") and name != HASH_KEY]:
                del environ[each]
            environ |= variables_of(table.credentials, "credentials", self.environ, self.folder)
        return {**environ, **({"UIPATH_URL": table.url} if table.url else {})}

    def client(self, pool: Pool | None = None) -> Orchestrator:
        """Make the client, which writes nothing to Orchestrator."""
        table = self.table
        settings = self._settings()
        if table.share is not None:
            settings = attrs.evolve(settings, share=table.share)
        trust: Any = {"ca_file": self.folder / table.ca_file} if table.ca_file and pool is None else {}
        trust |= {"trust_env": True} if table.trust_env and pool is None else {}
        return Orchestrator.from_env(self.variables(), read_only=True, settings=settings, pool=pool, **trust)

    def _settings(self) -> Settings:
        if self.table.settings is None:
            return Settings()
        file = self.folder / self.table.settings
        try:
            return load_settings(file)
        except OSError as error:
            raise QueryError(
                f"settings: {file} cannot be read, {error.strerror}: uipath-odata doctor --save makes it"
            ) from None

    def filled(self, choice: ExportChoice) -> ExportChoice:
        """Return an export with its places those of this tenant."""
        table = choice.table
        places = {name: self.output(text) for name in _PLACES if (text := getattr(table, name))}
        return attrs.evolve(choice, table=msgspec.structs.replace(table, **places))

    def output(self, template: str) -> str:
        """Return a place with ``{name}``, ``{organization}`` and ``{tenant}`` filled in."""
        segments = [unquote(each) for each in URL(self.table.url or "").raw_path.split("/") if each]
        known = {"name": self.name}
        if len(segments) > 1:
            known |= {"organization": segments[0], "tenant": segments[1]}
        try:
            return template.format_map(known)
        except KeyError as error:
            raise QueryError(
                f"output: the URL of {self.name} does not say its {error.args[0]}: use {{name}}"
            ) from None


@attrs.frozen
class RunFile:
    """Exports and the tenants that they read."""

    path: Path
    exports: tuple[ExportChoice, ...]
    tenants: tuple[RunTenant, ...]

    async def export(self, tenant: RunTenant) -> list[Summary]:
        """Export what the file names of one tenant, and return a summary of each ``[[export]]``; raises what `export` raises.

        ``report`` and ``metrics`` are written with what this tenant did; name them by ``{name}`` where several are exported.
        """
        choices = [*map(tenant.filled, self.exports)]
        with writing([each.report_files for each in choices], self._warn_of(tenant)) as take:
            # A command that credentials come from takes its time.
            client = await in_thread(tenant.client)
            async with client as orchestrator:
                return [await _export(each, orchestrator, tenant, take) for each in choices]

    @staticmethod
    def _warn_of(tenant: RunTenant) -> Callable[[str], None]:
        return lambda message: log_line(_log, logging.WARNING, LogPlace(tenant.name), "%s", message)

    @property
    def report_files(self) -> list[ReportFiles]:
        """The files that the run leaves of itself."""
        return [tenant.filled(each).report_files for tenant in self.tenants for each in self.exports]

    def only(self, names: Iterable[str]) -> RunFile:
        """Return the run of these tenants alone. Raise QueryError for a name that is not in the file."""
        wanted, known = [*names], [each.name for each in self.tenants]
        for name in wanted:
            if name not in known:
                meant = nearest(name, known)
                advice = f"did you mean {meant}?" if meant else f"it has {', '.join(known)}"
                raise QueryError(f"{self.path} has no tenant {name}: {advice}")
        return attrs.evolve(self, tenants=tuple(each for each in self.tenants if each.name in wanted))

    def shard(self, number: int, count: int) -> RunFile:
        """Return the share of machine ``number`` of ``count``: each tenant is in one share, whatever else the file has."""
        if not 1 <= number <= count:
            raise QueryError(
                f"shard {number}/{count} is not a share: number the machines from 1 to their count, such as 3/10"
            )
        mine = [each for each in self.tenants if zlib.crc32(each.name.encode()) % count == number - 1]
        return attrs.evolve(self, tenants=tuple(mine))


async def _export(
    each: ExportChoice,
    orchestrator: Orchestrator,
    tenant: RunTenant,
    take: Callable[[Event, ReportFiles], None],
) -> Summary:
    lists, output = await each.lists(orchestrator), each.table.output or ""
    async with exporting(lists, output, each.table.format, **each.options()) as run:
        async for event in run:
            take(attrs.evolve(event, tenant=tenant.name), each.report_files)
        return run.summary


def load_run(path: str | os.PathLike[str], environ: Mapping[str, str] | None = None) -> RunFile:
    """Read a run file and check it whole; nothing is asked of any server.

    Raise QueryError that names the table and the key, also for credentials that are not there.
    """
    file = Path(path)
    variables = os.environ if environ is None else environ
    table = read_tables(file)
    key = variables.get(HASH_KEY)
    exports = [
        ExportChoice(_merged(table.defaults, each), key.encode() if key else None) for each in table.export
    ]
    tenants = table.tenant or (TenantTable(name=_ENVIRONMENT, url=variables.get("UIPATH_URL", "")),)
    run = RunFile(file, tuple(exports), tuple(RunTenant(each, file.parent, variables) for each in tenants))
    _check_names(run)
    for number, each in enumerate(run.exports, 1):
        _check_export(each, f"{file}: [[export]] {number} ({', '.join(each.table.sets)})")
    for tenant in run.tenants:
        _check_tenant(tenant, file)
    _check_places(run)
    return run


def _merged(defaults: OptionsTable, table: ExportTable) -> ExportTable:
    own = table.chosen()
    chosen = {**defaults.chosen(), **own}
    if "folders" in own or "all_folders" in own:  # each replaces the other
        for name in {"folders", "all_folders"} - own.keys():
            chosen.pop(name, None)
    return ExportTable(**chosen)


def _check_names(run: RunFile) -> None:
    names = [each.name for each in run.tenants]
    if not run.exports:
        raise QueryError(f"{run.path} has no [[export]]: name the sets to export")
    for name in names:
        wrong = "is empty" if not name else "has a slash" if set(name) & set("/\\") else "is given twice"
        if not name or names.count(name) > 1 or set(name) & set("/\\"):
            raise QueryError(f"{run.path}: the tenant name {name!r} {wrong}: choose another")


def _check_export(each: ExportChoice, where: str) -> None:
    if not each.table.output:
        raise QueryError(f"{where} has no output: name a directory or URL there or in [defaults]")
    if not each.table.sets:
        raise QueryError(f'{where}: sets is empty: name them, such as sets = ["Jobs"]')
    for key in _PLACES:
        if (fields := _fields(getattr(each.table, key) or "", f"{where}: {key}")) - _FIELDS:
            raise QueryError(
                f"{where}: {key} takes {{name}}, {{organization}} and {{tenant}}, not {{{min(fields - _FIELDS)}}}"
            )
    nowhere = Orchestrator("https://localhost/any/any", AccessToken("none"))
    try:
        each.check_place(each.table.output)
        each.check(nowhere)
        each.check_table(each.table.output)
        each.check_format(each.table.output)
    except QueryError as error:
        raise QueryError(f"{where}: {error}") from None


def _fields(template: str, where: str) -> set[str]:
    try:
        return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}
    except ValueError:
        raise QueryError(
            f"{where} {template!r} has a brace alone: write {{name}}, or {{{{ for a brace"
        ) from None


def _check_tenant(tenant: RunTenant, file: Path) -> None:
    given = tenant.table.credentials
    if given is not None and sum(each is not None for each in (given.env, given.file, given.command)) != 1:
        raise QueryError(f"{file}: [[tenant]] {tenant.name}: credentials takes one of env, file and command")
    if given is not None and given.command == ():
        raise QueryError(
            f"{file}: [[tenant]] {tenant.name}: credentials.command is empty: name the program first"
        )
    if not tenant.table.url and tenant.name != _ENVIRONMENT:
        raise QueryError(
            f"{file}: [[tenant]] {tenant.name}: url is empty: write it like https://cloud.uipath.com/acme/Default"
        )
    try:
        deployment({"UIPATH_URL": tenant.table.url} if tenant.table.url else tenant.environ)
        if (
            given is None or given.command is None
        ):  # a command may ask a person, or a vault: once, when it is needed
            tenant.client()
    except (QueryError, AuthenticationFailed, OSError, ValueError) as error:
        raise QueryError(f"{file}: [[tenant]] {tenant.name}: {error}") from None


def _check_places(run: RunFile) -> None:
    places: dict[str, str] = {}
    for tenant in run.tenants:
        for each in map(tenant.filled, run.exports):
            who = f"{', '.join(each.table.sets)} of {tenant.name}"
            tables = [f"{each.table.table} ({name})" for name in each.table.sets if each.table.table]
            state = f"{each.table.state} (state)" if each.table.state else None
            for place in filter(None, (each.table.output, state, *tables)):
                if place in places:
                    raise QueryError(
                        f"{run.path}: {who} and {places[place]} go to {without_login(place)}: give each [[export]] an output, "
                        "table and state of its own, with {name} in it where there are several tenants"
                    )
                places[place] = who
    try:
        check_reports(run.report_files)
    except QueryError as error:
        raise QueryError(f"{run.path}: {error}") from None
