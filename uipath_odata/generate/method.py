"""What becomes of an operation: a method's name, its arguments and its body."""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

import attrs

from uipath_odata.generate.arguments import Vocabulary
from uipath_odata.generate.document import Array, Envelope, Operation, Plain, Property, Ref, Type
from uipath_odata.generate.harmless import HARMLESS
from uipath_odata.generate.layout import Layout
from uipath_odata.generate.naming import snake, unique

__all__ = ["Argument", "Body", "Kind", "Method", "method"]

Kind: TypeAlias = Literal["list", "create", "replace", "update", "listing", "call"]

_SEGMENT: Final = re.compile(r"/(?P<literal>[^/({]*)(?P<key>\('?\{\w+\}'?\)|\{\w+\})?")
_OF_SET: Final = re.compile(r"/odata/\w+(?P<key>\('?\{\w+\}'?\))?")
_KEY: Final = re.compile(r"(?:/|\(\'?)\{(\w+)\}")
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
    """In the query."""
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
    called = _last(operation.path)
    plain = kind in {"list", "create", "replace", "update"} or name in _VERBS.values()
    title = f"{owner}.{kind if kind == 'list' else name if plain else called}"
    own = [each.name for each in operation.path_parameters]
    body = _schema(operation, layout) if kind in {"call", "listing"} else None
    fields = [each for each in (body[1] if body else ()) if each[1].wire not in own]
    wires = [*own, *(each.name for each in operation.query_parameters), *(each.wire for _, each in fields)]
    names = iter(unique((snake(wire) for wire in wires), _USED))
    in_path = [
        Argument(next(names), each.name, vocabulary.argument(each.type), required=True)
        for each in operation.path_parameters
    ]
    parameters = tuple(
        Argument(next(names), each.name, vocabulary.argument(each.type))
        for each in operation.query_parameters
    )
    attributes = tuple(
        (attribute, Argument(next(names), each.wire, vocabulary.argument(each.type), each.required))
        for attribute, each in fields
    )
    keys = set(_KEY.findall(operation.path))
    return Method(
        name=name,
        kind=kind,
        operation=operation,
        title=title,
        keys=tuple(each for each in in_path if each.wire in keys),
        arguments=tuple(each for each in in_path if each.wire not in keys),
        parameters=parameters,
        body=_body(operation, body, attributes, in_path, vocabulary),
        repeatable=_is_repeatable(operation, title),
    )


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
        fits = rows if kind == "list" else isinstance(operation.body, Ref)
        return kind if fits else "call"
    return "listing" if operation.method == "GET" and listed and rows else "call"


def _opened(type_: Type | None) -> Type | None:
    return type_.value if isinstance(type_, Envelope) else type_


def _item(type_: Type | None) -> Type | None:
    opened = _opened(type_)
    return opened.item if isinstance(opened, Array) else None


def _schema(
    operation: Operation, layout: Layout
) -> tuple[str | None, list[tuple[str, Property]], str] | None:
    """Find the object that is flattened: the body, or the only object in it."""
    if not isinstance(operation.body, Ref):
        return None
    fields = list(layout.fields(operation.body.schema))
    if len(fields) == 1 and isinstance(fields[0][1].type, Ref):
        inner = fields[0][1].type.schema
        return fields[0][1].wire, list(layout.fields(inner)), inner
    return None, fields, operation.body.schema


def _body(
    operation: Operation,
    found: tuple[str | None, list[tuple[str, Property]], str] | None,
    attributes: tuple[tuple[str, Argument], ...],
    in_path: list[Argument],
    vocabulary: Vocabulary,
) -> Body | Argument | None:
    if found is not None:
        wires = {each.wire for _, each in found[1]}
        filled = tuple((each.wire, each.name) for each in in_path if each.wire in wires)
        return Body(found[2], found[0], attributes, filled)
    if operation.body is None or isinstance(operation.body, Ref):
        return None
    return Argument("body", "", vocabulary.argument(operation.body), required=True)


def _is_repeatable(operation: Operation, title: str) -> bool:
    of_set = _OF_SET.fullmatch(operation.path)
    by_key = operation.method in {"PUT", "DELETE"} and of_set is not None and of_set["key"] is not None
    return operation.method == "GET" or by_key or title in HARMLESS
