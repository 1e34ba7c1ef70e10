"""The credentials of a tenant in a run file: variables with a prefix, a file, or the output of a command.

None of the three puts a secret into the run file. A command is a list of words and never a shell's text, so that nothing in
it is expanded.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast

from uipath_odata.errors import QueryError
from uipath_odata.export.run_files.tables import CredentialsTable

__all__ = ["variables_of"]

_SECONDS: Final = 60
_PREFIX: Final = "UIPATH_"
_NAMES: Final = frozenset(
    {"ACCESS_TOKEN", "CLIENT_ID", "CLIENT_SECRET", "SCOPE", "USER_KEY", "PAT", "TOKEN_URL", "IDENTITY_URI"}
)
_LINE: Final = re.compile(r"(?:export\s+)?(\w+)\s*=\s*(.*?)\s*")


def variables_of(
    table: CredentialsTable, where: str, environ: Mapping[str, str], folder: Path
) -> dict[str, str]:
    """Return the variables of UiPath's tools, ``UIPATH_CLIENT_ID`` …, that a tenant's credentials stand for.

    ``folder`` is where a relative file lies. Raise QueryError, which never shows a value, where there are none.
    """
    if table.env is not None:
        return _of_prefix(table.env, where, environ)
    if table.file is not None:
        return _of_text(_read(folder / table.file, where), f"{where}: the file {table.file}")
    return _of_text(
        _printed(table.command or (), where), f"{where}: what {(table.command or ('',))[0]} printed"
    )


def _of_prefix(prefix: str, where: str, environ: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in sorted(_NAMES):
        values = [environ[each] for each in (prefix + name, prefix + _PREFIX + name) if environ.get(each)]
        if len({*values}) > 1:
            raise QueryError(f"{where}: {prefix}{name} and {prefix}{_PREFIX}{name} differ: unset one of them")
        if values:
            found[_PREFIX + name] = values[0]
    if not found:
        raise QueryError(
            f"{where}: no variable begins with {prefix}: set {prefix}CLIENT_ID with {prefix}CLIENT_SECRET and "
            f"{prefix}SCOPE, or {prefix}ACCESS_TOKEN"
        )
    return found


def _of_text(text: str, where: str) -> dict[str, str]:
    """Read a JSON object, lines of ``NAME=value``, or a token alone."""
    text = text.strip()
    if text.startswith("{"):
        return _known(_object(text, where), where)
    if "=" not in text.rstrip("=") and len(text.split()) == 1:
        return {f"{_PREFIX}ACCESS_TOKEN": text}
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    found = [_LINE.fullmatch(line.strip()) for line in lines]
    if not lines or None in found:
        raise QueryError(
            f"{where} is neither lines of NAME=value nor a JSON object nor a token: write one of them"
        )
    return _known({each[1]: _unquoted(each[2]) for each in found if each}, where)


def _object(text: str, where: str) -> dict[str, str]:
    try:
        value: Any = json.loads(text)
    except ValueError:
        value = None
    members = cast("dict[str, Any]", value if isinstance(value, dict) else {})
    if not members or not all(isinstance(each, str) for each in members.values()):
        raise QueryError(f'{where} is not a JSON object of texts: write {{"CLIENT_ID": …}}')
    return members


def _known(given: Mapping[str, str], where: str) -> dict[str, str]:
    found = {_PREFIX + name.removeprefix(_PREFIX): value for name, value in given.items()}
    if wrong := sorted(name for name in found if name.removeprefix(_PREFIX) not in _NAMES):
        raise QueryError(f"{where} has {wrong[0]}, which is not known: use {', '.join(sorted(_NAMES))}")
    return found


def _read(file: Path, where: str) -> str:
    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise QueryError(f"{where}: {file} cannot be read, {error.strerror}: give its right path") from None
    except UnicodeDecodeError:
        raise QueryError(f"{where}: {file} is not UTF-8: save it so") from None


def _printed(command: tuple[str, ...], where: str) -> str:
    try:
        ended = subprocess.run(  # noqa: S603 - the words of the run file's owner, and no shell
            command, stdout=subprocess.PIPE, check=True, timeout=_SECONDS, text=True, stdin=subprocess.DEVNULL
        )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        code = getattr(error, "returncode", None)
        why = f"exit code {code}" if code is not None else getattr(error, "strerror", None) or str(error)
        raise QueryError(f"{where}: the command {command[0]} failed ({why}): run it by hand") from None
    return ended.stdout


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value
