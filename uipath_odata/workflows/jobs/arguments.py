"""Arguments of jobs: inputs to a JSON text, outputs from one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from uipath_odata.errors import DecodeError, QueryError
from uipath_odata.odata.entity import Entity
from uipath_odata.odata.rows.encode import body_of, json_bytes
from uipath_odata.odata.rows.json_body import as_object, parse

__all__ = ["Arguments", "arguments_text", "fits_in_request", "parsed_arguments"]

Arguments: TypeAlias = Mapping[str, Any] | str | Entity
"""Arguments of a process: by name, as a JSON text, or an entity."""

# StartProcessDto of the API: InputArguments has at most so many characters, which .NET counts in UTF-16.
_LONGEST: Final = 10_000


def arguments_text(arguments: Arguments | None) -> str | None:
    """Return the JSON text of arguments, None for none; raise QueryError for what is not a JSON object."""
    if arguments is None:
        return None
    if not isinstance(arguments, str):
        return json_bytes(body_of(arguments)).decode()
    try:
        given = as_object(parse(arguments.encode()))
    except (DecodeError, UnicodeEncodeError):
        given = None
    if given is None:
        raise QueryError("the arguments are not the text of a JSON object: give a dict, or such a text")
    return arguments


def fits_in_request(text: str) -> bool:
    """Whether a start takes the text itself; larger ones travel as an attachment."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2 <= _LONGEST


def parsed_arguments(text: str | None) -> dict[str, Any]:
    """Return the arguments that a JSON text holds, none for an empty one or null."""
    if not text or not text.strip():
        return {}
    value = parse(text.encode("utf-8", "surrogatepass"))
    found = {} if value is None else as_object(value)
    if found is None:
        raise DecodeError(
            f"the output arguments are not a JSON object but {type(value).__name__}: read job.output_arguments"
        )
    return found
