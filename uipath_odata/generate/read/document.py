"""An API as frozen values, which the readers make and the other packages use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

import attrs

__all__ = [
    "ApiOperation",
    "Array",
    "Document",
    "Enum",
    "Envelope",
    "Map",
    "Parameter",
    "Primitive",
    "Ref",
    "Schema",
    "SchemaProperty",
    "Type",
    "enums",
]

_SUCCESS: Final = range(200, 300)


@attrs.frozen
class Primitive:
    """A JSON type and its format, such as ``string:uuid``; ``any`` and ``object`` have no shape."""

    name: str


@attrs.frozen
class Ref:
    """An object schema, by name."""

    schema: str


@attrs.frozen
class Enum:
    """An enum, by name."""

    name: str


@attrs.frozen
class Array:
    """A list of one type."""

    item: Type


@attrs.frozen
class Map:
    """An object with free keys and values of one type."""

    value: Type


@attrs.frozen
class Envelope:
    """An OData answer: an object whose ``value`` holds the result."""

    value: Type


Type: TypeAlias = Primitive | Ref | Enum | Array | Map | Envelope


@attrs.frozen
class SchemaProperty:
    """A property of an object schema, by its wire name."""

    wire: str
    type: Type
    required: bool = False
    read_only: bool = False
    """Whether only answers have it."""
    text: str = ""
    """What it holds, as a phrase."""


@attrs.frozen
class Schema:
    """An object schema; its properties are its own, those of ``bases`` come first."""

    name: str
    properties: tuple[SchemaProperty, ...]
    bases: tuple[str, ...] = ()
    text: str = ""
    """What it is, as a sentence."""

    def references(self) -> Iterator[str]:
        """Yield the schemas that this one needs directly."""
        yield from self.bases
        for each in self.properties:
            yield from references(each.type)


@attrs.frozen
class Parameter:
    """A parameter in the path, the query or a header."""

    name: str
    type: Type
    text: str = ""
    """What it does, as a phrase."""


@attrs.frozen
class ApiOperation:
    """One method on one path."""

    tag: str
    method: str
    path: str
    path_parameters: tuple[Parameter, ...]
    query_parameters: tuple[Parameter, ...]
    options: Mapping[str, int | None]
    """OData query options that are accepted, with their documented limits."""
    folder_required: bool
    body: Type | None
    answers: Mapping[int, Type | None]
    """The type of the answer with each status."""
    header_parameters: tuple[Parameter, ...] = ()
    """Parameters in headers, apart from the folder."""
    multipart: bool = False
    """Whether the body is a form with files, not JSON."""
    scopes: tuple[str, ...] = ()
    """OAuth scopes; one of them is enough."""
    permissions: tuple[str, ...] = ()
    deprecated: bool = False
    text: str = ""
    """What the caller gets, as a sentence."""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters in the path, the query and the headers."""
        return (*self.path_parameters, *self.query_parameters, *self.header_parameters)

    @property
    def answer(self) -> Type | None:
        """The type of the answer to a request that succeeds."""
        found = (type_ for status, type_ in sorted(self.answers.items()) if status in _SUCCESS and type_)
        return next(found, None)

    def references(self) -> Iterator[str]:
        """Yield the schemas that the operation needs directly."""
        parameters = (each.type for each in (*self.path_parameters, *self.query_parameters))
        for type_ in (self.body, *self.answers.values(), *parameters):
            yield from references(type_)


@attrs.frozen
class Document:
    """An API: its operations, object schemas and enums, in the order of the source."""

    operations: tuple[ApiOperation, ...]
    schemas: Mapping[str, Schema]
    enums: Mapping[str, tuple[str, ...]]
    tags: Mapping[str, str] = attrs.field(factory=dict[str, str])
    """What an entity set or tag is for, where the document says it."""

    @property
    def sent(self) -> frozenset[str]:
        """The schemas that a request's body may hold."""
        found: set[str] = set()
        waiting = [schema for each in self.operations for schema in references(each.body)]
        while waiting:
            schema = waiting.pop()
            if schema not in found:
                found.add(schema)
                waiting += self.schemas[schema].references()
        return frozenset(found)

    def amended_by(self, other: Document) -> Document:
        """Return this document with the operations of ``other`` in place of its own, and then what only ``other`` has."""
        theirs = {(each.method, each.path): each for each in other.operations}
        operations = tuple(theirs.get((each.method, each.path), each) for each in self.operations)
        return attrs.evolve(self, operations=operations).extended_by(other)

    def extended_by(self, other: Document) -> Document:
        """Return this document with what only ``other`` has after it; where both have a name, this document's shape stays."""
        known = {(each.method, each.path) for each in self.operations}
        new = tuple(each for each in other.operations if (each.method, each.path) not in known)
        return Document(
            (*self.operations, *new), {**other.schemas, **self.schemas}, {**other.enums, **self.enums}
        )


def enums(type_: Type | None) -> Iterator[str]:
    """Yield the enums inside a type."""
    match type_:
        case Enum(name):
            yield name
        case Array(inner) | Map(inner) | Envelope(inner):
            yield from enums(inner)
        case _:
            return


def references(type_: Type | None) -> Iterator[str]:
    """Yield the schemas inside a type."""
    match type_:
        case Ref(schema):
            yield schema
        case Array(inner) | Map(inner) | Envelope(inner):
            yield from references(inner)
        case _:
            return
