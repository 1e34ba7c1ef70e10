"""The method that an operation becomes: its name, its arguments and its body."""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

import attrs

from uipath_odata.generate.decide.call_types import CallTypes
from uipath_odata.generate.decide.entity_sets import set_of
from uipath_odata.generate.decide.naming import snake, unique
from uipath_odata.generate.decide.package_layout import PackageLayout
from uipath_odata.generate.decide.repeatable_posts import REPEATABLE_POSTS
from uipath_odata.generate.read.document import (
    ApiOperation,
    Array,
    Envelope,
    Parameter,
    Primitive,
    Ref,
    SchemaProperty,
    Type,
)

__all__ = ["Argument", "Body", "Kind", "Method", "method", "operation_name", "owner_of", "title_of"]

Kind: TypeAlias = Literal["list", "create", "replace", "update", "listing", "call"]

_SEGMENT: Final = re.compile(r"/(?P<literal>[^/({]*)(?P<key>\('?\{\w+\}'?\)|\{\w+\})?")
_OF_SET: Final = re.compile(r"/odata/\w+(?P<key>\('?\{\w+\}'?\))?")
_KEY: Final = re.compile(r"(?:/|\(\'?)\{(\w+)\}")
_PREFIX: Final = re.compile(r"^X-UIPATH-", re.IGNORECASE)
_VERBS: Final = {"GET": "get", "POST": "create", "PUT": "replace", "PATCH": "update", "DELETE": "delete"}
_SET_KINDS: Final[dict[tuple[str, bool], Kind]] = {
    ("GET", False): "list",
    ("POST", False): "create",
    ("PUT", True): "replace",
    ("PATCH", True): "update",
}
# What the generated bodies of methods use.
_USED: Final = frozenset(
    {
        "bool",
        "body_of",
        "changes",
        "dict",
        "dt",
        "entities",
        "entity",
        "fields",
        "float",
        "request_body",
        "int",
        "list",
        "self",
        "str",
    }
)


@attrs.frozen
class Argument:
    """An argument of a method."""

    name: str
    wire: str
    annotation: str
    required: bool = False
    text: str = ""
    """What it does, as a phrase."""


@attrs.frozen
class Body:
    """An object that is sent: by its properties, or whole."""

    schema: str
    wrapper: str | None
    """The property that the object is sent in, such as ``startInfo``; None where the object is the body itself."""
    attributes: tuple[tuple[str, Argument], ...]
    """The attribute of the schema's class that each argument sets."""
    filled: tuple[tuple[str, str], ...]
    """Properties that repeat a key of the path: the wire name of each, and the key's argument."""

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(attribute for attribute, argument in self.attributes if argument.required)


@attrs.frozen
class Method:
    """A method of the class of an entity set or tag."""

    name: str
    kind: Kind
    operation: ApiOperation
    title: str
    """Such as ``Jobs.StartJobs``."""
    keys: tuple[Argument, ...]
    """The keys of the entity in the path."""
    arguments: tuple[Argument, ...]
    """A function's parameters, which travel in the path."""
    parameters: tuple[Argument, ...]
    """Parameters in the query or in headers."""
    body: Body | Argument | None
    repeatable: bool

    @property
    def constant(self) -> str:
        return f"_{self.name.upper()}"

    @property
    def row(self) -> str:
        """The schema of a row of the list that the method returns."""
        item = _item(self.operation.answer)
        return item.schema if isinstance(item, Ref) else ""

    @property
    def paged(self) -> bool:
        """Whether the list takes ``$top`` and ``$skip``."""
        return {"$top", "$skip"} <= self.operation.options.keys()

    @property
    def may_bring_nothing(self) -> bool:
        """Whether the answer may be empty or null: it may be with status 204, and with types that .NET lets be null."""
        nullable = (Primitive("string"), Primitive("string:uuid"))
        answer = self.operation.answer
        return 204 in self.operation.answers or _opened(answer) in nullable  # noqa: PLR2004 - no content


def method(operation: ApiOperation, owner: str, layout: PackageLayout, types: CallTypes) -> Method:
    """Return the method of an operation, under its plain name: collisions are resolved for the whole class."""
    name, kind = _name(operation, owner), _kind(operation)
    title = title_of(operation)
    flat = _flat(operation, layout) if kind == "call" else None
    in_path, parameters, values = _arguments(operation, flat, types)
    keys = set(_KEY.findall(operation.path))
    return Method(
        name=name,
        kind=kind,
        operation=operation,
        title=title,
        keys=tuple(each for each in in_path if each.wire in keys),
        arguments=tuple(each for each in in_path if each.wire not in keys),
        parameters=tuple(parameters),
        body=_body(operation, flat, values, in_path, types),
        repeatable=_is_repeatable(operation, title),
    )


