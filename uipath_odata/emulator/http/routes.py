"""From a method and a path to the operation of the schema that they mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus

import attrs

from uipath_odata.emulator.data import schema
from uipath_odata.emulator.data.schema import Operation
from uipath_odata.emulator.http.answers import Refusal

_ARGUMENT = re.compile(r"'\{(\w+)\}'|\[\{(\w+)\}\]|\{(\w+)\}")
# Orchestrator takes quotes around a number, too.
_PATTERNS = {"integer": r"'?(-?\d+)L?'?", "string:uuid": r"'?([0-9a-fA-F-]{36})'?"}
_QUOTED, _ANY = r"'((?:[^']|'')*)'", r"'?([^/(),']*)'?"


@attrs.frozen
class Route:
    pattern: re.Pattern[str]
    names: tuple[str, ...]
    operation: Operation

    def arguments(self, path: str) -> Mapping[str, str] | None:
        match = self.pattern.fullmatch(path)
        if match is None:
            return None
        return {name: text.replace("''", "'") for name, text in zip(self.names, match.groups(), strict=True)}


_BEGINNING = re.compile(r"/\w+/\w+")


@attrs.frozen
class Routes:
    """Finds operations by path, whatever its case, among those that begin alike: ``/odata/Jobs``."""

    by_beginning: Mapping[str, tuple[Route, ...]]

    def find(self, method: str, path: str) -> tuple[Operation, Mapping[str, str]] | None:
        """Return the operation and what its path's arguments hold; None for a path that no operation has."""
        methods = set[str]()
        for route in self.by_beginning.get(_beginning(path), ()):
            arguments = route.arguments(path)
            if arguments is not None and route.operation.method == method:
                return route.operation, arguments
            if arguments is not None:
                methods.add(route.operation.method)
        if methods:
            raise Refusal(
                f"The requested resource does not support http method '{method}'.",
                status=HTTPStatus.METHOD_NOT_ALLOWED,
            )
        return None


@cache
def load() -> Routes:
    """Make the routes of all operations of the schema."""
    found: dict[str, tuple[Route, ...]] = {}
    for operation in schema.load().operations:
        beginning = _beginning(operation.path)
        found[beginning] = (*found.get(beginning, ()), _route(operation))
    return Routes(found)


def _beginning(path: str) -> str:
    match = _BEGINNING.match(path)
    return match[0].lower() if match else ""


def _route(operation: Operation) -> Route:
    pattern, names, end = "", list[str](), 0
    for argument in _ARGUMENT.finditer(operation.path):
        pattern += re.escape(operation.path[end : argument.start()])
        name = next(filter(None, argument.groups()))
        pattern += _pattern(argument, operation.parameters[name])
        names.append(name)
        end = argument.end()
    pattern += re.escape(operation.path[end:])
    is_function = re.search(r"/[\w.]+OData\.\w+$|/UiPathODataSvc\.\w+$", operation.path) is not None
    if is_function:
        pattern += r"(?:\(\))?"
    return Route(re.compile(pattern, re.IGNORECASE), tuple(names), operation)


def _pattern(argument: re.Match[str], shape: str) -> str:
    if argument[1]:
        return _QUOTED
    if argument[2]:
        return r"\[([^\]]*)\]"
    return _PATTERNS.get(shape) or _PATTERNS.get(shape.split(":", maxsplit=1)[0], _ANY)
