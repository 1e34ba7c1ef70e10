"""What the schema says of each entity set."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Final

import attrs

from uipath_odata.generate.document import Array, Document, Envelope, Operation, Parameter, Ref, Type

__all__ = ["EntitySetFacts", "ListFunction", "entity_sets", "set_of"]

_PATH: Final = re.compile(r"/odata/(?P<set>\w+)(?P<key>\('?\{key\}'?\))?(?P<operation>/.+)?")
_FUNCTION: Final = re.compile(r"/(?:\w+\.)*(?P<name>\w+)(?:\(.*\))?")
_CRUD: Final = {
    ("GET", False): "list",
    ("POST", False): "create",
    ("GET", True): "get",
    ("PUT", True): "replace",
    ("PATCH", True): "update",
    ("DELETE", True): "delete",
}


@attrs.frozen
class ListFunction:
    """A function of an entity set, or of one entity, whose answer is a list of entities."""

    name: str
    """On the wire, such as ``GetRobotsForProcess``."""
    path: str
    """With its parameters in braces: ``/odata/Robots/UiPath.….GetRobotsForProcess(processId='{processId}')``."""
    entity: str
    """The schema of a row."""
    path_parameters: tuple[Parameter, ...]
    query_parameters: tuple[Parameter, ...]
    page_cap: int | None
    """The documented maximum of ``$top``; None where paging is not offered."""
    folder_required: bool


@attrs.frozen
class EntitySetFacts:
    """An entity set: its schemas, its key and what can be done with it."""

    name: str
    entity: str | None
    """The schema of a row of the list; None where the set has no list and no entity by key."""
    item: str | None
    """The schema that is got by key and written; differs from ``entity`` for Machines."""
    key: Type | None
    operations: frozenset[str]
    """Which of list, get, create, replace, update and delete there are, as far as they take or give an entity."""
    page_cap: int | None
    """The documented maximum of ``$top``; None where the set has no list."""
    query_parameters: tuple[Parameter, ...]
    """Parameters of the list beside OData's own."""
    folder_required: bool
    """Whether the list needs a folder, or every operation where there is no list."""
    functions: tuple[ListFunction, ...]


def set_of(path: str) -> str | None:
    """Name the entity set that a path belongs to."""
    found = _PATH.fullmatch(path)
    return found["set"] if found else None


def entity_sets(document: Document) -> Mapping[str, EntitySetFacts]:
    """Give the facts of every entity set by its name on the wire, in alphabetical order."""
    members: defaultdict[str, list[Operation]] = defaultdict(list)
    for operation in document.operations:
        if name := set_of(operation.path):
            members[name].append(operation)
    return {name: _facts(name, members[name]) for name in sorted(members)}


def _facts(name: str, operations: list[Operation]) -> EntitySetFacts:
    crud = {kind: each for each in operations if (kind := _kind(each))}
    listing = crud.get("list")
    rows = _row(listing) if listing else None
    item = next((each for kind in ("get", "create", "replace") if (each := _item(crud.get(kind)))), None)
    return EntitySetFacts(
        name=name,
        entity=rows or item,
        item=item or rows,
        key=next((each.path_parameters[0].type for each in crud.values() if each.path_parameters), None),
        operations=frozenset(crud),
        page_cap=listing.options.get("$top") if listing else None,
        query_parameters=listing.query_parameters if listing else (),
        folder_required=listing.folder_required
        if listing
        else all(each.folder_required for each in operations),
        functions=tuple(function for each in operations if (function := _function(each))),
    )


def _kind(operation: Operation) -> str | None:
    path = _PATH.fullmatch(operation.path)
    if path is None or path["operation"]:
        return None
    kind = _CRUD.get((operation.method, path["key"] is not None))
    return kind if kind in {"list", "delete"} or _item(operation) else None


def _item(operation: Operation | None) -> str | None:
    if operation is None:
        return None
    held = operation.answer if operation.method == "GET" else operation.body
    return held.schema if isinstance(held, Ref) else None


def _row(operation: Operation) -> str | None:
    match operation.answer:
        case Envelope(Array(Ref(schema))):
            return schema
        case _:
            return None


def _function(operation: Operation) -> ListFunction | None:
    path, row = _PATH.fullmatch(operation.path), _row(operation)
    if operation.method != "GET" or path is None or path["operation"] is None or row is None:
        return None
    called = _FUNCTION.fullmatch(path["operation"])
    return ListFunction(
        name=called["name"] if called else path["operation"],
        path=operation.path,
        entity=row,
        path_parameters=operation.path_parameters,
        query_parameters=operation.query_parameters,
        page_cap=operation.options.get("$top"),
        folder_required=operation.folder_required,
    )