def owner_of(operation: ApiOperation) -> str:
    """Return the entity set in the operation's path, or its tag where the path is outside the sets."""
    return set_of(operation.path) or operation.tag


def title_of(operation: ApiOperation) -> str:
    """Return the owner and the operation's own name, such as ``Jobs.StartJobs``."""
    owner = owner_of(operation)
    return f"{owner}.{operation_name(operation, owner)}"


def operation_name(operation: ApiOperation, owner: str) -> str:
    """Return the second part of the operation's title: a verb, or the name of the function or action."""
    name, kind = _name(operation, owner), _kind(operation)
    if kind == "list":
        return kind
    return name if name in _VERBS.values() else _last(operation.path)


def _name(operation: ApiOperation, owner: str) -> str:
    last = _last(operation.path)
    return _VERBS[operation.method] if last in {owner, operation.tag} else snake(last)


def _last(path: str) -> str:
    """Return the last part of a path that is not a parameter, without its namespace."""
    parts = [found["literal"] for found in _SEGMENT.finditer(path) if found["literal"]]
    return parts[-1].rpartition(".")[2] if parts else ""


def _kind(operation: ApiOperation) -> Kind:
    listed = isinstance(operation.answer, Envelope) and isinstance(_opened(operation.answer), Array)
    rows = isinstance(_item(operation.answer), Ref)
    if of_set := _OF_SET.fullmatch(operation.path):
        kind = _SET_KINDS.get((operation.method, bool(of_set["key"])), "call")
        fits = rows if kind == "list" else isinstance(operation.body, Ref) and not operation.query_parameters
        return kind if fits else "call"
    return "listing" if operation.method == "GET" and listed and rows else "call"


def _opened(type_: Type | None) -> Type | None:
    return type_.value if isinstance(type_, Envelope) else type_


def _item(type_: Type | None) -> Type | None:
    opened = _opened(type_)
    return opened.item if isinstance(opened, Array) else None


@attrs.frozen
class _Flat:
    """The object whose properties become arguments: the body, or the only object in it."""

    schema: str
    wrapper: str | None
    fields: tuple[tuple[str, SchemaProperty], ...]


def _flat(operation: ApiOperation, layout: PackageLayout) -> _Flat | None:
    if not isinstance(operation.body, Ref):
        return None
    fields = tuple(layout.fields(operation.body.schema))
    match fields:
        case ((_, SchemaProperty(wire=wire, type=Ref(inner))),):
            return _Flat(inner, wire, tuple(layout.fields(inner)))
        case _:
            return _Flat(operation.body.schema, None, fields)


def _arguments(
    operation: ApiOperation, flat: _Flat | None, types: CallTypes
) -> tuple[list[Argument], list[Argument], list[tuple[str, Argument]]]:
    """Return the arguments in the path, those in query or headers, and the body's by attribute, without the path's keys."""
    in_path, in_query = operation.path_parameters, (*operation.query_parameters, *operation.header_parameters)
    own = {each.name for each in in_path}
    fields = [
        each for each in (flat.fields if flat else ()) if each[1].wire not in own and not each[1].read_only
    ]
    wires = [*(each.name for each in (*in_path, *in_query)), *(each.wire for _, each in fields)]
    names = iter(unique((snake(_PREFIX.sub("", wire)) for wire in wires), _USED))
    return (
        [_of_parameter(next(names), each, types, required=True) for each in in_path],
        [_of_parameter(next(names), each, types) for each in in_query],
        [
            (attribute, Argument(next(names), each.wire, types.argument(each.type), each.required, each.text))
            for attribute, each in fields
        ],
    )


def _of_parameter(name: str, parameter: Parameter, types: CallTypes, *, required: bool = False) -> Argument:
    return Argument(name, parameter.name, types.argument(parameter.type), required, parameter.text)


def _body(
    operation: ApiOperation,
    flat: _Flat | None,
    values: list[tuple[str, Argument]],
    in_path: list[Argument],
    types: CallTypes,
) -> Body | Argument | None:
    if flat is not None:
        wires = {each.wire for _, each in flat.fields}
        filled = tuple((each.wire, each.name) for each in in_path if each.wire in wires)
        return Body(flat.schema, flat.wrapper, tuple(values), filled)
    if operation.body is None or isinstance(operation.body, Ref):
        return None
    return Argument("body", "", types.argument(operation.body), required=True)


def _is_repeatable(operation: ApiOperation, title: str) -> bool:
    of_set = _OF_SET.fullmatch(operation.path)
    by_key = operation.method in {"PUT", "DELETE"} and of_set is not None and of_set["key"] is not None
    return operation.method == "GET" or by_key or title in REPEATABLE_POSTS
