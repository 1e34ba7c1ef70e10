"""The module of each schema, chosen so that importing one entity imports little else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from uipath_odata.generate.decide.entity_sets import entity_sets, set_of
from uipath_odata.generate.decide.naming import snake
from uipath_odata.generate.read.document import Document

__all__ = ["EVENTS", "SHARED", "modules"]

SHARED: Final = "shared"
EVENTS: Final = "events"


def modules(document: Document) -> Mapping[str, str]:
    """Return the module of each schema.

    The entity of a set lives in the set's module, even where others use it. Any other schema lives in the one module
    that leads to it, in ``shared`` where several do, and in ``events`` where no operation does.
    """
    homes = _homes(document)
    users: defaultdict[str, set[str]] = defaultdict(set)

    def lead(module: str, schema: str) -> None:
        if module in users[schema] or homes.get(schema, module) != module:
            return
        users[schema].add(module)
        for each in document.schemas[schema].references():
            lead(module, each)

    for schema, module in homes.items():
        lead(module, schema)
    for operation in document.operations:
        for schema in operation.references():
            lead(snake(set_of(operation.path) or operation.tag), schema)
    return {schema: _module(users[schema]) for schema in document.schemas}


def _homes(document: Document) -> Mapping[str, str]:
    homes: dict[str, str] = {}
    for facts in entity_sets(document).values():
        for schema in (facts.entity, facts.operations.get("get")):
            if schema:
                homes.setdefault(schema, snake(facts.name))
    return homes


def _module(users: set[str]) -> str:
    match sorted(users):
        case []:
            return EVENTS
        case [only]:
            return only
        case _:
            return SHARED
