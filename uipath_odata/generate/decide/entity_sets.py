"""The entity sets of a document: entity, key, operations, limits."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Final

import attrs

from uipath_odata.generate.read.document import ApiOperation, Array, Document, Envelope, Parameter, Ref, Type

__all__ = ["EntitySetFacts", "ListFunction", "entity_sets", "set_of"]

_PATH: Final = re.compile(
    r"/odata/(?P<set>\w+)(?P<key>\('?\{\w+\}'?\))?(/(\w+\.)*(?P<function>\w+)(\(.*\))?)?"
)
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
    """The wire name, such as ``GetRobotsForProcess``."""
    path: str
    """The path, its parameters in braces: ``/odata/Robots/UiPath.….GetRobotsForProcess(processId='{processId}')``."""
    entity: str
    """The schema of a row."""
    path_parameters: tuple[Parameter, ...]
    query_parameters: tuple[Parameter, ...]
    page_cap: int | None
    """The documented maximum of ``$top``; None where paging is not offered."""
    folder_required: bool


@attrs.frozen
class EntitySetFacts:
    """An entity set: its entity, its key and what can be done with it."""

    name: str
    entity: str | None
    """The schema of a row of the list, or of what GET by key answers; None where the set has neither."""
    key: Type | None
    operations: Mapping[str, str | None]
    """Which of list, get, create, replace, update and delete exist, each with the schema that it takes or returns."""
    page_cap: int | None
    """The documented maximum of ``$top``; None where the set has no list."""
    query_parameters: tuple[Parameter, ...]
    """Parameters of the list, without OData's own."""
    folder_required: bool
    """Whether the list needs a folder; where there is no list, whether everything does."""
    functions: tuple[ListFunction, ...]


def set_of(path: str) -> str | None:
    """Return the entity set that a path belongs to."""
    found = _PATH.fullmatch(path)
    return found["set"] if found else None


def entity_sets(document: Document) -> Mapping[str, EntitySetFacts]:
    """Return the facts of every entity set by its name on the wire, in alphabetical order."""
    members: defaultdict[str, list[ApiOperation]] = defaultdict(list)
    for operation in document.operations:
        if name := set_of(operation.path):
            members[name].append(operation)
    return {name: _facts(name, members[name]) for name in sorted(members)}


def _facts(name: str, operations: list[ApiOperation]) -> EntitySetFacts:
    crud = {kind: each for each in operations if (kind := _kind(each))}
    held = {kind: _held(each) for kind, each in crud.items()}
    listing = crud.get("list")
    return EntitySetFacts(
        name=name,
        entity=held.get("list") or held.get("get"),
        key=next((each.path_parameters[0].type for each in crud.values() if each.path_parameters), None),
        operations=held,
        page_cap=listing.options.get("$top") if listing else None,
        query_parameters=listing.query_parameters if listing else (),
        folder_required=all(each.folder_required for each in ([listing] if listing else operations)),
        functions=tuple(function for each in operations if (function := _function(each))),
    )


def _kind(operation: ApiOperation) -> str | None:
    path = _PATH.fullmatch(operation.path)
    if path is None or path["function"]:
        return None
    kind = _CRUD.get((operation.method, path["key"] is not None))
    return kind if kind == "delete" or _held(operation) else None


def _held(operation: ApiOperation) -> str | None:
    held = operation.answer if operation.method == "GET" else operation.body
    match held:
        case Ref(schema) | Envelope(Array(Ref(schema))):
            return schema
        case _:
            return None


def _function(operation: ApiOperation) -> ListFunction | None:
    path, row = _PATH.fullmatch(operation.path), _held(operation)
    if operation.method != "GET" or path is None or not path["function"] or row is None:
        return None
    if not isinstance(operation.answer, Envelope):
        return None
    return ListFunction(
        name=path["function"],
        path=operation.path,
        entity=row,
        path_parameters=operation.path_parameters,
        query_parameters=operation.query_parameters,
        page_cap=operation.options.get("$top"),
        folder_required=operation.folder_required,
    )
