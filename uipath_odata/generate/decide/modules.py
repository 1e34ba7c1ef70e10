"""The module of each schema, chosen so that importing one entity imports little else."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Final

import attrs

from uipath_odata.generate.decide.entity_sets import entity_sets, set_of
from uipath_odata.generate.decide.naming import snake
from uipath_odata.generate.read.document import Document

__all__ = ["ENTITIES", "EVENTS", "Home", "modules"]

ENTITIES: Final = "entities"
EVENTS: Final = "events"
_SHARED: Final = "shared"
_OTHERS: Final = "others"
# JobCompletedEventDto, QueueItemsAbandonedEvent, TaskSlaUpdateEvent: what it happened to, and what happened.
_EVENT: Final = re.compile(r"(?P<subject>\w+?)(?:(?<=[^us])s)?([A-Z][a-z]+(ed|ing))?Event(Dto)?")


@attrs.frozen(order=True)
class Home:
    """A module of one of the generated packages."""

    package: str
    module: str

    def path_to(self, other: Home) -> str:
        """Return how a module of this one's package imports another."""
        return f".{other.module}" if other.package == self.package else f"..{other.package}.{other.module}"


def modules(document: Document) -> Mapping[str, Home]:
    """Return the module of each schema.

    The entity of a set lives in the set's module, even where others use it. Any other schema lives in the one module
    that leads to it, and in ``shared`` where several do. Schemas to which no operation leads are events, with what
    they alone need, each in the module of what it happens to; the rest lives in ``others``.
    """
    users = _users(document)
    events = _events(document, users)
    homes = {schema: _home(ENTITIES, found) for schema, found in users.items()}
    homes |= {schema: _home(EVENTS, found) for schema, found in events.items()}
    return {schema: homes.get(schema, Home(ENTITIES, _OTHERS)) for schema in document.schemas}


def _users(document: Document) -> Mapping[str, set[str]]:
    """Return the modules that lead to each schema from an operation."""
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
    return {schema: found for schema, found in users.items() if found}


def _events(document: Document, users: Mapping[str, set[str]]) -> Mapping[str, set[str]]:
    """Return the modules that lead to each schema from an event alone."""
    rest = [schema for schema in document.schemas if schema not in users]
    inner = {each for schema in rest for each in document.schemas[schema].references() if each != schema}
    leading: defaultdict[str, set[str]] = defaultdict(set)

    def lead(module: str, schema: str) -> None:
        if schema in users or module in leading[schema]:
            return
        leading[schema].add(module)
        for each in document.schemas[schema].references():
            lead(module, each)

    for schema in rest:
        if schema not in inner and (event := _EVENT.fullmatch(schema)):
            lead(snake(event["subject"]), schema)
    return {schema: found for schema, found in leading.items() if found}


def _homes(document: Document) -> Mapping[str, str]:
    homes: dict[str, str] = {}
    for facts in entity_sets(document).values():
        for schema in (facts.entity, facts.operations.get("get")):
            if schema:
                homes.setdefault(schema, snake(facts.name))
    return homes


def _home(package: str, users: set[str]) -> Home:
    return Home(package, next(iter(users)) if len(users) == 1 else _SHARED)
