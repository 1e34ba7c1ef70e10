"""Parse a run file into tables; an error names the table and the key, and what is allowed there."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, get_args

import msgspec

from uipath_odata.errors import QueryError
from uipath_odata.export.formats import Format, Timestamps
from uipath_odata.export.options import PartitionBy
from uipath_odata.export.run_files.entity_sets import nearest
from uipath_odata.export.run_files.tables import (
    CredentialsTable,
    ExportTable,
    OptionsTable,
    RunTable,
    TenantTable,
)

__all__ = ["read_tables"]

_VALUES: Final[Mapping[str, tuple[str, ...]]] = {
    "format": get_args(Format),
    "timestamps": get_args(Timestamps),
    "partition_by": get_args(PartitionBy),
}
_KINDS: Final[Mapping[str, str]] = {
    "str": "a text in quotes",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": 'a list in brackets, such as ["Jobs"]',
    "object": 'a table, such as { env = "ACME_" }',
    "date": "a date without quotes",
    "datetime": "a time without quotes",
    "time": "a time without quotes",
}
_MISSING: Final = {
    "export": "name the sets to export there",
    "sets": 'name them, such as sets = ["Jobs"]',
    "name": "name the tenant",
    "url": "write the address of the tenant, such as https://cloud.uipath.com/acme/Default",
}
_PLACE: Final = re.compile(r"(\w+)(?:\[(\d+)\])?\.?(.*)")
_CREDENTIAL: Final = frozenset({"access_token", "client_id", "client_secret", "pat", "scope", "user_key"})


def read_tables(file: Path) -> RunTable:
    """Read a run file. Raise QueryError, which shows no value but of keys with few values."""
    try:
        return msgspec.convert(tomllib.loads(file.read_text("utf-8")), RunTable)
    except OSError as error:
        raise QueryError(f"{file} cannot be read, {error.strerror}: give the path of a run file") from None
    except UnicodeDecodeError:
        raise QueryError(f"{file} is not UTF-8, as TOML is: save it so") from None
    except tomllib.TOMLDecodeError as error:
        raise QueryError(
            f"{file} is not TOML: {error}: texts are in quotes, true and false are not"
        ) from None
    except msgspec.ValidationError as error:
        raise QueryError(f"{file}: {_in_words(str(error))}") from None


def _in_words(message: str) -> str:
    """Return what msgspec says of ``$.export[0].since`` as one about ``[[export]] 1: since``."""
    what, _, place = message.partition(" - at ")
    name, number, key = _placed(place.strip("`").removeprefix("$").strip("."))
    table = f"[[{name}]] {int(number) + 1}" if number else f"[{name}]" if name else "the file"
    if "unknown field" in what:
        return _unknown(what.split("`")[1], name, key, table)
    if "missing required field" in what:
        missing = what.split("`")[1]
        return f"{table} has no {f'[[{missing}]]' if not name else missing}: {_MISSING[missing]}"
    if not key:
        return f"{table} is one table: write [[{name}]], with two brackets"
    if "enum" in what:
        return f"{table}: {key} is one of {', '.join(_VALUES[key.partition('[')[0]])}"
    return f"{table}: {key} {_kinds(what)}"


def _placed(place: str) -> tuple[str, str | None, str]:
    found = _PLACE.fullmatch(place)
    return (found[1], found[2], found[3]) if found else ("", None, "")


def _unknown(wrong: str, name: str, key: str, table: str) -> str:
    where = f"{table}: {key}" if key else table
    if wrong in _CREDENTIAL:
        return f'{where} has {wrong}, which is not written in this file: use credentials = {{ env = "ACME_" }}, file or command'
    known = _known(name, key)
    meant = nearest(wrong, known)
    advice = f"did you mean {meant}?" if meant else f"it takes {', '.join(known)}"
    return f"{where} has no key {wrong}: {advice}"


def _known(name: str, key: str) -> tuple[str, ...]:
    if not name:
        return RunTable.__struct_fields__
    tables: dict[str, Any] = {"export": ExportTable, "defaults": OptionsTable, "tenant": TenantTable}
    fields: tuple[str, ...] = (CredentialsTable if key else tables[name]).__struct_fields__
    return fields


def _kinds(what: str) -> str:
    """Return "takes a text in quotes, not a whole number" for "Expected `str | null`, got `int`"."""
    names: list[str] = re.findall(r"`([^`]*)`", what)
    if len(names) < 2:  # noqa: PLR2004 - what it may be, and what it is
        return f"is wrong, {what[:1].lower()}{what[1:]}: correct it"
    may_be = " or ".join(_KINDS.get(each, each) for each in names[0].split(" | ") if each != "null")
    return f"takes {may_be}, not {_KINDS.get(names[1], names[1]).partition(',')[0]}"
