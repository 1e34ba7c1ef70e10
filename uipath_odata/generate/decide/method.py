"""What becomes of an operation: a method's name, its arguments and its body."""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

import attrs

from uipath_odata.generate.decide.arguments import Vocabulary
from uipath_odata.generate.decide.harmless import HARMLESS
from uipath_odata.generate.decide.layout import Layout
from uipath_odata.generate.decide.naming import snake, unique
from uipath_odata.generate.read.document import Array, Envelope, Operation, Plain, Property, Ref, Type

__all__ = ["Argument", "Body", "Kind", "Method", "method", "titled"]

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
        "given",
        "int",
        "list",
        "self",
        "str",
    }
)


@attrs.frozen
class Argument:
    """One argument: its name in Python, its name on the wire, and what it may be."""

    name: str
    wire: str
    annotation: str
    required: bool = False


@attrs.frozen
class Body:
    """An object that is sent: given by its properties or whole."""

    schema: str
    wrapper: str | None
    """The one property that the object is sent in, such as ``startInfo``."""
    attributes: tuple[tuple[str, Argument], ...]
    """The attribute of the schema's class that each argument sets."""
    filled: tuple[tuple[str, str], ...]
    """Wire names that have the value of a key, with the key's argument."""

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(attribute for attribute, argument in self.attributes if argument.required)


@attrs.frozen
class Method:
    """A method of the class of an entity set or tag."""

    name: str
    kind: Kind
    operation: Operation
    title: str
    """``Jobs.StartJobs``."""
    keys: tuple[Argument, ...]
    """Of the entity in the path."""
    arguments: tuple[Argument, ...]
    """Of a function, in the path."""
    parameters: tuple[Argument, ...]
    """In the query or in headers."""
    body: Body | Argument | None
    repeatable: bool

    @property
    def constant(self) -> str:
        return f"_{self.name.upper()}"

    @property
    def row(self) -> str:
        """The schema of a row of the list that it gives."""
        item = _item(self.operation.answer)
        return item.schema if isinstance(item, Ref) else ""

    @property
    def paged(self) -> bool:
        """Whether the list takes ``$top`` and ``$skip``."""
        return {"$top", "$skip"} <= self.operation.options.keys()

    @property
    def may_bring_nothing(self) -> bool:
        """Whether the answer may be empty or null: a status says so, or its type may be null in .NET."""
        nullable = (Plain("string"), Plain("string:uuid"))
        answer = self.operation.answer
        return 204 in self.operation.answers or _opened(answer) in nullable  # noqa: PLR2004 - no content


def method(operation: Operation, owner: str, layout: Layout, vocabulary: Vocabulary) -> Method:
    """Decide on everything but the name, which is the plain one until the class has settled collisions."""
    name, kind = _name(operation, owner), _kind(operation)
    title = f"{owner}.{titled(operation, owner)}"
    flat = _flat(operation, layout) if kind == "call" else None
    in_path, parameters, values = _arguments(operation, flat, vocabulary)
    keys = set(_KEY.findall(operation.path))
    return Method(
        name=name,
        kind=kind,
        operation=operation,
        title=title,
        keys=tuple(each for each in in_path if each.wire in keys),
        arguments=tuple(each for each in in_path if each.wire not in keys),
        parameters=tuple(parameters),
        body=_body(operation, flat, values, in_path, vocabulary),
        repeatable=_is_repeatable(operation, title),
    )


def titled(operation: Operation, owner: str) -> str:
    """Give the operation's own name: what is done with a set or an entity has the verb, functions and actions theirs."""
    name, kind = _name(operation, owner), _kind(operation)
    if kind == "list":
        return kind
    return name if name in _VERBS.values() else _last(operation.path)


def _name(operation: Operation, owner: str) -> str:
    last = _last(operation.path)
    return _VERBS[operation.method] if last in {owner, operation.tag} else snake(last)


def _last(path: str) -> str:
    """Name the last part of a path that is no parameter, without its namespace."""
    parts = [found["literal"] for found in _SEGMENT.finditer(path) if found["literal"]]
    return parts[-1].rpartition(".")[2] if parts else ""


def _kind(operation: Operation) -> Kind:
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
    fields: tuple[tuple[str, Property], ...]


def _flat(operation: Operation, layout: Layout) -> _Flat | None:
    if not isinstance(operation.body, Ref):
        return None
    fields = tuple(layout.fields(operation.body.schema))
    match fields:
        case ((_, Property(wire=wire, type=Ref(inner))),):
            return _Flat(inner, wire, tuple(layout.fields(inner)))
        case _:
            return _Flat(operation.body.schema, None, fields)


def _arguments(
    operation: Operation, flat: _Flat | None, vocabulary: Vocabulary
) -> tuple[list[Argument], list[Argument], list[tuple[str, Argument]]]:
    """Give the arguments in the path, in query or headers, and of the body; a key there is the one in the path."""
    in_path, in_query = operation.path_parameters, (*operation.query_parameters, *operation.header_parameters)
    own = {each.name for each in in_path}
    fields = [
        each for each in (flat.fields if flat else ()) if each[1].wire not in own and not each[1].read_only
    ]
    wires = [*(each.name for each in (*in_path, *in_query)), *(each.wire for _, each in fields)]
    names = iter(unique((snake(_PREFIX.sub("", wire)) for wire in wires), _USED))
    return (
        [Argument(next(names), each.name, vocabulary.argument(each.type), required=True) for each in in_path],
        [Argument(next(names), each.name, vocabulary.argument(each.type)) for each in in_query],
        [
            (attribute, Argument(next(names), each.wire, vocabulary.argument(each.type), each.required))
            for attribute, each in fields
        ],
    )


def _body(
    operation: Operation,
    flat: _Flat | None,
    values: list[tuple[str, Argument]],
    in_path: list[Argument],
    vocabulary: Vocabulary,
) -> Body | Argument | None:
    if flat is not None:
        wires = {each.wire for _, each in flat.fields}
        filled = tuple((each.wire, each.name) for each in in_path if each.wire in wires)
        return Body(flat.schema, flat.wrapper, tuple(values), filled)
    if operation.body is None or isinstance(operation.body, Ref):
        return None
    return Argument("body", "", vocabulary.argument(operation.body), required=True)


def _is_repeatable(operation: Operation, title: str) -> bool:
    of_set = _OF_SET.fullmatch(operation.path)
    by_key = operation.method in {"PUT", "DELETE"} and of_set is not None and of_set["key"] is not None
    return operation.method == "GET" or by_key or title in HARMLESS
