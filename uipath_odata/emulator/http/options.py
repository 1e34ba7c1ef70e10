"""The query options of one request, read and checked against what the operation allows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote_plus

import attrs

from uipath_odata.emulator.http.answers import INVALID_ARGUMENT, Refusal, invalid_options

_PIECE = re.compile(r"'(?:[^']|'')*'|[^']")
_NAMES = frozenset({"$filter", "$select", "$expand", "$orderby", "$top", "$skip", "$count"})
_LARGEST_INT = 2**31 - 1


@attrs.frozen
class OrderTerm:
    expression: str
    descending: bool


@attrs.frozen
class Options:
    filter: str | None = None
    select: tuple[str, ...] = ()
    expand: tuple[Expand, ...] = ()
    orderby: tuple[OrderTerm, ...] = ()
    top: int | None = None
    skip: int = 0
    count: bool | None = None


@attrs.frozen
class Expand:
    path: str
    options: Options


def query_pairs(query_string: str) -> Iterator[tuple[str, str]]:
    """Split a query string as ASP.NET does: ``+`` is a space. An empty piece is refused."""
    if not query_string:
        return
    for piece in query_string.split("&"):
        name, _, value = piece.partition("=")
        if not name or (name.startswith(("$", "%24")) and not value):
            raise invalid_options("An option has no name or no value.")
        yield unquote_plus(name), unquote_plus(value)


def parse(query_string: str, allowed: Mapping[str, int | None]) -> Options:
    """Read the options that the operation allows; its limits are the values of ``allowed``."""
    given: dict[str, str] = {}
    for name, value in query_pairs(query_string):
        option = name.lower()
        if option in given or f"${option}" in _NAMES or (option.startswith("$") and option not in allowed):
            raise invalid_options(f"The query option '{name}' is given twice or is not supported here.")
        given[option] = value
    options = _read(given, int(allowed.get("$expand") or 0))
    _check_limits(options, allowed)
    return options


def split(text: str, separator: str) -> list[str]:
    """Split at a separator that is not inside quotes or parentheses."""
    parts, depth = [""], 0
    for piece in _PIECE.findall(text):
        depth += (piece == "(") - (piece == ")")
        if piece == separator and depth == 0:
            parts.append("")
        else:
            parts[-1] += piece
    if depth:
        raise invalid_options("Parentheses do not match.")
    return [part.strip() for part in parts]


def _read(given: Mapping[str, str], depth: int) -> Options:
    return Options(
        filter=given.get("$filter"),
        select=tuple(split(given["$select"], ",")) if "$select" in given else (),
        expand=tuple(_expand(item, depth) for item in split(given["$expand"], ","))
        if "$expand" in given
        else (),
        orderby=tuple(map(_order_term, split(given["$orderby"], ","))) if "$orderby" in given else (),
        top=_number("$top", given["$top"]) if "$top" in given else None,
        skip=_number("$skip", given.get("$skip", "0")),
        count=_truth(given["$count"]) if "$count" in given else None,
    )


def _expand(item: str, depth: int) -> Expand:
    match = re.fullmatch(r"([\w/]+)(?:\((.+)\))?", item, re.DOTALL)
    if match is None or depth == 0:
        raise invalid_options(f"$expand does not take '{item}', or not at this depth.")
    given: dict[str, str] = {}
    for option in split(match[2] or "", ";"):
        name, _, value = option.partition("=")
        if (match[2] and not value) or (value and name.lower() not in _NAMES):
            raise invalid_options(f"$expand does not take the option '{option}'.")
        if value:
            given[name.lower()] = value
    return Expand(match[1], _read(given, depth - 1))


def _order_term(term: str) -> OrderTerm:
    match = re.fullmatch(r"(.+?)(?:\s+(asc|desc))?", term, re.DOTALL | re.IGNORECASE)
    if match is None:
        raise invalid_options("$orderby has an empty term.")
    return OrderTerm(match[1], (match[2] or "").lower() == "desc")


def _number(name: str, text: str) -> int:
    if not text.isdigit() or int(text) > _LARGEST_INT:
        raise invalid_options(f"'{text}' is not a value for {name}.")
    return int(text)


def _truth(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise invalid_options(f"'{text}' is not a value for $count.")
    return text.lower() == "true"


def _check_limits(options: Options, allowed: Mapping[str, int | None]) -> None:
    largest = allowed.get("$top")
    if options.top is not None and largest is not None and options.top > largest:
        raise Refusal(f"The field take must be between 0 and {largest}", INVALID_ARGUMENT)
    if len(options.orderby) > (allowed.get("$orderby") or 0) and options.orderby:
        raise invalid_options("$orderby has too many terms.")
